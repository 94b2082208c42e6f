"""A service's pool on a database of the test's own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from shared.database import Database
from tests.integration.database.support import open_migrated
from tests.servers import Database as OwnDatabase


@pytest_asyncio.fixture(loop_scope="session")
async def store(database: OwnDatabase, tmp_path: Path) -> AsyncIterator[Database]:
    """The kernel's tables and nothing else, as the run role sees them."""
    opened = await open_migrated(database, tmp_path)
    yield opened
    await opened.close()
