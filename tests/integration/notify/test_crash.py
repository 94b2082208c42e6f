"""Copies that die, and copies that share: each send once, and no more in doubt than calls were in flight."""

import asyncio
from collections import Counter
from functools import partial

import pytest

from tests.integration.notify.conftest import Staged
from tests.integration.notify.stage import Stage, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGES = {f"30000000000{page}": [f"p{page}g{group}" for group in range(15)] for page in range(8)}
GROUPS = sorted(group for groups in PAGES.values() for group in groups)


async def taken_by_group(stage: Stage) -> Counter[str]:
    return Counter(one["group_id"] for one in await stage.sent())


async def states(stage: Stage) -> Counter[str]:
    rows = await stage.sql.fetch("select state, count(*) from notify.sends group by state")
    return Counter({row["state"]: row["count"] for row in rows})


async def some_sent(stage: Stage, least: int) -> bool:
    return len(await stage.sent()) >= least


async def test_a_copy_killed_in_the_middle_of_an_alert_leaves_its_calls_in_doubt_and_nothing_twice(
    staged: Staged,
) -> None:
    async with staged() as stage:
        async with stage.notify() as first:
            await stage.furnish(PAGES)
            await stage.fault("slow", path="/v3.0/oa/group/message", delay_ms=150, times=None)
            alert = await stage.draft()
            await stage.approve(alert)
            await until(lambda: some_sent(stage, 30), what="the first thirty", every=0.02)
            await first.kill()
        in_flight = (await states(stage))["sending"]
        assert 0 < in_flight <= 8
        assert (await states(stage))["queued"] > 0, "the kill came too late to prove anything"
        async with stage.notify(doubt_pauses_seconds="[0.5]"):
            ended = await stage.alert_ends(alert, seconds=60)
        progress = ended["progress"]
        assert progress["sent"] + progress["failed"] + progress["in_doubt"] == len(GROUPS)
        assert progress["in_doubt"] <= in_flight
        taken = await taken_by_group(stage)
        assert max(taken.values()) == 1
        doubtful = await stage.sql.fetch("select recipient from notify.sends where state = 'in_doubt'")
        assert set(GROUPS) - set(taken) <= {row["recipient"] for row in doubtful}


async def test_a_reply_whose_sender_died_is_found_by_asking(staged: Staged) -> None:
    async with staged() as stage:
        page, citizen = "2057086764452860443", "8509985270925410066"
        async with stage.notify() as first:
            await stage.furnish({page: []})
            person = await stage.person(page, citizen)
            await stage.fault("timeout_after", path="/v3.0/oa/message/cs")
            reply = await stage.reply(page, person, "người gửi đã chết")
            await until(stage.sent, what="the call")
            await first.kill()
        assert (await stage.send(reply))["state"] == "sending"
        async with stage.notify():
            row = await stage.comes_to(reply, "sent", seconds=30)
        (taken,) = await stage.sent()
        assert row["message_key"] == taken["msg_id"]


async def test_two_copies_share_the_work_and_send_each_once(staged: Staged) -> None:
    async with staged() as stage, stage.notify(), stage.notify():
        await stage.furnish(PAGES)
        await stage.fault("slow", path="/v3.0/oa/group/message", delay_ms=100, times=None)
        alert = await stage.draft()
        await stage.approve(alert)

        async def two_owners() -> bool:
            owners = await stage.sql.fetchval("select count(distinct owner) from notify.leases where until > now()")
            return bool(owners == 2)

        await until(two_owners, what="two lease holders")
        ended = await stage.alert_ends(alert)
        assert ended["progress"]["sent"] == len(GROUPS)
        assert await taken_by_group(stage) == Counter(GROUPS)


async def test_a_cancelled_alert_stops_at_once(staged: Staged) -> None:
    async with staged() as stage, stage.notify(concurrency="2"):
        await stage.furnish(PAGES)
        await stage.fault("slow", path="/v3.0/oa/group/message", delay_ms=200, times=None)
        alert = await stage.draft()
        await stage.approve(alert)
        await until(lambda: some_sent(stage, 6), what="the first six", every=0.02)
        await stage.ask("POST", f"/api/v1/alerts/{alert}/cancel", "writer", json={"reason": "báo nhầm"})
        at_once = len(await stage.sent())
        ended = await stage.alert_ends(alert)
        assert ended["state"] == "cancelled"
        await asyncio.sleep(1)
        assert len(await stage.sent()) <= at_once + 2  # the calls that were in flight
        counts = await states(stage)
        assert counts["cancelled"] == len(GROUPS) - counts["sent"]
        assert counts["cancelled"] > 0
        said = await stage.ask("POST", f"/api/v1/alerts/{alert}/cancel", "writer", status=409)
        assert said["type"] == "urn:binhyen:problem:wrong_state"


async def test_a_stopped_copy_ends_its_calls_and_leaves_no_doubt(staged: Staged) -> None:
    async with staged() as stage:
        async with stage.notify() as first:
            await stage.furnish(PAGES)
            await stage.fault("slow", path="/v3.0/oa/group/message", delay_ms=300, times=None)
            alert = await stage.draft()
            await stage.approve(alert)
            await until(lambda: some_sent(stage, 10), what="the first ten", every=0.02)
            await first.stop()
        assert first.process.returncode == 0
        counts = await states(stage)
        assert counts["sending"] == counts["in_doubt"] == 0
        assert counts["sent"] >= 10
        assert await stage.sql.fetchval("select count(*) from notify.leases where until > now()") == 0
        async with stage.notify():
            ended = await stage.alert_ends(alert)
        assert ended["progress"]["sent"] == len(GROUPS)
        assert await taken_by_group(stage) == Counter(GROUPS)


async def test_an_emergency_reply_overtakes_a_running_alert_on_its_page(staged: Staged) -> None:
    page, citizen = "2057086764452860443", "8509985270925410066"
    groups = [f"g{number:02}" for number in range(40)]
    async with staged() as stage, stage.notify(concurrency="1"):
        await stage.furnish({page: groups})
        person = await stage.person(page, citizen)
        await stage.fault("slow", path="/v3.0/oa/", delay_ms=100, times=None)
        alert = await stage.draft()
        await stage.approve(alert)
        await until(lambda: some_sent(stage, 3), what="the first three", every=0.02)
        reply = await stage.reply(page, person, "Lực lượng đang đến.", priority="emergency")
        await stage.comes_to(reply, "sent", "delivered")
        assert len(await stage.sent()) < 25
        await stage.alert_ends(alert)


async def test_connections_cut_in_the_middle_of_an_alert_repeat_nothing_and_leave_no_doubt(staged: Staged) -> None:
    """Results are kept and written again; an intent whose commit got no answer goes back to its queue."""
    end = "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'notify_run' and datname = $1"
    async with staged() as stage, stage.notify():
        await stage.furnish(PAGES)
        await stage.fault("slow", path="/v3.0/oa/group/message", delay_ms=80, times=None)
        alert = await stage.draft()
        await stage.approve(alert)
        for least in (10, 30, 50, 70):
            await until(partial(some_sent, stage, least), what=f"{least} sent", every=0.02, seconds=40)
            await stage.sql.fetch(end, stage.database.name)
        ended = await stage.alert_ends(alert)
        assert ended["progress"]["sent"] == len(GROUPS)
        assert await taken_by_group(stage) == Counter(GROUPS)
