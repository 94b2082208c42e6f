"""The routes Zalo lacks: `/_control/*` builds the world, moves history's clock, tells what happened. See README.md."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from deploy.demo.zalo import bulk, records
from deploy.demo.zalo.clock import to_iso, to_ms
from deploy.demo.zalo.control_acts import Act, Answer, act, answer
from deploy.demo.zalo.faults import Fault, Kind
from deploy.demo.zalo.records import Message
from deploy.demo.zalo.world import World

COUNTED = (
    "apps", "pages", "articles", "follows", "people", "village_groups", "messages", "pushes", "push_faults",
    "access_tokens",
)  # fmt: skip
EXPIRE = (
    "UPDATE access_tokens SET expires_at = ? WHERE expires_at > ? AND (? = '' OR oa_id = ?) AND (? = '' OR app_id = ?)"
)
MOST_SENT = 1000
SPECIAL = "token_expiry"

T = TypeVar("T")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class ClockSet(msgspec.Struct, forbid_unknown_fields=True):
    now: bulk.Moment | None


class FaultSet(msgspec.Struct, forbid_unknown_fields=True):
    """As faults.Fault; or kind token_expiry, which ends access tokens at once."""

    kind: str
    path: str = ""
    app_id: str = ""
    oa_id: str = ""
    recipient: str = ""
    times: int | None = 1
    chance: float = 1.0
    status: int = 502
    error: int = -200
    message: str = ""
    delay_ms: float = 0.0


def said(value: object, status: int = 200) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(value), content_type="application/json")


def _taking(kind: type[T], do: Callable[[T], object]) -> Handler:
    """A route that reads one body of a kind. A body that does not fit is 400 with what is wrong; so is a ValueError."""
    decoder = msgspec.json.Decoder(kind)

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return said(do(decoder.decode(await request.read())))
        except (msgspec.MsgspecError, ValueError) as error:
            return said({"error": str(error)}, 400)

    return handle


def _telling(tell: Callable[[web.Request], object]) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return said(tell(request))
        except ValueError as error:
            return said({"error": str(error)}, 400)

    return handle


def routes(world: World) -> list[web.RouteDef]:
    table: list[web.RouteDef] = [
        web.get("/health", _telling(lambda _request: {"status": "ok"})),
        web.get("/_control/clock", _telling(lambda _request: _clock(world))),
        web.post("/_control/clock", _taking(ClockSet, lambda body: _set_clock(world, body))),
        web.post("/_control/people/act", _taking(Act, lambda body: act(world, body))),
        web.post("/_control/officer/answer", _taking(Answer, lambda body: answer(world, body))),
        web.post("/_control/faults", _taking(FaultSet, lambda body: _set_fault(world, body))),
        web.get("/_control/faults", _telling(lambda _request: {"faults": world.faults.all()})),
        web.delete("/_control/faults", _telling(lambda _request: world.faults.clear())),
        web.get("/_control/polls", _telling(lambda request: _polls(world, request))),
        web.get("/_control/sent", _telling(lambda request: _sent(world, request))),
        web.get("/_control/state", _telling(lambda _request: _state(world))),
    ]
    table += [web.post(f"/_control/{name}", _bulk(world, load)) for name, load in bulk.LOADERS.items()]
    return table


def _bulk(world: World, load: bulk.Loader) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        body = await request.read()
        try:
            with world.state.transaction():
                return said({"saved": load(world, body)})
        except (msgspec.MsgspecError, ValueError) as error:
            return said({"error": str(error)}, 400)

    return handle


def _clock(world: World) -> dict[str, object]:
    return {"now": to_iso(world.clocks.history()), "frozen": world.clocks.frozen}


def _set_clock(world: World, body: ClockSet) -> dict[str, object]:
    with world.state.transaction():
        world.set_clock(None if body.now is None else to_ms(body.now))
    return _clock(world)


def _set_fault(world: World, body: FaultSet) -> dict[str, object]:
    if body.kind == SPECIAL:
        now = world.clocks.wall()
        with world.state.transaction():
            ended = world.state.run(EXPIRE, now, now, body.oa_id, body.oa_id, body.app_id, body.app_id)
        return {"expired": ended}
    kind: Any = msgspec.convert(body.kind, Kind)
    fault = Fault(world.faults.next_id(), kind, **{
        name: getattr(body, name) for name in body.__struct_fields__ if name != "kind"
    })  # fmt: skip
    world.faults.add(fault)
    return {"id": fault.id}


def _polls(world: World, request: web.Request) -> dict[str, object]:
    since = request.query.get("since")
    return _clock(world) | world.polls.report(None if since is None else _moment(since))


def _moment(text: str) -> int:
    """Milliseconds, or ISO 8601 whose + a query turns into a space unless it was escaped. Raises ValueError."""
    if text.isdecimal():
        return int(text)
    return to_ms(datetime.fromisoformat(text.replace(" ", "+")))


def _sent(world: World, request: web.Request) -> dict[str, object]:
    asked = {name: request.query.get(name, "") for name in ("oa_id", "person", "group_id", "msg_id")}
    limit = min(MOST_SENT, int(request.query.get("limit", MOST_SENT)))
    found = records.sent(world, after=int(request.query.get("after", 0)), limit=limit, **asked)
    return {"sent": [_told(one) for one in found], "next": found[-1].seq if len(found) == limit else None}


def _told(message: Message) -> dict[str, object]:
    content = message.content
    return {
        "seq": message.seq,
        "msg_id": message.msg_id,
        "oa_id": message.oa_id,
        "app_id": message.app_id,
        "person": message.person,
        "group_id": message.group_id,
        "by": message.author,
        "admin_id": message.admin_id,
        "kind": content.kind,
        "text": content.text,
        "attachments": content.attachments,
        "quote": content.quote,
        "quota": message.quota,
        "at": to_iso(message.clock),
        "wall_at": to_iso(message.wall),
        "delivered_at": to_iso(message.delivered_at),
        "seen_at": to_iso(message.seen_at),
    }


def _state(world: World) -> dict[str, object]:
    counts = {name: world.state.value(f"SELECT count(*) FROM {name}") for name in COUNTED}  # noqa: S608 - fixed names
    return {"counts": counts, "clock": _clock(world), "webhooks": world.webhooks.report()}
