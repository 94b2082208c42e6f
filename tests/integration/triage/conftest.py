"""One service for all tests of a module: each has its own persons, so none sees another's cases."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.integration.triage.world import World, a_world
from tests.servers import Databases


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(
    postgres: Databases, kafka_bootstrap: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """A running service."""
    database = postgres.create("triage")
    async with a_world(database, kafka_bootstrap, tmp_path_factory.mktemp("triage")) as made:
        await made.start()
        yield made
    postgres.drop(database)
