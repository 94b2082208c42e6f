"""What the channel refuses, and how notify copes with each."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from shared.topics import CHANNELS_ACCESS
from tests.integration.notify.conftest import Staged
from tests.integration.notify.stage import Stage, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGE, OTHER_PAGE = "2057086764452860443", "607812198688816074"
CITIZEN = "8509985270925410066"


async def metric(stage: Stage, line: str) -> bool:
    async with stage.http.get(f"{stage.copies[-1].url}/metrics") as answer:
        return line in await answer.text()


async def page_state(stage: Stage, page: str = PAGE) -> dict[str, str]:
    pages = (await stage.ask("GET", "/api/v1/pages", "viewer"))["pages"]
    found: dict[str, str] = next(one for one in pages if one["account"] == page)
    return found


async def test_a_person_who_never_wrote_is_not_written_to(staged: Staged) -> None:
    async with staged() as stage, stage.notify():
        await stage.furnish({PAGE: []})
        await stage.reveal(PAGE, "f" * 32, "777")
        row = await stage.comes_to(await stage.reply(PAGE, "f" * 32, "chào"), "failed")
        assert (row["reason"], row["attempts"], row["due_at"]) == ("not_a_follower", 0, None)


async def test_a_closed_window_of_the_channel_fails_the_reply_with_its_reason(staged: Staged) -> None:
    async with staged(window_days="0.00001") as stage, stage.notify():
        await stage.furnish({PAGE: []})
        person = await stage.person(PAGE, CITIZEN)
        await asyncio.sleep(1.5)
        row = await stage.comes_to(await stage.reply(PAGE, person, "muộn rồi"), "failed")
        assert row["reason"] == "window_closed"


async def test_a_reply_past_its_own_window_never_leaves(staged: Staged) -> None:
    async with staged() as stage, stage.notify():
        await stage.furnish({PAGE: []})
        person = await stage.person(PAGE, CITIZEN)
        past = datetime.now(UTC) - timedelta(seconds=1)
        row = await stage.comes_to(await stage.reply(PAGE, person, "muộn rồi", not_after=past), "failed")
        assert row["reason"] == "window_closed"
        assert await stage.sent() == []


async def test_a_reply_waits_for_its_address_and_fails_when_none_comes(staged: Staged) -> None:
    async with staged() as stage, stage.notify(identity_parked_seconds="4"):
        await stage.furnish({PAGE: []})
        known = await stage.person(PAGE, CITIZEN, sealed=False)
        waiting = await stage.reply(PAGE, known, "đợi địa chỉ")
        lost = await stage.reply(PAGE, "e" * 32, "không có địa chỉ")
        await asyncio.sleep(1)
        assert (await stage.send(waiting))["state"] == "queued"
        await stage.reveal(PAGE, known, CITIZEN)
        await stage.comes_to(waiting, "sent")
        assert (await stage.comes_to(lost, "failed"))["reason"] == "identity_missing"


async def test_an_exceeded_rate_is_waited_out_and_then_everything_is_sent(staged: Staged) -> None:
    """Zalo's −32 twice, as if another program used up the app's minute: no attempt is counted, nothing is lost."""
    async with staged() as stage, stage.notify():
        groups = [f"g{number}" for number in range(12)]
        await stage.furnish({PAGE: groups})
        seconds_left = 60 - datetime.now(UTC).second
        if seconds_left > 25:  # the pause lasts to the next minute: keep the test short
            await asyncio.sleep(seconds_left - 25)
        await stage.fault("error", error=-32, path="/v3.0/oa/group/message", times=2)
        alert = await stage.draft()
        await stage.approve(alert)
        await asyncio.sleep(1.5)
        standing = (await stage.ask("GET", f"/api/v1/alerts/{alert}", "viewer"))["progress"]
        assert standing["queued"] >= 2
        ended = await stage.alert_ends(alert, seconds=75)
        assert ended["progress"]["sent"] == 12
        assert sorted(one["group_id"] for one in await stage.sent()) == sorted(groups)
        assert await stage.sql.fetchval("select max(attempts) from notify.sends") == 0


async def test_an_unknown_group_fails_while_the_others_go(staged: Staged) -> None:
    async with staged() as stage, stage.notify():
        await stage.furnish({PAGE: ["g1", "g2", "g3"]})
        await stage.control("groups", [
            {"group_id": "g2", "oa_id": OTHER_PAGE, "name": "khác", "created_at": "2020-03-01T00:00:00+07:00"}
        ])  # fmt: skip
        alert = await stage.draft()
        await stage.approve(alert)
        ended = await stage.alert_ends(alert)
        assert (ended["progress"]["sent"], ended["progress"]["failed"]) == (2, 1)
        (failed,) = (await stage.ask("GET", f"/api/v1/sends?state=failed&alert={alert}", "viewer"))["sends"]
        assert (failed["recipient"], failed["reason"]) == ("g2", "group_not_ours")
        assert "Nhóm không thuộc trang này" in failed["says"]


async def test_what_zalo_fails_without_a_reason_is_tried_again_and_then_given_up(staged: Staged) -> None:
    async with staged() as stage, stage.notify(max_attempts="3", retry_first_seconds="0.1"):
        await stage.furnish({PAGE: []})
        person = await stage.person(PAGE, CITIZEN)
        await stage.fault("html", path="/v3.0/oa/message/cs", times=2)
        row = await stage.comes_to(await stage.reply(PAGE, person, "lần ba mới được"), "sent")
        assert row["attempts"] == 2
        await stage.fault("error", error=-999, path="/v3.0/oa/message/cs", times=None)
        row = await stage.comes_to(await stage.reply(PAGE, person, "không bao giờ"), "failed")
        assert (row["attempts"], row["reason"]) == (3, "unknown")


async def test_our_own_bug_is_dead_at_once(staged: Staged) -> None:
    async with staged() as stage, stage.notify():
        await stage.furnish({PAGE: []})
        person = await stage.person(PAGE, CITIZEN)
        row = await stage.comes_to(await stage.reply(PAGE, person, "d" * 2001), "failed")
        assert (row["attempts"], row["reason"]) == (0, "over_a_limit")


async def test_a_page_that_must_be_mended_stands_still_until_someone_says_so(staged: Staged) -> None:
    async with staged() as stage, stage.notify():
        await stage.furnish({PAGE: ["g1", "g2"], OTHER_PAGE: ["g3"]})
        await stage.fault("error", error=-224, oa_id=PAGE, path="/v3.0/oa/group/message", times=None)
        alert = await stage.draft()
        await stage.approve(alert)
        await until(lambda: stage.sent(group_id="g3"), what="the sound page's group")
        await until(lambda: stage.sql.fetchval("select count(*) from notify.halts"), what="the halt")
        halted = await page_state(stage)
        assert (halted["halted"], halted["waiting"]) == ("package_too_small", 2)
        await stage.clear_faults()
        body = {"reason": "đã nâng gói"}
        await stage.ask("POST", f"/api/v1/pages/{PAGE}/resume", "viewer", json=body, status=403)
        await stage.ask("POST", f"/api/v1/pages/{PAGE}/resume", "administrator", json=body)
        ended = await stage.alert_ends(alert)
        assert ended["progress"]["sent"] == 3


async def test_an_expired_token_is_renewed_once_and_the_call_made_again(staged: Staged) -> None:
    async with staged() as stage, stage.notify():
        await stage.furnish({PAGE: ["g1", "g2", "g3", "g4"]})
        assert (await stage.fault("token_expiry", oa_id=PAGE))["expired"] == 1
        alert = await stage.draft()
        await stage.approve(alert)
        ended = await stage.alert_ends(alert)
        assert ended["progress"]["sent"] == 4
        assert [e["epoch"] for e in await stage.events(CHANNELS_ACCESS, 2)] == [1, 2]
        assert await stage.sql.fetchval("select epoch from notify.tokens") == 2


async def test_a_token_is_renewed_before_it_ends(staged: Staged) -> None:
    async with staged(token_seconds="6") as stage, stage.notify():
        await stage.furnish({PAGE: []})
        await until(
            lambda: stage.sql.fetchval("select epoch >= 2 from notify.tokens"), seconds=25, what="the second epoch"
        )


@pytest.mark.parametrize("reused", ["empty", "error"])
async def test_a_refresh_token_that_was_used_elsewhere_alarms_and_a_new_grant_heals(
    staged: Staged, reused: str
) -> None:
    async with staged(reused_refresh=reused) as stage, stage.notify():
        await stage.furnish({PAGE: []})
        person = await stage.person(PAGE, CITIZEN)
        await use_refresh_token(stage)
        await stage.fault("token_expiry", oa_id=PAGE)
        reply = await stage.reply(PAGE, person, "chờ cấp quyền")
        await until(lambda: metric(stage, "binhyen_token_refresh_failures_total 1.0"), what="the alarm")
        lost = await page_state(stage)
        assert lost["token"] == "lost"
        assert "Cần cấp quyền lại" in lost["says"]
        assert (await stage.send(reply))["state"] == "queued"
        await stage.grant(PAGE)
        await stage.comes_to(reply, "sent")
        assert len(await stage.sent()) == 1
        assert (await page_state(stage))["token"] == "good"


async def use_refresh_token(stage: Stage) -> None:
    """Someone else spends the page's refresh token."""
    sealed = await stage.sql.fetchval("select sealed_refresh from notify.tokens where account = $1", PAGE)
    token = stage.sealer.open("refresh", PAGE, sealed).decode()
    form = {"app_id": "3570977494304483078", "grant_type": "refresh_token", "refresh_token": token}
    url = f"{stage.zalo}/v4/oa/access_token"
    async with stage.http.post(url, data=form, headers={"secret_key": "app-secret"}) as answer:
        assert b"access_token" in await answer.read()


async def test_a_grant_is_an_administrators_and_good_once(staged: Staged) -> None:
    async with staged() as stage, stage.notify():
        await stage.officers()
        await stage.register({PAGE: [], OTHER_PAGE: []})
        start = "/api/v1/zalo/grants/start?account="
        await stage.ask("GET", start + PAGE, "approver", status=403)
        await stage.ask("GET", start + "123", "administrator", status=404)
        await stage.grant(PAGE)
        forged = "/api/v1/zalo/grants/callback?code=x&oa_id=1&state=forged"
        assert (await stage.ask("GET", forged, status=400))["type"] == "urn:binhyen:problem:unknown_grant"
        url = stage.copies[-1].url + start + PAGE
        async with stage.http.get(url, headers=stage.bearer("administrator"), allow_redirects=False) as answer:
            elsewhere = answer.headers["Location"].replace(f"oa_id={PAGE}", f"oa_id={OTHER_PAGE}")
        async with stage.http.get(elsewhere) as answer:
            assert answer.status == 409
            assert (await answer.json())["type"] == "urn:binhyen:problem:another_page"
        assert await stage.sql.fetchval("select count(*) from notify.grants where account = $1", PAGE) == 0
