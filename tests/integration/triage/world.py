"""A real triage process on real Kafka and PostgreSQL, and the hands to put in events and look at what comes out."""

import asyncio
import contextlib
import json
import socket
import subprocess
import sys
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
from aiokafka import AIOKafkaConsumer, TopicPartition
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from services.triage.store import Store
from services.triage.understanding_data import MODEL
from shared.broker import Cluster, Outgoing, Producer, ensure_topics
from shared.database import Database as Pool
from shared.events import EVENTS, AccountState, Event, decode, encode, event_id
from shared.topics import CASES_EVENTS, CHANNELS_ACCOUNTS, INBOUND_MESSAGES, Topic
from tests.make import NOON, PAGE, PROVINCE
from tests.servers import PROJECT, Database, Topics, service_environment

PROVINCE_FOLDER = PROJECT / "deploy" / "provinces" / "66-dak-lak"
UNIT = "commune-2020-24127"
UNIT_OF_TODAY = "commune-2025-24133"
COMMUNE = "24127"
READY_SECONDS = 75.0


def write_secrets(folder: Path) -> Path:
    """What triage finds in BINHYEN_SECRETS_DIR."""
    folder.mkdir(parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / "access.private.pem").write_bytes(private)
    (folder / "access.public.pem").write_bytes(public)
    ring = {"current": "k1", "keys": {"k1": b64encode(bytes(range(32))).decode()}}
    (folder / "sealing.json").write_text(json.dumps(ring))
    return folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def a_page(account: str = PAGE, **fields: Any) -> AccountState:
    """The register's entry of a commune's page."""
    plain: dict[str, Any] = {
        "id": event_id("zalo", account, "account", "1"),
        "province": PROVINCE,
        "occurred_at": NOON,
        "channel": "zalo",
        "account": account,
        "kind": "page",
        "page": account,
        "app": "1",
        "name": "Công an phường Thống Nhất",
        "unit": UNIT,
        "commune_2020": COMMUNE,
        "commune_2025": "24133",
    }
    return AccountState(**plain | fields)


