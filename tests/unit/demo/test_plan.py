"""The history adds up: whatever the seed, its totals are the published ones, to the unit."""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.demo.figures import Figures, figures
from deploy.demo.history.plan import Plan, Push
from deploy.demo.history.posts import shared_out
from deploy.demo.province import read_pages

CASES = [(seed, scale) for seed in (1, 2, 3) for scale in ("1", "0.1", "0.01")]
FIRST, AFTER = 1_582_995_600_000, 1_603_126_800_000
"""1 March and 20 October 2020, 00:00 in Vietnam."""


@dataclass
class Told:
    """What a history's pushes tell, duplicates dropped by their bytes, as a counting reader would keep it."""

    plan: Plan
    expected: Figures
    events: Counter[str] = field(default_factory=Counter)
    asked: list[str] = field(default_factory=list)
    last_follow: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)

    def take(self, push: Push) -> None:
        body = json.loads(push.body)
        name = body["event_name"]
        self.events[name] += 1
        if name == "user_send_text":
            self.asked.append(body["message"]["msg_id"])
        if name in {"follow", "unfollow"}:
            person = (body["oa_id"], body["follower"]["id"])
            self.last_follow[person] = max(self.last_follow.get(person, (0, "")), (push.timestamp, name))


@pytest.fixture(scope="module", params=CASES, ids=lambda case: f"seed {case[0]}, scale {case[1]}")
def told(request: pytest.FixtureRequest) -> Told:
    seed, scale = request.param
    found = Told(Plan(read_pages(), seed=seed, scale=Decimal(scale)), figures(Decimal(scale)))
    seen: set[bytes] = set()
    for push in found.plan.pushes():
        if push.body not in seen:
            seen.add(push.body)
            found.take(push)
    return found


@lru_cache(maxsize=3)
def plan(seed: int, scale: str) -> Plan:
    return Plan(read_pages(), seed=seed, scale=Decimal(scale))


@lru_cache(maxsize=3)
def pushes(seed: int, scale: str) -> list[Push]:
    return list(plan(seed, scale).pushes())


def test_at_scale_one_the_figures_are_the_published_ones() -> None:
    assert figures().headline == {
        "pages_verified": 225,
        "followers": 129208,
        "communes_with_a_verified_page": 184,
        "communes": 184,
        "village_groups": 975,
        "posts": 12095,
        "post_views": 4981844,
        "tips_received_and_resolved": 568,
        "procedure_questions_answered": 5264,
        "public_order_offences_change_percent": -6.58,
    }


def test_a_tenth_is_rounded_half_up_and_the_province_stays_whole() -> None:
    tenth = figures(Decimal("0.1"))
    assert (tenth.followers, tenth.village_groups, tenth.posts) == (12921, 98, 1210)
    assert (tenth.post_views, tenth.tips, tenth.questions) == (498184, 57, 526)
    assert (tenth.pages_verified, tenth.communes) == (225, 184)


@pytest.mark.parametrize("scale", ["0", "-1", "1.1"])
def test_a_scale_outside_the_history_is_refused(scale: str) -> None:
    with pytest.raises(ValueError, match="REPLAY_SCALE"):
        figures(Decimal(scale))


def test_what_is_pushed_adds_up_once_duplicates_are_dropped(told: Told) -> None:
    expected, events = told.expected, told.events
    assert events["follow"] - events["unfollow"] == expected.followers
    assert events["unfollow"] == expected.unfollows
    assert events["create_group"] == expected.village_groups
    truth = {row["key"]: row for row in told.plan.truth()}
    assert sorted(told.asked) == sorted(key for key in truth if key)
    categories = Counter(row["category"] for row in truth.values())
    assert categories["tip"] + categories["emergency"] == expected.tips
    assert categories["emergency"] == expected.emergencies
    assert categories["admin_question"] == expected.questions


def test_the_stock_of_followers_is_that_of_persons_still_following(told: Told) -> None:
    assert Counter(name for _, name in told.last_follow.values())["follow"] == told.expected.followers


def test_posts_and_views_add_up(told: Told) -> None:
    posts = told.plan.posts
    assert len(posts) == len({post.id for post in posts}) == told.expected.posts
    assert sum(post.views for post in posts) == told.expected.post_views
    assert all(FIRST <= post.at < AFTER and post.views > 0 and post.title for post in posts)


