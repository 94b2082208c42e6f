"""A copy of a compacted topic: the last record of a key stands, a tombstone erases, ready means caught up."""

import asyncio
from collections.abc import Sequence

import pytest

from shared.broker import Cluster, Consumers, Outgoing, Producer, Row, ensure_topics, replicate
from shared.events import AccountState, encode
from shared.telemetry.metrics import Metrics
from shared.telemetry.tracing import Tracing
from shared.topics import CHANNELS_ACCOUNTS
from tests.make import examples
from tests.servers import Topics

pytestmark = pytest.mark.asyncio(loop_scope="session")


def page(name: str, key: str) -> Outgoing:
    state = next(e for _, e in examples() if isinstance(e, AccountState))
    encoded = encode(state.model_copy(update={"account": key, "name": name}), source="ingest")
    return Outgoing(CHANNELS_ACCOUNTS.name, encoded.key, encoded.headers, encoded.value)


async def test_a_copy_holds_the_last_state_of_each_key_and_knows_when_it_has_caught_up(topics: Topics) -> None:
    cluster = Cluster(topics.bootstrap, topics.prefix)
    topics.made += [cluster.named(CHANNELS_ACCOUNTS.name), cluster.named(CHANNELS_ACCOUNTS.dead)]
    await ensure_topics(cluster, [CHANNELS_ACCOUNTS])
    producer = Producer(cluster, client_id="test")
    await producer.send([page("old", "1"), page("gone", "2"), page("new", "1")], timeout=10)
    await producer.send([Outgoing(CHANNELS_ACCOUNTS.name, b"2", [], None)], timeout=10)

    table: dict[str, tuple[str, int, int]] = {}

    async def apply(rows: Sequence[Row]) -> None:
        for row in rows:
            if isinstance(row.event, AccountState):
                table[row.key] = (row.event.name, row.partition, row.offset)
            else:
                table.pop(row.key, None)

    consumers = Consumers(
        cluster, service="stats", producer=producer, metrics=Metrics("stats"), tracing=Tracing("stats")
    )
    copy = replicate(consumers, CHANNELS_ACCOUNTS, group="stats.accounts", apply=apply)
    assert not copy.caught_up, "nothing is known before the group is joined"
    await consumers.start()
    async with asyncio.timeout(20):
        while not copy.caught_up:
            await asyncio.sleep(0.05)
    await consumers.stop()
    await producer.stop()
    assert {key: name for key, (name, *_) in table.items()} == {"1": "new"}
