"""One stage a test: own database, own topics, own simulator."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from uuid import uuid4

import aiohttp
import asyncpg
import pytest

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
from tests.integration.notify.stage import Stage, simulator, write_secrets
from tests.servers import Database, admin_client

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


@pytest.fixture
def staged(make_database: Callable[..., Database], kafka_bootstrap: str, tmp_path: Path) -> Staged:
    """What makes a stage for the length of a block; keyword arguments are settings of the simulator."""
    database = make_database("notify")

    @asynccontextmanager
    async def build(**settings: str) -> AsyncIterator[Stage]:
        cluster = Cluster(kafka_bootstrap, f"t{uuid4().hex[:8]}.")
        await ensure_topics(cluster, TOPICS)
        sealer, signer = write_secrets(tmp_path / "secrets")
        producer = Producer(cluster, client_id="test")
        await producer.start()
        sql = await asyncpg.connect(database.admin_url)
        try:
            async with simulator(tmp_path, **settings) as zalo, aiohttp.ClientSession() as http:
                yield Stage(tmp_path, database, cluster, producer, http, zalo, sealer, signer, sql)
        finally:
            await sql.close()
            await producer.stop()
            run_aside(_delete(cluster))

    return build


async def _delete(cluster: Cluster) -> None:
    async with admin_client(cluster.bootstrap) as admin:
        await admin.delete_topics([cluster.named(name) for t in TOPICS for name in (t.name, t.dead)])
