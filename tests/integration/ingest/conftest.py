"""ingest as it runs: its own process, on real Kafka and PostgreSQL, with a small province and the tests' keys."""

import asyncio
import base64
import contextlib
import json
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import asyncpg
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, TopicPartition
from cryptography.hazmat.primitives import serialization as pem
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.access import Officer, Role, TokenSigner
from shared.broker import Cluster, Outgoing, Producer, Record, ensure_topics
from shared.events import AccessState, Event, OfficerState, encode, event_id
from shared.identity import Sealer
from shared.topics import TOPICS
from tests.ingest import (
    APP,
    CALL_WORDS,
    OA_SECRET,
    PAGE,
    PAGE_NAME,
    PSEUDONYM_KEY,
    SENDER,
    SENDER_SECRET,
    body_of,
    signed_headers,
    zalo_headers,
)
from tests.servers import PROJECT, Database, Databases, admin_client, service_environment

OTHER_PAGE = "2438783545901353125"
GROUP = "48382b0bb7595e070748"
SEALING_KEY = bytes(range(32, 64))
SEALER = Sealer({"k1": SEALING_KEY}, current="k1")
READY_SECONDS = 80


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


def write_secrets(folder: Path) -> Ed25519PrivateKey:
    """The files ingest needs; returns the key that signs officers' tokens."""
    folder.mkdir(mode=0o700)
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes(pem.Encoding.PEM, pem.PublicFormat.SubjectPublicKeyInfo)
    ring = {"current": "k1", "keys": {"k1": base64.b64encode(SEALING_KEY).decode()}}
    files = {
        "pseudonym.key": base64.b64encode(PSEUDONYM_KEY),
        "sealing.json": json.dumps(ring).encode(),
        "access.public.pem": public,
        "zalo_apps.json": json.dumps({APP: {"oa_secret_key": OA_SECRET}}).encode(),
        "webhook_senders.json": json.dumps({SENDER: {"secrets": [SENDER_SECRET], "account": PAGE}}).encode(),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o600)
    return private


def write_province(folder: Path) -> None:
    """Two pages, three villages."""
    folder.mkdir()
    words = json.dumps(list(CALL_WORDS), ensure_ascii=False)
    (folder / "province.toml").write_text(
        f'code = "66"\n[groups]\ncall_words = {words}\nemergency_words = []\n', "utf-8"
    )
    (folder / "pages.csv").write_text(
        "page,app_id,unit,name,commune_2020,commune_2025,district,valid_from\n"
        f"{PAGE},{APP},commune-2020-24133,{PAGE_NAME},24133,24163,643,2020-03-01\n"
        f"{OTHER_PAGE},{APP},duty-desk,Công an tỉnh,,,,2020-03-01\n",
        "utf-8",
    )
    (folder / "villages.csv").write_text(
        "village,kind,name,commune_2020,commune_2025,page,group\n"
        f"24133-01,buon,Buôn Jù,24133,24163,{PAGE},{GROUP}\n"
        f"24133-02,thon,Thôn 1,24133,24163,{PAGE},\n"
        f"24133-03,thon,Thôn 12,24133,24166,{PAGE},\n",
        "utf-8",
    )


