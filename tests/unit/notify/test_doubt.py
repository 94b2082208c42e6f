"""A send in doubt is found by its words and its time among what the page has said, and nothing else is taken for it."""

from datetime import UTC, datetime, timedelta

from services.notify.domain.doubt import Said, find, reaches_back, window
from services.notify.domain.words import for_group

STARTED = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
WHEN = window(STARTED, skew=timedelta(seconds=60), call=timedelta(seconds=10))


def said(key: str = "k1", *, by_page: bool = True, text: str = "Nước dâng", after: float = 1.0) -> Said:
    return Said(key, by_page, text, int((STARTED.timestamp() + after) * 1000))


def looked(*messages: Said, used: frozenset[str] = frozenset()) -> str | None:
    return find(messages, text="Nước dâng", used=used, window=WHEN)


def test_the_pages_own_words_in_their_time_are_the_send() -> None:
    assert looked(said("k0", text="khác"), said("k1")) == "k1"


def test_another_persons_same_words_are_not() -> None:
    assert looked(said(by_page=False)) is None


def test_the_same_words_of_another_time_are_not() -> None:
    assert looked(said(after=-61), said(after=71)) is None


def test_a_clock_that_differs_within_the_skew_is_allowed_for() -> None:
    assert looked(said(after=-59)) == "k1"
    assert looked(said(after=69)) == "k1"


def test_a_message_that_is_another_sends_is_not_taken_twice() -> None:
    assert looked(said("k1"), used=frozenset({"k1"})) is None
    assert looked(said("k2", after=5), said("k1", after=1), used=frozenset({"k1"})) == "k2"


def test_of_two_that_fit_the_earlier_is_taken() -> None:
    assert looked(said("k2", after=5), said("k1", after=1)) == "k1"


def test_white_space_that_the_channel_trims_does_not_matter() -> None:
    assert find([said()], text="Nước dâng \n", used=frozenset(), window=WHEN) == "k1"


def test_a_page_of_a_conversation_older_than_the_window_ends_the_search() -> None:
    assert not reaches_back([said(after=0)], WHEN)
    assert reaches_back([said(after=0), said(after=-120)], WHEN)


def test_a_mention_is_broken_and_nothing_else_changes() -> None:
    assert "[@" not in for_group("gọi [@123] và [@456]")
    assert for_group("a@b.vn [x] @c").replace("\u2060", "") == "a@b.vn [x] @c"
    assert for_group("gọi [@123]").replace("\u2060", "") == "gọi [@123]"
