"""Counted once, by event time, whatever order, repetition, crash or rebalance."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid5

import pytest

from shared.events import (
    AlertChanged,
    DeliveryChanged,
    Event,
    GroupCreated,
    GroupDeleted,
    PageFollowed,
    PageObserved,
    PageUnfollowed,
    PostPublished,
    PostViewsObserved,
)
from shared.events.base import NAMESPACE
from tests.make import a_case_change, facts
from tests.stats import MORNING, World, a_page, agree, on, shuffled

pytestmark = pytest.mark.asyncio(loop_scope="session")

AUDIENCE = "inbound.audience.v1"
CASES = "cases.events.v1"
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def follow(person: str, account: str = "p1", at: datetime = MORNING) -> PageFollowed:
    return PageFollowed(**on("follow", f"{person}{at:%s}", account, at), person=person)


def unfollow(person: str, account: str = "p1", at: datetime = MORNING) -> PageUnfollowed:
    return PageUnfollowed(**on("unfollow", f"{person}{at:%s}", account, at), person=person)


def page(key: str, at: datetime = MORNING, account: str = "p1", *, followers: int = 0, verified: bool = True) -> Event:
    return PageObserved(**on("page", key, account, at), name="x", verified=verified, followers=followers)


def post(name: str, at: datetime = MORNING, account: str = "p1") -> Event:
    return PostPublished(**on("post", name, account, at), post=name, published_at=at)


def views(name: str, number: int, at: datetime, account: str = "p1") -> Event:
    return PostViewsObserved(**on("views", f"{name}{at:%s}", account, at), post=name, views=number)


def history() -> list[Event]:
    """A small province: 40 people, 3 pages, groups, posts, views."""
    events: list[Event] = []
    for i in range(40):
        account = f"p{i % 3}"
        events.append(follow(f"person{i}", account, MORNING + i * HOUR))
        if i % 5 == 0:
            events.append(unfollow(f"person{i}", account, MORNING + i * HOUR + DAY))
        if i % 10 == 0:
            events.append(follow(f"person{i}", account, MORNING + i * HOUR + 2 * DAY))
        events.append(GroupCreated(**on("group_created", f"g{i}", account, MORNING + i * HOUR), group=f"g{i}"))
        events.append(post(f"post{i}", MORNING + i * HOUR, account))
        events += [views(f"post{i}", (d + 1) * 10 + i, MORNING + i * HOUR + d * DAY, account) for d in range(3)]
    events.append(GroupDeleted(**on("group_deleted", "g0", "p0", MORNING + 9 * DAY), group="g0"))
    events += [page(f"{a}-{d}", MORNING + d * DAY - 30 * DAY, f"p{a}") for a in range(3) for d in range(2)]
    return events


EXPECTED = {
    "pages_verified": 3,
    "followers": 36,
    "village_groups": 39,
    "posts": 40,
    "post_views": sum(30 + i for i in range(40)),
}


async def test_redelivered_and_reordered_events_count_once_and_the_headline_equals_plain_sql(world: World) -> None:
    await world.register(a_page("p0", "24118"), a_page("p1", "24121"), a_page("p2", "24121"))
    stats = await world.start()
    await world.say(*shuffled(history(), seed=1))
    await world.say(*shuffled(history(), seed=2))
    await world.counted(AUDIENCE, "channels.accounts.v1")
    headline = await stats.headline()
    assert {key: headline[key] for key in EXPECTED} == EXPECTED
    assert headline["communes_with_a_verified_page"] == 2
    assert headline["communes"] == 184
    agree(headline, await world.recounted())
    _, details = await stats.get("/api/v1/headline/details")
    assert details["followers_by_events"] == 36
    assert {n["key"] for n in details["numbers"]} == set(headline) & {n["key"] for n in details["numbers"]}
    _, tables = await stats.get("/api/v1/tables?from=2020-03-01&to=2020-10-19")
    by_key = {t["key"]: t["sql"] for t in tables["tables"]}
    assert await world.sql(by_key["followers"]) == 36


async def test_a_day_ends_at_midnight_in_viet_nam(world: World) -> None:
    last_moment = datetime(2020, 10, 19, 16, 59, 59, tzinfo=UTC)
    stats = await world.start()
    await world.say(post("in", last_moment), post("out", last_moment + timedelta(seconds=1)))
    await world.say(follow("in", at=last_moment), follow("out", at=last_moment + timedelta(seconds=1)))
    await world.counted(AUDIENCE)
    headline = await stats.headline()
    assert (headline["posts"], headline["followers"]) == (1, 1)
    agree(headline, await world.recounted())
    later = await stats.headline("from=2020-10-20&to=2020-10-20")
    assert (later["posts"], later["followers"]) == (1, 2), "a flow counts within, a stock up to"


async def test_followers_from_before_the_platform_are_what_the_first_poll_shows_beyond_our_events(world: World) -> None:
    stats = await world.start()
    poll = MORNING + 10 * DAY
    await world.say(
        unfollow("old one", at=poll + DAY),  # they were there before anybody counted
        page("first", poll, followers=102),
        follow("a", at=MORNING),
        page("later", poll + DAY, followers=500),
        follow("b", at=MORNING + DAY),
        follow("c", at=poll + DAY),
    )
    await world.counted(AUDIENCE)
    headline = await stats.headline()
    assert headline["followers"] == 100 + 3 - 1
    agree(headline, await world.recounted())
    before = await stats.headline(f"from=2020-03-01&to={(poll - DAY):%Y-%m-%d}")
    assert before["followers"] == 2, "nothing is known of them before the first poll"
    await world.say(follow("late news", at=MORNING), page("earlier", poll - HOUR, followers=53))
    await world.counted(AUDIENCE)
    headline = await stats.headline()
    assert headline["followers"] == 50 + 4 - 1, "a poll that is earlier than the first known one takes its place"
    agree(headline, await world.recounted())


async def test_a_poll_within_the_second_of_a_follow_invents_no_follower(world: World) -> None:
    stats = await world.start()
    second = MORNING.replace(microsecond=0)
    await world.say(page("poll", second, followers=1), follow("x", at=second + timedelta(milliseconds=900)))
    await world.counted(AUDIENCE)
    assert (await stats.headline())["followers"] == 1


async def test_cases_are_applied_by_version_and_a_correction_moves_the_count(world: World) -> None:
    stats = await world.start()
    resolved = facts(status="resolved", resolved_at=MORNING + DAY, opened_at=MORNING, category="tip")
    question = facts(status="answered", answered_at=MORNING + HOUR, opened_at=MORNING, category="admin_question")
    ids = [uuid5(NAMESPACE, f"case{i}") for i in range(4)]
    opened_before = resolved.model_copy(update={"opened_at": datetime(2020, 2, 1, tzinfo=UTC)})
    await world.say(
        a_case_change(case=ids[0], version=3, act="resolved", after=resolved),
        a_case_change(case=ids[0], version=1, after=facts(opened_at=MORNING)),
        a_case_change(case=ids[1], version=2, act="answered", after=question),
        a_case_change(case=ids[1], version=1, after=facts(opened_at=MORNING, category="feedback")),
        a_case_change(case=ids[2], version=2, act="resolved", after=opened_before),
        a_case_change(case=ids[3], version=1, act="resolved", after=resolved),
        a_case_change(case=ids[3], version=2, act="corrected", after=resolved.model_copy(update={"category": "spam"})),
    )
    await world.counted(CASES)
    headline = await stats.headline()
    assert headline["tips_received_and_resolved"] == 1, "neither one opened before nor a corrected one"
    assert headline["procedure_questions_answered"] == 1
    agree(headline, await world.recounted())
    _, series = await stats.get("/api/v1/series?metric=tips_resolved&from=2020-06-15&to=2020-06-17")
    assert [p["value"] for p in series["points"]] == [0, 2, 0]
    _, messages = await stats.get("/api/v1/series?metric=messages&from=2020-06-15&to=2020-06-15&step=minute")
    assert sum(p["value"] for p in messages["points"]) == 2, "an opened case is a message; other acts are not"


async def test_a_case_that_is_sealed_counts_for_the_province_and_leaves_nothing_at_its_page(world: World) -> None:
    stats = await world.start()
    tip = facts(status="resolved", resolved_at=MORNING + DAY, opened_at=MORNING, category="tip")
    sealed = tip.model_copy(update={"review": ("conflict",), "unit": "inspectorate", "commune_2020": None})
    ids = [uuid5(NAMESPACE, f"sealed{i}") for i in range(2)]
    await world.say(a_case_change(case=ids[0], version=1, after=tip), a_case_change(case=ids[1], version=1, after=tip))
    await world.counted(CASES)
    before = await stats.headline()
    await world.say(a_case_change(case=ids[0], version=2, act="message_added", account="", before=tip, after=sealed))
    await world.counted(CASES)
    assert (await stats.headline())["tips_received_and_resolved"] == before["tips_received_and_resolved"] == 2
    left = await world.sql(
        "select array_agg(metric || ' ' || value order by metric) from stats.page_day_counts "
        "where metric like any ('{case%,tip%}')"
    )
    one_each = [f"{metric} 1" for metric in ("cases_opened", "cases_resolved", "tips_received", "tips_resolved")]
    assert left == one_each, "what is left at the page is the case that is not sealed"
    agree(await stats.headline(), await world.recounted())


async def test_alerts_and_sends_are_counted_by_what_became_of_them(world: World) -> None:
    stats = await world.start()
    alert = uuid5(NAMESPACE, "alert")
    alerts = [
        AlertChanged(
            id=uuid5(NAMESPACE, f"a{v}"),
            province="66",
            occurred_at=MORNING,
            alert=alert,
            version=v,
            act=act,
            actor="o1",
            severity="severe",
            title="Mưa lũ",
            structure="2020",
            communes=("24118",),
            groups=2,
        )
        for v, act in enumerate(("drafted", "approved", "started"), 1)
    ]
    sends = [
        DeliveryChanged(
            id=uuid5(NAMESPACE, f"s{n}{v}"),
            province="66",
            occurred_at=MORNING,
            send=uuid5(NAMESPACE, f"s{n}"),
            version=v,
            kind="alert",
            channel="zalo",
            account="p1",
            recipient=f"g{n}",
            state=state,
        )
        for n, states in enumerate((("queued", "sent"), ("queued", "failed"), ("queued", "in_doubt", "sent")))
        for v, state in reversed(list(enumerate(states, 1)))
    ]
    await world.say(*alerts, *sends, *alerts, *sends)
    await world.counted("alerts.events.v1", "delivery.receipts.v1")
    found = {}
    for metric in ("alerts_approved", "alert_messages_sent", "alert_messages_failed"):
        _, body = await stats.get(f"/api/v1/series?metric={metric}&from=2020-06-15&to=2020-06-15")
        found[metric] = body["points"][0]["value"]
    assert found == {"alerts_approved": 1, "alert_messages_sent": 2, "alert_messages_failed": 1}


async def test_a_poisoned_event_dies_alone_and_a_replay_heals_it(world: World) -> None:
    stats = await world.start()
    good = [follow(f"g{i}") for i in range(30)]
    unreadable = json.dumps({"id": "not an id"}).encode()
    poison = follow("bad\0letter")  # readable as JSON; no text PostgreSQL can keep
    await world.say(*good[:15], poison)
    await world.say_raw(AUDIENCE, "p1", unreadable, ce_type=PageFollowed.type)
    await world.say(*good[15:])
    await world.counted(AUDIENCE)
    assert (await stats.headline())["followers"] == 30
    dead = await world.dead(AUDIENCE)
    assert max(r.header("dead_reason") or "" for r in dead).startswith(PageFollowed.type)
    assert len(dead) == 2
    assert {r.header("dead_group") for r in dead} == {"stats.audience"}
    assert "0 healed, 2 dead again" in await world.replay(AUDIENCE), "what nobody can keep stays dead"
    assert (await stats.headline())["followers"] == 30


async def test_what_died_of_a_bad_release_is_counted_by_a_replay(world: World) -> None:
    stats = await world.start()
    await world.owner_sql("alter table posts add constraint bad check (post <> 'the one')")
    await world.say(*[post(f"n{i}") for i in range(20)], post("the one"))
    await world.counted(AUDIENCE)
    assert (await stats.headline())["posts"] == 20
    await world.owner_sql("alter table posts drop constraint bad")
    assert "1 healed, 0 dead again" in await world.replay(AUDIENCE)
    assert "0 read" in await world.replay(AUDIENCE), "a replayed record is not replayed twice"
    headline = await stats.headline()
    assert headline["posts"] == 21
    agree(headline, await world.recounted())
