"""One stage a test: own database, own topics, own simulator."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from uuid import uuid4

import aiohttp
import asyncpg
import pytest
import pytest_asyncio

from deploy.local.aside import run_aside
from shared.broker import Cluster, Producer, ensure_topics
from shared.topics import (
    ACCESS_OFFICERS,
    ALERTS_EVENTS,
    CHANNELS_ACCESS,
    CHANNELS_ACCOUNTS,
    DELIVERY_RECEIPTS,
    IDENTITIES,
    INBOUND_RECEIPTS,
    REPLIES_REQUESTED,
)
from tests.integration.notify.corners import Corner, Province
from tests.integration.notify.outside import simulator, write_secrets
from tests.integration.notify.stage import Stage
from tests.servers import Database, Databases, admin_client

TOPICS = (
    ACCESS_OFFICERS,
    ALERTS_EVENTS,
    CHANNELS_ACCESS,
    CHANNELS_ACCOUNTS,
    DELIVERY_RECEIPTS,
    IDENTITIES,
    INBOUND_RECEIPTS,
    REPLIES_REQUESTED,
)

Staged = Callable[..., AbstractAsyncContextManager[Stage]]


COMMON = {
    "zalo_timeout_seconds": "1",
    "max_attempts": "3",
    "retry_first_seconds": "0.1",
    "identity_parked_seconds": "4",
}
"""Settings of the copy that most tests share: quick, and otherwise as in life."""


@asynccontextmanager
async def stage_on(database: Database, bootstrap: str, folder: Path, **settings: str) -> AsyncIterator[Stage]:
    cluster = Cluster(bootstrap, f"t{uuid4().hex[:8]}.")
    await ensure_topics(cluster, TOPICS)
    sealer, signer = write_secrets(folder / "secrets")
    producer = Producer(cluster, client_id="test")
    await producer.start()
    sql = await asyncpg.connect(database.admin_url)
    try:
        async with simulator(folder, **settings) as zalo, aiohttp.ClientSession() as http:
            yield Stage(folder, database, cluster, producer, http, zalo, sealer, signer, sql)
    finally:
        await sql.close()
        await producer.stop()
        run_aside(_delete(cluster))


@pytest.fixture
def staged(make_database: Callable[..., Database], kafka_bootstrap: str, tmp_path: Path) -> Staged:
    """What makes a stage of one's own for the length of a block; keyword arguments are settings of the simulator."""
    database = make_database("notify")
    return partial(stage_on, database, kafka_bootstrap, tmp_path)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def common(
    postgres: Databases, kafka_bootstrap: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    """One stage with one copy of notify for all tests that need no other settings."""
    database = postgres.create("notify")
    folder = tmp_path_factory.mktemp("notify")
    async with stage_on(database, kafka_bootstrap, folder) as stage, stage.notify(**COMMON):
        await stage.officers()
        yield stage
    postgres.drop(database)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def without_copies(
    postgres: Databases, kafka_bootstrap: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    """One stage for all tests that start, kill and stop copies of their own."""
    database = postgres.create("notify")
    async with stage_on(database, kafka_bootstrap, tmp_path_factory.mktemp("copies")) as stage:
        yield stage
    postgres.drop(database)


@pytest_asyncio.fixture(loop_scope="session")
async def province(without_copies: Stage) -> AsyncIterator[Province]:
    """Eight pages with fifteen groups each, this test's own. Its faults end with it."""
    yield Province(Corner(without_copies))
    await without_copies.clear_faults()


@pytest_asyncio.fixture(loop_scope="session")
async def corner(common: Stage) -> AsyncIterator[Corner]:
    """A corner of the common stage nobody else uses: two pages, a commune, a citizen. Its faults end with it."""
    yield Corner(common)
    await common.clear_faults()


async def _delete(cluster: Cluster) -> None:
    async with admin_client(cluster.bootstrap) as admin:
        await admin.delete_topics([cluster.named(name) for t in TOPICS for name in (t.name, t.dead)])
