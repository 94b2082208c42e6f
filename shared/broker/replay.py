"""Dead records handled again by the handler they died in, through the same inbox.

Nothing is published to the source topic again: others read that too, and they have had the record. What fails once
more goes to the dead topic once more, with its attempts added up.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.broker.cluster import Cluster
from shared.broker.consume import WORLD, Subscription
from shared.broker.dead import bury, frames
from shared.broker.producer import Producer
from shared.broker.record import Dead, Record, from_kafka


@dataclass(frozen=True)
class Replayed:
    """What a replay did. `healed` records had their effect (or had it already)."""

    read: int
    healed: int
    dead_again: int
    others: int
    """Records of other groups, left for them."""


async def replay(subscription: Subscription, producer: Producer, *, cluster: Cluster, limit: int = 10_000) -> Replayed:
    """Runs `subscription.handler` over its dead topic, from where the last replay of this group stopped.

    Raises whatever the world's failure was (StoreUnavailable, BrokerUnavailable): then nothing is marked as done.
    """
    topic, group = subscription.topic, subscription.group
    consumer = AIOKafkaConsumer(
        bootstrap_servers=cluster.bootstrap,
        group_id=cluster.named(f"{group}.replay"),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    await consumer.start()
    try:
        partition = TopicPartition(cluster.named(topic.dead), 0)
        consumer.assign([partition])
        end = min((await consumer.end_offsets([partition]))[partition], await consumer.position(partition) + limit)
        records: list[Record] = []
        while await consumer.position(partition) < end:
            batch = await consumer.getmany(partition, timeout_ms=1_000, max_records=500)
            records += from_kafka([r for rows in batch.values() for r in rows], cluster)
        mine = [r for r in records if r.header("dead_group") == group]
        dead = await _each(subscription, mine)
        await bury(producer, topic, group, dead)
        await consumer.commit()
        return Replayed(len(records), len(mine) - len(dead), len(dead), len(records) - len(mine))
    finally:
        await consumer.stop()


def as_source(record: Record) -> Record:
    """The record as it first was: its own topic, partition and offset back."""
    topic, partition, offset = (record.header("dead_origin") or record.origin).rsplit("/", 2)
    return record._replace(topic=topic, partition=int(partition), offset=int(offset))


async def _each(subscription: Subscription, records: Sequence[Record]) -> list[Dead]:
    """One by one: these have failed before, and must not pull each other down."""
    handler = subscription.replay_handler or subscription.handler
    dead: list[Dead] = []
    for record in records:
        source = as_source(record)
        try:
            dead += list(await handler([source]) or ())
        except WORLD:
            raise
        except Exception as error:  # noqa: BLE001 - it stays dead, with its new reason
            dead.append(Dead(source, type(error).__name__, frames(error)))
    return dead