@dataclass
class World:
    """One installation: its topics, its database, its service, its officers."""

    cluster: Cluster
    database: Database
    folder: Path
    producer: Producer
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    tokens: dict[str, str] = field(default_factory=dict)
    client: httpx.AsyncClient = field(default_factory=lambda: httpx.AsyncClient(timeout=60))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder / "triage.log"

    @property
    def environment(self) -> dict[str, str]:
        return service_environment(
            "triage",
            self.database,
            port=str(self.port),
            topic_prefix=self.cluster.prefix,
            secrets_dir=str(self.folder / "secrets"),
            trace_file=str(self.folder / "traces.jsonl"),
            trace_ratio="1",
            shadow_model_file=str(MODEL),
            **self.settings,
        )

    def command(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """`python -m services.triage …` to its end."""
        return subprocess.run(  # noqa: S603 - our own module
            (sys.executable, "-m", "services.triage", *words),
            env=self.environment,
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
        )

    def provision(self, folder: Path = PROVINCE_FOLDER) -> "subprocess.CompletedProcess[str]":
        return self.command("provision", str(folder), "--accounts-file", str(self.folder / "accounts.json"))

    @property
    def accounts(self) -> dict[str, dict[str, Any]]:
        return {one["account"]: one for one in json.loads((self.folder / "accounts.json").read_text())["accounts"]}

    def launch(self) -> None:
        """Start the service and do not wait."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                (sys.executable, "-m", "services.triage"),
                env=self.environment,
                cwd=PROJECT,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    async def start(self) -> None:
        """Start the service and wait until it is ready."""
        self.launch()
        try:
            await self.until(self.ready, seconds=READY_SECONDS)
        except TimeoutError:
            raise TimeoutError(f"not ready: {await self.why_not()}") from None

    async def why_not(self) -> str:
        try:
            return (await self.get("/health/ready")).text
        except httpx.HTTPError as error:
            return type(error).__name__

    async def ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()[-3000:]
        try:
            return (await self.get("/health/ready")).status_code == 200
        except httpx.HTTPError:
            return False

    def kill(self) -> None:
        """Kill -9."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        if self.process is None or self.process.poll() is not None:
            return 0
        self.process.terminate()
        return self.process.wait(25)

    @staticmethod
    async def until(holds: Callable[[], Any], *, seconds: float = 45.0) -> None:
        """Waits for an awaitable condition. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not await holds():
                await asyncio.sleep(0.1)

    # ── Kafka ────────────────────────────────────────────────────────────────────────────────────────────────

    async def put(self, topic: Topic, *events: Event, traceparent: str | None = None) -> None:
        encoded = [encode(event, source="test", traceparent=traceparent) for event in events]
        await self.producer.send([Outgoing(topic.name, *one) for one in encoded], timeout=10)

    async def say(self, *events: Event, traceparent: str | None = None) -> None:
        """Messages and echoes in."""
        await self.put(INBOUND_MESSAGES, *events, traceparent=traceparent)

    async def put_raw(self, topic: Topic, key: str, headers: list[tuple[str, bytes]], value: bytes) -> None:
        await self.producer.send([Outgoing(topic.name, key.encode(), headers, value)], timeout=10)

    async def records(self, name: str) -> list[Any]:
        """All records of a topic, its dead topic included if named."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.cluster.bootstrap, auto_offset_reset="earliest")
        await consumer.start()
        try:
            full = self.cluster.named(name)
            partitions = [TopicPartition(full, p) for p in await consumer._client._wait_on_metadata(full) or ()]
            consumer.assign(partitions)
            ends = await consumer.end_offsets(partitions)
            found: list[Any] = []
            while any([await consumer.position(p) < ends[p] for p in partitions]):
                batch = await consumer.getmany(*partitions, timeout_ms=100)
                found += [record for rows in batch.values() for record in rows]
            return found
        finally:
            await consumer.stop()

    async def events(self, topic: Topic = CASES_EVENTS) -> list[Any]:
        """All events of a topic."""
        types = {model.type: model for model in EVENTS[topic.name]}
        return [decode(r.headers, r.value, types) for r in await self.records(topic.name)]

    # ── PostgreSQL ───────────────────────────────────────────────────────────────────────────────────────────

    async def rows(self, sql: str, *args: object) -> list[asyncpg.Record]:
        """Looks from outside, as no service can."""
        connection = await asyncpg.connect(self.database.admin_url, server_settings={"search_path": "triage"})
        try:
            return await connection.fetch(sql, *args)
        finally:
            await connection.close()

    async def case_of(self, person: str, *, seconds: float = 45.0) -> asyncpg.Record:
        """The person's case, once there is one."""
        found: list[asyncpg.Record] = []

        async def there() -> bool:
            found[:] = await self.rows("select * from cases where person = $1 order by opened_at", person)
            return bool(found)

        await self.until(there, seconds=seconds)
        return found[-1]

    async def caught_up(self, turns: int) -> None:
        """Until so many turns are kept."""

        async def kept() -> bool:
            return bool((await self.rows("select count(*) from turns"))[0][0] >= turns)

        await self.until(kept, seconds=60)

    # ── HTTP ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def sign_in(self, account: str) -> str:
        if account not in self.tokens:
            answer = await self.post("/api/v1/sign-in", account=account, password=self.accounts[account]["password"])
            assert answer.status_code == 200, answer.text
            self.tokens[account] = answer.json()["token"]
        return self.tokens[account]

    async def get(self, path: str, *, by: str | None = None, **query: Any) -> httpx.Response:
        return await self.client.get(f"{self.url}{path}", params=query, headers=await self._bearer(by))

    async def post(self, path: str, *, by: str | None = None, **body: Any) -> httpx.Response:
        return await self.client.post(f"{self.url}{path}", json=body, headers=await self._bearer(by))

    async def post_csv(self, path: str, text: str, *, by: str) -> httpx.Response:
        headers = await self._bearer(by) | {"content-type": "text/csv"}
        return await self.client.post(f"{self.url}{path}", content=text.encode(), headers=headers)

    async def _bearer(self, account: str | None) -> dict[str, str]:
        return {"Authorization": f"Bearer {await self.sign_in(account)}"} if account else {}


def a_few(accounts: Sequence[str]) -> str:
    """A small officers.csv: hashing 118 passwords takes seconds that most tests need not spend."""
    lines = (PROVINCE_FOLDER / "officers.csv").read_text(encoding="utf-8").splitlines()
    return "\n".join([lines[0], *(line for line in lines[1:] if line.split(",")[0] in accounts)]) + "\n"


OFFICERS = ("lanh-dao.1", "truc-ban.1", "quan-tri.1", "thanh-tra.1", "ca.pong-drang")


def small_province(folder: Path) -> Path:
    """All units, a few officers, and one who works at the communes, old and new, of the tests' page."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "units.csv").write_bytes((PROVINCE_FOLDER / "units.csv").read_bytes())
    own = "".join(f"ca.thong-nhat,H'Lan Niê,commune_officer,unit,{unit}\n" for unit in (UNIT, UNIT_OF_TODAY))
    (folder / "officers.csv").write_text(a_few(OFFICERS) + own, encoding="utf-8")
    return folder


@contextlib.asynccontextmanager
async def a_world(database: Database, kafka: str, folder: Path, **settings: str) -> AsyncIterator[World]:
    """An installation with its topics, provisioned, its page known; the service is started by who wants it."""
    cluster = Cluster(kafka, f"t{uuid4().hex[:8]}.")
    await ensure_topics(cluster)
    producer = Producer(cluster, client_id="test")
    await producer.start()
    write_secrets(folder / "secrets")
    world = World(cluster, database, folder, producer, settings)
    try:
        await world.put(CHANNELS_ACCOUNTS, a_page())
        done = await asyncio.to_thread(world.provision, small_province(folder / "province"))
        assert done.returncode == 0, done.stderr
        yield world
    finally:
        await asyncio.to_thread(world.stop)
        await world.client.aclose()
        await producer.stop()
        topics = Topics(kafka, prefix=cluster.prefix)
        topics.made = [cluster.named(name) for t in EVENTS for name in (t, f"{t}.dead")]
        await topics.delete()


def searched(folder: Path, phrase: str) -> list[str]:
    """The files of a folder that hold a phrase."""
    return [str(f) for f in folder.rglob("*") if f.is_file() and phrase.encode() in f.read_bytes()]


def owner_only(file: Path) -> bool:
    return file.stat().st_mode & 0o777 == 0o600


async def opened(world: World) -> Store:
    """Its store, for what no door leads to; whoever opens it closes its database."""
    url = world.database.run_url("triage")
    return Store(await Pool.open(url, schema="triage", application_name="test"), PROVINCE)
