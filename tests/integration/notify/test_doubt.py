"""Sends whose end nobody knows: found by asking, left by policy, settled by a person."""

import asyncio
from uuid import UUID

import pytest

from shared.topics import DELIVERY_RECEIPTS
from tests.integration.notify.conftest import Staged
from tests.integration.notify.stage import APP, APP_SECRET, SINCE, Stage, simulator, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGE = "2057086764452860443"
CITIZEN = "8509985270925410066"
SHORT = {"zalo_timeout_seconds": "1"}


async def test_a_reply_that_was_done_without_an_answer_is_found_in_the_conversation(staged: Staged) -> None:
    async with staged() as stage, stage.notify(**SHORT):
        await stage.furnish({PAGE: []})
        person = await stage.person(PAGE, CITIZEN)
        await stage.fault("timeout_after", path="/v3.0/oa/message/cs")
        reply = await stage.reply(PAGE, person, "đã gửi nhưng không nghe trả lời")
        await stage.comes_to(reply, "in_doubt")
        row = await stage.comes_to(reply, "sent")
        (taken,) = await stage.sent(person=CITIZEN)
        assert taken["msg_id"] == row["message_key"]
        told = await stage.events(DELIVERY_RECEIPTS, 3)
        assert [e["state"] for e in told] == ["queued", "in_doubt", "sent"]


async def test_a_group_message_without_an_answer_is_found_and_others_of_the_same_words_are_not_taken_for_it(
    staged: Staged,
) -> None:
    async with staged() as stage, stage.notify(**SHORT):
        await stage.furnish({PAGE: ["g1", "g2"]})
        first = await stage.draft(text="cùng một lời")
        await stage.approve(first)
        await stage.alert_ends(first)
        await stage.fault("timeout_after", recipient="g1", path="/v3.0/oa/group/message")
        await stage.fault("timeout", recipient="g2", path="/v3.0/oa/group/message")
        second = await stage.draft(text="cùng một lời")
        await stage.approve(second)
        ended = await stage.alert_ends(second)
        assert (ended["progress"]["sent"], ended["progress"]["in_doubt"]) == (1, 1)
        (doubtful,) = (await stage.ask("GET", "/api/v1/sends?state=in_doubt", "viewer"))["sends"]
        assert doubtful["recipient"] == "g2"
        assert len(await stage.sent(group_id="g1")) == 2
        assert len(await stage.sent(group_id="g2")) == 1


async def test_a_send_in_doubt_that_cannot_be_found_is_settled_by_a_person(staged: Staged) -> None:
    async with staged() as stage, stage.notify(**SHORT):
        await stage.furnish({PAGE: []})
        person = await stage.person(PAGE, CITIZEN)
        await stage.fault("timeout", path="/v3.0/oa/message/cs")
        reply = await stage.reply(PAGE, person, "không ai biết")
        await left_to_a_person(stage, reply)
        body = {"outcome": "failed", "reason": "đã gọi điện, chưa nhận được"}
        await stage.ask("POST", f"/api/v1/sends/{reply}/settle", "viewer", json=body, status=403)
        await stage.ask("POST", f"/api/v1/sends/{reply}/settle", "dispatcher", json=body)
        assert (await stage.send(reply))["state"] == "failed"
        said = await stage.ask("POST", f"/api/v1/sends/{reply}/settle", "dispatcher", json=body, status=409)
        assert said["type"] == "urn:binhyen:problem:not_in_doubt"
        acts = await stage.sql.fetch("select act, actor from notify.audit_log where subject = $1", f"send:{reply}")
        assert [tuple(row) for row in acts] == [("send.settled", "dispatcher")]
        assert await stage.sent() == []


async def left_to_a_person(stage: Stage, send: UUID) -> None:
    async def left() -> bool:
        row = await stage.send(send)
        return bool(row) and row["state"] == "in_doubt" and row["due_at"] is None

    await until(left, what="the send being left to a person")


