"""One backlog, drained: N messages lie in Kafka, a process starts, and all of them become cases with their events."""

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from uuid import uuid4

import asyncpg
import psutil

from bench.stage import PROVINCE, Process, process
from bench.triage.texts import backlog, pages
from deploy.local.pair import Pair, random_ports
from services.triage.domain.understanding import Message
from services.triage.provision import read_units
from services.triage.store import Store, registers
from shared.broker import Cluster, Outgoing, Producer, ensure_topics
from shared.database import Database as Pool
from shared.events import AccountState, MessageReceived, encode, event_id
from shared.gazetteer import VIETNAM
from shared.topics import (
    ACCESS_OFFICERS,
    CASES_EVENTS,
    CHANNELS_ACCOUNTS,
    DELIVERY_RECEIPTS,
    IDENTITIES,
    INBOUND_AUDIENCE,
    INBOUND_MESSAGES,
    REPLIES_REQUESTED,
)
from tests.servers import Database, Databases, Topics, service_environment

TODAY = 2025
"""Messages of this year on are as if written just now: they may be answered. The past is not."""

READS_AND_WRITES = (
    *(INBOUND_MESSAGES, INBOUND_AUDIENCE, DELIVERY_RECEIPTS, CHANNELS_ACCOUNTS, IDENTITIES),
    *(CASES_EVENTS, REPLIES_REQUESTED, ACCESS_OFFICERS),
)
AT_ONCE = 2_000
WARM = 2_000
"""Messages kept before the clock runs: by then connections are open and both are in step."""
LOOK_SECONDS = 0.03
LONGEST_SECONDS = 180

KEPT = "select (select count(*) from triage.inbox), (select count(*) from triage.outbox)"
WRITTEN = """
select (select count(*) from triage.cases), (select sum(version)::bigint from triage.cases),
    (select count(*) from triage.replies), (select count(*) from triage.turns where speaker = 'page')
"""

Told = Callable[[int], None]
"""Told how many messages are kept so far."""


@dataclass(frozen=True)
class Drained:
    """One run. `rate`: messages a second, from WARM to the last event published. `cpu`: µs a message.

    `started`: seconds to the first commit. `events`: of cases, a message. `replied`, `own_turns`: shares of messages
    for which something was said.
    """

    rate: float
    started: float
    cpu: Mapping[str, float]
    events: float
    replied: float
    own_turns: float


@dataclass(frozen=True)
class Ground:
    """Where one run happens: its own database, topics and groups, with the backlog in them."""

    pair: Pair
    cluster: Cluster
    database: Database
    folder: Path
    messages: int

    def command(self, module: str, **more: str) -> contextlib.AbstractContextManager[Process]:
        """`python -m module` as triage, from its first breath."""
        (port,) = random_ports(1)
        env = service_environment(
            "triage",
            self.database,
            port=str(port),
            topic_prefix=self.cluster.prefix,
            secrets_dir=str(self.folder / "secrets"),
            log_level="WARNING",
        )
        live = f"http://127.0.0.1:{port}/health/live"
        name = module.rpartition(".")[2]
        return process(name, (sys.executable, "-m", module), env | more, live, self.folder / f"{name}.log")


@contextlib.asynccontextmanager
async def ground(pair: Pair, databases: Databases, folder: Path, messages: int) -> AsyncIterator[Ground]:
    """A fresh one; database and topics are gone afterwards."""
    cluster = Cluster(pair.kafka, f"b{uuid4().hex[:8]}.")
    await ensure_topics(cluster, READS_AND_WRITES)
    # asyncio is running: the makers of databases run aside
    database = await asyncio.to_thread(databases.create, "triage")
    await _units(database)
    await _fill(cluster, messages)
    try:
        yield Ground(pair, cluster, database, folder, messages)
    finally:
        await asyncio.to_thread(databases.drop, database)
        made = [cluster.named(name) for topic in READS_AND_WRITES for name in (topic.name, topic.dead)]
        await Topics(pair.kafka, made=made).delete()


