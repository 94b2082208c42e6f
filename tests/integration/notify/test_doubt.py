"""Sends whose end nobody knows: found by asking, left by policy, settled by a person."""

import asyncio
from uuid import UUID, uuid4

import pytest

from shared.topics import DELIVERY_RECEIPTS
from tests.integration.notify.corners import Corner
from tests.integration.notify.outside import until
from tests.integration.notify.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_reply_that_was_done_without_an_answer_is_found_in_the_conversation(corner: Corner) -> None:
    stage = corner.stage
    await corner.furnish()
    person = await corner.person()
    await corner.fault("timeout_after", path="/v3.0/oa/message/cs")
    reply = await corner.reply(person, "đã gửi nhưng không nghe trả lời")
    await stage.comes_to(reply, "in_doubt")
    row = await stage.comes_to(reply, "sent")
    (taken,) = await corner.sent()
    assert taken["msg_id"] == row["message_key"]
    told = await stage.events(DELIVERY_RECEIPTS, 3, about=reply)
    assert [e["state"] for e in told] == ["queued", "in_doubt", "sent"]


async def test_a_gateways_error_after_the_act_is_found_in_the_conversation_and_not_sent_again(corner: Corner) -> None:
    stage = corner.stage
    await corner.furnish()
    person = await corner.person()
    await corner.fault("status_after", status=502, path="/v3.0/oa/message/cs")
    reply = await corner.reply(person, "đã gửi, cổng lại báo lỗi")
    assert (await stage.comes_to(reply, "in_doubt"))["reason"] == "gateway_error"
    row = await stage.comes_to(reply, "sent")
    (taken,) = await corner.sent()
    assert taken["msg_id"] == row["message_key"]


async def test_a_group_message_without_an_answer_is_found_and_others_of_the_same_words_are_not_taken_for_it(
    corner: Corner,
) -> None:
    stage = corner.stage
    await corner.furnish("g1", "g2")
    first = await corner.alert(text="cùng một lời")
    await stage.alert_ends(first)
    await corner.fault("timeout_after", recipient=corner.group("g1"), path="/v3.0/oa/group/message")
    await corner.fault("timeout", recipient=corner.group("g2"), path="/v3.0/oa/group/message")
    second = await corner.alert(text="cùng một lời")
    ended = await stage.alert_ends(second)
    assert (ended["progress"]["sent"], ended["progress"]["in_doubt"]) == (1, 1)
    (doubtful,) = (await stage.ask("GET", f"/api/v1/sends?state=in_doubt&alert={second}", "viewer"))["sends"]
    assert doubtful["recipient"] == corner.group("g2")
    assert len(await stage.sent(group_id=corner.group("g1"))) == 2
    assert len(await stage.sent(group_id=corner.group("g2"))) == 1


async def test_a_send_in_doubt_that_cannot_be_found_is_settled_by_a_person(corner: Corner) -> None:
    stage = corner.stage
    await corner.furnish()
    person = await corner.person()
    await corner.fault("timeout", path="/v3.0/oa/message/cs")
    reply = await corner.reply(person, "không ai biết")
    await left_to_a_person(stage, reply)
    body = {"outcome": "failed", "reason": "đã gọi điện, chưa nhận được"}
    await stage.ask("POST", f"/api/v1/sends/{reply}/settle", "viewer", json=body, status=403)
    await stage.ask("POST", f"/api/v1/sends/{reply}/settle", "dispatcher", json=body)
    assert (await stage.send(reply))["state"] == "failed"
    said = await stage.ask("POST", f"/api/v1/sends/{reply}/settle", "dispatcher", json=body, status=409)
    assert said["type"] == "urn:binhyen:problem:not_in_doubt"
    acts = await stage.sql.fetch("select act, actor from notify.audit_log where subject = $1", f"send:{reply}")
    assert [tuple(row) for row in acts] == [("send.settled", "dispatcher")]
    assert await corner.sent() == []


async def test_who_sees_a_few_units_settles_nothing(corner: Corner) -> None:
    path, body = f"/api/v1/sends/{uuid4()}/settle", {"outcome": "sent", "reason": "đã thấy tin"}
    said = await corner.stage.ask("POST", path, "dispatcher", units=("24133-ca",), json=body, status=403)
    assert said["needs"] == "province"
    await corner.stage.ask("POST", path, "dispatcher", json=body, status=404)


