"""A lone poisoned record never stops a consumer; a window that mostly dies does."""

from hypothesis import given
from hypothesis import strategies as st

from shared.broker.breaker import Breaker


def test_a_few_dead_among_none_alive_do_not_trip() -> None:
    assert not Breaker(at_least=20).would_trip(alive=0, dead=19)


def test_a_window_that_mostly_dies_trips() -> None:
    breaker = Breaker()
    breaker.record(alive=60)
    assert not breaker.would_trip(alive=0, dead=59)
    assert breaker.would_trip(alive=0, dead=61)


def test_old_deaths_leave_the_window() -> None:
    breaker = Breaker(window=100)
    breaker.record(dead=49, alive=51)
    breaker.record(alive=100)
    assert not breaker.would_trip(alive=0, dead=30)


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 3)), max_size=30))
def test_rare_deaths_never_trip(batches: list[tuple[int, int]]) -> None:
    breaker = Breaker()
    for alive, dead in batches:
        assert not breaker.would_trip(alive=alive + 10 * dead, dead=dead)
        breaker.record(alive=alive + 10 * dead, dead=dead)