@dataclass
class Ingest:
    """One running ingest and what a test may look at of it."""

    environment: dict[str, str]
    folder: Path
    cluster: Cluster
    database: Database
    signer: TokenSigner
    producer: Producer
    log: Path
    http: aiohttp.ClientSession
    process: "asyncio.subprocess.Process | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.environment['BINHYEN_PORT']}"

    async def run(self, *command: str) -> str:
        """One of the service's commands, to its end; what it printed."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services.ingest", *command),
            env=self.environment,
            cwd=PROJECT,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        assert process.returncode == 0, output.decode()
        return output.decode()

    async def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "services.ingest"), env=self.environment, cwd=PROJECT, stdout=log, stderr=log
            )

    async def stop(self) -> int:
        """SIGTERM; the exit code."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(30):
            return await self.process.wait()

    async def ready(self) -> dict[str, Any]:
        """The body of /health/ready once it is 200."""
        said: Any = None
        for _ in range(READY_SECONDS * 10):
            assert self.process is not None
            assert self.process.returncode is None, self.log.read_text()[-3000:]
            with contextlib.suppress(aiohttp.ClientError):
                async with self.http.get(f"{self.url}/health/ready") as response:
                    said = await response.json()
                    if response.status == 200:
                        return dict(said)
            await asyncio.sleep(0.1)
        raise AssertionError(f"not ready: {said}")

    async def post(
        self, path: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, Any], Mapping[str, str]]:
        async with self.http.post(self.url + path, data=body, headers=headers or {}) as response:
            said = await response.read()
            return response.status, json.loads(said) if said else {}, response.headers

    async def zalo(self, said: Mapping[str, Any], **headers: str) -> int:
        """Push as Zalo does; the status."""
        body = body_of(said)
        return (await self.post("/webhooks/zalo", body, zalo_headers(body) | headers))[0]

    async def signed(self, said: Mapping[str, Any]) -> int:
        body = body_of(said)
        headers = signed_headers(body, at=datetime.now(UTC))
        return (await self.post(f"/webhooks/signed/{SENDER}", body, headers))[0]

    async def publish(self, topic: str, event: Event) -> None:
        """As another service would."""
        record = encode(event, source="test")
        await self.producer.send([Outgoing(topic, record.key, record.headers, record.value)], timeout=10)

    async def grant(self, page: str = PAGE, *, token: str, epoch: int = 1) -> None:
        """The page's token, as notify publishes it."""
        now = datetime.now(UTC)
        state = AccessState(
            id=event_id("zalo", page, "access", str(epoch)),
            province="66",
            occurred_at=now,
            channel="zalo",
            account=page,
            sealed_token=SEALER.seal("access", page, token.encode()),
            expires_at=now + timedelta(hours=25),
            epoch=epoch,
        )
        await self.publish("channels.access.v1", state)

    async def sign_in(self, *roles: Role) -> dict[str, str]:
        """The Authorization header of an officer with these roles, known to this ingest."""
        now = datetime.now(UTC)
        name = f"officer-{uuid4().hex[:6]}"
        state = OfficerState(
            id=uuid4(),
            province="66",
            occurred_at=now,
            officer=name,
            name="Nguyễn Thị Hạnh",
            roles=tuple(roles),
            units=(),
            active=True,
            tokens_valid_after=now - timedelta(days=1),
        )
        await self.publish("access.officers.v1", state)
        await self.until("select count(*) from officers where officer = $1", 1, name)
        token = self.signer.sign(Officer(name, "Nguyễn Thị Hạnh", frozenset(roles), frozenset(), "66"), now=now)
        return {"Authorization": f"Bearer {token}"}

    async def fetch(self, sql: str, *args: object) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.database.run_url("ingest"), server_settings={"search_path": "ingest"})
        try:
            return await connection.fetch(sql, *args)
        finally:
            await connection.close()

    async def until(self, sql: str, expected: object, *args: object, seconds: float = 20) -> None:
        """Waits until the first column of the first row is as expected."""
        found: object = None
        for _ in range(int(seconds * 10)):
            rows = await self.fetch(sql, *args)
            found = rows[0][0] if rows else None
            if found == expected:
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"{sql}: {found!r}, not {expected!r}")

    async def records(self, *topics: str) -> list[Record]:
        """Everything on these topics (none named: on all of them), in order within a partition."""
        names = topics or tuple(topic.name for topic in TOPICS)
        consumer = AIOKafkaConsumer(bootstrap_servers=self.database.pair.kafka, enable_auto_commit=False)
        await consumer.start()
        try:
            parts = [TopicPartition(self.cluster.named(name), p) for name in names for p in range(12)]
            consumer.assign(parts)
            await consumer.seek_to_beginning(*parts)
            ends = await consumer.end_offsets(parts)
            found: list[Record] = []
            while any([await consumer.position(p) < ends[p] for p in parts]):
                for rows in (await consumer.getmany(timeout_ms=300)).values():
                    found += [
                        Record(
                            self.cluster.known_as(r.topic),
                            r.partition,
                            r.offset,
                            (r.key or b"").decode(),
                            tuple(r.headers),
                            r.value,
                            r.timestamp,
                        )
                        for r in rows
                    ]
            return found
        finally:
            await consumer.stop()

    def logged(self) -> str:
        return self.log.read_text("utf-8")


@contextlib.asynccontextmanager
async def an_ingest(
    postgres: Databases, folder: Path, *, kafka: str | None = None, **settings: str
) -> AsyncIterator[Ingest]:
    """Migrated, provisioned, not started. Database and topics are its own and gone at the end."""
    database = postgres.create("ingest")
    cluster = Cluster(database.pair.kafka, f"t{uuid4().hex[:8]}.")
    await ensure_topics(cluster)
    private = write_secrets(folder / "secrets")
    write_province(folder / "province")
    environment = service_environment(
        "ingest",
        database,
        port=str(free_port()),
        secrets_dir=str(folder / "secrets"),
        topic_prefix=cluster.prefix,
        zalo_api_url="http://127.0.0.1:9",
        register_refresh_seconds="0.3",
        **({"kafka": kafka} if kafka else {}),
        **settings,
    )
    producer = Producer(cluster, client_id="test")
    await producer.start()
    key = private.private_bytes(pem.Encoding.PEM, pem.PrivateFormat.PKCS8, pem.NoEncryption())
    async with aiohttp.ClientSession() as http:
        made = Ingest(
            environment, folder, cluster, database, TokenSigner(key, province="66"), producer, folder / "log", http
        )
        made.log.touch()
        try:
            await made.run("provision", str(folder / "province"))
            yield made
        finally:
            if made.process is not None and made.process.returncode is None:
                await made.stop()
            await producer.stop()
            postgres.drop(database)
            async with admin_client(database.pair.kafka) as admin:
                await admin.delete_topics([cluster.named(name) for t in TOPICS for name in (t.name, t.dead)])


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ingest(postgres: Databases, tmp_path_factory: Any) -> AsyncIterator[Ingest]:
    """One ready ingest for the tests of a module."""
    folder = tmp_path_factory.mktemp("ingest")
    async with an_ingest(
        postgres, folder, trace_ratio="1", trace_file=str(folder / "traces.jsonl"), log_level="DEBUG"
    ) as made:
        await made.start()
        await made.ready()
        yield made
