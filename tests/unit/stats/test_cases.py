"""A case counts by its standing facts, applied by version; a correction moves within the original buckets."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.stats.domain import sends
from services.stats.domain.cases import Facts, changes, standing

OPENED = datetime(2020, 6, 1, 3, tzinfo=UTC)
ANSWERED = OPENED + timedelta(hours=2)
RESOLVED = OPENED + timedelta(days=3)


def facts(version: int = 1, category: str = "tip", *, answered: bool = False, resolved: bool = False) -> Facts:
    return Facts(version, "page", category, OPENED, ANSWERED if answered else None, RESOLVED if resolved else None)


def buckets(history: list[Facts]) -> Counter[tuple[str, str]]:
    """The sums after the facts came in this order."""
    found: Counter[tuple[str, str]] = Counter()
    stored: Facts | None = None
    for fact in history:
        for count in changes(stored, fact):
            found[count.metric, count.day.isoformat()] += count.amount
        stored = fact if stored is None else standing([stored, fact])
    return Counter({k: v for k, v in found.items() if v})


FACTS = st.builds(
    facts,
    st.integers(1, 6),
    st.sampled_from(["tip", "emergency", "admin_question", "spam"]),
    answered=st.booleans(),
    resolved=st.booleans(),
)


@given(st.lists(FACTS, min_size=1, max_size=6, unique_by=lambda f: f.version), st.data())
def test_any_order_of_versions_counts_as_the_highest_alone(history: list[Facts], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(history + history))
    assert buckets(shuffled) == buckets([standing(history)])


def test_a_correction_moves_the_count_to_its_category_in_the_original_buckets() -> None:
    found = changes(facts(1, "tip", answered=True), facts(2, "admin_question", answered=True))
    assert {(c.metric, c.day.isoformat(), c.amount) for c in found} == {
        ("tips_received", "2020-06-01", -1),
        ("procedure_questions_answered", "2020-06-01", 1),
    }


def test_an_older_version_changes_nothing() -> None:
    assert changes(facts(3), facts(2, "spam")) == []
    assert changes(facts(3), facts(3, "spam")) == []


def test_a_reopened_case_is_not_resolved_any_more() -> None:
    found = changes(facts(2, resolved=True), facts(3))
    assert {(c.metric, c.amount) for c in found} == {("tips_resolved", -1), ("cases_resolved", -1)}


def pages(history: list[Facts]) -> Counter[tuple[str, str | None]]:
    """The sums by page after the facts came in this order."""
    found: Counter[tuple[str, str | None]] = Counter()
    stored: Facts | None = None
    for fact in history:
        for count in changes(stored, fact):
            found[count.metric, count.account] += count.amount
        stored = fact if stored is None else standing([stored, fact])
    return Counter({k: v for k, v in found.items() if v})


def test_a_sealed_case_counts_for_the_province_and_for_no_page() -> None:
    sealed = facts(1, resolved=True)._replace(account="")
    assert pages([sealed]) == {(metric, None): 1 for metric in ("cases_opened", "cases_resolved", *TIP_METRICS)}
    assert buckets([sealed]) == buckets([facts(1, resolved=True)])


@given(st.integers(1, 4), st.data())
def test_a_case_that_is_sealed_later_leaves_nothing_behind_at_its_page(versions: int, data: st.DataObject) -> None:
    history = [facts(v) for v in range(1, versions + 1)] + [facts(versions + 1)._replace(account="")]
    assert {page for _, page in pages(data.draw(st.permutations(history)))} == {None}


TIP_METRICS = ("tips_received", "tips_resolved")
STATES = ["queued", "sent", "delivered", "seen", "failed", "in_doubt"]


@given(st.lists(st.sampled_from(STATES), min_size=1, max_size=5), st.data())
def test_a_send_counts_once_whatever_order_its_changes_come_in(states: list[str], data: st.DataObject) -> None:
    told = [
        sends.seen("page", "alert", version, state, OPENED + timedelta(minutes=version))
        for version, state in enumerate(states, 1)
    ]

    def counted(order: list[sends.Send]) -> Counter[tuple[str, datetime | None]]:
        stored: sends.Send | None = None
        found: Counter[tuple[str, datetime | None]] = Counter()
        for change in order:
            after = sends.merged(stored, change)
            for count in sends.changes(stored, after):
                found[count.metric, count.minute] += count.amount
            stored = after
        return Counter({k: v for k, v in found.items() if v})

    assert counted(data.draw(st.permutations(told + told))) == counted(told)
    assert sum(counted(told).values()) <= 1


def test_a_reply_counts_for_no_page() -> None:
    reply, alert = (sends.seen("page", kind, 1, "sent", OPENED) for kind in ("reply", "alert"))
    assert [c.account for send in (reply, alert) for c in sends.changes(None, send)] == [None, "page"]


def test_a_send_counts_when_it_was_first_known_to_be_out() -> None:
    first = sends.seen("page", "reply", 3, "seen", OPENED + timedelta(minutes=9))
    late = sends.seen("page", "reply", 2, "sent", OPENED)
    merged = sends.merged(first, late)
    assert (merged.state, merged.sent_at) == ("seen", OPENED)
    assert {(c.metric, c.minute, c.amount) for c in sends.changes(first, merged)} == {
        ("replies_sent", OPENED, 1),
        ("replies_sent", OPENED + timedelta(minutes=9), -1),
    }
