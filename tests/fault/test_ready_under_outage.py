"""/health/ready of each service while Kafka or PostgreSQL is gone or hangs: 503 naming the part, then 200 again."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from deploy.local import secret_files
from deploy.local.home import Home
from deploy.local.pair import random_ports
from deploy.local.parts import PROVINCE_FOLDER
from shared.broker import Cluster, ensure_topics
from shared.topics import TOPICS
from tests.proxy import Proxy
from tests.servers import PROJECT, Database, admin_client, service_environment

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]

SERVICES = ("ingest", "triage", "notify", "stats")
SOON_SECONDS = 60.0


@dataclass(frozen=True)
class Probe:
    """Asks one running service how it is, as an orchestrator does."""

    session: aiohttp.ClientSession
    address: str
    log: Path

    async def ask(self, what: str) -> tuple[int, dict[str, Any]]:
        """Status and document; 0 while nobody listens."""
        try:
            async with self.session.get(f"{self.address}/health/{what}") as answer:
                return answer.status, dict(await answer.json())
        except aiohttp.ClientConnectionError:
            return 0, {}

    async def becomes(self, status: int) -> dict[str, Any]:
        """The document of /health/ready once it has that status."""
        deadline = asyncio.get_running_loop().time() + SOON_SECONDS
        while True:
            now, said = await self.ask("ready")
            if now == status:
                return said
            assert asyncio.get_running_loop().time() < deadline, f"{now} {said}\n{self.log.read_text()[-3000:]}"
            await asyncio.sleep(0.2)


@pytest.mark.parametrize("service", SERVICES)
async def test_ready_is_503_naming_the_server_that_is_gone_or_hangs_and_200_once_it_is_back(
    service: str, make_database: Callable[..., Database], tmp_path: Path
) -> None:
    database = make_database(service)
    async with (
        Proxy.to(database.pair.postgres) as postgres,
        Proxy.to_kafka(database.pair.kafka) as kafka,
        running(service, database, tmp_path, {"kafka": kafka, "postgres": postgres}) as probe,
    ):
        assert set((await probe.becomes(200))["checks"].values()) == {"ok"}
        for name, proxy in (("postgres", postgres), ("kafka", kafka)):
            for away in (proxy.cut, holding(proxy)):
                await away()
                said = await probe.becomes(503)
                assert said["checks"][name] != "ok", said
                assert (await probe.ask("live"))[0] == 200, "it is not dead: nobody should start it again"
                await proxy.mend()
                assert (await probe.becomes(200))["ready"]


def holding(proxy: Proxy) -> Callable[[], Any]:
    async def hold() -> None:
        proxy.hold()

    return hold


@asynccontextmanager
async def running(service: str, database: Database, folder: Path, proxies: dict[str, Proxy]) -> AsyncIterator[Probe]:
    """The service on topics of its own, with its servers behind the proxies."""
    cluster = Cluster(database.pair.kafka, f"t{uuid4().hex[:8]}.")
    await ensure_topics(cluster)
    secrets = secret_files.ensure(Home(folder), secret_files.Province.read(PROVINCE_FOLDER))
    (port,) = random_ports(1)
    environment = service_environment(
        service,
        database,
        port=str(port),
        kafka=proxies["kafka"].address,
        database_url=database.run_url(service).replace(database.pair.postgres, proxies["postgres"].address),
        topic_prefix=cluster.prefix,
        secrets_dir=str(secrets[service]),
    )
    log = folder / f"{service}.log"
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", f"services.{service}"), env=environment, cwd=PROJECT, stdout=out, stderr=out
        )
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
            yield Probe(session, f"http://127.0.0.1:{port}", log)
    finally:
        for proxy in proxies.values():
            await proxy.mend()
        await stopped(process)
        async with admin_client(cluster.bootstrap) as admin:
            await admin.delete_topics([cluster.named(name) for topic in TOPICS for name in (topic.name, topic.dead)])


async def stopped(process: asyncio.subprocess.Process) -> None:
    """Ended by SIGTERM in its grace, with its servers there."""
    assert process.returncode is None, "it did not survive"
    os.kill(process.pid, signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), 40)
    except TimeoutError:
        process.kill()
        raise
