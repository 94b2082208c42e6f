"""The door of openapi.zalo.me: whose token, how often, which fault; then the act; then Zalo's envelope in HTTP 200."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec
from aiohttp import web

from deploy.demo.zalo.clock import SECOND
from deploy.demo.zalo.errors import PARAMETER_INVALID, RATE_EXCEEDED, TOKEN_EXPIRED, TOKEN_INVALID, ZaloError
from deploy.demo.zalo.faults import Fault
from deploy.demo.zalo.limits import Allowance, Family
from deploy.demo.zalo.world import Call, Caller, World

TOKEN = "SELECT app_id, oa_id, expires_at FROM access_tokens WHERE token = ?"  # noqa: S105 - a statement
GATEWAY_PAGE = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center><hr></body></html>"
ANSWERED_AT = web.RequestKey("answered_at", int)

Act = Callable[[World, Call], object]
"""Does what a route does and returns the answer's `data` (None: the answer has none). Raises ZaloError."""


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    path: str
    act: Act
    family: Family = "oa"
    message: str = "Success"


def routes(world: World, table: Sequence[Route]) -> list[web.RouteDef]:
    return [web.route(route.method, route.path, _handler(world, route)) for route in table]


def _handler(world: World, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        return await _answer(world, route, request)

    return handle


async def _answer(world: World, route: Route, request: web.Request) -> web.StreamResponse:
    number = world.next_request()
    try:
        caller = _caller(world, request)
    except ZaloError as error:
        return _envelope(world, number, Allowance(0, 0, passed=False), error.code, error.message)
    allowance = world.limits.take(route.family, caller.app_id, caller.oa_id)
    if not allowance.passed:
        return _envelope(world, number, allowance, *_said(ZaloError(RATE_EXCEEDED)))
    body = await request.read()
    fault = world.faults.meet(route.path, caller.app_id, caller.oa_id, _recipient(request, body))
    delay = world.chance.between(world.settings.answer_ms, "answer", number)
    await asyncio.sleep((delay + (fault.delay_ms if fault else 0.0)) / SECOND)
    if fault is not None and fault.kind not in {"timeout_after", "status_after", "slow"}:
        return await _failed(world, number, allowance, fault, request)
    answer = _acted(world, route, number, allowance, request, caller, body)
    if fault is not None and fault.kind == "timeout_after":
        return await _silence(world, request)
    if fault is not None and fault.kind == "status_after":
        return web.Response(status=fault.status, text=_words(fault))
    return answer


def _caller(world: World, request: web.Request) -> Caller:
    """Raises ZaloError for a token that is not known or has run out."""
    token = request.headers.get("access_token") or request.query.get("access_token", "")
    row = world.state.one(TOKEN, token)
    if row is None:
        raise ZaloError(TOKEN_INVALID)
    if row[2] <= world.clocks.wall():
        raise ZaloError(TOKEN_EXPIRED)
    return Caller(row[0], row[1])


def _acted(
    world: World, route: Route, number: int, allowance: Allowance, request: web.Request, caller: Caller, body: bytes
) -> web.Response:
    """The act in one transaction, with history's clock read once, so that Date and what the answer counts agree."""
    now = world.clocks.history()
    request[ANSWERED_AT] = now
    try:
        with world.state.transaction():
            data = route.act(world, Call(caller, dict(request.query), _object(body), now))
    except ZaloError as error:
        return _envelope(world, number, allowance, error.code, error.message)
    return _envelope(world, number, allowance, 0, route.message, data)


def _said(error: ZaloError) -> tuple[int, str]:
    return error.code, error.message


def _envelope(
    world: World, number: int, allowance: Allowance, code: int, message: str, data: object = None
) -> web.Response:
    """{"data","error","message"}; the error number now and then as text, as Zalo's is."""
    as_text = world.chance.share("error as text", number) < world.settings.error_text_share
    said: dict[str, object] = {} if data is None else {"data": data}
    said |= {"error": str(code) if as_text else code, "message": message}
    headers = {}
    if allowance.limit:
        headers = {"X-RateLimit-Limit": str(allowance.limit), "X-RateLimit-Remain": str(allowance.remain)}
    return web.Response(body=msgspec.json.encode(said), content_type="application/json", headers=headers)


async def _failed(
    world: World, number: int, allowance: Allowance, fault: Fault, request: web.Request
) -> web.StreamResponse:
    if fault.kind == "timeout":
        return await _silence(world, request)
    if fault.kind == "error":
        known = ZaloError(fault.error)
        return _envelope(world, number, allowance, fault.error, fault.message or known.message)
    if fault.kind == "html":
        return web.Response(status=fault.status, text=GATEWAY_PAGE.format(_words(fault)), content_type="text/html")
    return web.Response(status=fault.status, text=_words(fault))


def _words(fault: Fault) -> str:
    return f"{fault.status} {HTTPStatus(fault.status).phrase}"


async def _silence(world: World, request: web.Request) -> web.StreamResponse:
    """No answer at all: the connection is held open, then closed."""
    await asyncio.sleep(world.settings.hold_seconds)
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=HTTPStatus.GATEWAY_TIMEOUT)


def _object(body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise ZaloError(PARAMETER_INVALID, "body is no JSON object") from error


def _recipient(request: web.Request, body: bytes) -> str:
    """Whom the request is for, so that a fault can be asked for one person or group."""
    try:
        recipient = _object(body).get("recipient")
    except ZaloError:
        return ""
    if isinstance(recipient, dict):
        return str(recipient.get("user_id") or recipient.get("group_id") or "")
    return request.query.get("group_id", "")
