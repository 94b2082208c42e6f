"""What every service stands on, made from its settings and run in order.

`async with Platform.running(...)` starts: database pool, producer, outbox relay, consumers, loops; and stops them in
reverse: take no more, finish the batch in hand, commit, leave the groups. A service starts while PostgreSQL or Kafka
is away, says so under /health/ready, and goes to work when they come.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiokafka.errors import KafkaError

from shared.broker import Cluster, Consumers, Outgoing, Producer
from shared.database import Database, OutboxRow, Relay, pending
from shared.service.health import Check, Readiness
from shared.service.loop import Loop
from shared.service.settings import ServiceSettings
from shared.telemetry.logs import get_logger
from shared.telemetry.metrics import OUTBOX_PUBLISHED, OUTBOX_WAITING, Metrics
from shared.telemetry.tracing import Tracing

log = get_logger(__name__)

PUBLISH_SECONDS = 15.0


class Platform:
    """The parts, public: a service adds subscriptions to `consumers`, loops by `loop`, checks to `checks`."""

    def __init__(self, service: str, settings: ServiceSettings, database: Database, migrations: Path) -> None:
        self.service = service
        self.settings = settings
        self.database = database
        self.metrics = Metrics(service)
        self.tracing = Tracing(
            service, ratio=settings.trace_ratio, file=settings.trace_file, otlp=settings.otlp_endpoint
        )
        self.cluster = Cluster(settings.kafka, settings.topic_prefix)
        self.producer = Producer(self.cluster, client_id=service)
        self.consumers = Consumers(
            self.cluster, service=service, producer=self.producer, metrics=self.metrics, tracing=self.tracing
        )
        self.checks: dict[str, Check] = {
            "postgres": self._postgres,
            "migrations": self._migrated,
            "kafka": self._kafka,
            "consumers": self._consuming,
            "registers": self._caught_up,
        }
        self.closing = asyncio.Event()
        """Set when SIGTERM has come and no request is taken any more: open event streams end themselves by it."""
        self._migrations = migrations
        self._relay = Relay(database, self._publish)
        self._loops: list[Loop] = []
        self._stopping = asyncio.Event()
        self._consumers_started = False
        self.loop("outbox-gauge", self._gauge_outbox, every_seconds=5.0)

    def loop(self, name: str, once: Callable[[], Awaitable[bool | None]], *, every_seconds: float) -> Loop:
        """Adds a background loop that runs while the platform does."""
        made = Loop(name, once, every_seconds=every_seconds, metrics=self.metrics)
        self._loops.append(made)
        return made

    @property
    def readiness(self) -> Readiness:
        return Readiness(self.checks, self._details)

    @classmethod
    @asynccontextmanager
    async def open(cls, service: str, settings: ServiceSettings, migrations: Path) -> AsyncIterator["Platform"]:
        """Makes the parts without starting them; the pool is closed at the end."""
        database = await Database.open(
            settings.database_url.get_secret_value(), schema=service, application_name=service
        )
        platform = cls(service, settings, database, migrations)
        try:
            yield platform
        finally:
            await database.close()
            platform.tracing.flush()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Everything at work."""
        await self.producer.start()
        relay = asyncio.create_task(self._relay.run(self._stopping), name="relay")
        consuming = asyncio.create_task(self._start_consumers(), name="consumers")
        for loop in self._loops:
            loop.start()
        try:
            yield
        finally:
            log.info("platform.stopping")
            self._stopping.set()
            await consuming
            await self.consumers.stop()
            await asyncio.gather(*(loop.stop() for loop in self._loops))
            await relay
            await self.producer.stop()
            log.info("platform.stopped")

    async def _start_consumers(self) -> None:
        """Tries until Kafka is there: a service that gave up at start would need a person at three in the morning."""
        while not self._stopping.is_set():
            try:
                await self.consumers.start()
            except (KafkaError, OSError, TimeoutError) as error:
                log.warning("consumers.waiting_for_kafka", error=type(error).__name__)
                with contextlib.suppress(Exception):
                    await self.consumers.stop()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), 1.0)
            else:
                self._consumers_started = True
                log.info("consumers.started")
                return

    async def _publish(self, rows: Sequence[OutboxRow]) -> None:
        outgoing = [Outgoing(r.topic, r.key, list(r.headers), r.value) for r in rows]
        await self.producer.send(outgoing, timeout=PUBLISH_SECONDS)
        self.metrics.inc(OUTBOX_PUBLISHED, len(rows))

    async def _gauge_outbox(self) -> None:
        waiting, _age = await self._relay.waiting()
        self.metrics.set(OUTBOX_WAITING, waiting)

    # ── readiness ────────────────────────────────────────────────────────────────────────────────────────────

    async def _postgres(self) -> str | None:
        await self.database.ping()
        return None

    async def _migrated(self) -> str | None:
        waiting = await pending(self.database, self._migrations)
        return f"not applied: {', '.join(waiting)}" if waiting else None

    async def _kafka(self) -> str | None:
        return None if await self.producer.ping() else "no broker answers"

    async def _consuming(self) -> str | None:
        if not self._consumers_started:
            return "not started"
        paused = [c.name for c in self.consumers.all if c.paused]
        if paused:
            return f"paused: {', '.join(paused)}"
        waiting = [c.name for c in self.consumers.all if not c.joined]
        return f"joining: {', '.join(waiting)}" if waiting else None

    async def _caught_up(self) -> str | None:
        behind = [c.name for c in self.consumers.replicas if not c.caught_up]
        return f"catching up: {', '.join(behind)}" if behind else None

    def _details(self) -> dict[str, Any]:
        return {
            "service": self.service,
            "lag": self.consumers.lag if self._consumers_started else {},
            "relay": {"leading": self._relay.leading, "failures": self._relay.failures},
        }
