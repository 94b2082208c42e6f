"""People write, officers answer, an alert goes out, and every part is killed with -9: what was said once is sent once.

Zalo never sends again what met a dead ingest, so messages may be lost to us here (a gap is filled elsewhere); what
triage has asked to be said must end as sent, failed or in doubt, and nobody may be told twice.
"""

import asyncio
import itertools
import json
import logging
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from deploy.demo.api import Services
from deploy.demo.province import Page, read_pages
from deploy.demo.simulator import Simulator
from deploy.demo.surroundings import DemoError
from deploy.demo.today import Today, names_of_today
from services.notify.settings import NotifySettings
from tests.kills import SERVERS, SERVICES, Killer, Work, a_platform, until
from tests.outside import AWAY, Outside, header
from tests.platform import Platform

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.soak, pytest.mark.timeout(3_600)]

log = logging.getLogger(__name__)

CONCURRENCY: int = NotifySettings.model_fields["concurrency"].default
KILLS_EACH = 3
GROUPS = 160
EVERY_SECONDS = 0.3
SLOW_MS = 700
"""How long Zalo takes over a message to a group: the fan-out lasts, and calls are in flight at every kill."""
TELL_AGAIN_SECONDS = 15.0
STALE = 409
FIRST_PERSON = 900_000
ENDED = "(state in ('sent', 'delivered', 'seen', 'failed', 'cancelled') or (state = 'in_doubt' and due_at is null))"


@dataclass
class Live:
    """One running platform and whoever acts on it."""

    platform: Platform
    outside: Outside
    services: Services
    simulator: Simulator
    seed: int
    alerts: int = 0
    written: int = 0
    answered: int = 0

    @property
    def pages(self) -> list[Page]:
        return read_pages(self.platform.surroundings().province)

    async def people(self) -> None:
        """One of today's people writes every moment; now and then an officer answers the newest case."""
        today = Today(self.pages, names_of_today(self.platform.surroundings().province), self.seed)
        for number in itertools.count(FIRST_PERSON):
            deed = today.deed(number)
            if deed.written is None:
                continue
            who = {"oa_id": deed.page.id, "person": deed.person, "user_id_by_app": deed.by_app}
            await self.simulator.act(kind="text", text=deed.written.text, **who)
            self.written += 1
            if self.written % 5 == 0:
                await self.answer()
            await asyncio.sleep(EVERY_SECONDS)

    async def answer(self) -> None:
        """An officer answers a case that waits; what is away is left for the next time."""
        with suppress(DemoError, aiohttp.ClientError, TimeoutError, *AWAY):
            async with asyncio.timeout(3):
                rows = await self.outside.sql(
                    "select code, version from triage.cases where answered_at is null and opened_at > now() - interval"
                    " '1 hour' order by opened_at desc limit 1"
                )
                for row in rows:
                    body = {"version": row["version"], "text": f"Công an xã đã nhận tin, mã {row['code']}."}
                    path = f"/api/v1/cases/{row['code']}/answer"
                    done = await self.services.post("triage", path, account=self.account("dispatcher"), body=body)
                    self.answered += done.ok

    def account(self, role: str) -> str:
        return self.platform.surroundings().accounts(role)[0]

    async def make_groups(self) -> list[str]:
        """Village groups enter as Zalo tells of them; returns the communes of 2020 that have them."""
        some: list[Page] = []
        for page in self.pages:
            if page.commune_2020 and sum(len(p.villages) for p in some) < GROUPS:
                some.append(page)
        now = datetime.now(UTC).isoformat()
        rows = [
            {"group_id": v.group, "oa_id": p.id, "name": f"An ninh {v.name}", "created_at": now, "members": 5}
            for p in some
            for v in p.villages
        ]
        told = 0.0

        async def known() -> bool:
            """Zalo does not say again what we did not take in time: whoever is missing is made anew."""
            nonlocal told
            here = await self.outside.sql("select account from notify.accounts where commune_2020 is not null")
            missing = [row for row in rows if row["group_id"] not in {one["account"] for one in here}]
            if missing and time.monotonic() - told > TELL_AGAIN_SECONDS:
                await self.simulator.save("groups", [{**row, "push": True} for row in missing])
                told = time.monotonic()
            return not missing

        await until(known, 240, "the groups are in notify's register")
        return [page.commune_2020 for page in some]

    async def alerting(self, communes: Sequence[str]) -> None:
        """An alert is always on its way: before one is out, the next is written by one and approved by another."""
        for number in itertools.count(1):
            while number > 1 and await self.many_unfinished():
                await asyncio.sleep(0.5)
            draft: dict[str, object] = {
                "title": f"Lũ về trong đêm, tin số {number}",
                "text": f"Tin số {number}: nước sông lên nhanh. Bà con ven sông dời lên chỗ cao ngay.",
                "severity": "severe",
                "communes": {"structure": "2020", "codes": list(communes)},
            }
            made = await self.services.post("notify", "/api/v1/alerts", account=self.account("dispatcher"), body=draft)
            assert made.ok, made.why()
            path, version = f"/api/v1/alerts/{made.body['alert']}/approve", {"version": made.body["version"]}
            approved = await self.services.post("notify", path, account=self.account("approver"), body=version)
            assert approved.ok or approved.status == STALE, approved.why()
            self.alerts += 1

    async def unfinished(self, *states: str) -> int:
        """Messages of alerts not yet out. Raises what PostgreSQL raises while it is away."""
        text = "select count(*) from notify.sends where kind = 'alert' and state = any($1)"
        return int(await self.outside.value(text, states or ("queued", "sending")))

    async def many_unfinished(self) -> bool:
        try:
            return await self.unfinished() > GROUPS // 4
        except AWAY:
            return True

    def work(self) -> Work:
        """Messages of alerts not yet out; for notify its calls in flight."""

        async def left(part: str) -> int:
            return await self.unfinished(*(["sending"] if part == "notify" else []))

        return left


