"""The live stream: one computation for all listeners, only what moved is sent, a bound on who may listen."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date

import pytest

from services.stats import live as stream
from services.stats.domain.period import Period
from services.stats.live import HEARTBEAT, MOST_PERIODS, RETRY, STALE, Live, as_event
from shared.database import StoreUnavailable
from shared.service.problems import Refused

pytestmark = pytest.mark.asyncio(loop_scope="session")

PERIOD = Period(date(2020, 3, 1), date(2020, 10, 19))


class Numbers:
    """What is computed, and how often it was asked."""

    def __init__(self) -> None:
        self.tick = b'{"n":1}'
        self.away = False
        self.asked = 0

    async def __call__(self, _period: Period) -> bytes:
        self.asked += 1
        if self.away:
            raise StoreUnavailable
        return self.tick


def a_live(numbers: Numbers, *, most: int = 10) -> tuple[Live, asyncio.Event]:
    closing = asyncio.Event()
    return Live(numbers, most=most, closing=closing), closing


async def opened(live: Live, period: Period = PERIOD) -> AsyncIterator[bytes]:
    """A listener that has had its first line."""
    listener = live.listen(period)
    assert await anext(listener) == RETRY
    return listener


async def test_two_who_look_at_the_same_period_share_one_computation() -> None:
    numbers = Numbers()
    live, _ = a_live(numbers)
    first, second = await opened(live), await opened(live)
    await live.once()
    assert numbers.asked == 1
    assert await anext(first) == await anext(second) == as_event(b'{"n":1}')


async def test_nothing_is_computed_while_nobody_listens() -> None:
    numbers = Numbers()
    live, _ = a_live(numbers)
    await live.once()
    assert numbers.asked == 0


async def test_only_what_moved_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.05)
    numbers = Numbers()
    live, _ = a_live(numbers)
    listener = await opened(live)
    await live.once()
    await anext(listener)
    await live.once()
    assert await anext(listener) == HEARTBEAT, "the same numbers are no news"
    numbers.tick = b'{"n":2}'
    await live.once()
    assert await anext(listener) == as_event(b'{"n":2}')


async def test_who_is_slow_gets_the_newest_and_not_all() -> None:
    numbers = Numbers()
    live, _ = a_live(numbers)
    listener = await opened(live)
    for n in range(5):
        numbers.tick = b'{"n":%d}' % n
        await live.once()
    assert await anext(listener) == as_event(b'{"n":4}')


async def test_who_comes_late_sees_the_numbers_at_once() -> None:
    live, _ = a_live(Numbers())
    await opened(live)
    await live.once()
    late = await opened(live)
    assert await anext(late) == as_event(b'{"n":1}')


async def test_while_the_database_is_away_listeners_are_told_once_and_told_when_it_is_back() -> None:
    numbers = Numbers()
    live, _ = a_live(numbers)
    listener = await opened(live)
    await live.once()
    await anext(listener)
    numbers.away = True
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            await live.once()
    assert await anext(listener) == STALE
    numbers.away = False
    await live.once()
    assert await anext(listener) == as_event(b'{"n":1}'), "the same numbers are news now"


async def test_a_full_stream_refuses_and_has_room_again_when_someone_leaves() -> None:
    live, _ = a_live(Numbers(), most=2)
    first = await opened(live)
    await opened(live)
    with pytest.raises(Refused) as refused:
        live.check_room(PERIOD)
    assert refused.value.status == 503
    assert "Retry-After" in refused.value.headers
    await first.aclose()  # type: ignore[attr-defined]  # it is a generator
    live.check_room(PERIOD)


async def test_so_many_different_periods_are_live_and_no_more() -> None:
    live, _ = a_live(Numbers(), most=1_000)
    held = [await opened(live, Period(date(2020, 1, 1), date(2020, 1, 1 + n))) for n in range(MOST_PERIODS)]
    with pytest.raises(Refused):
        live.check_room(PERIOD)
    live.check_room(Period(date(2020, 1, 1), date(2020, 1, 1)))
    await held[0].aclose()  # type: ignore[attr-defined]  # it is a generator
    live.check_room(PERIOD)


async def test_when_the_service_stops_every_stream_ends() -> None:
    live, closing = a_live(Numbers())
    listener = await opened(live)
    waiting = asyncio.ensure_future(anext(listener))
    await asyncio.sleep(0)
    closing.set()
    await asyncio.wait_for(waiting, 1)
    with pytest.raises(StopAsyncIteration):
        await anext(listener)
    assert live.listeners == 0
