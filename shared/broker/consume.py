"""The only way to subscribe.

FastStream batch subscribers with NACK_ON_ERROR: offsets are committed when a handler returns; a raise rewinds every
partition of the batch (faststream 0.7.8 or later). Around the handler stand three rules:

* what the world caused (PostgreSQL or Kafka away) is read again after a pause, for as long as it takes;
* what raises again and again is ours: the batch is halved until the bad record is alone, and that one goes to the
  dead topic while its neighbours go on;
* when most of a window dies it is a bad release: the consumer pauses and alarms, and nothing is buried.

A dead message does not hold back its conversation: handlers accept late messages by `occurred_at`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage

from shared.broker.breaker import Breaker
from shared.broker.cluster import Cluster
from shared.broker.dead import bury, frames
from shared.broker.producer import BrokerUnavailable, Producer
from shared.broker.record import Dead, Record, from_kafka
from shared.database import StoreUnavailable
from shared.telemetry.logs import get_logger
from shared.telemetry.metrics import CONSUMED, CONSUMER_LAG, CONSUMER_PAUSED, DEAD, HANDLER_SECONDS, Metrics
from shared.telemetry.tracing import Tracing
from shared.topics import Topic

log = get_logger(__name__)

WORLD: tuple[type[Exception], ...] = (StoreUnavailable, BrokerUnavailable, KafkaError, OSError, TimeoutError)
"""Failures that are nobody's fault here: they pass, and the batch is read again."""

FETCH_WAIT_MS = 1_000
"""How long the broker holds a fetch while there is nothing. Anything new is answered at once: waiting longer costs no
time, and asking ten times a second for nothing cost a service a third of its idle work.
"""

RAISES_BEFORE_HALVING = 2
"""A batch that raised this often in a row is halved the next time: once may have been chance."""

Handler = Callable[[Sequence[Record]], Awaitable[Sequence[Dead] | None]]
"""Takes a batch (several partitions, in order within each), returns what it could not read. Twice is as once."""

Positions = Callable[[str], Awaitable[dict[int, int]]]
"""Topic name → partition → the offset to go on from, kept outside Kafka."""


class BadRelease(Exception):  # noqa: N818 - says what is suspected
    """Most of the last records died: the consumer has paused."""


@dataclass
class Subscription:
    """One topic read by one group. `positions`: where to start, for who keeps offsets in PostgreSQL (stats)."""

    topic: Topic
    group: str
    handler: Handler
    positions: Positions | None = None
    replay_handler: Handler | None = None
    """What a replay runs instead, for a handler that fences by offset: a dead record's offset is long past."""
    max_records: int = 1_000
    batch_wait_ms: int = 100
    """Batches follow each other no faster than this, unless they are large already, milliseconds."""
    pause_seconds: float = 60.0
    breaker: Breaker = field(default_factory=Breaker)