@pytest.fixture(params=[1, 2], ids="seed {}".format)
def seed(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def platform(seed: int) -> Iterator[Platform]:
    with a_platform("0.01", SEED=str(seed), TRICKLE_SECONDS="0.5") as made:
        yield made


async def test_every_send_ends_and_nobody_is_told_twice_whoever_is_killed(platform: Platform, seed: int) -> None:
    outside, surroundings = Outside(platform), platform.surroundings()

    async def over() -> bool:
        return outside.history_is_over

    await until(over, 600, "the history is over and the trickle runs")
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
        simulator = Simulator(session, platform.addresses["zalo"])
        live = Live(platform, outside, Services(session, surroundings), simulator, seed)
        communes = await live.make_groups()
        await slow_groups(session, platform)
        acting = [asyncio.create_task(doing) for doing in (live.alerting(communes), live.people())]
        killer = Killer(platform, live.work(), seed)
        try:
            for part in killer.order((*SERVICES, *SERVERS), KILLS_EACH):
                await killer.kill(part)
                for task in acting:
                    assert not task.done(), task.result()
        finally:
            for task in acting:
                task.cancel()
            await asyncio.gather(*acting, return_exceptions=True)
        assert Counter(kill.part for kill in killer.done) == dict.fromkeys((*SERVICES, *SERVERS), KILLS_EACH)
        requested = await asked_for(outside)
        assert len(requested) >= 20, "replies were in flight meanwhile"
        ended = await all_ended(outside, requested)
        doubted = await ever_in_doubt(outside)
        log.info("written %d, answered %d, alerts %d", live.written, live.answered, live.alerts)
        log.info("replies %d, ended %s, ever in doubt %d", len(requested), dict(ended), len(doubted))
        kills = sum(kill.part in {"notify", *SERVERS} for kill in killer.done)
        assert len(doubted) <= CONCURRENCY * kills
        assert ended["in_doubt"] <= len(doubted)
        await nobody_is_told_twice(outside, await all_sent(session, platform))


async def slow_groups(session: aiohttp.ClientSession, platform: Platform) -> None:
    fault = {"kind": "slow", "path": "/v3.0/oa/group/message", "delay_ms": SLOW_MS, "times": None}
    async with session.post(f"{platform.addresses['zalo']}/_control/faults", json=fault) as answer:
        assert answer.status == 200, await answer.text()


async def asked_for(outside: Outside) -> list[str]:
    """The ids of all replies that triage has asked for up to now."""

    async def published() -> bool:
        return bool(await outside.value("select count(*) from triage.outbox where topic = 'replies.requested.v1'") == 0)

    await until(published, 120, "triage has said all it had to say")
    return sorted({header(record, "ce_id") for record in await outside.records("replies.requested.v1")})


async def all_ended(outside: Outside, replies: Sequence[str]) -> Counter[str]:
    """How the replies and all alerts' messages ended, once each has."""
    groups = await outside.value("select coalesce(sum(groups), 0)::int from notify.alerts where state <> 'draft'")
    mine = "(id::text = any($1) or kind = 'alert')"

    async def ended() -> bool:
        text = f"select count(*) from notify.sends where {mine} and {ENDED}"  # noqa: S608 - our own words
        return bool(await outside.value(text, replies) == len(replies) + groups)

    await until(ended, 900, "every send has ended")
    rows = await outside.sql(f"select state, count(*) from notify.sends where {mine} group by 1", replies)  # noqa: S608
    return Counter({row["state"]: row["count"] for row in rows})


async def ever_in_doubt(outside: Outside) -> set[str]:
    told = [json.loads(record.value) for record in await outside.records("delivery.receipts.v1")]
    return {change["send"] for change in told if change["state"] == "in_doubt"}


async def all_sent(session: aiohttp.ClientSession, platform: Platform) -> list[dict[str, Any]]:
    """All that Zalo took from our program, the officers' own console apart."""
    found: list[dict[str, Any]] = []
    after: int | None = 0
    while after is not None:
        async with session.get(f"{platform.addresses['zalo']}/_control/sent", params={"after": after}) as answer:
            page = await answer.json()
        found += [one for one in page["sent"] if one["by"] == "api"]
        after = page["next"]
    return found


async def nobody_is_told_twice(outside: Outside, sent: Sequence[dict[str, Any]]) -> None:
    """What is in doubt is left so by default, never sent again: each message of Zalo's is another send of ours."""
    told = Counter((one["oa_id"], one["person"], one["group_id"], one["text"]) for one in sent)
    assert [who for who, times in told.items() if times > 1] == []
    rows = await outside.sql("select account, message_key from notify.sends where message_key is not null")
    keys = Counter((row["account"], row["message_key"]) for row in rows)
    assert max(keys.values()) == 1
    taken = {(one["oa_id"], one["msg_id"]) for one in sent}
    assert set(keys) <= taken, "what we call sent, Zalo has taken"
    unknown = taken - set(keys)
    doubtful = await outside.value("select count(*) from notify.sends where state = 'in_doubt'")
    assert len(unknown) <= doubtful, "what Zalo has taken and we do not know of is in doubt"
