"""The consume wrapper on the real broker: what a raise, a poisoned record and a poisoned topic do."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.broker import (
    BrokerUnavailable,
    Cluster,
    Consumers,
    Dead,
    Outgoing,
    Producer,
    Record,
    Subscription,
    ensure_topics,
    replay,
    topic_ids,
)
from shared.broker.breaker import Breaker
from shared.telemetry.metrics import Metrics
from shared.telemetry.tracing import Tracing
from shared.topics import INBOUND_MESSAGES
from tests.servers import Topics

pytestmark = pytest.mark.asyncio(loop_scope="session")

TOPIC = INBOUND_MESSAGES


@pytest_asyncio.fixture(loop_scope="session")
async def cluster(topics: Topics) -> Cluster:
    own = Cluster(topics.bootstrap, topics.prefix)
    topics.made += [topics.name(TOPIC.name), topics.name(TOPIC.dead)]
    await ensure_topics(own, [TOPIC])
    return own


@pytest_asyncio.fixture(loop_scope="session")
async def producer(cluster: Cluster) -> AsyncIterator[Producer]:
    made = Producer(cluster, client_id="test")
    await made.start()
    yield made
    await made.stop()


class Effects:
    """A handler that remembers what it did, and fails as told."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.partitions: list[set[int]] = []
        self.effects: Counter[str] = Counter()
        self.raise_times = 0
        self.poison: set[str] = set()
        self.unreadable: set[str] = set()

    async def __call__(self, records: Sequence[Record]) -> Sequence[Dead]:
        self.batches.append(len(records))
        self.partitions.append({r.partition for r in records})
        if self.raise_times:
            self.raise_times -= 1
            raise RuntimeError("once")
        if any(r.key in self.poison for r in records):
            raise ValueError("poison")
        dead = [Dead(r, "unreadable") for r in records if r.key in self.unreadable]
        self.effects.update({r.key for r in records if r.key not in self.unreadable} - set(self.effects))
        return dead

    async def until(self, count: int) -> None:
        async with asyncio.timeout(20):
            while len(self.effects) < count:
                await asyncio.sleep(0.05)


def consumers_of(cluster: Cluster, producer: Producer, subscription: Subscription) -> Consumers:
    consumers = Consumers(
        cluster, service="triage", producer=producer, metrics=Metrics("triage"), tracing=Tracing("triage")
    )
    consumers.add(subscription)
    return consumers


async def put(producer: Producer, keys: Sequence[str]) -> None:
    await producer.send([Outgoing(TOPIC.name, k.encode(), [], b"{}") for k in keys], timeout=10)


async def read_dead(cluster: Cluster) -> list[Record]:
    consumer = AIOKafkaConsumer(bootstrap_servers=cluster.bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    partition = TopicPartition(cluster.named(TOPIC.dead), 0)
    consumer.assign([partition])
    end = (await consumer.end_offsets([partition]))[partition]
    found: list[Record] = []
    while len(found) < end:
        batch = await consumer.getmany(partition, timeout_ms=500)
        for rows in batch.values():
            found += [
                Record(r.topic, r.partition, r.offset, r.key.decode(), r.headers, r.value, r.timestamp) for r in rows
            ]
    await consumer.stop()
    return found


async def test_a_batch_over_two_partitions_whose_handler_raises_once_is_reread_whole(
    cluster: Cluster, producer: Producer
) -> None:
    effects = Effects()
    effects.raise_times = 1
    keys = [f"k{i}" for i in range(40)]
    await put(producer, keys)
    consumers = consumers_of(cluster, producer, Subscription(TOPIC, "g", effects))
    await consumers.start()
    await effects.until(40)
    await consumers.stop()
    assert len(effects.partitions[0]) >= 2, "the refused batch held more than one partition"
    assert sum(effects.batches) >= 40 + effects.batches[0], "the whole refused batch came again"
    assert set(effects.effects) == set(keys)
    assert await read_dead(cluster) == []


async def test_a_poisoned_record_dies_alone_and_a_replay_heals_it(cluster: Cluster, producer: Producer) -> None:
    effects = Effects()
    effects.poison = {"k17"}
    effects.unreadable = {"k3"}
    keys = [f"k{i}" for i in range(40)]
    await put(producer, keys)
    subscription = Subscription(TOPIC, "g", effects)
    consumers = consumers_of(cluster, producer, subscription)
    await consumers.start()
    await effects.until(38)
    for _ in range(100):
        if consumers.lag == {f"g:{TOPIC.name}": 0} and len(await read_dead(cluster)) == 2:
            break
        await asyncio.sleep(0.1)
    await consumers.stop()
    dead = await read_dead(cluster)
    assert {r.key for r in dead} == {"k17", "k3"}
    by_key = {r.key: r for r in dead}
    assert by_key["k17"].header("dead_reason") == "ValueError"
    assert by_key["k17"].header("dead_group") == "g"
    assert "poison" not in str(by_key["k17"].headers), "an exception's text may hold a citizen's words"
    assert set(effects.effects) == set(keys) - {"k17", "k3"}

    effects.poison, effects.unreadable = set(), set()
    replayed = await replay(subscription, producer, cluster=cluster)
    assert (replayed.healed, replayed.dead_again) == (2, 0)
    assert set(effects.effects) == set(keys)
    again = await replay(subscription, producer, cluster=cluster)
    assert again.read == 0, "a replayed record is not replayed twice"


async def test_when_everything_is_poison_the_consumer_pauses_alarms_and_buries_nothing(
    cluster: Cluster, producer: Producer
) -> None:
    effects = Effects()
    keys = [f"k{i}" for i in range(60)]
    effects.poison = set(keys)
    await put(producer, keys)
    subscription = Subscription(TOPIC, "g", effects, pause_seconds=1.0, breaker=Breaker(window=60))
    consumers = consumers_of(cluster, producer, subscription)
    await consumers.start()
    async with asyncio.timeout(30):
        while not consumers.all[0].paused:
            await asyncio.sleep(0.05)
    assert await read_dead(cluster) == []
    tried = len(effects.batches)
    await asyncio.sleep(4.5)  # the poison outlasts several pauses of a second
    again = len(effects.batches) - tried
    assert 0 < again <= 5 * 2 * len(keys), f"a try a pause, no more: {again}"
    assert await read_dead(cluster) == []
    effects.poison = set()  # the release is mended
    await effects.until(60)
    await consumers.stop()
    assert set(effects.effects) == set(keys), "nothing was lost"


async def test_a_producer_refuses_in_time_while_its_broker_is_away() -> None:
    nowhere = Producer(Cluster("127.0.0.1:9"), client_id="test")
    with pytest.raises(BrokerUnavailable):
        await nowhere.send([Outgoing(TOPIC.name, b"k", [], b"{}")], timeout=1)
    with pytest.raises(BrokerUnavailable):
        await nowhere.send([Outgoing(TOPIC.name, b"k", [], b"{}")], timeout=1)
    await nowhere.stop()


async def test_a_topic_made_again_has_another_id(cluster: Cluster, topics: Topics) -> None:
    first = await topic_ids(cluster, [TOPIC.name])
    assert set(first) == {TOPIC.name}
    other = Cluster(cluster.bootstrap, f"{cluster.prefix}x.")
    topics.made += [other.named(TOPIC.name), other.named(TOPIC.dead)]
    await ensure_topics(other, [TOPIC])
    assert (await topic_ids(other, [TOPIC.name]))[TOPIC.name] != first[TOPIC.name]
