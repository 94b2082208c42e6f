"""notify as real processes on real servers, with the simulated Zalo as their counterpart over HTTP."""

import asyncio
import base64
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import asyncpg
from aiokafka import AIOKafkaConsumer
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.access import Officer, Role, TokenSigner
from shared.broker import Cluster, Outgoing, Producer
from shared.events import (
    AccountState,
    Event,
    IdentitySealed,
    MessageDelivered,
    MessageSeen,
    OfficerState,
    ReplyRequested,
    SendEchoed,
    encode,
    event_id,
)
from shared.identity import Sealer
from shared.topics import ACCESS_OFFICERS, CHANNELS_ACCOUNTS, IDENTITIES, INBOUND_RECEIPTS, REPLIES_REQUESTED, Topic
from tests.make import CASE, PROVINCE
from tests.servers import PROJECT, Database, service_environment

APP, APP_SECRET = "3570977494304483078", "app-secret"
SINCE = "2020-03-01T00:00:00+07:00"
COMMUNE, OTHER_COMMUNE = "24133", "24136"
QUICK = {
    "answer_ms": "0,1",
    "delivery_seconds": "0,0",
    "seen_seconds": "0,0",
    "hold_seconds": "30",
}
OFFICERS = {
    "writer": ("dispatcher", "approver"),
    "approver": ("approver",),
    "dispatcher": ("dispatcher",),
    "administrator": ("administrator",),
    "viewer": ("viewer",),
}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def until(
    holds: Callable[[], Awaitable[Any]], *, seconds: float = 20.0, what: str = "it", every: float = 0.05
) -> Any:
    """Ask until the answer is truthy, and return it. Raises AssertionError after `seconds`."""
    end = asyncio.get_running_loop().time() + seconds
    while True:
        found = await holds()
        if found:
            return found
        assert asyncio.get_running_loop().time() < end, f"{what} did not come in {seconds} s; last: {found!r}"
        await asyncio.sleep(every)


@asynccontextmanager
async def process(*command: str, env: dict[str, str], log: Path) -> AsyncIterator["asyncio.subprocess.Process"]:
    """A process of our own, ended by its id when the block ends."""
    with log.open("ab") as out:
        started = await asyncio.create_subprocess_exec(*command, env=env, cwd=PROJECT, stdout=out, stderr=out)
    try:
        yield started
    finally:
        if started.returncode is None:
            started.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(started.wait(), 25)
            except TimeoutError:
                started.kill()
                await started.wait()


@dataclass
class Copy:
    """One running copy of notify."""

    url: str
    process: "asyncio.subprocess.Process"

    async def kill(self) -> None:
        """Kill -9."""
        self.process.kill()
        await self.process.wait()

    async def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(self.process.wait(), 25)


