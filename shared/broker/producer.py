"""One idempotent producer a process, acks=all, that comes back after anything.

aiokafka's own producer is used directly: FastStream's publish costs 30 µs more a message. After an outage an idempotent
producer can stay in OutOfOrderSequenceNumber until restarted (aiokafka issue 1017): then a new one is built at once.
Ids make sending again safe.
"""

import asyncio
import contextlib
from collections.abc import Iterable, Sequence
from time import monotonic
from typing import NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, OutOfOrderSequenceNumber

from shared.broker.cluster import Cluster
from shared.telemetry.logs import get_logger
from shared.topics import RECORD_BYTES

log = get_logger(__name__)

BROKEN_AFTER = 3
"""So many failures in a row and the producer itself is suspected: a new one is built."""

PAUSE_SECONDS = 0.5
"""While Kafka is away, sends are refused at once for this long; then one may try again."""


class Outgoing(NamedTuple):
    """A record to produce. `value` None is a tombstone."""

    topic: str
    key: bytes
    headers: list[tuple[str, bytes]]
    value: bytes | None


class BrokerUnavailable(Exception):  # noqa: N818 - the world's failure, by its name
    """Kafka did not acknowledge in time. The record may have arrived all the same: its id makes a repeat safe."""


class Producer:
    """`send` returns only when every record is acknowledged by Kafka (acks=all)."""

    def __init__(self, cluster: Cluster, *, client_id: str, linger_ms: int = 20) -> None:
        self._cluster = cluster
        self._client_id = client_id
        self._linger_ms = linger_ms
        self._producer: AIOKafkaProducer | None = None
        self._building = asyncio.Lock()
        self._failures = 0
        self._away_until = 0.0
        self._acknowledged_at = 0.0

    @property
    def available(self) -> bool:
        """Whether the last send did not fail. /health/ready asks the broker itself, by `ping`."""
        return self._producer is not None and self._failures == 0

    async def start(self) -> None:
        """Tries once to connect; a broker that is away at start is met again at the first send."""
        with contextlib.suppress(BrokerUnavailable):
            await self._connected(timeout=5)

    async def stop(self) -> None:
        if self._producer is not None:
            producer, self._producer = self._producer, None
            await producer.stop()

    async def send(self, records: Sequence[Outgoing], *, timeout: float) -> None:  # noqa: ASYNC109 - the caller owes an answer by then
        """Raises BrokerUnavailable when not all are acknowledged within `timeout` seconds."""
        if monotonic() < self._away_until:
            raise BrokerUnavailable
        producer: AIOKafkaProducer | None = None
        begun = monotonic()
        try:
            async with asyncio.timeout(timeout):
                producer = await self._connected(timeout)
                acknowledgements = [
                    await producer.send(self._cluster.named(r.topic), r.value, key=r.key, headers=r.headers)
                    for r in records
                ]
                await _all(acknowledgements)
        except (KafkaError, OSError, TimeoutError, BrokerUnavailable) as error:
            self._failed(error, producer, begun)
            raise BrokerUnavailable from error
        self._failures = 0
        self._acknowledged_at = monotonic()

    async def _connected(self, timeout: float) -> AIOKafkaProducer:  # noqa: ASYNC109
        if self._producer is None:
            async with self._building:
                if monotonic() < self._away_until:  # whoever built before us has just met nobody
                    raise BrokerUnavailable
                if self._producer is None:
                    self._producer = await self._build(timeout)
        return self._producer

    async def _build(self, timeout: float) -> AIOKafkaProducer:  # noqa: ASYNC109
        producer = AIOKafkaProducer(
            bootstrap_servers=self._cluster.bootstrap,
            client_id=self._client_id,
            acks="all",
            enable_idempotence=True,
            linger_ms=self._linger_ms,
            max_batch_size=262_144,
            max_request_size=2 * RECORD_BYTES,
            request_timeout_ms=10_000,
            metadata_max_age_ms=60_000,
        )
        try:
            async with asyncio.timeout(timeout):
                await producer.start()
        except (KafkaError, OSError, TimeoutError) as error:
            with contextlib.suppress(Exception):
                await producer.stop()
            raise BrokerUnavailable from error
        return producer

    def _failed(self, error: BaseException, used: AIOKafkaProducer | None, begun: float) -> None:
        """One outage fails all sends in flight at once: that counts once, and never against a producer made since.

        While others are acknowledged Kafka is not away: a send that took too long is that send's own failure.
        """
        slow = isinstance(error, TimeoutError) and self._acknowledged_at > begun
        if slow or used is not self._producer or monotonic() < self._away_until:
            return
        self._failures += 1
        self._away_until = monotonic() + PAUSE_SECONDS
        log.warning("producer.failed", failures=self._failures, error=type(error).__name__)
        broken_for_good = isinstance(error, OutOfOrderSequenceNumber)
        if (broken_for_good or self._failures >= BROKEN_AFTER) and self._producer is not None:
            broken, self._producer = self._producer, None
            self._failures = 1
            asyncio.get_running_loop().create_task(_discard(broken))

    async def ping(self) -> bool:
        """Whether a broker answers now (a metadata request)."""
        try:
            async with asyncio.timeout(2):
                producer = await self._connected(2)
                return bool(await producer.client.fetch_all_metadata())
        except (KafkaError, OSError, TimeoutError, BrokerUnavailable):
            return False


async def _all(acknowledgements: Iterable["asyncio.Future[object]"]) -> None:
    for outcome in await asyncio.gather(*acknowledgements, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome


async def _discard(producer: AIOKafkaProducer) -> None:
    """Ends a suspected producer without waiting on what it holds: whoever sent that has been told it failed."""
    with contextlib.suppress(Exception):
        async with asyncio.timeout(5):
            await producer.stop()
