"""The snippets that read topics, on the real broker."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio

from docs.snippets.dead import dead
from docs.snippets.read_topic import events
from shared.broker import Cluster, Dead, Outgoing, Producer, Record, ensure_topics
from shared.broker.dead import bury
from shared.events import CaseChanged, encode
from shared.topics import CASES_EVENTS

pytestmark = pytest.mark.asyncio(loop_scope="session")

EXAMPLE = Path(__file__).parents[3] / "shared/events/examples" / CaseChanged.type / "opened.json"


@pytest_asyncio.fixture(loop_scope="session")
async def cluster(kafka_bootstrap: str) -> Cluster:
    own = Cluster(kafka_bootstrap, f"t{uuid4().hex[:8]}.")
    await ensure_topics(own, [CASES_EVENTS])
    return own


@pytest_asyncio.fixture(loop_scope="session")
async def producer(cluster: Cluster) -> AsyncIterator[Producer]:
    made = Producer(cluster, client_id="test")
    await made.start()
    yield made
    await made.stop()


def an_event() -> Outgoing:
    encoded = encode(CaseChanged.model_validate_json(EXAMPLE.read_bytes()), source="triage")
    return Outgoing(CASES_EVENTS.name, encoded.key, encoded.headers, encoded.value)


async def test_a_reader_of_ones_own_gets_the_events_as_they_were_written(cluster: Cluster, producer: Producer) -> None:
    sent = CaseChanged.model_validate_json(EXAMPLE.read_bytes())
    await producer.send([an_event()], timeout=10)
    async with asyncio.timeout(30):
        got = await anext(events(cluster.bootstrap, cluster.named(CASES_EVENTS.name), group=cluster.named("snippet")))
    assert (got["type"], got["id"], got["key"]) == (CaseChanged.type, str(sent.id), sent.subject)
    assert CaseChanged.model_validate(got["data"]) == sent


async def test_dead_records_are_told_by_reason_and_origin(cluster: Cluster, producer: Producer) -> None:
    event = an_event()
    record = Record(event.topic, 3, 41, event.key.decode(), tuple(event.headers), event.value, 0)
    await bury(producer, CASES_EVENTS, "stats.cases", [Dead(record, "KeyError")])
    (found,) = await dead(cluster.bootstrap, cluster.named(CASES_EVENTS.name))
    assert found["dead_group"] == "stats.cases"
    assert found["dead_reason"] == "KeyError"
    assert found["dead_origin"] == f"{CASES_EVENTS.name}/3/41"
