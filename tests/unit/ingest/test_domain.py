"""The pure rules: calls to a page, villages, posts, pace, clocks."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.channels.contract import Identity
from services.ingest.domain.accounts import (
    Account,
    Village,
    changed,
    group_created,
    group_deleted,
    group_named,
    village_of,
)
from services.ingest.domain.calls import CallWords, calls_page, mentions
from services.ingest.domain.moment import EPOCH, moment
from services.ingest.domain.pace import Pace, again_after
from services.ingest.domain.posts import Counts, Post, news
from services.ingest.handlers import registered
from services.ingest.recent import RecentIdentities
from shared.events import GroupChanged, GroupCreated, GroupDeleted
from tests.ingest import CALL_WORDS, PAGE, PAGE_NAME
from tests.make import inbound

WORDS = CallWords(CALL_WORDS)
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
DAY = date(2020, 5, 23)


# ── calls ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("Công an xã ơi", True),
        ("cong an xa oi", True),
        ("CÔNG   AN\nđâu rồi", True),
        ("Cháy rồi!!!", True),
        ("gọi 113 đi", True),
        ("số nhà 1135", False),
        ("công việc an toàn", False),
        ("mai đi chợ", False),
        ("", False),
        (f"[@{PAGE}] cho hỏi", True),
        (f"@{PAGE_NAME} cho hỏi", True),
        ("@cong an xa ea tu", True),
        ("@Nam mai đi chợ", False),
    ],
)
def test_a_group_message_is_kept_only_if_it_calls_the_page(text: str, called: bool) -> None:
    assert calls_page(text=text, quotes=False, page=PAGE, page_name=PAGE_NAME, words=WORDS) is called


def test_a_quote_calls_since_ingest_does_not_know_whose_message_it_was() -> None:
    assert calls_page(text="", quotes=True, page=PAGE, page_name=PAGE_NAME, words=CallWords(()))


def test_without_call_words_only_mentions_and_quotes_call() -> None:
    assert not CallWords(()).found_in("công an 113")
    assert not CallWords(("", "  ")).found_in("bất kỳ")
    assert not mentions("@", PAGE, "")


@given(st.text(max_size=80))
def test_words_around_a_call_word_do_not_hide_it(text: str) -> None:
    assert WORDS.found_in(f"{text} báo tin {text}")


# ── the register ─────────────────────────────────────────────────────────────────────────────────────────────────────

PAGE_ROW = Account(
    channel="zalo", account=PAGE, kind="page", page=PAGE, app="1", name=PAGE_NAME, unit="u1", commune_2020="24133",
    commune_2025=None, district_2020="643", version=3,
)  # fmt: skip


def a_village(village: str, name: str, group: str | None = None, **changes: Any) -> Village:
    facts = {"commune_2020": "24133", "commune_2025": "24163", "page": PAGE} | changes
    return Village(village=village, name=name, group=group, **facts)


def a_group(name: str = "", group: str = "g1") -> Account:
    made = group_created(group, before=None, page=PAGE_ROW, page_id=PAGE, village=None, on=DAY)
    return replace(made, name=name, version=1)


def test_a_group_is_its_pages_in_the_village_of_the_provinces_map() -> None:
    made = group_created(
        "g1", before=None, page=PAGE_ROW, page_id=PAGE, village=a_village("v1", "Buôn Jù", "g1"), on=DAY
    )
    assert (made.unit, made.app, made.name, made.village) == ("u1", "1", "Buôn Jù", "v1")
    assert (made.commune_2020, made.commune_2025, made.valid_from, made.state) == ("24133", "24163", DAY, "active")


def test_a_group_of_a_page_that_is_not_in_the_register_is_registered_all_the_same() -> None:
    made = group_created("g1", before=None, page=None, page_id="9", village=None, on=DAY)
    assert (made.page, made.unit, made.app) == ("9", None, "")


def test_news_of_a_group_that_come_late_do_not_open_it_again() -> None:
    closed = group_deleted(a_group(), on=DAY + timedelta(days=9))
    made = group_created("g1", before=closed, page=PAGE_ROW, page_id=PAGE, village=None, on=DAY - timedelta(days=1))
    assert (made.state, made.valid_from, made.valid_to) == ("closed", DAY - timedelta(days=1), closed.valid_to)


@pytest.mark.parametrize(
    ("name", "village"),
    [
        ("Buôn Jù", "v1"),
        ("BUON JU", "v1"),
        ("Buôn Jù - xã Ea Tu", "v1"),
        ("Bình yên thôn 1", "v2"),
        ("Bình yên thôn 12", "v3"),
        ("Tổ 5", None),
        ("", None),
        ("Buôn Jùa", None),
        ("Buôn Kô", None),
    ],
)
def test_a_groups_name_finds_its_village_and_never_guesses(name: str, village: str | None) -> None:
    villages = [
        a_village("v1", "Buôn Jù"), a_village("v2", "Thôn 1"), a_village("v3", "Thôn 12"),
        a_village("v4", "Buôn Kô"), a_village("v5", "Buôn Kô"),
    ]  # fmt: skip
    found = village_of(a_group(name), villages)
    assert (found.village if found else None) == village


def test_the_map_by_id_goes_before_a_name() -> None:
    villages = [a_village("v1", "Buôn Jù"), a_village("v2", "Thôn 1", "g1")]
    assert group_named(a_group(), "Buôn Jù", villages).village == "v2"


def test_what_does_not_differ_is_no_change_and_a_change_is_the_next_version() -> None:
    assert changed(PAGE_ROW, replace(PAGE_ROW, version=0)) is None
    renamed = changed(PAGE_ROW, replace(PAGE_ROW, name="Công an xã Cư Êbur", version=0))
    assert renamed is not None
    assert renamed.version == 4
    new = changed(None, replace(PAGE_ROW, version=0))
    assert new is not None
    assert new.version == 1


def life(model: type[Any], group: str, day: int) -> Any:
    at = datetime(2020, 5, day, 18, 30, tzinfo=UTC)  # already the next day in Viet Nam
    return model(**inbound(model.__name__, f"{group}{day}", occurred_at=at), group=group)


def test_a_batch_of_group_news_is_one_change_a_group_by_vietnamese_days() -> None:
    events = [life(GroupCreated, "g1", 1), life(GroupCreated, "g2", 2), life(GroupDeleted, "g1", 5)]
    one, two = registered(events, {PAGE: replace(PAGE_ROW, account=PAGE)}, [a_village("v1", "Buôn Jù", "g2")])
    assert (one.account, one.valid_from, one.valid_to, one.version) == ("g1", date(2020, 5, 2), date(2020, 5, 6), 1)
    assert (two.account, two.village, two.state) == ("g2", "v1", "active")


def test_an_end_told_before_the_beginning_is_the_same_in_the_end() -> None:
    events = [life(GroupDeleted, "g1", 5), life(GroupCreated, "g1", 1)]
    (group,) = registered(events, {}, [])
    assert (group.valid_from, group.valid_to) == (date(2020, 5, 2), date(2020, 5, 6))


def test_a_changed_group_alone_changes_nothing_here() -> None:
    assert registered([life(GroupChanged, "g1", 1)], {}, []) == []


# ── posts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def a_post(post: str, views: int, shares: int = 0) -> Post:
    return Post(post, "Cảnh báo", NOW - timedelta(days=9), Counts(views, shares), NOW)


def test_a_post_is_published_once_and_its_views_are_told_when_they_change() -> None:
    walked = [a_post("p1", 10), a_post("p2", 0), a_post("p3", 5)]
    fresh = news({"p1": Counts(10, 0), "p3": Counts(4, 0)}, walked)
    assert [post.id for post in fresh.published] == ["p2"]
    assert [post.id for post in fresh.counted] == ["p2", "p3"]


def test_a_post_met_twice_in_a_walk_counts_as_it_was_last_seen() -> None:
    fresh = news({}, [a_post("p1", 10), a_post("p1", 11)])
    assert [post.counts.views for post in fresh.counted] == [11]
    assert len(fresh.published) == 1


# ── pace ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_polls_leave_their_reserve_to_sends_and_go_on_with_the_next_minute() -> None:
    pace = Pace(reserve=0.25)
    pace.note("app|oa", limit=4000, remain=1001, now=630.0)
    assert pace.wait("app|oa", now=630.0) == 0
    pace.note("app|oa", limit=4000, remain=1000, now=631.0)
    assert pace.wait("app|oa", now=631.0) == 29.0
    assert pace.wait("app|article", now=631.0) == 0
    assert pace.wait("app|oa", now=660.0) == 0


def test_no_header_tells_nothing() -> None:
    pace = Pace(reserve=0.25)
    pace.note("app|oa", limit=0, remain=0, now=1.0)
    assert pace.wait("app|oa", now=1.0) == 0


def test_failures_are_tried_again_ever_later_but_never_later_than_the_usual_round() -> None:
    assert [again_after(n, 900) for n in (1, 2, 3, 9)] == [15, 30, 60, 900]
    assert again_after(5_000, 900) == 900
    assert again_after(1, 5) == 5


# ── clocks ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "suspect"),
    [
        ("1590206400000", False),
        ("154397978274", True),
        ("4102444800000", True),
        ("0", True),
        ("", True),
        ("-1", True),
        ("1e12", True),
        ("١٥٩٠٢٠٦٤٠٠٠٠٠", True),
        ("9" * 40, True),
    ],
)
def test_a_clock_is_believed_only_within_reason(text: str, suspect: bool) -> None:
    assert moment(text, NOW).suspect is suspect


def test_a_believed_or_doubted_clock_is_never_altered() -> None:
    assert moment("154397978274", NOW).at == datetime(1974, 11, 23, 0, 19, 38, 274000, tzinfo=UTC)
    assert moment("soon", NOW).at == EPOCH


# ── identities just published ────────────────────────────────────────────────────────────────────────────────────────


def an_identity(person: str = "p1", **address: str) -> Identity:
    return Identity("zalo", PAGE, person, tuple((address or {"user_id": "1"}).items()))


def test_an_identity_is_published_once_and_again_after_its_time() -> None:
    recent = RecentIdentities(limit=10, seconds=60)
    assert recent.unpublished([an_identity(), an_identity()], now=0) == [an_identity()]
    recent.published([an_identity()], now=0)
    assert recent.unpublished([an_identity()], now=59) == []
    assert recent.unpublished([an_identity()], now=60) == [an_identity()]


def test_one_that_was_not_acknowledged_is_still_to_be_published() -> None:
    recent = RecentIdentities(limit=10, seconds=60)
    recent.unpublished([an_identity()], now=0)
    assert recent.unpublished([an_identity()], now=1) == [an_identity()]


def test_a_fuller_address_is_news_and_a_poorer_one_is_not() -> None:
    recent = RecentIdentities(limit=10, seconds=60)
    full = an_identity(user_id="1", user_id_by_app="2")
    recent.published([full], now=0)
    assert recent.unpublished([an_identity(user_id="1")], now=1) == []
    other = an_identity(user_id="1", user_id_by_app="2", conversation_id="c2")
    assert recent.unpublished([other], now=1) == [other]


def test_the_longest_known_make_room() -> None:
    recent = RecentIdentities(limit=2, seconds=60)
    recent.published([an_identity(p) for p in ("a", "b", "c")], now=0)
    assert [i.person for i in recent.unpublished([an_identity(p) for p in ("a", "b", "c")], now=1)] == ["a"]
