"""Migrations: one migrator at a time, all or nothing a file, and the culprit named."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from zlib import crc32

import asyncpg
import pytest
import pytest_asyncio

from shared.database import Database, MigrationFailed, StoreUnavailable, migrate, pending
from tests.integration.database.support import SERVICE, kernel_only
from tests.servers import Database as OwnDatabase

pytestmark = pytest.mark.asyncio(loop_scope="session")

KERNEL_FILE = "0001_pre_kernel.sql"
GOOD = "-- migrate:up\ncreate table good (x int);\n-- migrate:down\ndrop table good;\n"
BAD = "-- migrate:up\ncreate table half (x int);\nselect no_such_thing();\n-- migrate:down\n"


@pytest_asyncio.fixture(loop_scope="session")
async def pool(database: OwnDatabase) -> AsyncIterator[Database]:
    """The run role's pool before anything was migrated."""
    opened = await Database.open(database.run_url(SERVICE), schema=SERVICE, application_name="tests")
    yield opened
    await opened.close()


async def migrated(database: OwnDatabase, folder: Path, **waits: float) -> list[str]:
    return await migrate(SERVICE, database.owner_url(SERVICE), folder, **waits)


async def test_three_at_once_apply_each_file_once_and_all_succeed(database: OwnDatabase, tmp_path: Path) -> None:
    folder = kernel_only(tmp_path)
    (folder / "0002_pre_good.sql").write_text(GOOD)
    outcomes = await asyncio.gather(*(migrated(database, folder) for _ in range(3)))
    assert sorted(outcomes) == [[], [], [KERNEL_FILE, "0002_pre_good.sql"]]


async def test_pending_names_what_is_missing(database: OwnDatabase, pool: Database, tmp_path: Path) -> None:
    folder = kernel_only(tmp_path)
    assert await pending(pool, folder) == [KERNEL_FILE]
    await migrated(database, folder)
    assert await pending(pool, folder) == []
    (folder / "0002_pre_good.sql").write_text(GOOD)
    assert await pending(pool, folder) == ["0002_pre_good.sql"]
    assert await migrated(database, folder) == ["0002_pre_good.sql"]


async def test_a_file_that_fails_is_named_and_leaves_nothing(
    database: OwnDatabase, pool: Database, tmp_path: Path
) -> None:
    folder = kernel_only(tmp_path)
    (folder / "0002_pre_half.sql").write_text(BAD)
    with pytest.raises(MigrationFailed, match=r"triage: 0002_pre_half\.sql: .*no_such_thing") as failed:
        await migrated(database, folder)
    assert database.pair.roles["triage_owner"] not in str(failed.value)
    assert await pending(pool, folder) == ["0002_pre_half.sql"]
    assert await pool.fetchval("select to_regclass('half') is null")


async def test_a_file_slipped_in_before_an_applied_one_is_refused(database: OwnDatabase, tmp_path: Path) -> None:
    folder = kernel_only(tmp_path)
    (folder / "0003_pre_good.sql").write_text(GOOD)
    await migrated(database, folder)
    (folder / "0002_pre_late.sql").write_text(GOOD.replace("good", "late"))
    with pytest.raises(MigrationFailed, match="0002"):
        await migrated(database, folder)


async def test_a_migrator_that_waits_too_long_says_so(database: OwnDatabase, tmp_path: Path) -> None:
    other = await asyncpg.connect(database.owner_url(SERVICE))
    await other.execute("select pg_advisory_lock($1)", crc32(b"migrate:triage"))
    with pytest.raises(MigrationFailed, match="another migration"):
        await migrated(database, kernel_only(tmp_path), wait_seconds=0.3)
    await other.close()
    assert await migrated(database, tmp_path) == [KERNEL_FILE]


async def test_a_server_that_is_away_is_the_worlds_failure(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        await migrate(SERVICE, "postgresql://triage_owner:x@127.0.0.1:1/binhyen", kernel_only(tmp_path))


async def test_the_kernels_way_down_leaves_no_table(database: OwnDatabase, tmp_path: Path) -> None:
    folder = kernel_only(tmp_path)
    await migrated(database, folder)
    owner = await asyncpg.connect(database.owner_url(SERVICE))
    await owner.execute((folder / KERNEL_FILE).read_text().split("-- migrate:down")[1])
    left = await owner.fetch(
        "select relname from pg_class where relkind in ('r', 'p') and relnamespace = 'triage'::regnamespace"
    )
    await owner.close()
    assert [row[0] for row in left] == ["schema_migrations"]


async def test_every_service_migrates_in_its_own_schema(database: OwnDatabase, tmp_path: Path) -> None:
    folder = kernel_only(tmp_path)
    services = ("ingest", "triage", "notify", "stats")
    done = await asyncio.gather(*(migrate(service, database.owner_url(service), folder) for service in services))
    assert done == [[KERNEL_FILE]] * 4