@dataclass
class Stage:
    """Everything one test needs; made by `staged`."""

    folder: Path
    database: Database
    cluster: Cluster
    producer: Producer
    http: aiohttp.ClientSession
    zalo: str
    sealer: Sealer
    signer: TokenSigner
    sql: "asyncpg.Connection[asyncpg.Record]"
    copies: list[Copy] = field(default_factory=list)
    offset: int = 0

    # ── the outside world ────────────────────────────────────────────────────────────────────────────────────

    async def control(self, path: str, body: object = None) -> Any:
        method = "GET" if body is None else "POST"
        async with self.http.request(method, f"{self.zalo}/_control/{path}", json=body) as answer:
            said = await answer.json()
            assert answer.status == 200, said
            return said

    async def sent(self, **narrowed: str) -> list[dict[str, Any]]:
        """What the simulator took from us, oldest first."""
        query = "&".join(f"{name}={value}" for name, value in narrowed.items())
        found: list[dict[str, Any]] = (await self.control(f"sent?{query}"))["sent"]
        return found

    async def fault(self, kind: str, **more: object) -> Any:
        return await self.control("faults", {"kind": kind} | more)

    async def clear_faults(self) -> None:
        async with self.http.delete(f"{self.zalo}/_control/faults") as answer:
            assert answer.status == 200

    async def writes(self, page: str, person: str) -> None:
        """A person writes, which opens the page's window."""
        await self.control("people/act", {"oa_id": page, "person": person, "text": "xin chào", "push": False})

    # ── what other services say ──────────────────────────────────────────────────────────────────────────────

    async def publish(self, topic: Topic, *events: Event, traceparent: str | None = None) -> None:
        made = [encode(event, source="test", traceparent=traceparent) for event in events]
        await self.producer.send([Outgoing(topic.name, m.key, m.headers, m.value) for m in made], timeout=10)

    async def register(self, pages: dict[str, list[str]], *, commune: str = COMMUNE) -> None:
        """Pages with their groups: at the simulator, in ingest's register, and known to notify."""
        await self.control("pages", [
            {"oa_id": page, "name": f"Công an {page}", "app_id": APP, "verified_at": SINCE} for page in pages
        ])  # fmt: skip
        groups = [(page, group) for page, groups in pages.items() for group in groups]
        await self.control("groups", [
            {"group_id": group, "oa_id": page, "name": f"Buôn {group}", "created_at": SINCE, "members": 3}
            for page, group in groups
        ])  # fmt: skip
        states = [account(page, page, "page", commune) for page in pages]
        states += [account(group, page, "group", commune) for page, group in groups]
        await self.publish(CHANNELS_ACCOUNTS, *states)
        await until(lambda: self.known([state.account for state in states]), what="the register")

    async def known(self, accounts: list[str]) -> bool:
        rows = await self.sql.fetch("select account from notify.accounts where account = any($1)", accounts)
        return len(rows) == len(set(accounts))

    async def officers(self) -> None:
        now = datetime.now(UTC)
        await self.publish(ACCESS_OFFICERS, *(
            OfficerState(
                id=uuid4(), province=PROVINCE, occurred_at=now, officer=name, name=name, roles=roles, units=(),
                active=True, tokens_valid_after=now - timedelta(days=1),
            )
            for name, roles in OFFICERS.items()
        ))  # fmt: skip
        await until(lambda: self.sql.fetchval("select count(*) >= 5 from notify.officers"), what="the officers")

    async def person(self, page: str, user_id: str, *, sealed: bool = True) -> str:
        """Someone who has written to the page: their pseudonym."""
        pseudonym = event_id("test", page, "person", user_id).hex
        await self.writes(page, user_id)
        if sealed:
            await self.reveal(page, pseudonym, user_id)
        return pseudonym

    async def reveal(self, page: str, pseudonym: str, user_id: str) -> None:
        words = json.dumps({"user_id": user_id}).encode()
        identity = IdentitySealed(
            id=uuid4(), province=PROVINCE, occurred_at=datetime.now(UTC), channel="zalo", account=page,
            person=pseudonym, sealed=self.sealer.seal("identity", pseudonym, words),
        )  # fmt: skip
        await self.publish(IDENTITIES, identity)

    async def reply(self, page: str, person: str, text: str, *, traceparent: str | None = None, **more: Any) -> UUID:
        """Triage asks for a reply; returns its id."""
        values = {
            "id": uuid4(), "province": PROVINCE, "occurred_at": datetime.now(UTC), "channel": "zalo", "account": page,
            "person": person, "case": CASE, "code": "482913705", "purpose": "acknowledgement", "priority": "reply",
            "text": text,
        } | more  # fmt: skip
        event = ReplyRequested.model_validate(values)
        await self.publish(REPLIES_REQUESTED, event, traceparent=traceparent)
        return event.id

    async def receipt(self, kind: str, page: str, person: str, key: str) -> None:
        now = datetime.now(UTC)
        fields: dict[str, Any] = {
            "id": event_id("zalo", page, kind, key), "province": PROVINCE, "occurred_at": now, "received_at": now,
            "channel": "zalo", "account": page, "person": person, "message_key": key,
        }  # fmt: skip
        model = {"delivered": MessageDelivered, "seen": MessageSeen, "send_echo": SendEchoed}[kind]
        await self.publish(INBOUND_RECEIPTS, model.model_validate(fields))

    # ── notify ───────────────────────────────────────────────────────────────────────────────────────────────

    @asynccontextmanager
    async def notify(self, **settings: str) -> AsyncIterator[Copy]:
        """A copy of the service, ready."""
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        chosen = {
            "port": str(port), "secrets_dir": str(self.folder / "secrets"), "topic_prefix": self.cluster.prefix,
            "zalo_api_url": self.zalo, "zalo_oauth_url": self.zalo, "notify_url": url, "lease_seconds": "2",
            "doubt_pauses_seconds": "[0.5, 0.5, 0.5]", "trace_ratio": "0", "stop_seconds": "15",
            "trace_file": str(self.folder / "traces.jsonl"),
        } | settings  # fmt: skip
        environment = service_environment("notify", self.database, **chosen)
        command = (sys.executable, "-m", "services.notify")
        async with process(*command, env=environment, log=self.folder / "notify.log") as started:
            copy = Copy(url, started)
            self.copies.append(copy)
            await until(lambda: self._ready(copy), what="notify", seconds=40)
            try:
                yield copy
            finally:
                self.copies.remove(copy)

    async def _ready(self, copy: Copy) -> bool:
        assert copy.process.returncode is None, (self.folder / "notify.log").read_text()[-4000:]
        try:
            async with self.http.get(f"{copy.url}/health/ready") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    def bearer(self, officer: str) -> dict[str, str]:
        roles = frozenset(Role(role) for role in OFFICERS[officer])
        made = self.signer.sign(Officer(officer, officer, roles, frozenset(), PROVINCE), now=datetime.now(UTC))
        return {"Authorization": f"Bearer {made}"}

    async def ask(
        self, method: str, path: str, officer: str = "writer", *, status: int | None = 200, **more: Any
    ) -> Any:
        """One call of the API; `status` None takes any."""
        copy = self.copies[-1]
        async with self.http.request(method, copy.url + path, headers=self.bearer(officer), **more) as answer:
            said = await answer.json()
            assert status in {None, answer.status}, said
            return said

    async def grant(self, page: str) -> None:
        """The whole OAuth round, as a browser would go it."""
        copy = self.copies[-1]
        start = f"{copy.url}/api/v1/zalo/grants/start?account={page}"
        async with self.http.get(start, headers=self.bearer("administrator"), allow_redirects=False) as answer:
            assert answer.status == 302, await answer.text()
            location = answer.headers["Location"]
        async with self.http.get(location) as answer:
            assert answer.status == 200, await answer.text()
            assert (await answer.json())["account"] == page

    async def furnish(self, pages: dict[str, list[str]], **more: Any) -> None:
        """Officers, pages with groups, and every page granted."""
        if not await self.sql.fetchval("select count(*) from notify.officers"):
            await self.officers()
        await self.register(pages, **more)
        for page in pages:
            await self.grant(page)

    async def draft(self, *, text: str = "Nước hồ dâng nhanh", codes: list[str] | None = None, **more: Any) -> UUID:
        body = {
            "title": "Cảnh báo lũ", "text": text, "severity": "severe",
            "communes": {"structure": "2020", "codes": codes or [COMMUNE]},
        } | more  # fmt: skip
        said = await self.ask("POST", "/api/v1/alerts", "writer", json=body, status=201)
        return UUID(said["alert"])

    async def approve(self, alert: UUID, **more: Any) -> Any:
        return await self.ask("POST", f"/api/v1/alerts/{alert}/approve", "approver", **more)

    async def alert_ends(self, alert: UUID, *, seconds: float = 60) -> dict[str, Any]:
        async def ended() -> Any:
            said = await self.ask("GET", f"/api/v1/alerts/{alert}", "viewer")
            return said if said["state"] in {"finished", "cancelled"} and not said["progress"]["queued"] else None

        found: dict[str, Any] = await until(ended, seconds=seconds, what="the alert's end", every=0.2)
        return found

    async def send(self, send: UUID) -> dict[str, Any]:
        row = await self.sql.fetchrow("select * from notify.sends where id = $1", send)
        return dict(row) if row else {}

    async def comes_to(self, send: UUID, *states: str, seconds: float = 20) -> dict[str, Any]:
        """The row once it stands in one of `states`."""

        async def there() -> Any:
            row = await self.send(send)
            return row if row and row["state"] in states else None

        found: dict[str, Any] = await until(there, seconds=seconds, what=f"{states}")
        return found

    async def events(self, topic: Topic, count: int, *, about: object, seconds: float = 20) -> list[dict[str, Any]]:
        """At least `count` events of a topic that have `about` in a field, in its order, with their headers."""
        consumer = AIOKafkaConsumer(
            self.cluster.named(topic.name), bootstrap_servers=self.cluster.bootstrap, auto_offset_reset="earliest"
        )
        await consumer.start()
        found: list[dict[str, Any]] = []
        try:
            async with asyncio.timeout(seconds):
                while len(found) < count:
                    for rows in (await consumer.getmany(timeout_ms=200)).values():
                        read = [json.loads(r.value) | {"headers": dict(r.headers)} for r in rows if r.value]
                        found += [event for event in read if str(about) in event.values()]
        finally:
            await consumer.stop()
        return found


