"""Every outbox row is published, whatever dies; once, while connections hold."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

import pytest

from shared.database import Database, OutboxRow, Relay, add, relay
from tests.integration.database.support import end_backends, undone, until
from tests.servers import Database as OwnDatabase

pytestmark = pytest.mark.asyncio(loop_scope="session")

LISTENING = "query not ilike '%pg_stat_activity%' and query ilike '%outbox%'"


class Kafka:
    """Where the rows go. Not Kafka's behaviour: only what a relay sees of it, an acknowledgement or a refusal."""

    def __init__(self) -> None:
        self.values: list[bytes] = []
        self.rows: list[OutboxRow] = []
        self.away = False
        self.slow_seconds = 0.0

    async def publish(self, rows: Sequence[OutboxRow]) -> None:
        await asyncio.sleep(self.slow_seconds)
        if self.away:
            raise ConnectionRefusedError
        self.rows += rows
        self.values += [row.value or b"" for row in rows]


def a_row(value: str = "v", key: str = "case-1") -> OutboxRow:
    return OutboxRow("cases.events.v1", key.encode(), [("ce_id", b"1"), ("ce_type", b"t")], value.encode())


async def put(store: Database, *rows: OutboxRow) -> None:
    async with store.transaction(province="66") as tx:
        await add(tx, rows)


@asynccontextmanager
async def running(*relays: Relay) -> AsyncGenerator[None]:
    stop = asyncio.Event()
    tasks = [asyncio.create_task(each.run(stop)) for each in relays]
    try:
        yield
    finally:
        stop.set()
        async with asyncio.timeout(10):
            await asyncio.gather(*tasks)


async def test_rows_are_published_as_they_were_added_and_then_gone(store: Database) -> None:
    kafka = Kafka()
    rows = [a_row("1"), OutboxRow("identities.v1", b"p", [], None), a_row("2")]
    await put(store, *rows)
    async with running(Relay(store, kafka.publish)):
        await until(lambda: len(kafka.rows) == 3)
    assert kafka.rows == rows
    assert await store.fetchval("select count(*) from outbox") == 0


async def test_what_was_rolled_back_is_never_published(store: Database) -> None:
    kafka = Kafka()
    async with running(Relay(store, kafka.publish)):
        async with undone(store) as tx:
            await add(tx, [a_row("lost")])
        await put(store, a_row("kept"))
        await until(lambda: bool(kafka.values))
    assert kafka.values == [b"kept"]


async def test_two_relays_of_a_service_publish_each_row_once(store: Database) -> None:
    kafka = Kafka()
    first, second = Relay(store, kafka.publish), Relay(store, kafka.publish)
    async with running(first, second):
        await asyncio.gather(*(put(store, *(a_row(f"{n}-{m}") for m in range(40))) for n in range(50)))
        await until(lambda: len(kafka.values) >= 2_000)
        await asyncio.sleep(0.5)
        assert {first.leading, second.leading} == {True, False}
    assert Counter(kafka.values) == Counter(f"{n}-{m}".encode() for n in range(50) for m in range(40))


async def test_a_low_id_that_commits_late_is_not_lost(store: Database) -> None:
    kafka = Kafka()
    async with running(Relay(store, kafka.publish)):
        async with store.transaction(province="66") as late:
            await add(late, [a_row("late")])
            await put(store, a_row("early"))
            await until(lambda: kafka.values == [b"early"])
        await until(lambda: kafka.values == [b"early", b"late"])


async def test_the_order_of_a_key_is_kept_over_many_batches(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "BATCH_ROWS", 7)
    kafka = Kafka()
    async with running(Relay(store, kafka.publish)):
        for start in range(0, 60, 20):
            await put(store, *(a_row(str(number)) for number in range(start, start + 20)))
        await until(lambda: len(kafka.values) == 60)
    assert kafka.values == [str(number).encode() for number in range(60)]


async def test_a_row_added_while_the_relay_rests_wakes_it(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    kafka = Kafka()
    leader = Relay(store, kafka.publish)
    async with running(leader):
        await until(lambda: leader.leading)
        monkeypatch.setattr(relay, "POLL_SECONDS", 60.0)
        await put(store, a_row("1"))
        await until(lambda: len(kafka.values) == 1, seconds=5)
        await asyncio.sleep(0.3)
        await put(store, a_row("2"))
        await until(lambda: len(kafka.values) == 2, seconds=5)


async def test_a_lost_notification_costs_one_poll(store: Database) -> None:
    kafka = Kafka()
    async with running(Relay(store, kafka.publish)):
        async with store.transaction(province="66") as tx:
            await tx.execute("insert into outbox (topic, key, value) values ('t', 'k', 'silent')")
        await until(lambda: kafka.values == [b"silent"], seconds=3)


async def test_while_kafka_is_away_rows_wait_and_then_go_in_order(store: Database) -> None:
    kafka = Kafka()
    kafka.away = True
    leader = Relay(store, kafka.publish)
    async with running(leader):
        await put(store, a_row("1"))
        await until(lambda: leader.failures >= 2)
        await put(store, a_row("2"))
        waiting, age = await leader.waiting()
        assert waiting == 2
        assert age > 0
        kafka.away = False
        await until(lambda: kafka.values == [b"1", b"2"])
        await until(lambda: leader.failures == 0)


async def test_the_relay_goes_on_after_its_connection_was_ended(store: Database, database: OwnDatabase) -> None:
    kafka = Kafka()
    leader = Relay(store, kafka.publish)
    async with running(leader):
        for number in range(3):
            await put(store, a_row(str(number)))
            await until(lambda: leader.published == number + 1)  # noqa: B023 - awaited before the loop goes on
            assert await end_backends(database, LISTENING) >= 1
    assert kafka.values == [b"0", b"1", b"2"]


async def test_rows_acknowledged_but_not_deleted_are_published_again(store: Database, database: OwnDatabase) -> None:
    kafka = Kafka()
    kafka.slow_seconds = 0.5
    leader = Relay(store, kafka.publish)
    async with running(leader):
        await put(store, a_row("twice"))
        await asyncio.sleep(0.25)
        await end_backends(database, LISTENING)
        await until(lambda: leader.published == 1)
    assert kafka.values == [b"twice", b"twice"]


async def test_another_copy_takes_over_when_the_leader_ends(store: Database) -> None:
    kafka = Kafka()
    first, second = Relay(store, kafka.publish), Relay(store, kafka.publish)
    async with running(second):
        await until(lambda: second.leading)
        async with running(first):
            await asyncio.sleep(0.2)
            assert not first.leading
    async with running(first):
        await put(store, a_row("after"))
        await until(lambda: first.leading and kafka.values == [b"after"])


async def test_a_copy_that_waited_leads_within_seconds_of_the_leaders_death(
    store: Database, database: OwnDatabase
) -> None:
    kafka = Kafka()
    first, second = Relay(store, kafka.publish), Relay(store, kafka.publish)
    async with running(first, second):
        await until(lambda: first.leading or second.leading)
        await end_backends(database, LISTENING)
        await put(store, a_row("after"))
        await until(lambda: kafka.values == [b"after"], seconds=5)
        assert {first.leading, second.leading} == {True, False}


async def test_stopping_finishes_the_rows_in_hand(store: Database) -> None:
    kafka = Kafka()
    kafka.slow_seconds = 0.4
    leader = Relay(store, kafka.publish)
    async with running(leader):
        await until(lambda: leader.leading)
        await put(store, a_row("held"))
        await asyncio.sleep(0.2)
    assert (kafka.values, leader.published, leader.leading) == ([b"held"], 1, False)
    assert await store.fetchval("select count(*) from outbox") == 0
