"""Two copies, rebalances, kill -9 and servers that go away: the totals stay those of the events."""

import asyncio
import itertools
import random
import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import uuid5

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from services.stats import decoding, effects
from services.stats.decoding import Decode
from services.stats.handlers import Counter
from shared.broker import Cluster, Record, topic_ids
from shared.broker.record import from_kafka
from shared.database import Database as Pool
from shared.events import CaseChanged, Event, GroupCreated, PageFollowed, PageUnfollowed, PostPublished
from shared.events.base import NAMESPACE
from shared.telemetry.metrics import Metrics
from shared.telemetry.tracing import Tracing
from shared.topics import INBOUND_AUDIENCE
from tests.make import a_case_change, facts
from tests.proxy import Proxy
from tests.servers import Database
from tests.stats import MORNING, Process, World, agree, on, shuffled, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

AUDIENCE = INBOUND_AUDIENCE.name
CASES = "cases.events.v1"
PAGES = [f"page{i}" for i in range(24)]
PEOPLE = 20_000
EXPECTED = {"followers": PEOPLE - PEOPLE // 10, "village_groups": 300, "posts": 400}
TIPS = 150


def events() -> list[Event]:
    """Some 22,700 events over all partitions; every tenth person leaves."""
    found: list[Event] = []
    for i in range(PEOPLE):
        page, at = PAGES[i % len(PAGES)], MORNING + timedelta(minutes=i % 5000)
        found.append(PageFollowed(**on("follow", f"{i}", page, at), person=f"person{i}"))
        if i % 10 == 0:
            leaves = on("unfollow", f"{i}", page, at + timedelta(days=1))
            found.append(PageUnfollowed(**leaves, person=f"person{i}"))
    for i in range(300):
        page = PAGES[i % len(PAGES)]
        found.append(GroupCreated(**on("group_created", f"{i}", page), group=f"g{i}"))
    return found + [
        PostPublished(**on("post", f"{i}", PAGES[i % len(PAGES)]), post=f"{i}", published_at=MORNING)
        for i in range(400)
    ]


def cases() -> list[CaseChanged]:
    """Tips, each opened, wrongly sorted, corrected and resolved; their events come in any order."""
    found = []
    for i in range(TIPS):
        case = uuid5(NAMESPACE, f"case{i}")
        found.append(a_case_change(case=case, version=1, after=facts(opened_at=MORNING, category="feedback")))
        found.append(a_case_change(case=case, version=2, act="corrected", after=facts(opened_at=MORNING)))
        resolved = facts(opened_at=MORNING, status="resolved", resolved_at=MORNING + timedelta(days=2))
        found.append(a_case_change(case=case, version=3, act="resolved", after=resolved))
    return found


async def correct(world: World, stats: Process) -> None:
    """Every total is that of the events, by the API, by plain SQL and in the buckets."""
    await world.counted(AUDIENCE, CASES)
    headline = await stats.headline()
    assert {key: headline[key] for key in EXPECTED} == EXPECTED
    assert headline["tips_received_and_resolved"] == TIPS
    agree(headline, await world.recounted())
    for table in ("minute_counts", "day_counts", "page_day_counts"):
        found = await world.sql(f"select sum(value)::int from {table} where metric = 'followers'")  # noqa: S608 - ours
        assert found == EXPECTED["followers"], table


async def test_two_copies_with_rebalances_in_the_middle_give_the_same_totals(world: World) -> None:
    told = shuffled([*events(), *cases()], seed=5)
    most, rest = told[:18_000], told[18_000:]
    enough = asyncio.Event()
    feeding = asyncio.create_task(fed(world, most, enough))
    first = await world.start()
    second = await world.start()  # a rebalance while events come
    await until(partial(has_handled, second), log=second.log)
    assert await has_handled(first)
    await first.stop()  # and another one
    third = await world.start()
    await world.say(*rest)
    await until(partial(has_handled, third), log=third.log)
    enough.set()
    await feeding
    await world.counted(AUDIENCE, CASES, processes=[second, third])
    await second.stop()
    await correct(world, third)


async def fed(world: World, told: Sequence[Event], enough: asyncio.Event) -> None:
    """Events as they come, some 2,500 a second; from the beginning again until it is enough."""
    for start in itertools.chain(range(0, len(told), 250), itertools.cycle(range(0, len(told), 250))):
        if enough.is_set() and start == 0:
            return
        await world.say(*told[start : start + 250])
        await asyncio.sleep(0.1)


async def has_handled(copy: Process) -> bool:
    """Whether this very copy had records of the audience in hand."""
    _, exposition = await copy.get("/metrics")
    found = re.search(rf'^binhyen_records_consumed_total{{topic="{AUDIENCE}"}} (\S+)$', exposition, re.MULTILINE)
    return found is not None and float(found[1]) > 0


async def test_redelivered_events_are_seen_at_two_offsets_and_counted_once(world: World) -> None:
    told = shuffled([*events(), *cases()], seed=11)
    await world.say(*told)
    await world.say(*events())
    stats = await world.start()
    await correct(world, stats)
    offsets = await world.sql("select sum(next)::int from fence where topic = $1", AUDIENCE)
    taken = await world.sql("select count(*) from inbox where consumer = 'stats.audience'")
    assert offsets >= 2 * len(events())
    assert taken == len(events())


@pytest.mark.timeout(300)  # a killed member is missed by its group for ten seconds, three times
@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 6))])
async def test_killed_with_work_in_hand_it_counts_nothing_twice_and_loses_nothing(world: World, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - seeded moments, repeatable
    told = shuffled([*events(), *cases()], seed)
    await world.say(*told)
    for _ in range(3):
        stats = await world.start(wait=False)
        await until(partial(joined, stats), log=stats.log)
        await asyncio.sleep(chance.random() * 0.3)
        await stats.kill()
        assert await behind(world) > 0, "it was killed while something was left to count"
        await world.say(*chance.sample(told, 12_000))
    await correct(world, await world.start())


async def joined(stats: Process) -> bool:
    """From now on it counts."""
    return await stats.lag(AUDIENCE) is not None


async def behind(world: World) -> int:
    """Records not yet counted, by what is in PostgreSQL."""
    done = await world.sql("select coalesce(sum(next), 0)::int from fence where topic = $1", AUDIENCE)
    consumer = AIOKafkaConsumer(bootstrap_servers=world.cluster.bootstrap)
    await consumer.start()
    try:
        partitions = [TopicPartition(world.cluster.named(AUDIENCE), p) for p in range(12)]
        ends: dict[TopicPartition, int] = await consumer.end_offsets(partitions)
        return sum(ends.values()) - int(done)
    finally:
        await consumer.stop()


async def test_a_copy_that_lost_its_partition_and_does_not_know_counts_nothing_twice(world: World) -> None:
    poison = b"{}"
    await world.say(*events()[:500])
    await world.say_raw(AUDIENCE, "page1", poison, ce_type=PageFollowed.type)
    records = await everything(world)
    async with counter(world) as mine, counter(world) as other:
        for one in (mine, other):
            await one.positions(AUDIENCE)
        dead = await mine.count(records)
        again = await other.count(records)  # it began where the first one began
        both = await asyncio.gather(mine.count(records[100:]), other.count(records[:200]))
    assert len(dead) == len(again) == 1, "what died is told again, for nobody knows whether it was buried"
    assert sum(len(d) for d in both if d) >= 1
    followers = await world.sql("select sum(value)::int from day_counts where metric = 'followers'")
    expected = sum(1 if isinstance(e, PageFollowed) else -1 for e in events()[:500] if hasattr(e, "person"))
    assert followers == expected
    assert await world.sql("select count(*) from inbox") == 500


async def test_positions_are_the_fence_unless_kafka_has_committed_less(world: World) -> None:
    await world.say(*events()[:300])
    records = await everything(world)
    async with counter(world) as mine:
        assert await mine.positions(AUDIENCE) == {}
        await mine.count(records)
        ends = {r.partition: r.offset + 1 for r in records}
        assert await mine.positions(AUDIENCE) == ends, "nothing was committed: PostgreSQL alone knows"
        partition = next(iter(ends))
        await commit(world, partition, 1)
        assert (await mine.positions(AUDIENCE))[partition] == 1, "what died since may not be buried yet"
        ids = await topic_ids(world.cluster, [AUDIENCE])
        assert await world.sql("select topic_id from fence limit 1") == str(ids[AUDIENCE])


async def test_ready_is_false_while_postgresql_or_kafka_is_away(
    make_database: Callable[..., Database], tmp_path: Path
) -> None:
    database = make_database("stats")
    async with (
        World.open(database, tmp_path) as world,
        Proxy.to(database.pair.postgres) as postgres,
        Proxy.to_kafka(database.pair.kafka) as kafka,
    ):
        url = database.run_url("stats").replace(database.pair.postgres, postgres.address)
        stats = await world.start(database_url=url, kafka=kafka.address)
        for proxy, name in ((postgres, "postgres"), (kafka, "kafka")):
            await proxy.cut()
            status, body = await until_status(stats, 503)
            assert body["checks"][name] != "ok", body
            if name == "postgres":
                assert (await stats.get("/api/v1/headline"))[0] == 503
                page_status, html = await stats.get("/")
                assert (page_status, "Chưa đọc được số liệu" in html) == (503, True)
            assert (await stats.get("/health/live"))[0] == 200
            await proxy.mend()
            status, _ = await until_status(stats, 200)
            assert status == 200
        await world.say(*events()[:200])
        await world.counted(AUDIENCE)
        await stats.stop()


async def until_status(stats: Process, wanted: int) -> tuple[int, dict[str, dict[str, str]]]:
    async def so() -> bool:
        return (await stats.get("/health/ready"))[0] == wanted

    await until(so, seconds=60, log=stats.log)
    return await stats.get("/health/ready")


class counter:  # noqa: N801 - reads as a statement
    """A copy of the audience handler with its own pool, driven by hand."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def __aenter__(self) -> Counter:
        url = self._world.database.run_url("stats")
        self._pool = await Pool.open(url, schema="stats", application_name="test")
        return Counter(
            topic=INBOUND_AUDIENCE,
            group="stats.audience",
            decode=Decode(decoding.AUDIENCE, "66"),
            effect=effects.audience,
            database=self._pool,
            province="66",
            cluster=self._world.cluster,
            metrics=Metrics("stats"),
            tracing=Tracing("stats"),
        )

    async def __aexit__(self, *_: object) -> None:
        await self._pool.close()


async def everything(world: World) -> list[Record]:
    """All records of the topic, in order within each partition."""
    consumer = AIOKafkaConsumer(bootstrap_servers=world.cluster.bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        partitions = [TopicPartition(world.cluster.named(AUDIENCE), p) for p in range(12)]
        consumer.assign(partitions)
        wanted = sum((await consumer.end_offsets(partitions)).values())
        found: list[Record] = []
        while len(found) < wanted:
            batch = await consumer.getmany(timeout_ms=500)
            found += from_kafka([r for rows in batch.values() for r in rows], world.cluster)
        return found
    finally:
        await consumer.stop()


async def commit(world: World, partition: int, offset: int) -> None:
    cluster: Cluster = world.cluster
    consumer = AIOKafkaConsumer(
        bootstrap_servers=cluster.bootstrap, group_id=cluster.named("stats.audience"), enable_auto_commit=False
    )
    await consumer.start()
    try:
        where = TopicPartition(cluster.named(AUDIENCE), partition)
        consumer.assign([where])
        await consumer.commit({where: offset})
    finally:
        await consumer.stop()
