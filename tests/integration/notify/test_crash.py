"""Copies that die, and copies that share: each send once, and no more in doubt than calls were in flight."""

import asyncio
from collections import Counter
from functools import partial

import pytest

from tests.integration.notify.corners import Province
from tests.integration.notify.outside import until

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_copy_killed_in_the_middle_of_an_alert_leaves_its_calls_in_doubt_and_nothing_twice(
    province: Province,
) -> None:
    stage = province.stage
    async with stage.notify() as first:
        await province.furnish()
        await province.slowly(150)
        alert = await province.corner.alert()
        await until(partial(province.some_taken, 30), what="the first thirty", every=0.02)
        await first.kill()
    at_the_kill = await province.states()
    assert 0 < at_the_kill["sending"] <= 8
    assert at_the_kill["queued"] > 0, "the kill came too late to prove anything"
    async with stage.notify(doubt_pauses_seconds="[0.5]"):
        progress = (await stage.alert_ends(alert))["progress"]
    assert progress["sent"] + progress["failed"] + progress["in_doubt"] == len(province.groups)
    assert progress["in_doubt"] <= at_the_kill["sending"]
    taken = await province.taken()
    assert max(taken.values()) == 1
    doubtful = await stage.sql.fetch(
        "select recipient from notify.sends where state = 'in_doubt' and alert = $1", alert
    )
    assert set(province.groups) - set(taken) <= {row["recipient"] for row in doubtful}


async def test_a_reply_whose_sender_died_is_found_by_asking(province: Province) -> None:
    stage, corner = province.stage, province.corner
    async with stage.notify() as first:
        await corner.furnish()
        person = await corner.person()
        await corner.fault("timeout_after", path="/v3.0/oa/message/cs")
        reply = await corner.reply(person, "người gửi đã chết")
        await until(corner.sent, what="the call")
        await first.kill()
    assert (await stage.send(reply))["state"] == "sending"
    async with stage.notify():
        row = await stage.comes_to(reply, "sent", seconds=30)
    (taken,) = await corner.sent()
    assert row["message_key"] == taken["msg_id"]


async def test_two_copies_share_the_work_and_send_each_once(province: Province) -> None:
    stage = province.stage
    async with stage.notify(), stage.notify():
        await province.furnish()
        await province.slowly(100)
        alert = await province.corner.alert()

        async def two_owners() -> bool:
            owners = await stage.sql.fetchval("select count(distinct owner) from notify.leases where until > now()")
            return bool(owners == 2)

        await until(two_owners, what="two lease holders")
        ended = await stage.alert_ends(alert)
    assert ended["progress"]["sent"] == len(province.groups)
    assert await province.taken() == Counter(province.groups)


async def test_a_cancelled_alert_stops_at_once(province: Province) -> None:
    stage = province.stage
    async with stage.notify(concurrency="2"):
        await province.furnish()
        await province.slowly(200)
        alert = await province.corner.alert()
        await until(partial(province.some_taken, 6), what="the first six", every=0.02)
        await stage.ask("POST", f"/api/v1/alerts/{alert}/cancel", "writer", json={"reason": "báo nhầm"})
        at_once = (await province.taken()).total()
        assert (await stage.alert_ends(alert))["state"] == "cancelled"
        await asyncio.sleep(1)
        assert (await province.taken()).total() <= at_once + 2  # the calls that were in flight
        counts = await province.states()
        assert counts["cancelled"] == len(province.groups) - counts["sent"] > 0
        said = await stage.ask("POST", f"/api/v1/alerts/{alert}/cancel", "writer", status=409)
        assert said["type"] == "urn:binhyen:problem:wrong_state"


async def test_a_stopped_copy_ends_its_calls_and_leaves_no_doubt(province: Province) -> None:
    stage = province.stage
    async with stage.notify() as first:
        await province.furnish()
        await province.slowly(300)
        alert = await province.corner.alert()
        await until(partial(province.some_taken, 10), what="the first ten", every=0.02)
        await first.stop()
    assert first.process.returncode == 0
    counts = await province.states()
    assert counts["sending"] == counts["in_doubt"] == 0
    assert counts["sent"] >= 10
    assert await stage.sql.fetchval("select count(*) from notify.leases where until > now()") == 0
    async with stage.notify():
        ended = await stage.alert_ends(alert)
    assert ended["progress"]["sent"] == len(province.groups)
    assert await province.taken() == Counter(province.groups)


async def test_connections_cut_in_the_middle_of_an_alert_repeat_nothing_and_leave_no_doubt(province: Province) -> None:
    """Results are kept and written again; an intent whose commit got no answer goes back to its queue."""
    end = "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'notify_run' and datname = $1"
    stage = province.stage
    async with stage.notify():
        await province.furnish()
        await province.slowly(80)
        alert = await province.corner.alert()
        for least in (10, 30, 50, 70):
            await until(partial(province.some_taken, least), what=f"{least} sent", every=0.02, seconds=40)
            await stage.sql.fetch(end, stage.database.name)
        ended = await stage.alert_ends(alert)
    assert ended["progress"]["sent"] == len(province.groups)
    assert await province.taken() == Counter(province.groups)


async def test_an_emergency_reply_overtakes_a_running_alert_on_its_page(province: Province) -> None:
    stage, corner = province.stage, province.corner
    async with stage.notify(concurrency="1"):
        await corner.furnish(*(f"g{number:02}" for number in range(40)))
        person = await corner.person()
        await corner.fault("slow", path="/v3.0/oa/", delay_ms=100, times=None)
        alert = await corner.alert()

        async def three() -> bool:
            return len(await corner.sent()) >= 3

        await until(three, what="the first three", every=0.02)
        reply = await corner.reply(person, "Lực lượng đang đến.", priority="emergency")
        await stage.comes_to(reply, "sent", "delivered")
        assert len(await corner.sent()) < 30
        await stage.alert_ends(alert)
