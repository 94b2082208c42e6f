"""What the channel refuses, and how notify copes with each."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from shared.topics import CHANNELS_ACCESS
from tests.integration.notify.conftest import Staged
from tests.integration.notify.corners import Corner
from tests.integration.notify.outside import APP, APP_SECRET, SINCE, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGE = "2057086764452860443"
CITIZEN = "8509985270925410066"


async def test_a_person_who_never_wrote_is_not_written_to(corner: Corner) -> None:
    stage = corner.stage
    await corner.furnish()
    await stage.reveal(corner.page, "f" * 32, "777")
    row = await stage.comes_to(await corner.reply("f" * 32, "chào"), "failed")
    assert (row["reason"], row["attempts"], row["due_at"]) == ("not_a_follower", 0, None)


async def test_a_closed_window_of_the_channel_fails_the_reply_with_its_reason(staged: Staged) -> None:
    async with staged(window_days="0.00001") as stage, stage.notify():
        await stage.furnish({PAGE: []})
        person = await stage.person(PAGE, CITIZEN)
        await asyncio.sleep(1.5)
        row = await stage.comes_to(await stage.reply(PAGE, person, "muộn rồi"), "failed")
        assert row["reason"] == "window_closed"


async def test_a_reply_past_its_own_window_never_leaves(corner: Corner) -> None:
    stage = corner.stage
    await corner.furnish()
    person = await corner.person()
    past = datetime.now(UTC) - timedelta(seconds=1)
    row = await stage.comes_to(await corner.reply(person, "muộn rồi", not_after=past), "failed")
    assert row["reason"] == "window_closed"
    assert await corner.sent() == []


async def test_a_reply_waits_for_its_address_and_fails_when_none_comes(corner: Corner) -> None:
    stage = corner.stage
    await corner.furnish()
    known = await corner.person(sealed=False)
    waiting = await corner.reply(known, "đợi địa chỉ")
    lost = await corner.reply("e" * 32, "không có địa chỉ")
    await asyncio.sleep(1)
    assert (await stage.send(waiting))["state"] == "queued"
    await stage.reveal(corner.page, known, corner.citizen)
    await stage.comes_to(waiting, "sent")
    assert (await stage.comes_to(lost, "failed"))["reason"] == "identity_missing"


async def test_an_exceeded_rate_is_waited_out_and_then_everything_is_sent(corner: Corner) -> None:
    """Zalo's −32 twice, as if another program used up the app's minute: no attempt is counted, nothing is lost."""
    stage = corner.stage
    groups = [f"g{number}" for number in range(12)]
    await corner.furnish(*groups)
    await corner.fault("error", error=-32, path="/v3.0/oa/group/message", times=2)
    alert = await corner.alert()
    held = "select count(*) >= 2 from notify.sends where alert = $1 and reason = 'throttled' and state = 'queued'"
    await until(lambda: stage.sql.fetchval(held, alert), what="the pause")
    ended = await stage.alert_ends(alert, seconds=75)
    assert ended["progress"]["sent"] == 12
    assert sorted(one["group_id"] for one in await corner.sent()) == sorted(map(corner.group, groups))
    assert await stage.sql.fetchval("select max(attempts) from notify.sends where alert = $1", alert) == 0


async def test_an_unknown_group_fails_while_the_others_go(corner: Corner) -> None:
    stage = corner.stage
    await corner.furnish("g1", "g2", "g3")
    stolen = {"group_id": corner.group("g2"), "oa_id": corner.other, "name": "khác", "created_at": SINCE}
    await stage.control("groups", [stolen])
    alert = await corner.alert()
    ended = await stage.alert_ends(alert)
    assert (ended["progress"]["sent"], ended["progress"]["failed"]) == (2, 1)
    (failed,) = (await stage.ask("GET", f"/api/v1/sends?state=failed&alert={alert}", "viewer"))["sends"]
    assert (failed["recipient"], failed["reason"]) == (corner.group("g2"), "group_not_ours")
    assert "Nhóm không thuộc trang này" in failed["says"]


async def test_what_zalo_fails_without_a_reason_is_tried_again_and_then_given_up(corner: Corner) -> None:
    stage = corner.stage
    await corner.furnish()
    person = await corner.person()
    await corner.fault("html", status=503, path="/v3.0/oa/message/cs", times=2)
    row = await stage.comes_to(await corner.reply(person, "lần ba mới được"), "sent")
    assert row["attempts"] == 2
    await corner.fault("error", error=-999, path="/v3.0/oa/message/cs", times=None)
    row = await stage.comes_to(await corner.reply(person, "không bao giờ"), "failed")
    assert (row["attempts"], row["reason"]) == (3, "unknown")


async def test_our_own_bug_is_dead_at_once(corner: Corner) -> None:
    stage = corner.stage
    await corner.furnish()
    person = await corner.person()
    row = await stage.comes_to(await corner.reply(person, "d" * 2001), "failed")
    assert (row["attempts"], row["reason"]) == (0, "over_a_limit")


async def test_a_page_that_must_be_mended_stands_still_until_someone_says_so(corner: Corner) -> None:
    stage = corner.stage
    await corner.furnish("g1", "g2", others=("g3",))
    await corner.fault("error", error=-224, path="/v3.0/oa/group/message", times=None)
    alert = await corner.alert()
    await until(lambda: stage.sent(group_id=corner.group("g3")), what="the sound page's group")

    async def halted() -> bool:
        return bool((await corner.page_state())["halted"] == "package_too_small")

    await until(halted, what="the halt")
    await until(lambda: all_wait(corner), what="both groups waiting")
    await stage.clear_faults()
    body = {"reason": "đã nâng gói"}
    await stage.ask("POST", f"/api/v1/pages/{corner.page}/resume", "viewer", json=body, status=403)
    await stage.ask("POST", f"/api/v1/pages/{corner.page}/resume", "administrator", json=body)
    ended = await stage.alert_ends(alert)
    assert ended["progress"]["sent"] == 3
    await stage.ask("POST", f"/api/v1/pages/{corner.page}/resume", "administrator", json=body, status=409)


async def test_who_sees_a_few_units_resumes_no_page(corner: Corner) -> None:
    path, body = f"/api/v1/pages/{corner.page}/resume", {"reason": "đã nâng gói"}
    said = await corner.stage.ask("POST", path, "administrator", units=("24133-ca",), json=body, status=403)
    assert said["needs"] == "province"
    await corner.stage.ask("POST", path, "administrator", json=body, status=409)


async def all_wait(corner: Corner) -> bool:
    return bool((await corner.page_state())["waiting"] == 2)


async def test_an_expired_token_is_renewed_once_and_the_call_made_again(corner: Corner) -> None:
    stage = corner.stage
    await corner.furnish("g1", "g2", "g3", "g4")
    assert (await corner.fault("token_expiry"))["expired"] == 1
    alert = await corner.alert()
    ended = await stage.alert_ends(alert)
    assert ended["progress"]["sent"] == 4
    assert [e["epoch"] for e in await stage.events(CHANNELS_ACCESS, 2, about=corner.page)] == [1, 2]
    assert await stage.sql.fetchval("select epoch from notify.tokens where account = $1", corner.page) == 2


async def test_a_token_is_renewed_before_it_ends(staged: Staged) -> None:
    async with staged(token_seconds="6") as stage, stage.notify():
        await stage.furnish({PAGE: []})
        await until(
            lambda: stage.sql.fetchval("select epoch >= 2 from notify.tokens"), seconds=25, what="the second epoch"
        )


async def test_a_refresh_token_that_was_used_elsewhere_alarms_and_a_new_grant_heals(corner: Corner) -> None:
    """The simulator answers it with an empty body; −14014 is read as the same (tests/contract/notify/test_zalo.py)."""
    stage = corner.stage
    await corner.furnish()
    person = await corner.person()
    await use_refresh_token(corner)
    await corner.fault("token_expiry")
    reply = await corner.reply(person, "chờ cấp quyền")

    async def lost() -> bool:
        return bool((await corner.page_state())["token"] == "lost")

    await until(lost, what="the loss")
    assert "Cần cấp quyền lại" in (await corner.page_state())["says"]
    async with stage.http.get(f"{stage.copies[-1].url}/metrics") as answer:
        assert "binhyen_token_refresh_failures_total 1.0" in await answer.text()
    assert (await stage.send(reply))["state"] == "queued"
    await stage.grant(corner.page)
    await stage.comes_to(reply, "sent")
    assert len(await corner.sent()) == 1
    assert (await corner.page_state())["token"] == "good"


async def use_refresh_token(corner: Corner) -> None:
    """Someone else spends the page's refresh token."""
    stage, page = corner.stage, corner.page
    sealed = await stage.sql.fetchval("select sealed_refresh from notify.tokens where account = $1", page)
    token = stage.sealer.open("refresh", page, sealed).decode()
    form = {"app_id": APP, "grant_type": "refresh_token", "refresh_token": token}
    url = f"{stage.zalo}/v4/oa/access_token"
    async with stage.http.post(url, data=form, headers={"secret_key": APP_SECRET}) as answer:
        assert b"access_token" in await answer.read()


