from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.contract.demo_zalo.stage import Stage, furnish, served


@pytest_asyncio.fixture(loop_scope="function")
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A furnished simulator with a webhook that answers 200."""
    async with served(tmp_path / "zalo") as stage:
        await furnish(stage)
        yield stage