async def test_an_alert_may_say_that_what_was_not_found_is_sent_again(staged: Staged) -> None:
    async with staged() as stage, stage.notify(**SHORT):
        await stage.furnish({PAGE: ["g1"]})
        await stage.fault("timeout", path="/v3.0/oa/group/message")
        alert = await stage.draft(on_doubt="resend")
        await stage.approve(alert)
        ended = await stage.alert_ends(alert)
        assert ended["progress"]["sent"] == 1
        assert len(await stage.sent(group_id="g1")) == 1
        told = await stage.events(DELIVERY_RECEIPTS, 4)
        assert [(e["state"], e.get("before")) for e in told] == [
            ("queued", None), ("in_doubt", "queued"), ("queued", "in_doubt"), ("sent", "queued"),
        ]  # fmt: skip


async def test_a_receipt_that_outruns_the_answer_waits_for_it(staged: Staged) -> None:
    async with staged() as stage, stage.notify():
        await stage.furnish({PAGE: []})
        person = await stage.person(PAGE, CITIZEN)
        taken = await foretold(stage, "biên nhận đến trước")
        await stage.fault("slow", path="/v3.0/oa/message/cs", delay_ms=4_000)
        reply = await stage.reply(PAGE, person, "biên nhận đến trước")
        await stage.comes_to(reply, "sending")
        await stage.receipt("seen", PAGE, person, taken)
        await stage.receipt("delivered", PAGE, person, taken)
        await until(lambda: stage.sql.fetchval("select count(*) = 2 from notify.receipts_waiting"), what="receipts")
        row = await stage.comes_to(reply, "seen")
        assert row["message_key"] == taken
        assert await stage.sql.fetchval("select count(*) from notify.receipts_waiting") == 0


async def foretold(stage: Stage, text: str) -> str:
    """The id the next message will get: the same seed and order of calls give the same ids, so a twin can tell."""
    folder = stage.folder / "twin"
    folder.mkdir()
    async with simulator(folder) as url:
        twin = Stage(**(stage.__dict__ | {"zalo": url, "folder": folder, "copies": []}))
        await twin.control("pages", [{"oa_id": PAGE, "name": "x", "app_id": APP, "verified_at": SINCE}])
        await twin.writes(PAGE, CITIZEN)
        query = f"app_id={APP}&oa_id={PAGE}&redirect_uri=http://127.0.0.1:1/x&state=s&code_challenge="
        async with stage.http.get(f"{url}/v4/oa/permission?{query}", allow_redirects=False) as answer:
            code = answer.headers["Location"].split("code=")[1].split("&")[0]
        form = {"app_id": APP, "grant_type": "authorization_code", "code": code, "code_verifier": ""}
        headers = {"secret_key": APP_SECRET}
        async with stage.http.post(f"{url}/v4/oa/access_token", data=form, headers=headers) as answer:
            token = (await answer.json(content_type=None))["access_token"]
        body = {"recipient": {"user_id": CITIZEN}, "message": {"text": text}}
        async with stage.http.post(f"{url}/v3.0/oa/message/cs", json=body, headers={"access_token": token}) as answer:
            return str((await answer.json())["data"]["message_id"])


async def test_an_echo_brings_the_question_forward(staged: Staged) -> None:
    async with staged() as stage, stage.notify(zalo_timeout_seconds="1", doubt_pauses_seconds="[60]"):
        await stage.furnish({PAGE: []})
        person = await stage.person(PAGE, CITIZEN)
        await stage.fault("timeout_after", path="/v3.0/oa/message/cs")
        reply = await stage.reply(PAGE, person, "tiếng vọng")
        await stage.comes_to(reply, "in_doubt")
        await asyncio.sleep(1)
        assert (await stage.send(reply))["state"] == "in_doubt"
        (taken,) = await stage.sent()
        await stage.receipt("send_echo", PAGE, person, taken["msg_id"])
        await stage.comes_to(reply, "sent")
