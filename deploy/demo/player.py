"""Sends every pending push until ingest has taken it: many lanes, each in order, each waiting for its 2xx."""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from deploy.demo.outbox import Outbox, Stored
from deploy.demo.surroundings import DemoError
from deploy.demo.webhook_client import Connection, Door

LANES: Final = 256
"""Kafka on one disk takes some 50 ms to put a round of batches safely down: rate = lanes / that."""
AHEAD: Final = 16
"""Pushes read ahead for a lane; a lane that waits holds the others back no sooner than that."""
FLUSH_SECONDS: Final = 0.5
FIRST_PAUSE_SECONDS: Final = 0.2
LONGEST_PAUSE_SECONDS: Final = 5.0
GIVE_UP_SECONDS: Final = 300.0
"""Without one 2xx for so long, we stop with a sentence; the outbox goes on from there next time."""
TRY_AGAIN: Final = frozenset({408, 425, 429})

Report = Callable[["Progress"], None]


@dataclass(slots=True)
class Progress:
    """What has been sent so far. Times are of the wall clock's monotonic seconds."""

    taken: int = 0
    tried_again: int = 0
    started_at: float = 0.0
    last_taken_at: float = 0.0
    history_at: int = 0
    """The latest moment of history that ingest has taken, milliseconds since 1970."""
    trouble: str = ""


class Player:
    def __init__(self, outbox: Outbox, door: Door, report: Report) -> None:
        self._outbox, self._door, self._report = outbox, door, report
        self.progress = Progress()
        self._lanes: list[asyncio.Queue[Stored | None]] = []
        self._chance = random.Random()  # noqa: S311 (jitter)

    async def play(self) -> Progress:
        """Send all that is pending. Raises DemoError if ingest refuses one for good, or takes none for five minutes."""
        now = time.monotonic()
        self.progress.started_at = self.progress.last_taken_at = now
        self._lanes = [asyncio.Queue(AHEAD) for _ in range(LANES)]
        try:
            async with asyncio.TaskGroup() as tasks:
                flusher = tasks.create_task(self._keep())
                lanes = [tasks.create_task(self._lane(queue)) for queue in self._lanes]
                await self._feed()
                await asyncio.gather(*lanes)
                flusher.cancel()
        except* DemoError as group:
            raise group.exceptions[0] from None
        finally:
            self._outbox.flush()
            self._report(self.progress)
        return self.progress

    async def _feed(self) -> None:
        for push in self._outbox.pending():
            await self._lanes[push.lane % LANES].put(push)
        for queue in self._lanes:
            await queue.put(None)

    async def _keep(self) -> None:
        """Note what was taken, tell how it goes, see that it goes."""
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            await asyncio.to_thread(self._outbox.flush)
            self._report(self.progress)
            if time.monotonic() - self.progress.last_taken_at > GIVE_UP_SECONDS:
                raise DemoError(
                    f"ingest took nothing for {GIVE_UP_SECONDS:.0f} s ({self.progress.trouble or 'no answer'});"
                    f" {self._outbox.left} pushes are kept for the next run"
                )

    async def _lane(self, queue: asyncio.Queue[Stored | None]) -> None:
        connection: Connection | None = None
        while (push := await queue.get()) is not None:
            request = self._door.request(push.body, push.headers)
            pause = FIRST_PAUSE_SECONDS
            while True:
                connection, asked = await self._try(connection, request, push)
                if asked is None:
                    break
                self.progress.tried_again += 1
                await asyncio.sleep((asked or pause) * self._chance.uniform(0.7, 1.3))
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        if connection:
            connection.close()

    async def _try(
        self, connection: Connection | None, request: bytes, push: Stored
    ) -> tuple[Connection | None, float | None]:
        """Send once. Returns the connection to go on with, and None if taken, else the wait asked for (0: our own)."""
        try:
            if connection is None or not connection.open:
                connection = await self._door.connect()
            reply = await connection.send(request)
        except (OSError, TimeoutError) as error:
            self.progress.trouble = str(error) or type(error).__name__
            return None, 0.0
        if 200 <= reply.status < 300:  # noqa: PLR2004
            self._outbox.acknowledge(push.number)
            self.progress.taken += 1
            self.progress.history_at = max(self.progress.history_at, push.arrives_at)
            self.progress.last_taken_at = time.monotonic()
            return connection, None
        self.progress.trouble = f"HTTP {reply.status}"
        if reply.status < 500 and reply.status not in TRY_AGAIN:  # noqa: PLR2004
            raise DemoError(
                f"ingest refuses push {push.number} with HTTP {reply.status}; the keys or the body are wrong"
            )
        return connection, reply.retry_after_seconds or 0.0
