"""One platform for all tests of this folder: a hundredth of the history, then whatever the tests send."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from deploy.demo.api import Services
from deploy.demo.simulator import Simulator
from tests.platform import Platform


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """`DETACH=1 REPLAY_SCALE=0.01 make run`, without make; or the one whose folder BINHYEN_TEST_PLATFORM names."""
    if running := os.environ.get("BINHYEN_TEST_PLATFORM"):
        yield Platform(Path(running), os.environ.get("REPLAY_SCALE", "1"))
        return
    folder: Path = tmp_path_factory.mktemp("platform")
    made = Platform(folder, "0.01")
    started = made.command("run")
    assert started.returncode == 0, f"{started.stdout[-3000:]}{started.stderr[-3000:]}"
    replayed = made.wait_for_history()
    assert replayed, made.end_of("replay")
    yield made
    stopped = made.command("stop")
    assert stopped.returncode == 0, stopped.stdout


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as made:
        yield made


@pytest.fixture(scope="session")
def services(session: aiohttp.ClientSession, platform: Platform) -> Services:
    return Services(session, platform.surroundings())


@pytest.fixture(scope="session")
def simulator(session: aiohttp.ClientSession, platform: Platform) -> Simulator:
    return Simulator(session, platform.addresses["zalo"])