@dataclass
class Corner:
    """What one test has for itself on a stage that it shares."""

    stage: Stage
    page: str = field(default_factory=lambda: str(uuid4().int)[:19])
    other: str = field(default_factory=lambda: str(uuid4().int)[:19])
    citizen: str = field(default_factory=lambda: str(uuid4().int)[:19])
    commune: str = field(default_factory=lambda: str(uuid4().int)[:5])
    mark: str = field(default_factory=lambda: uuid4().hex[:8])

    def group(self, name: str) -> str:
        return f"{self.mark}-{name}"

    async def furnish(self, *groups: str, others: tuple[str, ...] = ()) -> None:
        """The corner's page with its groups, the other page with others, all granted."""
        pages = {self.page: [self.group(name) for name in groups]}
        pages |= {self.other: [self.group(name) for name in others]} if others else {}
        await self.stage.furnish(pages, commune=self.commune)

    async def person(self, **more: Any) -> str:
        return await self.stage.person(self.page, self.citizen, **more)

    async def reply(self, person: str, text: str, **more: Any) -> UUID:
        return await self.stage.reply(self.page, person, text, **more)

    async def alert(self, **more: Any) -> UUID:
        """Drafted by one, approved by another."""
        alert = await self.stage.draft(codes=[self.commune], **more)
        await self.stage.approve(alert)
        return alert

    async def sent(self) -> list[dict[str, Any]]:
        """What the simulator took from this corner's pages."""
        return await self.stage.sent(oa_id=self.page) + await self.stage.sent(oa_id=self.other)

    async def fault(self, kind: str, **more: object) -> Any:
        return await self.stage.fault(kind, oa_id=self.page, **more)

    async def page_state(self) -> dict[str, Any]:
        pages = (await self.stage.ask("GET", "/api/v1/pages", "viewer"))["pages"]
        found: dict[str, Any] = next(one for one in pages if one["account"] == self.page)
        return found


