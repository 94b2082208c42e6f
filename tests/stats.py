"""What tests of stats need: its process on real servers, events into Kafka, its numbers by API and by SQL."""

import asyncio
import contextlib
import json
import random
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from cryptography.hazmat.primitives import serialization as pem
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.local.ports import FIRST, LAST, first_free
from services.stats.domain.period import Period
from services.stats.store import recount
from shared.access.officers import Officer, Role
from shared.access.tokens import TokenSigner
from shared.broker import Cluster, Outgoing, Producer, Record, ensure_topics
from shared.broker.record import from_kafka
from shared.events import EVENTS, AccountState, Event, OfficerState, PageFollowed, encode, event_id
from shared.topics import TOPICS
from tests.make import inbound
from tests.servers import PROJECT, Database, admin_client, service_environment

TOPIC_OF = {model: topic for topic, models in EVENTS.items() for model in models}
MINE = [topic for topic in TOPICS if "stats" in topic.readers]
PERIOD = Period(datetime(2020, 3, 1, tzinfo=UTC).date(), datetime(2020, 10, 19, tzinfo=UTC).date())
MORNING = datetime(2020, 6, 15, 1, 0, tzinfo=UTC)
ADMINISTRATOR = "quan-tri.1"


def on(kind: str, key: str, account: str = "p1", at: datetime = MORNING, **fields: Any) -> dict[str, Any]:
    """An inbound event's fields, by what a test is about."""
    return inbound(kind, key, account=account, occurred_at=at, **fields)


def follows(count: int, start: int = 0) -> list[Event]:
    """People who began to follow page p1, one event each."""
    return [PageFollowed(**on("follow", f"{i}"), person=f"p{i}") for i in range(start, start + count)]


def a_page(account: str, commune: str | None = None, **changes: Any) -> AccountState:
    facts: dict[str, Any] = {
        "id": event_id("zalo", account, "account", "1"),
        "province": "66",
        "occurred_at": MORNING,
        "channel": "zalo",
        "account": account,
        "kind": "page",
        "page": account,
        "app": "a1",
        "name": f"Công an {account}",
        "commune_2020": commune,
        "commune_2025": commune,
    }
    return AccountState(**(facts | changes))


@dataclass
class Process:
    """One running stats."""

    address: str
    process: asyncio.subprocess.Process
    log: Path

    async def get(self, path: str, **headers: str) -> tuple[int, Any]:
        """Status and body, JSON where it is."""
        async with (
            aiohttp.ClientSession() as session,
            session.get(self.address + path, headers=headers) as answer,
        ):
            text = await answer.text()
            is_json = "json" in answer.headers.get("content-type", "")
            return answer.status, json.loads(text) if is_json else text

    async def post(self, path: str, body: bytes, **headers: str) -> tuple[int, Any]:
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.address + path, data=body, headers=headers) as answer,
        ):
            return answer.status, await answer.json(content_type=None)

    async def ready(self) -> bool:
        with contextlib.suppress(aiohttp.ClientError, OSError):
            return (await self.get("/health/ready"))[0] == 200
        return False

    async def lag(self, topic: str) -> int | None:
        """Records of a topic not yet counted in the partitions held here; None before that is known."""
        with contextlib.suppress(aiohttp.ClientError, OSError):
            _, body = await self.get("/health/ready")
            return next((n for name, n in body.get("lag", {}).items() if name.endswith(f":{topic}")), None)
        return None

    async def headline(self, query: str = "from=2020-03-01&to=2020-10-19") -> dict[str, Any]:
        status, body = await self.get(f"/api/v1/headline?{query}")
        assert status == 200, body
        return dict(body)

    async def kill(self) -> None:
        self.process.kill()
        await self.process.wait()

    async def stop(self) -> None:
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(self.process.wait(), 30)


