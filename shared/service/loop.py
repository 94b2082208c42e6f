"""One background loop: a named task that stops by an event, never by cancellation, and whose errors are seen."""

import asyncio
from collections.abc import Awaitable, Callable
from time import time

from shared.telemetry.logs import get_logger
from shared.telemetry.metrics import LOOP_FAILURES, LOOP_LAST_BEAT, Metrics

log = get_logger(__name__)

BACKOFF_LIMIT_SECONDS = 5.0


class Loop:
    """Calls `once` again and again, `every_seconds` apart; an error is logged, counted and backed off.

    `once` returns True when there is more to do at once. `stop` lets the round in hand finish.
    """

    def __init__(
        self, name: str, once: Callable[[], Awaitable[bool | None]], *, every_seconds: float, metrics: Metrics
    ) -> None:
        self.name = name
        self.last_beat = 0.0
        self._once = once
        self._every = every_seconds
        self._metrics = metrics
        self._stopping = asyncio.Event()
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._failures = 0

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name=self.name)

    def wake(self) -> None:
        """Goes round now instead of waiting."""
        self._woken.set()

    async def stop(self) -> None:
        self._stopping.set()
        self._woken.set()
        if self._task is not None:
            await self._task

    @property
    def failing(self) -> bool:
        return self._failures > 0

    async def _run(self) -> None:
        while not self._stopping.is_set():
            more = await self._round()
            self.last_beat = time()
            self._metrics.set(LOOP_LAST_BEAT, self.last_beat)
            if not more:
                await self._rest()

    async def _round(self) -> bool:
        try:
            more = bool(await self._once())
        except Exception as error:
            self._failures += 1
            self._metrics.inc(LOOP_FAILURES)
            log.warning("loop.failed", loop=self.name, failures=self._failures, exc_info=error)
            return False
        self._failures = 0
        return more

    async def _rest(self) -> None:
        pause = self._every if not self._failures else min(0.2 * 2**self._failures, BACKOFF_LIMIT_SECONDS)
        try:
            await asyncio.wait_for(self._woken.wait(), pause)
        except TimeoutError:
            return
        self._woken.clear()
