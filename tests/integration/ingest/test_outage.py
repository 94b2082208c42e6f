"""While Kafka or PostgreSQL is away, pushes are answered in time and truly, and the service comes back by itself."""

import asyncio
import json
from time import monotonic
from typing import Any
from uuid import uuid4

import pytest

from tests.ingest import a_text, body_of, zalo_headers
from tests.integration.ingest.conftest import Ingest, an_ingest
from tests.proxy import Proxy
from tests.servers import Databases

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def push(ingest: Ingest, msg_id: str) -> tuple[int, float, Any]:
    """Status, seconds it took, headers."""
    body = body_of(a_text(msg_id=msg_id))
    started = monotonic()
    status, _, headers = await ingest.post("/webhooks/zalo", body, zalo_headers(body))
    return status, monotonic() - started, headers


async def until_taken(ingest: Ingest, *, seconds: float) -> str:
    """Pushes until one is taken; its message id."""
    give_up_at = monotonic() + seconds
    while monotonic() < give_up_at:
        msg_id = uuid4().hex
        status, took, _ = await push(ingest, msg_id)
        assert took < 2, "Zalo waits no longer"
        if status == 200:
            return msg_id
        await asyncio.sleep(0.2)
    raise AssertionError("it did not come back by itself: " + ingest.logged()[-2000:])


@pytest.mark.parametrize("how", ["cut", "hold"])
async def test_while_kafka_is_away_a_push_gets_503_in_time_and_the_service_comes_back_by_itself(
    postgres: Databases, kafka_bootstrap: str, tmp_path: Any, how: str
) -> None:
    async with Proxy.to_kafka(kafka_bootstrap) as proxy, an_ingest(postgres, tmp_path, kafka=proxy.address) as ingest:
        await ingest.start()
        await ingest.ready()
        assert (await push(ingest, "before"))[0] == 200
        if how == "cut":
            await proxy.cut()
        else:
            proxy.hold()
        refused = []
        for number in range(6):
            status, took, headers = await push(ingest, f"away-{number}")
            assert status == 503
            assert took < 2
            assert int(headers["Retry-After"]) > 0
            refused.append(f"away-{number}")
        async with ingest.http.get(f"{ingest.url}/health/ready") as response:
            assert response.status == 503
        async with ingest.http.get(f"{ingest.url}/health/live") as response:
            assert response.status == 200
        await proxy.mend()
        taken = await until_taken(ingest, seconds=30)
        for msg_id in refused:  # the sender sends again what met the 503
            assert (await push(ingest, msg_id))[0] == 200
        found = {json.loads(r.value or b"{}")["message_key"] for r in await ingest.records("inbound.messages.v1")}
        assert {"before", taken, *refused} <= found
        await ingest.ready()


async def test_while_postgres_is_away_pushes_are_taken_all_the_same(postgres: Databases, tmp_path: Any) -> None:
    """The hot path asks no database: the snapshot of the register stands."""
    address = postgres.pair.postgres
    async with Proxy.to(address) as proxy, an_ingest(postgres, tmp_path) as ingest:
        url = ingest.environment["BINHYEN_DATABASE_URL"]
        ingest.environment["BINHYEN_DATABASE_URL"] = url.replace(address, proxy.address)
        await ingest.start()
        await ingest.ready()
        await proxy.cut()
        await asyncio.sleep(1)
        assert (await push(ingest, uuid4().hex))[0] == 200
        async with ingest.http.get(f"{ingest.url}/health/ready") as response:
            assert response.status == 503
        await proxy.mend()
        await ingest.ready()


async def test_before_the_register_was_read_nothing_is_taken_for_an_unknown_page(
    postgres: Databases, tmp_path: Any
) -> None:
    async with Proxy.to(postgres.pair.postgres) as proxy, an_ingest(postgres, tmp_path) as ingest:
        url = ingest.environment["BINHYEN_DATABASE_URL"]
        ingest.environment["BINHYEN_DATABASE_URL"] = url.replace(postgres.pair.postgres, proxy.address)
        await proxy.cut()
        await ingest.start()
        for _ in range(200):
            try:
                status, _, headers = await push(ingest, "early")
                break
            except OSError:
                await asyncio.sleep(0.1)
        assert (status, headers["Retry-After"]) == (503, "2")
        assert await ingest.records("inbound.unrecognised.v1") == []
        await proxy.mend()
        await until_taken(ingest, seconds=20)


async def test_sigterm_ends_it_in_order(postgres: Databases, tmp_path: Any) -> None:
    async with an_ingest(postgres, tmp_path) as ingest:
        await ingest.start()
        await ingest.ready()
        assert (await push(ingest, uuid4().hex))[0] == 200
        started = monotonic()
        assert await ingest.stop() in {0, -15}, "uvicorn hands the signal on once everything has ended"
        assert monotonic() - started < 10
        assert '"event":"platform.stopped"' in ingest.logged()


async def test_without_a_secret_it_says_which_file_is_missing_and_ends(postgres: Databases, tmp_path: Any) -> None:
    async with an_ingest(postgres, tmp_path) as ingest:
        (tmp_path / "secrets" / "zalo_apps.json").unlink()
        await ingest.start()
        assert ingest.process is not None
        async with asyncio.timeout(20):
            assert await ingest.process.wait() == 1
        assert "zalo_apps.json" in ingest.logged()


async def test_with_no_apps_key_it_is_not_ready(postgres: Databases, tmp_path: Any) -> None:
    async with an_ingest(postgres, tmp_path) as ingest:
        (tmp_path / "secrets" / "zalo_apps.json").write_text("{}")
        await ingest.start()
        for _ in range(150):
            try:
                async with ingest.http.get(f"{ingest.url}/health/ready") as response:
                    said = await response.json()
                    if said["checks"]["registers"] == "ok":
                        break
            except OSError:
                pass
            await asyncio.sleep(0.1)
        assert "zalo_apps.json" in said["checks"]["register"]
        assert not said["ready"]