@dataclass
class World:
    """An installation of stats alone: own topics, own database, own keys."""

    cluster: Cluster
    database: Database
    folder: Path
    producer: Producer
    signer: TokenSigner
    settings: dict[str, str] = field(default_factory=dict)
    running: list[Process] = field(default_factory=list)

    @classmethod
    @asynccontextmanager
    async def open(cls, database: Database, folder: Path, **settings: str) -> AsyncIterator["World"]:
        cluster = Cluster(database.pair.kafka, f"t{uuid4().hex[:8]}.")
        await ensure_topics(cluster, MINE)
        producer = Producer(cluster, client_id="test")
        await producer.start()
        world = cls(cluster, database, folder, producer, _keys(folder), settings)
        try:
            yield world
        finally:
            for process in world.running:
                await process.stop()
            await producer.stop()
            async with admin_client(cluster.bootstrap) as admin:
                await admin.delete_topics([cluster.named(name) for topic in MINE for name in (topic.name, topic.dead)])

    async def start(self, *, wait: bool = True, port: int | None = None, **settings: str) -> Process:
        """A copy of stats; `wait`: until it is ready."""
        port = port or a_port()
        log = self.folder / f"stats-{port}.log"
        environment = self._environment(port, **settings)
        with log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "services.stats"), env=environment, cwd=PROJECT, stdout=output, stderr=output
            )
        made = Process(f"http://127.0.0.1:{port}", process, log)
        self.running.append(made)
        if wait:
            await until(made.ready, log=log)
        return made

    def _environment(self, port: int, **settings: str) -> dict[str, str]:
        return service_environment(
            "stats",
            self.database,
            **{
                "port": str(port),
                "secrets_dir": str(self.folder),
                "topic_prefix": self.cluster.prefix,
                "headline_from": "2020-03-01",
                "headline_to": "2020-10-19",
                **self.settings,
                **settings,
            },
        )

    async def say(self, *events: Event) -> None:
        """Into Kafka, as the service that writes the topic says it."""
        outgoing = []
        for event in events:
            encoded = encode(event, source="test")
            outgoing.append(Outgoing(TOPIC_OF[type(event)], encoded.key, list(encoded.headers), encoded.value))
        for start in range(0, len(outgoing), 2_000):
            await self.producer.send(outgoing[start : start + 2_000], timeout=30)

    async def say_raw(self, topic: str, key: str, value: bytes, **headers: str) -> None:
        await self.producer.send(
            [Outgoing(topic, key.encode(), [(k, v.encode()) for k, v in headers.items()], value)], timeout=10
        )

    async def register(self, *pages: AccountState) -> None:
        await self.say(*pages)

    async def counted(self, *topics: str, processes: Sequence[Process] | None = None) -> None:
        """Until every copy that runs has counted what is there."""
        copies = processes or [p for p in self.running if p.process.returncode is None]

        async def done() -> bool:
            return all([await copy.lag(topic) == 0 for copy in copies for topic in topics])

        await until(done, log=copies[0].log)
        await asyncio.sleep(0.3)
        await until(done, log=copies[0].log)

    async def sql(self, text: str, *args: object) -> Any:
        """The first value of a query by stats' own runtime role."""
        connection = await asyncpg.connect(self.database.run_url("stats"))
        try:
            return await connection.fetchval(text, *args)
        finally:
            await connection.close()

    async def owner_sql(self, text: str) -> None:
        connection = await asyncpg.connect(self.database.owner_url("stats"))
        try:
            await connection.execute(text)
        finally:
            await connection.close()

    async def dead(self, topic: str) -> list[Record]:
        """The records of a dead topic."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.cluster.bootstrap, auto_offset_reset="earliest")
        await consumer.start()
        try:
            partition = TopicPartition(self.cluster.named(f"{topic}.dead"), 0)
            consumer.assign([partition])
            end = (await consumer.end_offsets([partition]))[partition]
            found: list[Record] = []
            while len(found) < end:
                batch = await consumer.getmany(partition, timeout_ms=500)
                found += from_kafka([r for rows in batch.values() for r in rows], self.cluster)
            return found
        finally:
            await consumer.stop()

    async def replay(self, topic: str) -> str:
        """`python -m services.stats replay TOPIC`: what it says it did."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services.stats", "replay", topic),
            env=self._environment(a_port()),
            cwd=PROJECT,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        assert process.returncode == 0, said.decode()
        return said.decode().splitlines()[-1]

    async def recounted(self, period: Period = PERIOD) -> dict[str, Any]:
        """The headline from the rows it is made of, by the SQL that is published."""
        return {key: await self.sql(recount.runnable(text, "66", period)) for key, text in recount.load().items()}

    async def sign_in(self, *roles: Role, officer: str = ADMINISTRATOR) -> str:
        """A token of an officer that stats knows."""
        now = datetime.now(UTC)
        state = OfficerState(
            id=event_id("zalo", officer, "officer", str(roles)),
            province="66",
            occurred_at=now,
            officer=officer,
            name="Quản trị",
            roles=tuple(roles),
            units=(),
            active=True,
            tokens_valid_after=now - timedelta(minutes=1),
        )
        await self.say(state)

        async def known() -> bool:
            return bool(await self.sql("select count(*) from officers where officer = $1", officer))

        await until(known)
        who = Officer(officer, "Quản trị", frozenset(roles), frozenset(), "66")
        return self.signer.sign(who, now=datetime.now(UTC))


def a_port() -> int:
    """A free port, begun at a random one: several test runs share the machine."""
    return first_free(random.randrange(FIRST, LAST))  # noqa: S311 - no secret


async def until(done: Callable[[], Awaitable[bool]], *, seconds: float = 40, log: Path | None = None) -> None:
    """Waits for the outside to be so. Raises AssertionError with the end of the log."""
    give_up_at = asyncio.get_running_loop().time() + seconds
    while not await done():
        if asyncio.get_running_loop().time() > give_up_at:
            raise AssertionError("it did not come to be:\n" + (tail(log) if log else ""))
        await asyncio.sleep(0.1)


def tail(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-3_000:]


def agree(headline: dict[str, Any], recounted: dict[str, Any]) -> None:
    """The API's numbers are those of the published SQL."""
    for key, value in recounted.items():
        said = headline[key]
        assert said == (float(value) if isinstance(said, float) else value), key


def shuffled(events: Iterable[Event], seed: int) -> list[Event]:
    """Out of order, with one in ten twice."""
    chance = random.Random(seed)  # noqa: S311 - a test's order, repeatable
    found = list(events)
    found += chance.sample(found, len(found) // 10)
    chance.shuffle(found)
    return found


def _keys(folder: Path) -> TokenSigner:
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes(pem.Encoding.PEM, pem.PublicFormat.SubjectPublicKeyInfo)
    (folder / "access.public.pem").write_bytes(public)
    secret = private.private_bytes(pem.Encoding.PEM, pem.PrivateFormat.PKCS8, pem.NoEncryption())
    return TokenSigner(secret, province="66")
