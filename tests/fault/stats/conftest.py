"""stats alone on real servers."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest_asyncio

from tests.servers import Database
from tests.stats import World


@pytest_asyncio.fixture(loop_scope="session")
async def world(make_database: Callable[..., Database], tmp_path: Path) -> AsyncIterator[World]:
    async with World.open(make_database("stats"), tmp_path) as made:
        yield made
