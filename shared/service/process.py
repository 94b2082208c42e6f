"""Starting and stopping a service: start in order, undo if one fails, stop in reverse within the grace period."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import uvicorn
from litestar import Litestar

from shared.service.settings import ServiceSettings
from shared.telemetry.logs import configure_logs, get_logger

log = get_logger(__name__)

Step = Callable[[], Awaitable[None]]


class Parts:
    """What a service is made of, each with its start and stop, in the order they were added."""

    def __init__(self) -> None:
        self._steps: list[tuple[str, Step, Step]] = []

    def add(self, name: str, *, start: Step, stop: Step) -> None:
        self._steps.append((name, start, stop))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        started: list[tuple[str, Step]] = []
        try:
            for name, start, stop in self._steps:
                await start()
                started.append((name, stop))
                log.info("part.started", part=name)
            yield
        finally:
            for name, stop in reversed(started):
                await _stop(name, stop)


async def _stop(name: str, stop: Step) -> None:
    """One part's refusal to end must not keep the others from ending well."""
    try:
        await stop()
        log.info("part.stopped", part=name)
    except Exception:
        log.exception("part.stop_failed", part=name)


def serve(service: str, settings: ServiceSettings, make: Callable[[], Litestar]) -> None:
    """Runs until SIGTERM or SIGINT: takes no more, finishes the batch in hand, commits, leaves the groups."""
    configure_logs(service, settings.log_level)
    config = uvicorn.Config(
        make,
        factory=True,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=settings.stop_seconds,
        timeout_keep_alive=75,
    )
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(uvicorn.Server(config).serve())