def test_every_question_is_answered_and_every_tip_resolved_after_it_came_and_within_the_period(told: Told) -> None:
    for one in told.plan.conversations:
        assert FIRST <= one.asked.at < AFTER
        if one.kind == "question":
            assert one.answer is not None
            assert one.asked.at < one.answer.at < AFTER
        if one.kind == "tip":
            assert one.resolved_at is not None
            said = [message.at for message in (*one.messages(), one.answer) if message]
            assert max(said) < one.resolved_at < AFTER


def test_each_tip_and_question_is_another_person_and_only_thanks_follow() -> None:
    conversations = plan(1, "1").conversations
    assert len({one.person for one in conversations}) == len(conversations)
    assert all(one.thanks is None or one.thanks.written.category == "other" for one in conversations)


def test_every_page_is_verified_within_the_period_and_nothing_reaches_a_page_before_it_opens() -> None:
    history = plan(1, "1")
    assert len(history.openings) == 225
    assert all(one.opened_at < one.verified_at < AFTER for one in history.openings)
    assert all(happening.at >= history.openings[happening.of.page].opened_at for happening in history.happenings())


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_seed_gives_the_same_bytes(seed: int) -> None:
    again = Plan(read_pages(), seed=seed, scale=Decimal("0.1"))
    assert list(again.pushes()) == pushes(seed, "0.1")


def test_another_seed_gives_other_people_messages_and_words() -> None:
    one, two = ({json.loads(push.body).get("message", {}).get("msg_id") for push in pushes(s, "0.1")} for s in (1, 2))
    assert one & two == {None}
    texts = [{c.asked.written.text for c in plan(seed, "0.1").conversations} for seed in (1, 2)]
    assert len(texts[0] & texts[1]) < 0.05 * len(texts[0])


def test_a_redelivered_push_has_the_bytes_of_the_first_and_comes_after_it() -> None:
    seen: set[bytes] = set()
    redelivered = 0
    for push in pushes(1, "1"):
        assert (push.retry > 0) == (push.body in seen)
        redelivered += push.retry > 0
        seen.add(push.body)
    assert 0.015 < redelivered / len(pushes(1, "1")) < 0.025


def test_some_pushes_arrive_out_of_order_and_some_answers_before_their_question() -> None:
    arrived: dict[str, list[str]] = defaultdict(list)
    late = latest = 0
    for push in pushes(1, "1"):
        late += push.timestamp < latest
        latest = max(latest, push.timestamp)
        body = json.loads(push.body)
        if body["event_name"] == "user_send_text":
            arrived[body["sender"]["id"]].append("asked")
        elif body["event_name"] == "oa_send_text":
            arrived[body["recipient"]["id"]].append("answered")
    assert late > 0.03 * len(pushes(1, "1"))
    assert sum(order[0] == "answered" for order in arrived.values()) > 50


def test_what_one_person_writes_arrives_in_the_order_written() -> None:
    latest: dict[int, int] = {}
    for push in pushes(2, "1"):
        if push.retry or b'"user_send_text"' not in push.body:
            continue
        assert push.timestamp > latest.get(push.lane, 0)
        latest[push.lane] = push.timestamp


def test_the_history_is_about_150_000_webhooks() -> None:
    assert 145_000 < len(pushes(1, "1")) < 156_000


def test_a_signature_is_zalo_s_plain_hash_over_the_bytes_sent() -> None:
    push = pushes(1, "0.01")[0]
    stamp = json.loads(push.body)["timestamp"]
    signed = push.app_id.encode() + push.body + stamp.encode() + b"oa-key"
    assert push.signature("oa-key") == "mac=" + sha256(signed).hexdigest()


@given(total=st.integers(1, 10_000_000), weights=st.lists(st.floats(0.001, 1000), min_size=1, max_size=200))
@settings(max_examples=60, deadline=None)
def test_a_total_is_shared_out_to_the_unit(total: int, weights: list[float]) -> None:
    if total < len(weights):
        with pytest.raises(ValueError, match="cannot be shared"):
            shared_out(total, weights)
    else:
        parts = shared_out(total, weights)
        assert sum(parts) == total
        assert min(parts) >= 1