async def left_to_a_person(stage: Stage, send: UUID) -> None:
    async def left() -> bool:
        row = await stage.send(send)
        return bool(row) and row["state"] == "in_doubt" and row["due_at"] is None

    await until(left, what="the send being left to a person")


async def test_an_alert_may_say_that_what_was_not_found_is_sent_again(corner: Corner) -> None:
    stage = corner.stage
    await corner.furnish("g1")
    await corner.fault("timeout", path="/v3.0/oa/group/message")
    alert = await corner.alert(on_doubt="resend")
    ended = await stage.alert_ends(alert)
    assert ended["progress"]["sent"] == 1
    assert len(await corner.sent()) == 1
    told = await stage.events(DELIVERY_RECEIPTS, 4, about=alert)
    assert [(e["state"], e.get("before")) for e in told] == [
        ("queued", None), ("in_doubt", "queued"), ("queued", "in_doubt"), ("sent", "queued"),
    ]  # fmt: skip


async def test_what_lies_deeper_in_a_busy_group_than_is_read_is_never_sent_again(corner: Corner) -> None:
    """The message is there, under sixty others: an alert's `resend` must not take that for absence."""
    stage = corner.stage
    await corner.furnish("g1")
    await corner.fault("timeout_after", path="/v3.0/oa/group/message")
    alert = await corner.alert(on_doubt="resend")
    await until(corner.sent, what="the call")
    sealed = await stage.sql.fetchval("select sealed_access from notify.tokens where account = $1", corner.page)
    access = stage.sealer.open("access", corner.page, sealed).decode()
    await asyncio.gather(*(chat(corner, access, f"lời {number}") for number in range(60)))
    ended = await stage.alert_ends(alert)
    assert (ended["progress"]["in_doubt"], ended["progress"]["sent"]) == (1, 0)
    words = [one["text"] for one in await corner.sent()]
    assert len([text for text in words if not text.startswith("lời ")]) == 1


async def chat(corner: Corner, access: str, text: str) -> None:
    """The page says something else in the group, by another program."""
    body = {"recipient": {"group_id": corner.group("g1")}, "message": {"text": text}}
    url = f"{corner.stage.zalo}/v3.0/oa/group/message"
    async with corner.stage.http.post(url, json=body, headers={"access_token": access}) as answer:
        assert int((await answer.json())["error"]) == 0


async def test_receipts_that_outrun_the_answer_wait_for_it(corner: Corner) -> None:
    """Zalo has the message and tells of it, while our call still waits for its answer."""
    stage = corner.stage
    await corner.furnish()
    person = await corner.person()
    await corner.fault("timeout_after", path="/v3.0/oa/message/cs")
    reply = await corner.reply(person, "biên nhận đến trước")
    (taken,) = await until(corner.sent, what="the call")
    await stage.receipt("seen", corner.page, person, taken["msg_id"])
    await stage.receipt("delivered", corner.page, person, taken["msg_id"])
    waiting = "select count(*) from notify.receipts_waiting where account = $1"
    await until(lambda: stage.sql.fetchval(waiting, corner.page), what="the receipts")
    assert (await stage.send(reply))["message_key"] is None
    row = await stage.comes_to(reply, "seen")
    assert row["message_key"] == taken["msg_id"]
    await until(lambda: gone(stage, waiting, corner.page), what="the receipts' end")


async def gone(stage: Stage, query: str, page: str) -> bool:
    return bool(await stage.sql.fetchval(query, page) == 0)


async def test_an_echo_brings_the_question_forward(corner: Corner) -> None:
    stage = corner.stage
    await corner.furnish()
    person = await corner.person()
    await corner.fault("error", error=-200, path="/v2.0/oa/conversation", times=None)
    await corner.fault("timeout_after", path="/v3.0/oa/message/cs")
    reply = await corner.reply(person, "tiếng vọng")
    later = "select due_at > now() + interval '10 seconds' from notify.sends where id = $1"
    await until(lambda: stage.sql.fetchval(later, reply), what="the question being put off")
    await stage.clear_faults()
    (taken,) = await corner.sent()
    await stage.receipt("send_echo", corner.page, person, taken["msg_id"])
    await stage.comes_to(reply, "sent", seconds=8)