async def drain(on: Ground, module: str, told: Told, **more: str) -> Drained:
    """Start `python -m module` and wait until its last event is in Kafka. Raises TimeoutError, RuntimeError."""
    connection = await asyncpg.connect(on.database.admin_url)
    begun = time.monotonic()
    try:
        with on.command(module, **more) as worker:
            _, started = await _kept(connection, 1, told)
            first, at = await _kept(connection, min(WARM, on.messages // 4), told)
            before = _cpu(on.pair, worker)
            _, until = await _kept(connection, on.messages, told, published=True)
            spent = {name: each - before[name] for name, each in _cpu(on.pair, worker).items()}
        ((cases, events, replies, own),) = await connection.fetch(WRITTEN)
    finally:
        await connection.close()
    if (published := await _ends(on.cluster)) != events or cases != on.messages:
        raise RuntimeError(f"{cases} cases of {on.messages} messages, {published} events in Kafka of {events}")
    counted = on.messages - first
    cpu = {name: seconds / counted * 1e6 for name, seconds in spent.items()}
    shares = (each / on.messages for each in (events, replies, own))
    return Drained(counted / (until - at), started - begun, cpu, *shares)


async def _kept(
    connection: "asyncpg.Connection[asyncpg.Record]", wanted: int, told: Told, *, published: bool = False
) -> tuple[int, float]:
    """(messages kept, when), once so many are; and with an empty outbox where they must be `published`."""
    async with asyncio.timeout(LONGEST_SECONDS):
        while True:
            ((kept, waiting),) = await connection.fetch(KEPT)
            told(kept)
            if kept >= wanted and not (published and waiting):
                return kept, time.monotonic()
            await asyncio.sleep(LOOK_SECONDS)


def _cpu(pair: Pair, worker: Process) -> dict[str, float]:
    """CPU seconds so far. PostgreSQL's: of its children too, which live as long as the connections they serve."""
    server = psutil.Process(pair.postgres_pid)
    return {
        worker.name: worker.cpu_seconds,
        "kafka": _seconds([psutil.Process(pair.kafka_pid)]),
        "postgres": _seconds([server, *server.children()]),
    }


def _seconds(processes: Iterable[psutil.Process]) -> float:
    found = 0.0
    for each in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            times = each.cpu_times()
            found += times.user + times.system
    return found


async def _ends(cluster: Cluster) -> int:
    """How many events of cases Kafka has."""
    from aiokafka import AIOKafkaConsumer, TopicPartition  # noqa: PLC0415 - once a run

    consumer = AIOKafkaConsumer(bootstrap_servers=cluster.bootstrap)
    await consumer.start()
    try:
        topic = cluster.named(CASES_EVENTS.name)
        ends = await consumer.end_offsets([TopicPartition(topic, n) for n in range(CASES_EVENTS.partitions)])
        return sum(ends.values())
    finally:
        await consumer.stop()


# ── what lies there before the clock runs ────────────────────────────────────────────────────────────────────────


async def _units(database: Database) -> None:
    """The province's units, as `provision` brings them; nobody signs in, so there are no officers."""
    pool = await Pool.open(database.run_url("triage"), schema="triage", application_name="bench")
    try:
        store = Store(pool, "66")
        async with store.transaction() as tx:
            await registers.put_units(tx, read_units(PROVINCE / "units.csv", store.province))
    finally:
        await pool.close()


async def _fill(cluster: Cluster, messages: int) -> None:
    """The register of pages, and the backlog: every message by another person, to a page of its commune."""
    now = datetime.now(UTC)
    producer = Producer(cluster, client_id="bench")
    await producer.start()
    try:
        await _put(producer, CHANNELS_ACCOUNTS.name, [_account(page) for page in pages()])
        accounts = {page["commune_2020"]: page["page"] for page in reversed(pages())}
        any_page = next(iter(accounts.values()))
        said = [
            _received(number, message, accounts.get(message.page_commune_2020 or "", any_page), now)
            for number, message in enumerate(islice(backlog(), messages))
        ]
        for start in range(0, messages, AT_ONCE):
            await _put(producer, INBOUND_MESSAGES.name, said[start : start + AT_ONCE])
    finally:
        await producer.stop()


async def _put(producer: Producer, topic: str, events: Sequence[AccountState | MessageReceived]) -> None:
    await producer.send([Outgoing(topic, *encode(event, source="ingest")) for event in events], timeout=60)


def _account(page: Mapping[str, str]) -> AccountState:
    return AccountState(
        id=event_id("zalo", page["page"], "account", "1"),
        province="66",
        occurred_at=datetime(2020, 3, 1, tzinfo=UTC),
        channel="zalo",
        account=page["page"],
        kind="page",
        page=page["page"],
        app=page["app_id"],
        name=page["name"],
        unit=page["unit"],
        commune_2020=page["commune_2020"] or None,
        commune_2025=page["commune_2025"] or None,
    )


def _received(number: int, message: Message, account: str, now: datetime) -> MessageReceived:
    day = datetime.combine(message.occurred_on, datetime.min.time(), VIETNAM) + timedelta(hours=9, seconds=number)
    at = now - timedelta(seconds=number % 600) if message.occurred_on.year >= TODAY else day
    person, key = f"{number:032x}", f"m{number}"
    return MessageReceived(
        id=event_id("zalo", account, "message", key),
        province="66",
        channel="zalo",
        account=account,
        occurred_at=at,
        received_at=now,
        conversation=person,
        person=person,
        text=message.text,
        message_key=key,
    )