class Consumer:
    """A subscription at work. Made by `Consumers`; its public face is `state`, for /health/ready."""

    def __init__(self, subscription: Subscription, producer: Producer, metrics: Metrics, tracing: Tracing) -> None:
        self.subscription = subscription
        self._producer = producer
        self._metrics = metrics
        self._tracing = tracing
        self._raised = 0
        self._world_failed = 0
        self._paused_until = 0.0
        self._resumed = False
        self._caught_up = False
        self._in_hand = 0
        self.subscriber: Any = None

    @property
    def name(self) -> str:
        return f"{self.subscription.group}:{self.subscription.topic.name}"

    @property
    def paused(self) -> bool:
        return self._paused_until > 0

    async def handle(self, records: Sequence[Record]) -> None:
        """One batch. Returning commits it; raising rewinds all of it."""
        labels = {"topic": self.subscription.topic.name}
        started = monotonic()
        self._in_hand = len(records)
        try:
            await self._sit_out_pause()
            with self._tracing.batch(f"process {self.subscription.topic.name}", records):
                dead = await self._attempt(records)
                await self._bury(dead)
        except WORLD as error:
            log.warning("consumer.world_failed", consumer=self.name, error=type(error).__name__)
            self._world_failed += 1
            await asyncio.sleep(min(0.1 * 2 ** min(self._world_failed, 6), 5.0))
            raise
        finally:
            self._in_hand = 0
        self._raised = self._world_failed = 0
        self.subscription.breaker.record(alive=len(records) - len(dead), dead=len(dead))
        self._resume()
        self._metrics.inc(CONSUMED, len(records), **labels)
        self._metrics.observe(HANDLER_SECONDS, monotonic() - started, **labels)
        await self._let_gather(len(records), monotonic() - started)

    async def _let_gather(self, records: int, seconds: float) -> None:
        """After a small batch, lets the next one grow: one record costs a fetch and a transaction as many do.

        The first record after a silence never waits.
        """
        rest = self.subscription.batch_wait_ms / 1000 - seconds
        if rest > 0 and records < self.subscription.max_records // 2:
            await asyncio.sleep(rest)

    async def _attempt(self, records: Sequence[Record]) -> list[Dead]:
        """The whole batch at once; after repeated raises, record by record where it must be."""
        if self._raised >= RAISES_BEFORE_HALVING:
            dead = await self._halve(records, alive=0, dead=0)
        else:
            try:
                dead = list(await self.subscription.handler(records) or ())
            except WORLD:
                raise
            except Exception:
                self._raised += 1
                log.exception("consumer.raised", consumer=self.name, times=self._raised)
                await asyncio.sleep(0.2)
                raise
        if self.subscription.breaker.would_trip(alive=len(records) - len(dead), dead=len(dead)):
            self._pause()
        return dead

    async def _halve(self, records: Sequence[Record], *, alive: int, dead: int) -> list[Dead]:
        """The dead of a batch that raises, found by halving. In order, so that a fence moves forward only."""
        try:
            return list(await self.subscription.handler(records) or ())
        except WORLD:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is this record's fate
            if len(records) == 1:
                return [Dead(records[0], type(error).__name__, frames(error), self._raised + 1)]
        middle = len(records) // 2
        found: list[Dead] = []
        for half in (records[:middle], records[middle:]):
            found += await self._halve(half, alive=alive, dead=dead + len(found))
            if self.subscription.breaker.would_trip(alive=alive, dead=dead + len(found)):
                self._pause()
            alive += len(half)
        return found

    async def _bury(self, dead: Sequence[Dead]) -> None:
        if not dead:
            return
        await bury(self._producer, self.subscription.topic, self.subscription.group, dead)
        self._metrics.inc(DEAD, len(dead), topic=self.subscription.topic.name)
        for one in dead:
            log.error("record.dead", consumer=self.name, origin=one.record.origin, reason=one.reason)

    def _pause(self) -> None:
        """Raises BadRelease. The batch stays uncommitted; a new try comes after `pause_seconds` or a restart."""
        self._paused_until = monotonic() + self.subscription.pause_seconds
        self._resumed = False
        self._metrics.set(CONSUMER_PAUSED, 1, topic=self.subscription.topic.name)
        log.error("consumer.paused", consumer=self.name, runbook="docs/operations.md#consumer-paused")
        raise BadRelease(self.name)

    async def _sit_out_pause(self) -> None:
        """While paused nothing is handled; the batch goes back untouched until the time of the next try has come."""
        if not self.paused or self._resumed:
            return
        if monotonic() < self._paused_until:
            await asyncio.sleep(min(1.0, self.subscription.pause_seconds))
            if monotonic() < self._paused_until:
                raise BadRelease(self.name)
        self._resumed = True

    def _resume(self) -> None:
        if self.paused:
            self._paused_until = 0.0
            self._metrics.set(CONSUMER_PAUSED, 0, topic=self.subscription.topic.name)
        self._resumed = False

    # ── what the health page asks ────────────────────────────────────────────────────────────────────────────

    @property
    def lag(self) -> int | None:
        """Records not yet handled in the partitions held here, the batch in hand included; None until all is known."""
        consumer = self.subscriber.consumer if self.subscriber is not None else None
        if consumer is None or not consumer.assignment():
            return None
        behind = self._in_hand
        for partition in consumer.assignment():
            end = consumer.highwater(partition)
            at = consumer._subscription.subscription.assignment.state_value(partition)  # noqa: SLF001 - `position()` waits on a rebalance
            if end is None or at is None or not at.has_valid_position:
                return None
            behind += max(0, end - at.position)
        self._metrics.set(CONSUMER_LAG, behind, topic=self.subscription.topic.name)
        return behind

    @property
    def caught_up(self) -> bool:
        """Whether everything there was has been handled once: what a copy of a register must be before it is asked."""
        if not self._caught_up and self.joined:
            self._caught_up = self.lag == 0
        return self._caught_up

    @property
    def joined(self) -> bool:
        """Whether the group has told us our partitions (it may be none, with more copies than partitions)."""
        consumer = self.subscriber.consumer if self.subscriber is not None else None
        return (
            consumer is not None
            and consumer._coordinator is not None  # noqa: SLF001 - no public call tells it
            and (
                consumer._coordinator.generation > 0  # noqa: SLF001
            )
        )


