"""Free replies are one budget: never exceeded, some of it an officer's, an emergency first."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.budget import MOST_LEFT, Budget, Free, Spent, may_speak, quota_told
from tests.unit.triage.make import START

EIGHT = Budget({"zalo": Free(8, timedelta(hours=48))}, reserve=3)


def spent(*hours_ago: float) -> list[Spent]:
    return [Spent(START - timedelta(hours=hours)) for hours in hours_ago]


def may(said: list[Spent], *, emergency: bool = False, channel: str = "zalo") -> bool:
    return may_speak(channel, said, now=START, budget=EIGHT, emergency=emergency)


def test_the_machine_leaves_the_officer_a_reserve_and_an_emergency_may_spend_it() -> None:
    assert may(spent(1, 2, 3, 4))
    assert not may(spent(1, 2, 3, 4, 5))
    assert may(spent(1, 2, 3, 4, 5, 6, 7), emergency=True)
    assert not may(spent(1, 2, 3, 4, 5, 6, 7, 8), emergency=True)


def test_what_was_said_before_the_hours_does_not_count() -> None:
    assert may(spent(1, 2, 3, 4, 49, 50, 51))


def test_a_channel_without_a_limit_has_none() -> None:
    assert may(spent(*range(1, 20)), channel="telegram")


@given(st.integers())
def test_a_quota_told_is_kept_within_what_a_channel_may_grant(left: int) -> None:
    kept = quota_told(left)
    assert kept is not None
    assert 0 <= kept <= MOST_LEFT
    assert kept == left or not 0 <= left <= MOST_LEFT


def test_a_quota_that_was_not_told_is_none() -> None:
    assert quota_told(None) is None


def test_the_channel_s_own_word_is_believed_where_it_is_stricter() -> None:
    told = [Spent(START - timedelta(hours=5), 4, START - timedelta(hours=4))]
    assert may(told)
    assert not may([*told, *spent(1)]), "one more was asked for since it told"


def test_an_emergency_goes_by_the_channel_s_word_where_that_allows_more() -> None:
    told = [Spent(START - timedelta(hours=1), 40, START)]
    assert may([*told, *spent(2, 3, 4, 5, 6, 7, 8)], emergency=True)
    assert not may([*told, *spent(2, 3, 4, 5, 6, 7, 8)])


@given(st.lists(st.tuples(st.floats(0, 200), st.booleans(), st.booleans()), max_size=40))
def test_the_free_replies_are_never_exceeded(wishes: list[tuple[float, bool, bool]]) -> None:
    """(hours from the start, an emergency, an officer's). The machine alone: officers answer whatever it costs."""
    said: list[Spent] = []
    for hours, emergency, by_officer in sorted(wishes):
        now = START + timedelta(hours=hours)
        within = [one for one in said if one.at > now - timedelta(hours=48)]
        if by_officer:
            said.append(Spent(now))
        elif may_speak("zalo", said, now=now, budget=EIGHT, emergency=emergency):
            assert len(within) < (8 if emergency else 5)
            said.append(Spent(now))
