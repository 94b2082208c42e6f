"""Kills parts of a running platform with -9 at seeded moments, only while they have work in hand."""

import asyncio
import json
import logging
import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from aiokafka.errors import KafkaError

from deploy.local.pair import random_ports
from deploy.local.parts import accepts
from deploy.local.process import Identity
from deploy.local.status import port_of
from tests.outside import AWAY, Outside
from tests.platform import Platform

log = logging.getLogger(__name__)

SERVICES = ("ingest", "triage", "notify", "stats")
SERVERS = ("kafka", "postgres")
WINDOW_SECONDS = 62.0
"""The supervisor starts a part again three times a minute: a fourth kill of it waits for the first one's minute."""
UP_SECONDS = 240.0
WORK_SECONDS = 240.0


@dataclass(frozen=True)
class Kill:
    """One kill -9: of whom, and how much work was left as it fell."""

    part: str
    left: int


PARTS = ("ingest", "triage", "notify", "stats", "zalo", "kafka", "controller", "postgres")


@contextmanager
def a_platform(scale: str, **settings: str) -> Iterator[Platform]:
    """`DETACH=1 make run` on a folder and ports of its own; at the end all of it is stopped."""
    with tempfile.TemporaryDirectory(prefix="binhyen-tests-") as folder:
        made = Platform(Path(folder), scale)
        ports = {f"{part.upper()}_PORT": str(port) for part, port in zip(PARTS, random_ports(len(PARTS)), strict=True)}
        try:
            begun = made.command("run", seconds=900, **ports, **settings)
            assert begun.returncode == 0, f"{begun.stdout[-3000:]}{begun.stderr[-3000:]}"
            yield made
        finally:
            keep(made.folder)
            made.command("stop", seconds=200)


Work = Callable[[str], Awaitable[int]]
"""How much a part has left to do. May raise what its servers raise while they are away."""


@dataclass
class Killer:
    """`work`: the measure a kill is allowed by. `done`: what was killed so far, in order."""

    platform: Platform
    work: Work
    seed: int
    done: list[Kill] = field(default_factory=list)
    _last: dict[str, list[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)  # noqa: S311 - seeded moments, repeatable

    def order(self, parts: Sequence[str], rounds: int) -> Iterator[str]:
        """Each part once a round, shuffled."""
        for _ in range(rounds):
            some = list(parts)
            self._chance.shuffle(some)
            yield from some

    async def kill(self, part: str, *, within: float = 1.0) -> Kill:
        """Wait until the part is up and has work, then a seeded moment, and kill it while there is work left still."""
        await self._minute(part)
        await until(lambda: self._up(part), UP_SECONDS, f"{part} is up")
        pause = self._chance.random() * within
        while True:
            await until(lambda: self._working(part), WORK_SECONDS, f"{part} has work")
            await asyncio.sleep(pause)
            left = await self._working(part)
            if left:
                break
        os.kill(identity(self.platform, part).pid, signal.SIGKILL)
        self._last.setdefault(part, []).append(time.monotonic())
        self.done.append(Kill(part, left))
        log.info("%s killed with %d left", part, left)
        return self.done[-1]

    async def _minute(self, part: str) -> None:
        recent = self._last.get(part, [])
        if len(recent) >= 3:
            await asyncio.sleep(max(0.0, recent[-3] + WINDOW_SECONDS - time.monotonic()))

    async def _working(self, part: str) -> int:
        try:
            return await asyncio.wait_for(self.work(part), 20)
        except (KafkaError, TimeoutError, *AWAY):
            return 0

    async def _up(self, part: str) -> bool:
        """The living process, ready where it can say so."""
        if identity(self.platform, part).find() is None:
            return False
        if part in SERVERS:
            return accepts(int(port_of(self.platform.addresses[part]) or 0))
        return await ready(self.platform, part)


def keep(folder: Path) -> None:
    """The logs stay where FAULT_LOGS says, for whoever asks why."""
    if kept := os.environ.get("FAULT_LOGS"):
        shutil.copytree(folder / "logs", Path(kept) / folder.name, dirs_exist_ok=True)


def identity(platform: Platform, part: str) -> Identity:
    """The process that is the part just now, as the supervisor wrote it down."""
    known = json.loads((platform.folder / "supervisor.json").read_text(encoding="utf-8"))["parts"][part]
    return Identity(known["pid"], known["started"])


async def ready(platform: Platform, service: str) -> bool:
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session,
            session.get(f"{platform.addresses[service]}/health/ready") as answer,
        ):
            return answer.status == 200
    except (aiohttp.ClientError, OSError, TimeoutError):
        return False


async def until(true: Callable[[], Awaitable[object]], seconds: float, what: str) -> None:
    """Raises AssertionError when it is not so within `seconds`. Servers that are away are waited for."""
    deadline = time.monotonic() + seconds
    while not await _so(true):
        assert time.monotonic() < deadline, f"not so within {seconds:.0f} s: {what}"
        await asyncio.sleep(0.05)


async def _so(true: Callable[[], Awaitable[object]]) -> object:
    try:
        return await true()
    except (KafkaError, *AWAY):
        return False


def history_work(outside: Outside) -> Work:
    """During a replay: pushes without a 2xx for ingest, records not handled for the others, both for the servers."""

    async def left(part: str) -> int:
        if part == "ingest":
            return outside.unacknowledged()
        services = ("triage", "stats") if part in SERVERS else (part,)
        behind = [await outside.behind(service) for service in services]
        return sum(behind)

    return left