class _SeekOnAssignment(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    """Positions are PostgreSQL's: each assignment goes on from there, whatever Kafka remembers."""

    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Nothing to do: a batch still in hand is fenced off by its own transaction."""

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        positions = self._consumer.subscription.positions
        if positions is None or not assigned:
            return
        topic = self._consumer.subscription.topic.name
        while True:
            try:
                known = await positions(topic)
                break
            except WORLD as error:
                # starting anywhere else would skip or repeat: better to stand still until PostgreSQL answers
                log.warning("consumer.positions_unknown", consumer=self._consumer.name, error=type(error).__name__)
                await asyncio.sleep(0.5)
        kafka = self._consumer.subscriber.consumer
        for partition in assigned:
            kafka.seek(partition, known.get(partition.partition, 0))


async def _raw(message: KafkaMessage) -> Any:
    """Leaves the batch as Kafka gave it; each handler decodes once."""
    return message.raw_message


class Consumers:
    """All subscriptions of one service, over one FastStream broker."""

    def __init__(
        self, cluster: Cluster, *, service: str, producer: Producer, metrics: Metrics, tracing: Tracing
    ) -> None:
        self.broker = KafkaBroker(
            cluster.bootstrap,
            client_id=service,
            logger=None,
            apply_types=False,
            graceful_timeout=20,
            decoder=_raw,
            retry_backoff_ms=300,  # a dozen clients a service ask while Kafka is away; it needs the processor to start
        )
        self.all: list[Consumer] = []
        self.replicas: list[Consumer] = []
        self._cluster = cluster
        self._producer = producer
        self._metrics = metrics
        self._tracing = tracing

    def add(self, subscription: Subscription) -> Consumer:
        consumer = Consumer(subscription, self._producer, self._metrics, self._tracing)

        async def handle(raw: Sequence[Any]) -> None:
            await consumer.handle(from_kafka(raw, self._cluster))

        consumer.subscriber = self.broker.subscriber(
            self._cluster.named(subscription.topic.name),
            group_id=self._cluster.named(subscription.group),
            batch=True,
            max_records=subscription.max_records,
            batch_timeout_ms=subscription.batch_wait_ms,
            fetch_max_wait_ms=FETCH_WAIT_MS,
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.NACK_ON_ERROR,
            session_timeout_ms=10_000,
            heartbeat_interval_ms=1_000,
            listener=_SeekOnAssignment(consumer),
            title=f"{subscription.group}:{subscription.topic.name}",
        )
        consumer.subscriber(handle)
        self.all.append(consumer)
        return consumer

    async def start(self) -> None:
        """Raises KafkaError when the broker cannot be reached."""
        await self.broker.start()

    async def stop(self) -> None:
        """Takes no more, finishes what is held, commits, leaves the groups."""
        await self.broker.stop()

    @property
    def lag(self) -> dict[str, int | None]:
        return {consumer.name: consumer.lag for consumer in self.all}
