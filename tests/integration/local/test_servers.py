"""The embedded servers as the tests and `make run` use them."""

from collections.abc import Callable

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from tests.servers import Database, Topics

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_topic_of_ones_own_takes_and_gives_a_record(kafka_bootstrap: str, topics: Topics) -> None:
    name = await topics.create("orders", partitions=1)
    async with AIOKafkaProducer(bootstrap_servers=kafka_bootstrap, acks="all", enable_idempotence=True) as producer:
        await producer.send_and_wait(name, b"one")
    async with AIOKafkaConsumer(name, bootstrap_servers=kafka_bootstrap, auto_offset_reset="earliest") as consumer:
        assert (await consumer.getone()).value == b"one"


async def test_the_running_role_writes_rows_and_makes_no_table(database: Database) -> None:
    owner = await asyncpg.connect(database.owner_url("triage"))
    await owner.execute("create table note (id bigint generated always as identity, body text)")
    await owner.close()
    run = await asyncpg.connect(database.run_url("triage"))
    await run.execute("insert into note (body) values ('Đắk Lắk')")
    assert await run.fetchval("select unaccent(body) from note") == "Dak Lak"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await run.execute("create table other (id int)")
    await run.close()


async def test_no_service_reads_the_schema_of_another(database: Database) -> None:
    owner = await asyncpg.connect(database.owner_url("triage"))
    await owner.execute("create table note (body text)")
    await owner.close()
    for role in ("stats_run", "stats_owner", "notify_run"):
        other = await asyncpg.connect(database.url(role))
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await other.fetch("select * from triage.note")
        await other.close()


async def test_each_test_has_a_database_of_its_own(make_database: Callable[..., Database]) -> None:
    one, two = make_database(), make_database()
    connection = await asyncpg.connect(one.owner_url("stats"))
    await connection.execute("create table only_here (id int)")
    await connection.close()
    connection = await asyncpg.connect(two.owner_url("stats"))
    assert await connection.fetchval("select to_regclass('only_here')") is None
    await connection.close()
