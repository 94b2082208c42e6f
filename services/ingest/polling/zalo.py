"""Zalo's API as far as ingest reads it: getoa, article/getslice, getgroup.

Answers are HTTP 200 with `{"error": N, "message", "data"}`; N is now and then text. What the API expects to happen is
a value here, not an exception. Source: Zalo's manual (December 2025), summed up in docs/channels/zalo.md.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Generic, Literal, TypeVar

import aiohttp
import msgspec

from services.ingest.domain.moment import EPOCH
from services.ingest.domain.pace import Pace
from services.ingest.domain.posts import Counts, Post
from shared.telemetry.metrics import POLLS, Metrics

RATE_EXCEEDED = -32
TOKEN_REFUSED = frozenset({-216, -220})
"""Invalid, expired or removed: only a new token helps, and notify alone gets one."""

Call = Literal["getoa", "getslice", "getgroup"]
PATHS: dict[Call, tuple[str, str]] = {
    "getoa": ("/v2.0/oa/getoa", "oa"),
    "getslice": ("/v2.0/article/getslice", "article"),
    "getgroup": ("/v3.0/oa/group/getgroup", "oa"),
}
"""Each call's path, and the allowance it counts against (the articles' is apart)."""

T = TypeVar("T")


@dataclass(frozen=True)
class Answered(Generic[T]):
    """`at`: the answer's HTTP Date, by which a polled fact occurred."""

    data: T
    at: datetime


@dataclass(frozen=True)
class NotAnswered:
    """`why`: `slow_down` (for so long), `token`, `refused` (Zalo's code), or `failed`: time-out, gateway, not JSON."""

    why: Literal["slow_down", "token", "refused", "failed"]
    code: int = 0
    wait_seconds: float = 0.0

    @property
    def said(self) -> str:
        return f"{self.why} {self.code}" if self.code else self.why


class PageFacts(msgspec.Struct):
    name: str
    num_follower: int
    is_verified: bool = False


class WireMedia(msgspec.Struct):
    id: str
    create_date: int
    """Milliseconds since 1970."""
    title: str = ""
    total_view: int = 0
    total_share: int = 0


class Slice(msgspec.Struct):
    medias: list[WireMedia]
    total: int


class GroupInfo(msgspec.Struct):
    name: str


class GroupFacts(msgspec.Struct):
    group_info: GroupInfo


class Envelope(msgspec.Struct):
    error: int
    data: msgspec.Raw = msgspec.Raw(b"null")


_envelope = msgspec.json.Decoder(Envelope, strict=False)  # the error's number may be text


class ZaloClient:
    """Asks, at the pace the headers allow; never waits, but says how long to wait. `now`: seconds since 1970."""

    def __init__(
        self,
        *,
        base_url: str,
        pace: Pace,
        metrics: Metrics,
        timeout_seconds: float,
        connections: int,
        now: Callable[[], float],
    ) -> None:
        self._session: aiohttp.ClientSession | None = None
        self._connections = connections
        self._base_url = base_url.rstrip("/")
        self._pace = pace
        self._metrics = metrics
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)
        self._now = now

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def page(self, token: str, *, app: str) -> Answered[PageFacts] | NotAnswered:
        """Name, verified mark and follower count of the token's page."""
        return await self._ask("getoa", PageFacts, token, app)

    async def posts(self, token: str, *, app: str, offset: int, limit: int) -> Answered[Slice] | NotAnswered:
        """A slice of the page's posts, the newest first."""
        return await self._ask("getslice", Slice, token, app, offset=offset, limit=limit, type="normal")

    async def group(self, token: str, *, app: str, group: str) -> Answered[GroupFacts] | NotAnswered:
        return await self._ask("getgroup", GroupFacts, token, app, group_id=group)

    async def _ask(
        self, call: Call, shape: type[T], token: str, app: str, **query: str | int
    ) -> Answered[T] | NotAnswered:
        path, allowance = PATHS[call]
        whose = f"{app}|{allowance}"
        if wait := self._pace.wait(whose, now=self._now()):
            return NotAnswered("slow_down", wait_seconds=wait)
        answer = await self._get(path, token, whose, query)
        told = answer if isinstance(answer, NotAnswered) else _data(answer, shape)
        self._metrics.inc(POLLS, call=call, outcome=_outcome(told))
        if isinstance(told, NotAnswered) and told.why == "slow_down":
            self._pace.hold(whose, now=self._now())
            return replace(told, wait_seconds=self._pace.wait(whose, now=self._now()))
        return told

    @property
    def _http(self) -> aiohttp.ClientSession:
        """Made at the first question: a client belongs to the loop it is used in."""
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=self._connections))
        return self._session

    async def _get(self, path: str, token: str, whose: str, query: dict[str, Any]) -> Answered[Envelope] | NotAnswered:
        headers = {"access_token": token}
        try:
            async with self._http.get(
                self._base_url + path, params=query, headers=headers, timeout=self._timeout, allow_redirects=False
            ) as response:
                body = await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError):
            return NotAnswered("failed")
        limit, remain = (_number(response.headers.get(f"X-RateLimit-{name}")) for name in ("Limit", "Remain"))
        self._pace.note(whose, limit=limit, remain=remain, now=self._now())
        if response.status != 200:  # noqa: PLR2004 - HTTP's OK; Zalo's own refusals are 200 too
            return NotAnswered("failed")
        try:
            return Answered(_envelope.decode(body), _date(response.headers.get("Date"), self._now()))
        except (msgspec.DecodeError, UnicodeDecodeError):
            return NotAnswered("failed")  # an HTML page is a gateway's


def _data(answer: Answered[Envelope], shape: type[T]) -> Answered[T] | NotAnswered:
    code = answer.data.error
    if code == RATE_EXCEEDED:
        return NotAnswered("slow_down", code)
    if code in TOKEN_REFUSED:
        return NotAnswered("token", code)
    if code:
        return NotAnswered("refused", code)
    try:
        return Answered(msgspec.json.decode(answer.data.data, type=shape, strict=False), answer.at)
    except msgspec.DecodeError:
        return NotAnswered("failed")


def _outcome(told: object) -> str:
    if not isinstance(told, NotAnswered):
        return "ok"
    return "refused" if told.why == "token" else told.why


def _number(header: str | None) -> int:
    """0 where there is none: then nothing is known of the pace."""
    return int(header) if header is not None and header.isascii() and header.isdigit() else 0


def _date(header: str | None, now: float) -> datetime:
    try:
        return parsedate_to_datetime(header or "").astimezone(UTC)
    except ValueError:
        return datetime.fromtimestamp(int(now), UTC)


def posts_of(answer: Answered[Slice]) -> list[Post]:
    """The slice's posts as ours."""
    return [
        Post(
            id=media.id,
            title=media.title,
            published_at=EPOCH + timedelta(milliseconds=media.create_date),
            counts=Counts(media.total_view, media.total_share),
            at=answer.at,
        )
        for media in answer.data.medias
    ]
