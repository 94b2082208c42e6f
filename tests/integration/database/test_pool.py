"""The pool outlives the server, a transaction is whole or nothing, and a role stays in its schema."""

import asyncio

import asyncpg
import pytest

from shared.database import Database, StoreUnavailable
from tests.integration.database.support import SERVICE, end_backends, undone, until, wired
from tests.servers import Database as OwnDatabase

pytestmark = pytest.mark.asyncio(loop_scope="session")

SCOPE = "select current_setting('binhyen.province', true)"
OFFER = "insert into fence (consumer, topic, topic_id, partition, first, next) values ('c', 't', 'i', $1, 0, 1)"
FENCES = "select count(*) from fence"


async def offered(store: Database, *partitions: int) -> None:
    async with store.transaction(province="66") as tx:
        for partition in partitions:
            await tx.execute(OFFER, partition)


async def test_a_transaction_carries_its_province_and_leaves_it_behind(store: Database) -> None:
    async with store.transaction(province="66") as tx:
        assert await tx.fetchval(SCOPE) == "66"
    assert await store.fetchval(SCOPE) in (None, "")


async def test_returning_commits_and_raising_rolls_back(store: Database) -> None:
    await offered(store, 1)
    async with undone(store) as tx:
        await tx.execute(OFFER, 2)
    assert await store.fetchval(FENCES) == 1


async def test_a_readonly_transaction_writes_nothing(store: Database) -> None:
    async with store.transaction(province="66", readonly=True) as tx:
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await tx.execute(OFFER, 1)
    assert await store.fetchval(FENCES) == 0


async def test_jsonb_is_python_values_in_queries_arrays_and_copy(store: Database) -> None:
    value = {"category": "an_ninh", "reasons": ["Đắk Lắk", 1, None, True], "nested": {"a": 1.5}}
    async with store.transaction(province="66") as tx:
        assert await tx.fetchval("select $1::jsonb", value) == value
        assert await tx.fetchval("select $1::jsonb[]", [value, None, {}]) == [value, None, {}]
        await tx.execute("create temporary table kept (value jsonb) on commit drop")
        await tx.copy_records_to_table("kept", records=[(value,)], columns=["value"])
        assert await tx.fetchval("select value from kept") == value


async def test_what_we_did_wrong_is_not_called_the_worlds_failure(store: Database) -> None:
    with pytest.raises(asyncpg.PostgresSyntaxError):
        await store.fetch("selct 1")
    with pytest.raises(asyncpg.UniqueViolationError):
        await offered(store, 1, 1)


async def test_the_pool_works_again_after_its_backends_were_ended(store: Database, database: OwnDatabase) -> None:
    await asyncio.gather(*(store.fetchval("select pg_sleep(0.05)") for _ in range(4)))
    assert await end_backends(database) >= 1

    async def answers() -> bool:
        try:
            return bool(await store.fetchval("select true"))
        except StoreUnavailable:
            return False

    await until(answers)
    await store.ping()


async def test_a_backend_ended_in_a_transaction_is_the_worlds_failure_and_nothing_is_kept(
    store: Database, database: OwnDatabase
) -> None:
    async def cut_off() -> None:
        async with store.transaction(province="66") as tx:
            await tx.execute(OFFER, 1)
            await end_backends(database)
            await tx.execute(OFFER, 2)

    with pytest.raises(StoreUnavailable):
        await cut_off()
    assert await store.fetchval(FENCES) == 0


async def test_a_lock_that_does_not_come_free_is_the_worlds_failure(store: Database) -> None:
    async def impatient() -> None:
        async with store.transaction(province="66") as second:
            await second.execute("set local lock_timeout = '50ms'")
            await second.execute("update fence set next = 3")

    await offered(store, 1)
    async with store.transaction(province="66") as first:
        await first.execute("update fence set next = 2")
        with pytest.raises(StoreUnavailable, match="55P03"):
            await impatient()


async def test_a_service_starts_while_its_database_is_away_and_works_once_it_is_back(database: OwnDatabase) -> None:
    async with wired(database.run_url(SERVICE)) as (wire, url):
        await wire.cut()
        away = await Database.open(url, schema=SERVICE, application_name="tests")
        with pytest.raises(StoreUnavailable):
            await away.ping()
        with pytest.raises(StoreUnavailable):
            await away.wait_until_up(seconds=0.3)
        waiting = asyncio.create_task(away.wait_until_up(seconds=10))
        await wire.join()
        await waiting
        assert await away.fetchval("select 1") == 1
        await away.close()


async def test_a_server_that_dies_under_the_pool_and_comes_back_is_met_again(database: OwnDatabase) -> None:
    async with wired(database.run_url(SERVICE)) as (wire, url):
        pool = await Database.open(url, schema=SERVICE, application_name="tests")
        for _ in range(3):
            assert await pool.fetchval("select 1") == 1
            await wire.cut()
            with pytest.raises(StoreUnavailable):
                async with pool.transaction(province="66"):
                    pass
            await wire.join()
        await pool.ping()
        await pool.close()


async def test_a_hundred_tasks_share_ten_connections(store: Database) -> None:
    answers = await asyncio.gather(*(store.fetchval("select $1::int", number) for number in range(100)))
    assert answers == list(range(100))


@pytest.mark.parametrize("other", ["ingest", "notify", "stats"])
async def test_a_run_role_reads_no_other_services_schema(store: Database, database: OwnDatabase, other: str) -> None:
    owner = await asyncpg.connect(database.owner_url(other))
    await owner.execute(f"create table {other}.secret as select 1 as x")
    await owner.close()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await store.fetch(f"select * from {other}.secret")  # noqa: S608 - constant


@pytest.mark.parametrize(
    "statement",
    [
        "create table mine (x int)",
        "drop table outbox",
        "alter table outbox add column x int",
        "truncate outbox",
        "insert into schema_migrations values ('9999')",
        "delete from schema_migrations",
        "set role triage_owner",
    ],
)
async def test_a_run_role_has_rows_and_no_say_over_tables(store: Database, statement: str) -> None:
    with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.PostgresError), match=r"permission|owner"):
        await store.fetch(statement)