def account(name: str, page: str, kind: str, commune: str) -> AccountState:
    return AccountState.model_validate({
        "id": uuid4(), "province": PROVINCE, "occurred_at": datetime.now(UTC), "channel": "zalo", "account": name,
        "kind": kind, "page": page, "app": APP, "name": name, "commune_2020": commune, "unit": f"{commune}-ca",
    })  # fmt: skip


def write_secrets(folder: Path) -> tuple[Sealer, TokenSigner]:
    """The secret files notify reads, and what a test needs of them."""
    folder.mkdir()
    key = base64.b64encode(os.urandom(32)).decode()
    (folder / "sealing.json").write_text(json.dumps({"current": "k1", "keys": {"k1": key}}))
    (folder / "zalo_app_secrets.json").write_text(json.dumps({APP: {"secret_key": APP_SECRET}}))
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    (folder / "access.public.pem").write_bytes(public)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Sealer.from_file(folder / "sealing.json"), TokenSigner(pem, province=PROVINCE)


@asynccontextmanager
async def simulator(folder: Path, **settings: str) -> AsyncIterator[str]:
    """`python -m deploy.demo.zalo` on a free port, with one app whose webhooks are switched off."""
    port = free_port()
    chosen = QUICK | {"port": str(port), "state": str(folder / "zalo")} | settings
    command = [sys.executable, "-m", "deploy.demo.zalo"]
    command += [part for name, value in chosen.items() for part in (f"--{name.replace('_', '-')}", value)]
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    url = f"http://127.0.0.1:{port}"
    async with process(*command, env=kept, log=folder / "zalo.log"), aiohttp.ClientSession() as http:

        async def up() -> bool:
            try:
                async with http.get(f"{url}/health") as answer:
                    return answer.status == 200
            except aiohttp.ClientError:
                return False

        await until(up, what="the simulator", seconds=30)
        app = {"app_id": APP, "secret_key": APP_SECRET, "oa_secret_key": "oa", "webhook": f"{url}/none", "events": []}
        async with http.post(f"{url}/_control/apps", json=app) as answer:
            assert answer.status == 200, await answer.text()
        yield url
