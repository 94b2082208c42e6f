"""The live stream: the numbers once a second for all who listen, sent only when something moved.

A period is computed once for all its listeners, and not at all while nobody listens.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from services.stats.domain.period import Period
from shared.database import StoreUnavailable
from shared.service.problems import Refused

HEARTBEAT_SECONDS = 15.0
"""Shorter than any proxy's patience with a silent connection."""

MOST_PERIODS = 20
"""Different periods that may be live at once; each costs its own queries."""

RETRY = b"retry: 2000\n\n"
"""How long a page waits before it comes back, milliseconds."""

STALE = b"event: stale\ndata: {}\n\n"
HEARTBEAT = b": still here\n\n"

Compute = Callable[[Period], Awaitable[bytes]]
"""The tick of a period as JSON, without the moment it was made at, so that two can be compared."""


@dataclass(eq=False)
class Listener:
    """One open page. It holds at most one message: who is slow gets the newest, not all."""

    waiting: bytes | None = None
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def send(self, message: bytes) -> None:
        self.waiting = message
        self.woken.set()


@dataclass
class Channel:
    """One period's listeners and the last tick they had."""

    last: bytes = b""
    stale: bool = False
    listeners: set[Listener] = field(default_factory=set)

    def broadcast(self, message: bytes) -> None:
        for listener in self.listeners:
            listener.send(message)


class Live:
    """`once` goes in a loop of the platform, once a second. `listen` is one page's stream."""

    def __init__(self, compute: Compute, *, most: int, closing: asyncio.Event) -> None:
        self._compute = compute
        self._most = most
        self._closing = closing
        self._channels: dict[Period, Channel] = {}

    @property
    def listeners(self) -> int:
        return sum(len(channel.listeners) for channel in self._channels.values())

    async def once(self) -> None:
        """A tick of every period that somebody looks at. Raises StoreUnavailable, after telling the listeners."""
        for period, channel in list(self._channels.items()):
            try:
                tick = await self._compute(period)
            except StoreUnavailable:
                if not channel.stale:
                    channel.stale = True
                    channel.broadcast(STALE)
                raise
            if tick != channel.last or channel.stale:
                channel.last, channel.stale = tick, False
                channel.broadcast(as_event(tick))

    def check_room(self, period: Period) -> None:
        """Raises Refused (503) when the stream is full."""
        full = self.listeners >= self._most
        if full or (period not in self._channels and len(self._channels) >= MOST_PERIODS):
            raise Refused(
                503,
                "stream_full",
                "Quá nhiều người đang xem trực tiếp. / Too many are watching live.",
                "Hãy tải lại trang sau ít phút. / Please reload the page in a few minutes.",
                headers={"Retry-After": "30"},
            )

    async def listen(self, period: Period) -> AsyncIterator[bytes]:
        """Ticks, and a comment whenever nothing moved for a while. Ends when the service stops or the page goes."""
        listener = Listener()
        channel = self._channels.setdefault(period, Channel())
        channel.listeners.add(listener)
        if channel.last:
            listener.send(as_event(channel.last))
        try:
            yield RETRY
            while not self._closing.is_set():
                yield await self._next(listener)
        finally:
            channel.listeners.discard(listener)
            if not channel.listeners and self._channels.get(period) is channel:
                del self._channels[period]

    async def _next(self, listener: Listener) -> bytes:
        woken = asyncio.create_task(listener.woken.wait())
        closing = asyncio.create_task(self._closing.wait())
        try:
            await asyncio.wait({woken, closing}, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        finally:
            woken.cancel()
            closing.cancel()
        listener.woken.clear()
        message, listener.waiting = listener.waiting, None
        return message or HEARTBEAT


def as_event(tick: bytes) -> bytes:
    """One Server-Sent Event named `tick`; JSON has no bare line break, so one data line is enough."""
    return b"event: tick\ndata: " + tick + b"\n\n"
