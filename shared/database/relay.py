"""The relay: carries the outbox to Kafka, one relay a service, whatever dies meanwhile (design, promise 2)."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from zlib import crc32

import asyncpg

from shared.database.errors import StoreUnavailable, as_unavailable, described
from shared.database.outbox import OutboxRow
from shared.database.pool import Database
from shared.telemetry.logs import get_logger

log = get_logger(__name__)

Publish = Callable[[Sequence[OutboxRow]], Awaitable[None]]
"""Returns when Kafka has acknowledged every row, in order within a key. Raises otherwise: all are sent again."""

LEAD = "select pg_try_advisory_lock($1)"

NEXT = """
select id, topic, key, header_names, header_values, value from outbox order by id limit $1
"""
"""Always the lowest ids there are: a low id that was committed late is found, where `id > last` would lose it."""

DELETE = "delete from outbox where id = any($1::bigint[])"

WAITING = "select count(*), coalesce(extract(epoch from now() - min(added_at)), 0)::float8 from outbox"

BATCH_ROWS = 1_000
POLL_SECONDS = 0.2
"""A notification that was lost with its connection costs no more than this."""

STANDBY_SECONDS = 1.0
"""How often a copy of the service that does not lead asks again."""

BACKOFF_SECONDS = (0.2, 5.0)
"""The first pause after a failure and the longest one; it doubles in between."""


class Relay:
    """Publishes the outbox rows of one schema, each at least once and, while connections hold, once.

    A crash between the acknowledgement and the deletion publishes those rows again: readers go by id and version.
    """

    def __init__(self, database: Database, publish: Publish) -> None:
        self._database = database
        self._publish = publish
        self._lock = crc32(f"outbox:{database.schema}".encode())
        self._wake = asyncio.Event()
        self.leading = False
        """Whether this process holds the service's relay lock."""
        self.published = 0
        """Rows acknowledged and deleted since the start."""
        self.failures = 0
        """Failures in a row, 0 after a success: what an alarm looks at."""

    async def run(self, stop: asyncio.Event) -> None:
        """Relay until `stop` is set; then finish the rows in hand and let the lock go. Raises nothing."""
        stopping = asyncio.create_task(self._wake_on(stop), name="relay-stop")
        try:
            while not stop.is_set():
                try:
                    await self._lead(stop)
                except Exception as error:  # noqa: BLE001 - whatever happened, the rows are still there: again
                    self.failures += 1
                    log.warning("relay.failed", failures=self.failures, error=described(error))
                    await _sleep(stop, _backoff(self.failures))
        finally:
            stopping.cancel()

    async def waiting(self) -> tuple[int, float]:
        """Rows not yet published, and the age of the oldest in seconds. Raises StoreUnavailable."""
        row = await self._database.fetchrow(WAITING)
        return (row[0], row[1]) if row else (0, 0.0)

    async def _lead(self, stop: asyncio.Event) -> None:
        """Hold the lock and publish, all on one connection: losing it loses both the lock and the right to delete."""
        connection = await self._database.connect()
        try:
            with as_unavailable():
                while not stop.is_set() and not await connection.fetchval(LEAD, self._lock):
                    await _sleep(stop, STANDBY_SECONDS)
                self.leading = not stop.is_set()
                await connection.add_listener(f"{self._database.schema}_outbox", lambda *_: self._wake.set())
                while not stop.is_set():
                    if await self._publish_lowest(connection) < BATCH_ROWS:
                        await self._woken(POLL_SECONDS)
        finally:
            self.leading = False
            await _end(connection)

    async def _publish_lowest(self, connection: "asyncpg.Connection[asyncpg.Record]") -> int:
        rows = await connection.fetch(NEXT, BATCH_ROWS)
        if rows:
            await self._publish([_outbox_row(row) for row in rows])
            await connection.execute(DELETE, [row["id"] for row in rows])
            self.published += len(rows)
        self.failures = 0
        return len(rows)

    async def _woken(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), seconds)
        self._wake.clear()

    async def _wake_on(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._wake.set()


def _outbox_row(row: asyncpg.Record) -> OutboxRow:
    headers = list(zip(row["header_names"], row["header_values"], strict=True))
    return OutboxRow(row["topic"], row["key"], headers, row["value"])


def _backoff(failures: int) -> float:
    first, longest = BACKOFF_SECONDS
    return min(longest, first * 2.0 ** min(failures - 1, 10))


async def _sleep(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


async def _end(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Close politely, so that the lock is free at once; cut what does not answer."""
    try:
        with as_unavailable():
            await connection.close(timeout=2.0)
    except (StoreUnavailable, asyncpg.InterfaceError):
        connection.terminate()
