"""Nothing ever goes faster than the channel allows, and life goes first."""

from hypothesis import given
from hypothesis import strategies as st

from services.notify.domain.pacing import EMERGENCY, LOWEST, MINUTE, Held, Pace, Paces, Told, share

PAGE = Held("page", "app")


def most_in_a_minute(moments: list[float]) -> int:
    """The largest number of takes in any window of 60 seconds, one end of it open."""
    return max((sum(1 for other in moments if at - MINUTE < other <= at) for at in moments), default=0)


@given(
    limit=st.integers(1, 30),
    steps=st.lists(st.tuples(st.floats(0, 40), st.integers(0, 60)), max_size=60),
)
def test_no_window_of_a_minute_holds_more_than_the_limit(limit: int, steps: list[tuple[float, int]]) -> None:
    pace, now, taken = Pace(limit), 1_000.0, []
    for pause, wanted in steps:
        now += pause
        count = min(wanted, pace.room(now))
        pace.take(count, now)
        taken += [now] * count
    assert most_in_a_minute(taken) <= limit


@given(limit=st.integers(1, 50), waits=st.lists(st.floats(0, 10), max_size=30))
def test_a_whole_minute_of_rest_gives_the_whole_limit_back(limit: int, waits: list[float]) -> None:
    pace, now = Pace(limit), 0.0
    for wait in waits:
        now += wait
        pace.take(pace.room(now), now)
    assert pace.room(now + MINUTE + 1e-6) == limit


def test_what_the_channel_says_is_left_counts_until_its_minute_ends() -> None:
    pace = Pace(100)
    pace.tell(3, now=65.0)
    assert pace.room(66.0) == 3
    pace.take(2, 66.0)
    assert pace.room(119.9) == 1
    assert pace.room(120.1) == 98


def test_a_refusal_holds_until_the_next_minute_and_a_little_longer() -> None:
    pace = Pace(100)
    pace.hold(now=130.0, extra=1.0)
    assert pace.room(180.9) == 0
    assert pace.room(181.0) == 100


@given(spare=st.integers(0, 10_000), mine=st.integers(1, 300), others=st.lists(st.integers(0, 300), max_size=5))
def test_the_shares_of_all_copies_never_pass_the_apps_limit(spare: int, mine: int, others: list[int]) -> None:
    leases = [mine, *others]
    limit = sum(leases) + spare  # an app has more requests a minute than it has pages
    shares = [share(limit, held, sum(leases)) for held in leases]
    assert sum(shares) <= limit
    assert all(part >= held for held, part in zip(leases, shares, strict=True))


def test_a_copy_without_leases_of_an_app_has_no_share_of_it() -> None:
    assert share(4_000, 0, 12) == 0


def test_the_last_tenth_of_a_pages_minute_is_for_emergencies() -> None:
    paces = Paces(page_limit=20, app_limit=4_000)
    for _ in range(17):
        paces.take(PAGE, 10.0)
    room = paces.room(PAGE, 10.0)
    assert room is not None
    assert (room.count, room.lowest) == (1, LOWEST)
    paces.take(PAGE, 10.0)
    room = paces.room(PAGE, 10.0)
    assert room is not None
    assert (room.count, room.lowest) == (2, EMERGENCY)
    paces.take(PAGE, 10.0)
    paces.take(PAGE, 10.0)
    assert paces.room(PAGE, 10.0) is None


def test_a_limit_below_the_apps_in_the_headers_is_the_pages_own() -> None:
    paces = Paces(page_limit=100, app_limit=4_000)
    paces.tell(PAGE, Told(limit=2_000, remain=1_990), 10.0, in_flight=3)
    room = paces.room(PAGE, 10.0)
    assert room is not None
    assert room.count == 1_990 - 200
    assert paces.app_room("app", 10.0) == 4_000


def test_the_apps_remainder_in_the_headers_is_shared_like_its_limit() -> None:
    paces = Paces(page_limit=100, app_limit=4_000)
    paces.share_out({"app": (1, 4)})
    assert paces.app_room("app", 10.0) == 1_000
    paces.tell(PAGE, Told(limit=4_000, remain=400), 10.0, in_flight=2)
    assert paces.app_room("app", 10.0) == 98
    paces.tell(PAGE, Told(limit=4_000, remain=0), 11.0, in_flight=2)
    assert paces.app_room("app", 11.0) == 0


def test_a_refusal_holds_the_app_or_the_page_whichever_the_headers_name() -> None:
    paces = Paces(page_limit=100, app_limit=4_000)
    paces.refused(PAGE, Told(limit=100, remain=0), 10.0, extra=1.0)
    assert paces.room(PAGE, 10.0) is None
    assert paces.app_room("app", 10.0) == 4_000
    other = Held("other", "app")
    paces.refused(other, None, 10.0, extra=1.0)
    assert paces.room(other, 10.0) is not None
    assert paces.app_room("app", 10.0) == 0
