"""notify as real processes on real servers, with the simulated Zalo as their counterpart over HTTP."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import asyncpg
from aiokafka import AIOKafkaConsumer

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
from tests.integration.notify.outside import APP, SINCE, free_port, process, until
from tests.make import CASE, PROVINCE
from tests.servers import Database, service_environment

COMMUNE = "24133"
OFFICERS = {
    "writer": ("dispatcher", "approver"),
    "approver": ("approver",),
    "dispatcher": ("dispatcher",),
    "administrator": ("administrator",),
    "viewer": ("viewer",),
}


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

    def bearer(self, officer: str, *units: str) -> dict[str, str]:
        """The officer's token; `units` narrow it to those."""
        roles = frozenset(Role(role) for role in OFFICERS[officer])
        made = self.signer.sign(Officer(officer, officer, roles, frozenset(units), PROVINCE), now=datetime.now(UTC))
        return {"Authorization": f"Bearer {made}"}

    async def ask(
        self,
        method: str,
        path: str,
        officer: str = "writer",
        *,
        units: tuple[str, ...] = (),
        status: int | None = 200,
        **more: Any,
    ) -> Any:
        """One call of the API; `status` None takes any."""
        copy = self.copies[-1]
        async with self.http.request(method, copy.url + path, headers=self.bearer(officer, *units), **more) as answer:
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
            said = await self.ask("GET", f"/api/v1/alerts/{alert}", "viewer", status=None)  # 503 while something is cut
            return said if said.get("state") in {"finished", "cancelled"} and not said["progress"]["queued"] else None

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


def account(name: str, page: str, kind: str, commune: str) -> AccountState:
    return AccountState.model_validate({
        "id": uuid4(), "province": PROVINCE, "occurred_at": datetime.now(UTC), "channel": "zalo", "account": name,
        "kind": kind, "page": page, "app": APP, "name": name, "commune_2020": commune, "unit": f"{commune}-ca",
    })  # fmt: skip