async def test_two_who_find_the_token_expired_renew_it_once(corner: Corner) -> None:
    """Four calls at once meet −220: one renews under the row's lock, the others read what it got."""
    stage = corner.stage
    await corner.furnish(*(f"g{number}" for number in range(8)))
    await corner.fault("token_expiry")
    await corner.fault("slow", path="/v3.0/oa/group/message", delay_ms=100, times=None)
    ended = await stage.alert_ends(await corner.alert())
    assert ended["progress"]["sent"] == 8
    assert await stage.sql.fetchval("select epoch from notify.tokens where account = $1", corner.page) == 2


async def test_a_grant_is_an_administrators_and_good_once(corner: Corner) -> None:
    stage = corner.stage
    await stage.register({corner.page: [], corner.other: []})
    start = "/api/v1/zalo/grants/start?account="
    await stage.ask("GET", start + corner.page, "approver", status=403)
    await stage.ask("GET", start + "123", "administrator", status=404)
    await stage.grant(corner.page)
    forged = "/api/v1/zalo/grants/callback?code=x&oa_id=1&state=forged"
    assert (await stage.ask("GET", forged, status=400))["type"] == "urn:binhyen:problem:unknown_grant"
    url = stage.copies[-1].url + start + corner.page
    async with stage.http.get(url, headers=stage.bearer("administrator"), allow_redirects=False) as answer:
        elsewhere = answer.headers["Location"].replace(f"oa_id={corner.page}", f"oa_id={corner.other}")
    async with stage.http.get(elsewhere) as answer:
        assert answer.status == 409
        assert (await answer.json())["type"] == "urn:binhyen:problem:another_page"
    assert await stage.sql.fetchval("select count(*) from notify.grants where account = $1", corner.page) == 0


async def test_a_reply_whose_quoted_message_is_gone_is_sent_without_the_quote(corner: Corner) -> None:
    stage = corner.stage
    await corner.furnish()
    person = await corner.person()
    await stage.comes_to(await corner.reply(person, "đã nhận", quoted_key="withdrawn-by-its-writer"), "sent")
    (sent,) = await corner.sent()
    assert (sent["text"], sent["quote"]) == ("đã nhận", None)
