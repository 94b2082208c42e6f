"""What can be seen of a running platform from outside: Kafka's offsets and records, plain SQL, the replay's journal."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from deploy.demo.outbox import ENTRY
from shared.topics import TOPICS
from tests.platform import Platform

Offsets = dict[TopicPartition, int]
KAFKA_TRIES = 60
AWAY = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)


@dataclass(frozen=True)
class Outside:
    """An onlooker of one platform. Each look opens its own connections: servers are killed meanwhile."""

    platform: Platform

    @property
    def kafka(self) -> str:
        return str(self.platform.addresses["kafka"])

    async def sql(self, text: str, *args: object) -> list[dict[str, Any]]:
        """Rows of a query by the superuser, who sees every schema; no service is that one."""
        password = json.loads((self.platform.folder / "secrets" / "postgres.json").read_text())["postgres"]
        url = f"postgresql://postgres:{password}@{self.platform.addresses['postgres']}/binhyen?sslmode=disable"
        connection = await asyncpg.connect(url)
        try:
            return [dict(row) for row in await connection.fetch(text, *args)]
        finally:
            await connection.close()

    async def value(self, text: str, *args: object) -> Any:
        """The first value of a query's one row."""
        (row,) = await self.sql(text, *args)
        return next(iter(row.values()))

    async def behind(self, service: str) -> int:
        """Records the service has not handled for good: ends of its topics minus where it would go on from.

        Raises what Kafka and PostgreSQL raise while they are away.
        """
        positions = await (self._fence() if service == "stats" else self._committed(service))
        ends = await self._ends(list(positions))
        return sum(max(0, end - positions[partition]) for partition, end in ends.items())

    async def _fence(self) -> Offsets:
        rows = await self.sql("select topic, partition, next from stats.fence")
        return {TopicPartition(row["topic"], row["partition"]): row["next"] for row in rows}

    async def _committed(self, service: str) -> Offsets:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.kafka)
        await admin.start()
        found: Offsets = {}
        try:
            for group, *_ in await admin.list_consumer_groups():
                if group == service or group.startswith(f"{service}."):
                    offsets = await admin.list_consumer_group_offsets(group)
                    for partition, committed in offsets.items():
                        found[partition] = min(committed.offset, found.get(partition, committed.offset))
        finally:
            await admin.close()
        return found

    async def _ends(self, partitions: list[TopicPartition]) -> Offsets:
        async with reader(self.kafka) as consumer:
            ends: Offsets = await consumer.end_offsets(partitions)
            return ends

    async def records(self, *topics: str) -> list[Any]:
        """Every record of these topics, in order within each partition. Waits for a Kafka that is just starting."""
        for _ in range(KAFKA_TRIES):
            with suppress(KafkaError):
                return await self._records(*topics)
            await asyncio.sleep(1)
        return await self._records(*topics)

    async def _records(self, *topics: str) -> list[Any]:
        async with reader(self.kafka) as consumer:
            partitions = [TopicPartition(t.name, p) for t in TOPICS if t.name in topics for p in range(t.partitions)]
            consumer.assign(partitions)
            ends = await consumer.end_offsets(partitions)
            await consumer.seek_to_beginning(*partitions)
            found: list[Any] = []
            left = {partition for partition, end in ends.items() if end}
            while left:
                batch = await consumer.getmany(timeout_ms=500)
                found += [record for records in batch.values() for record in records]
                left = {p for p in left if await consumer.position(p) < ends[p]}
            return found

    async def buried(self) -> dict[str, int]:
        """Dead topic → records in it, where there are any."""
        async with reader(self.kafka) as consumer:
            ends = await consumer.end_offsets([TopicPartition(topic.dead, 0) for topic in TOPICS])
        return {p.topic: end for p, end in ends.items() if end}

    def unacknowledged(self) -> int:
        """Pushes of the history that have no 2xx yet, by the replay's own journal; 0 before it is written."""
        folder: Path = self.platform.folder / "history"
        about = folder / "history.json"
        pushes = json.loads(about.read_text(encoding="utf-8")).get("pushes", 0) if about.exists() else 0
        journal = folder / "acknowledged.bin"
        return int(pushes) - (journal.stat().st_size // ENTRY if journal.exists() else 0)

    @property
    def history_is_over(self) -> bool:
        about = self.platform.folder / "history" / "history.json"
        return about.exists() and bool(json.loads(about.read_text(encoding="utf-8")).get("finished"))


@asynccontextmanager
async def reader(bootstrap: str) -> AsyncIterator[Any]:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest", enable_auto_commit=False)
    try:
        await consumer.start()
        yield consumer
    finally:
        with suppress(asyncio.CancelledError):  # aiokafka's own, of a task of one that could not start
            await consumer.stop()


def header(record: Any, name: str) -> str:
    """One of a record's headers, "" where there is none."""
    return next((value.decode() for key, value in record.headers if key == name), "")
