"""Who is there: any order, batching and repetition of events gives the same buckets."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.stats.domain.counts import counted, in_buckets
from services.stats.domain.presence import Change, Happening, Subject, changes

START = datetime(2020, 3, 1, tzinfo=UTC)
ME = Subject("page", "person")


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def came(minutes: float, number: int = 0) -> Happening:
    return Happening(at(minutes), UUID(int=number), present=True)


def went(minutes: float, number: int = 0) -> Happening:
    return Happening(at(minutes), UUID(int=number), present=False)


def stock(found: Sequence[Change], until: datetime) -> int:
    return sum(c.amount for c in found if c.at <= until)


def fed(batches: Sequence[Sequence[tuple[Subject, Happening]]]) -> Counter[tuple[str, datetime, str]]:
    """The buckets after the batches, each seeing only what came before it."""
    known: dict[Subject, list[Happening]] = {}
    buckets: Counter[tuple[str, datetime, str]] = Counter()
    for batch in batches:
        fresh: dict[Subject, list[Happening]] = {}
        for subject, happening in batch:
            fresh.setdefault(subject, []).append(happening)
        for change in changes(known, fresh):
            buckets[change.account, change.at, "stock"] += change.amount
            buckets[change.account, change.at, "left"] += change.left
        for subject, happenings in fresh.items():
            known.setdefault(subject, []).extend(h for h in happenings if h not in known.get(subject, []))
    return Counter({key: value for key, value in buckets.items() if value})


def truth(events: Sequence[tuple[Subject, Happening]], until: datetime) -> int:
    """The definition itself: for each subject, the last event at or before `until` says whether it is there."""
    last: dict[Subject, Happening] = {}
    for subject, happening in events:
        if happening.at <= until and (subject not in last or last[subject] < happening):
            last[subject] = happening
    return sum(h.present for h in last.values())


SUBJECTS = st.builds(Subject, st.sampled_from(["a", "b"]), st.sampled_from(["x", "y", "z"]))
HAPPENINGS = st.builds(
    Happening,
    st.integers(0, 12).map(at),
    st.integers(0, 50).map(lambda n: UUID(int=n)),
    st.booleans(),
)


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[Subject, Happening]]:
    """Events with distinct ids, as event ids are."""
    events = draw(st.lists(st.tuples(SUBJECTS, HAPPENINGS), max_size=25, unique_by=lambda e: e[1].id))
    return list(events)


@given(histories(), st.data())
def test_any_order_batching_and_repetition_gives_the_buckets_of_the_sorted_truth(
    events: list[tuple[Subject, Happening]], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(events))
    repeated = shuffled + data.draw(st.lists(st.sampled_from(events), max_size=10) if events else st.just([]))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(repeated)), max_size=5)))
    batches = [repeated[a:b] for a, b in zip([0, *cuts], [*cuts, len(repeated)], strict=True)]
    assert fed(batches) == fed([sorted(events, key=lambda e: e[1])])


@given(histories(), st.integers(0, 12))
def test_the_stock_at_a_moment_is_who_was_there_by_their_last_event(
    events: list[tuple[Subject, Happening]], minute: int
) -> None:
    buckets = fed([events])
    summed = sum(v for (_, moment, kind), v in buckets.items() if kind == "stock" and moment <= at(minute))
    assert summed == truth(events, at(minute))


def test_an_unfollow_that_arrives_before_its_follow_changes_nothing_in_the_end() -> None:
    first = changes({}, {ME: [went(5)]})
    second = changes({ME: [went(5)]}, {ME: [came(1)]})
    assert stock([*first, *second], at(3)) == 1
    assert stock([*first, *second], at(9)) == 0
    assert sum(c.left for c in [*first, *second]) == 0, "once the follow is known, nobody left from before"


def test_a_return_counts_again_and_a_second_follow_does_not() -> None:
    found = changes({}, {ME: [came(1), came(2, 1), went(3), came(4)]})
    assert [(c.at, c.amount) for c in found] == [(at(1), 1), (at(3), -1), (at(4), 1)]


def test_who_goes_without_having_come_is_a_leaver_from_before() -> None:
    assert changes({}, {ME: [went(5)]}) == [Change("page", at(5), 0, 1)]


def test_a_late_event_corrects_the_bucket_it_belongs_to() -> None:
    found = changes({ME: [came(10)]}, {ME: [came(2)]})
    assert {(c.at, c.amount) for c in found} == {(at(2), 1), (at(10), -1)}


def test_buckets_are_sorted_and_hold_no_zero() -> None:
    counts = [counted("b", at(0), account="p"), counted("a", at(0.5)), counted("b", at(0.7), -1, account="p")]
    buckets = in_buckets(counts)
    assert buckets.minutes == [("a", START, 1)]
    assert [row[0] for row in buckets.days] == ["a"]
    assert buckets.page_days == []


def test_a_day_begins_at_midnight_in_viet_nam() -> None:
    before, after = datetime(2020, 10, 19, 16, 59, 59, tzinfo=UTC), datetime(2020, 10, 19, 17, 0, tzinfo=UTC)
    assert counted("posts", before).day.isoformat() == "2020-10-19"
    assert counted("posts", after).day.isoformat() == "2020-10-20"
