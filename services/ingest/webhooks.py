"""The hot path: a push in, 200 once Kafka has it (acks=all), a problem otherwise. No database, no look-up elsewhere.

The same for every channel; what is different is in channels/. A bare ASGI handler: half the cost of a framework's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic, time
from typing import Any

from litestar import asgi
from litestar.handlers import ASGIRouteHandler
from litestar.types import Receive, Scope, Send

from services.ingest.body import Disconnected, TooLarge, read_body
from services.ingest.channels.contract import (
    Channel,
    Known,
    PayloadInvalid,
    Push,
    PushRefused,
    Reading,
    SenderUnknown,
    SignatureInvalid,
    TimestampStale,
)
from services.ingest.recent import RecentIdentities
from services.ingest.records import Records
from shared.broker import BrokerUnavailable, Producer
from shared.service.problems import Refused, send_problem
from shared.telemetry.logs import get_logger
from shared.telemetry.metrics import LAST_PUSH, RAISED, WEBHOOK_SECONDS, WEBHOOKS, Metrics
from shared.telemetry.tracing import Tracing, traceparent_of

log = get_logger(__name__)

TAKEN: dict[str, Any] = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"application/json"), (b"content-length", b"11")],
}
TAKEN_BODY: dict[str, Any] = {"type": "http.response.body", "body": b'{"error":0}', "more_body": False}

RETRY_AFTER_SECONDS = "2"


@dataclass(frozen=True)
class Door:
    """What a push needs. `known` is a snapshot; None until the register has been read once."""

    known: Callable[[], Known | None]
    records: Records
    producer: Producer
    recent: RecentIdentities
    metrics: Metrics
    tracing: Tracing
    clock: Callable[[], datetime]
    max_bytes: int
    push_seconds: float


def routes(door: Door, channels: tuple[Channel, ...]) -> list[ASGIRouteHandler]:
    """One route a channel."""
    return [_route(door, channel) for channel in channels]


def _route(door: Door, channel: Channel) -> ASGIRouteHandler:
    async def webhook(scope: Scope, receive: Receive, send: Send) -> None:
        started = monotonic()
        try:
            outcome = await _take(door, channel, scope, receive)
        except Disconnected:
            return
        except _Refusal as refusal:
            door.metrics.inc(WEBHOOKS, channel=channel.name, outcome=refusal.outcome)
            log.warning("webhook.refused", channel=channel.name, outcome=refusal.outcome, field=refusal.field)
            await send_problem(send, refusal.problem)
            return
        door.metrics.inc(WEBHOOKS, channel=channel.name, outcome=outcome)
        door.metrics.observe(WEBHOOK_SECONDS, monotonic() - started)
        await send({**TAKEN})  # type: ignore[arg-type]  # a copy: hooks on the way out add their headers to it
        await send({**TAKEN_BODY})  # type: ignore[arg-type]  # likewise

    # mounted, not a path parameter: litestar 2.25 looks an ASGI handler's parameters up by HTTP method and finds none
    return asgi(channel.route, name=f"webhook:{channel.name}", is_mount=channel.by_sender, copy_scope=False)(webhook)


async def _take(door: Door, channel: Channel, scope: Scope, receive: Receive) -> str:
    """The outcome of a push that is answered 200. Raises _Refusal, Disconnected."""
    if scope["method"] != "POST":  # type: ignore[typeddict-item]  # a route of HTTP
        raise _Refusal("invalid", METHOD)
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    try:
        body = await read_body(headers, receive, limit=door.max_bytes)
    except TooLarge:
        raise _Refusal("too_large", TOO_LARGE) from None
    known = door.known()
    if known is None:
        raise _Refusal("kafka_away", AWAY)  # we do not know yet which pages are ours
    sender = scope["path"].strip("/") if channel.by_sender else ""
    push = Push(headers, body, door.clock(), sender)
    with door.tracing.received(f"POST /webhooks/{channel.name}", headers.get("traceparent")) as span:
        try:
            reading = channel.read(push, known)
        except PushRefused as refused:
            outcome, problem = REFUSALS[type(refused)]
            raise _Refusal(outcome, problem, refused.field) from None
        await _keep(door, channel, push, reading, traceparent_of(span))
        return _outcome(door, channel, reading)


async def _keep(door: Door, channel: Channel, push: Push, reading: Reading, traceparent: str | None) -> None:
    """Returns when Kafka has acknowledged everything. Raises _Refusal."""
    fresh = door.recent.unpublished(reading.identities, now=monotonic())
    records = door.records.of(channel.name, push, reading, fresh, traceparent)
    if not records:
        return
    try:
        await door.producer.send(records, timeout=door.push_seconds)
    except BrokerUnavailable:
        raise _Refusal("kafka_away", AWAY) from None
    door.recent.published(fresh, now=monotonic())


def _outcome(door: Door, channel: Channel, reading: Reading) -> str:
    """Counts and tells what became of the push."""
    door.metrics.set(LAST_PUSH, time())
    if reading.signed_by == "page_id":  # unconfirmed in Zalo's manual: tell that it happens
        log.info("webhook.signed_by_page_id", channel=channel.name)
    if reading.kept is None:
        return "accepted" if reading.events else "forgotten"
    if reading.kept.reason != "known":
        door.metrics.inc(RAISED, reason=reading.kept.reason)
        log.warning("webhook.raised", channel=channel.name, reason=reading.kept.reason, event_name=reading.kept.name)
    return "kept"


class _Refusal(Exception):  # noqa: N818 - said of a push
    def __init__(self, outcome: str, problem: Refused, field: str = "") -> None:
        super().__init__(outcome)
        self.outcome = outcome
        self.field = field
        self.problem = problem if not field else _naming(problem, field)


def _naming(problem: Refused, field: str) -> Refused:
    more = problem.more | {"field": field}
    return Refused(problem.status, problem.kind, problem.title, problem.detail, headers=problem.headers, **more)


METHOD = Refused(
    405, "method_not_allowed", "Địa chỉ này chỉ nhận POST. / This address takes POST.", headers={"Allow": "POST"}
)
TOO_LARGE = Refused(413, "too_large", "Nội dung gửi lên quá lớn. / The push is too large.")
AWAY = Refused(
    503,
    "unavailable",
    "Hệ thống chưa nhận được, xin gửi lại sau. / Not taken, please send again.",
    headers={"Retry-After": RETRY_AFTER_SECONDS},
)
REFUSALS: dict[type[PushRefused], tuple[str, Refused]] = {
    PayloadInvalid: (
        "invalid",
        Refused(
            400,
            "invalid_payload",
            "Nội dung không đúng mẫu. / The payload is not as documented.",
            "Xem docs/channels. / See docs/channels.",
        ),
    ),
    SenderUnknown: (
        "unknown_app",
        Refused(401, "unknown_sender", "Không biết bên gửi này. / This app or sender is not known here."),
    ),
    SignatureInvalid: (
        "forged",
        Refused(401, "signature_invalid", "Chữ ký không đúng. / The signature does not match."),
    ),
    TimestampStale: (
        "stale",
        Refused(
            400,
            "stale_timestamp",
            "Thời điểm ký cách hiện tại quá xa. / The signature's timestamp is too far from now.",
            "Ký lại với thời điểm hiện tại. / Sign again with the present time.",
        ),
    ),
}
