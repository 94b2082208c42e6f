"""Kafka in: each batch is one transaction of fence, inbox and effects. What an event means is in effects and domain.

The fence moves from the offset a batch began at. When it has moved on already (another copy owns the partition, or our
own commit arrived though its answer did not), the transaction is rolled back and the batch goes through the inbox
alone, which lets nothing in twice: so an event is counted once whoever holds the partition, and what died in a batch
that was counted still reaches the dead topic.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from aiokafka.admin import AIOKafkaAdminClient

from services.stats.decoding import Counted, Decode
from services.stats.effects import Effect
from services.stats.store.counting import add_counts, lock_partitions
from shared.broker import Cluster, Dead, Record, Subscription, topic_ids
from shared.broker.producer import BrokerUnavailable
from shared.database import Database, Fenced, Move, advance_fence, claim, fence_positions
from shared.telemetry.metrics import COUNTED, Metrics
from shared.telemetry.tracing import Tracing
from shared.topics import Topic


@dataclass
class Counter:
    """Counts one topic. `subscription` is what the platform's consumers take; `group` names fence and inbox too."""

    topic: Topic
    group: str
    decode: Decode
    effect: Effect
    database: Database
    province: str
    cluster: Cluster
    metrics: Metrics
    tracing: Tracing
    _topic_id: UUID | None = field(default=None, init=False)

    @property
    def subscription(self) -> Subscription:
        return Subscription(
            self.topic,
            self.group,
            self.count,
            positions=self.positions,
            replay_handler=self.count_again,
            max_records=1_000,
        )

    async def count(self, records: Sequence[Record]) -> Sequence[Dead]:
        """A batch, behind the fence. Raises StoreUnavailable: nothing was kept, the batch is read again."""
        try:
            return await self._count(records, await self._moves(records))
        except Fenced:
            return await self.count_again(records)

    async def count_again(self, records: Sequence[Record]) -> Sequence[Dead]:
        """Records that may have been counted: through the inbox, without the fence."""
        return await self._count(records, ())

    async def positions(self, topic: str) -> dict[int, int]:
        """Where to go on. Raises StoreUnavailable, KafkaError.

        The fence says what is counted; Kafka's committed offset, which moves later, what died and was buried as well.
        The lower of both is safe, since whatever lies between goes through the inbox again.
        """
        self._topic_id = (await topic_ids(self.cluster, [topic])).get(topic)
        if self._topic_id is None:
            raise BrokerUnavailable(f"{topic} is not there")
        counted = await fence_positions(self.database, self.group, topic, self._topic_id)
        committed = await _committed(self.cluster, self.group, topic)
        return {partition: min(next_, committed.get(partition, next_)) for partition, next_ in counted.items()}

    async def _count(self, records: Sequence[Record], moves: Sequence[Move]) -> Sequence[Dead]:
        decoded = self.decode(records)
        async with self.database.transaction(province=self.province) as tx:
            await lock_partitions(tx, {f"{r.topic}/{r.partition}" for r in records})
            await advance_fence(tx, self.group, moves)
            new = await claim(tx, self.group, [(e.occurred_at, e.id) for _, e in decoded.seen])
            fresh = {e.id: (record, e) for record, e in decoded.seen if e.id in new}
            if fresh:
                await add_counts(tx, self.province, await self.effect(tx, self.province, _events(fresh)))
        self.metrics.inc(COUNTED, len(fresh))
        for record, _ in fresh.values():
            self.tracing.noted("counted", record.header("traceparent"), topic=record.topic)
        return decoded.dead

    async def _moves(self, records: Sequence[Record]) -> list[Move]:
        if self._topic_id is None:
            raise BrokerUnavailable("no partition was assigned yet")
        spans: dict[int, tuple[int, int]] = {}
        for r in records:
            first, _ = spans.get(r.partition, (r.offset, r.offset))
            spans[r.partition] = (first, r.offset + 1)
        return [Move(self.topic.name, self._topic_id, partition, *span) for partition, span in spans.items()]


def _events(fresh: Mapping[UUID, tuple[Record, Counted]]) -> list[Counted]:
    return [event for _, event in fresh.values()]


async def _committed(cluster: Cluster, group: str, topic: str) -> dict[int, int]:
    """What the group has committed in Kafka, by partition. Raises KafkaError."""
    admin = AIOKafkaAdminClient(bootstrap_servers=cluster.bootstrap, request_timeout_ms=5_000)
    await admin.start()
    try:
        offsets = await admin.list_consumer_group_offsets(cluster.named(group))
    finally:
        await admin.close()
    return {p.partition: o.offset for p, o in offsets.items() if p.topic == cluster.named(topic) and o.offset >= 0}
