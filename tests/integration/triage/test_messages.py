"""From a message on Kafka to a case, its events and its acknowledgement, through the real process."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.triage.domain.codes import shown, wrong_with
from shared.events import CaseChanged, ReplyRequested
from shared.topics import CASES_EVENTS, INBOUND_MESSAGES, REPLIES_REQUESTED
from tests.integration.triage.world import UNIT, World
from tests.make import NOON, a_message, an_echo

pytestmark = pytest.mark.asyncio(loop_scope="session")


def someone() -> str:
    return uuid4().hex


def fresh(**fields: Any) -> dict[str, Any]:
    """A message of now, which may be answered."""
    now = datetime.now(UTC)
    return {"key": uuid4().hex[:20], "occurred_at": now, "received_at": now} | fields


async def events_of(world: World, person: str) -> list[CaseChanged]:
    case = (await world.case_of(person))["id"]

    async def published() -> bool:
        return any(event.case == case for event in await world.events(CASES_EVENTS))

    await world.until(published)
    return sorted((e for e in await world.events(CASES_EVENTS) if e.case == case), key=lambda e: e.version)


async def replies_to(world: World, person: str) -> list[ReplyRequested]:
    return [event for event in await world.events(REPLIES_REQUESTED) if event.person == person]


async def test_a_message_opens_a_case_at_its_unit_and_is_acknowledged_with_its_code(world: World) -> None:
    person = someone()
    await world.say(a_message("ở đây có người đánh bạc ăn tiền mỗi tối", person=person, **fresh()))
    (opened,) = await events_of(world, person)
    assert (opened.version, opened.act, opened.after.category) == (1, "opened", "tip")
    assert opened.after.commune_2020 == "24127"
    assert wrong_with(opened.code) is None

    async def acknowledged() -> bool:
        return bool(await replies_to(world, person))

    await world.until(acknowledged)
    (reply,) = await replies_to(world, person)
    assert (reply.purpose, reply.priority, reply.case) == ("acknowledgement", "reply", opened.case)
    assert shown(opened.code) in reply.text
    assert reply.not_after is not None
    assert reply.not_after > datetime.now(UTC)


async def test_a_redelivered_message_is_seen_at_two_offsets_and_opens_no_second_case(world: World) -> None:
    person = someone()
    message = a_message("Cho hỏi thủ tục nhập khẩu", person=person, **fresh())
    await world.say(message)
    await world.case_of(person)
    marker = someone()
    await world.say(message)
    await world.say(message, a_message("alo", person=marker, **fresh()))
    await world.case_of(marker)
    offsets = {
        (r.partition, r.offset)
        for r in await world.records(INBOUND_MESSAGES.name)
        if dict(r.headers)["ce_id"].decode() == str(message.id)
    }
    assert len(offsets) == 3
    await world.until(lambda: _handled(world, marker))
    assert len(await world.rows("select 1 from cases where person = $1", person)) == 1
    assert [event.version for event in await events_of(world, person)] == [1]


async def _handled(world: World, person: str) -> bool:
    return bool(await world.rows("select 1 from cases where person = $1", person))


async def test_an_old_message_opens_its_case_and_nobody_is_sent_anything(world: World) -> None:
    person = someone()
    now = datetime.now(UTC)
    await world.say(
        a_message("có trộm xe máy tối qua", person=person, key="old", occurred_at=NOON, received_at=now),
        an_echo(person=person, key="old-answer", occurred_at=NOON + timedelta(hours=2), received_at=now),
    )
    case = await world.case_of(person)
    await world.until(lambda: _answered(world, person))
    assert case["unit"] == UNIT
    assert await replies_to(world, person) == []
    events = await events_of(world, person)
    assert events[-1].after.answered_at == NOON + timedelta(hours=2)


async def _answered(world: World, person: str) -> bool:
    return bool((await world.case_of(person))["status"] == "answered")


async def test_an_answer_that_arrives_before_its_question_counts_all_the_same(world: World) -> None:
    person = someone()
    await world.say(an_echo(person=person, key="early", occurred_at=NOON + timedelta(hours=1)))
    await world.say(a_message(person=person, key="late", occurred_at=NOON))
    case = await world.case_of(person)
    assert (case["status"], case["answered_at"]) == ("answered", NOON + timedelta(hours=1))


async def test_what_a_message_causes_carries_its_trace_on(world: World) -> None:
    person = someone()
    trace = "0af7651916cd43dd8448eb211c80319c"
    await world.say(a_message("mất trộm bò", person=person, **fresh()), traceparent=f"00-{trace}-b7ad6b7169203331-01")
    await events_of(world, person)
    parents = [dict(r.headers).get("traceparent", b"").decode() for r in await world.records(CASES_EVENTS.name)]
    assert any(trace in parent for parent in parents)


async def test_a_character_that_the_database_cannot_hold_costs_nobody_their_case(world: World) -> None:
    person = someone()
    await world.say(a_message("có đánh\0 bạc", person=person, **fresh()))
    case = await world.case_of(person)
    (turn,) = await world.rows("select words from turns where case_id = $1", case["id"])
    assert turn["words"] == "có đánh bạc"


async def test_a_channel_s_clock_that_runs_ahead_still_lets_an_answer_follow_its_question(world: World) -> None:
    person, ahead = someone(), datetime.now(UTC) + timedelta(minutes=30)
    await world.say(a_message("cho hỏi thủ tục nhập khẩu", person=person, **fresh(occurred_at=ahead)))
    case = await world.case_of(person)
    path = f"/api/v1/cases/{case['code']}"
    assert (await world.post(f"{path}/answer", by="truc-ban.1", version=1, text="Xin mời đến")).status_code == 200
    await world.say(a_message("ok anh", person=person, **fresh(occurred_at=ahead + timedelta(minutes=1))))

    async def thanked() -> bool:
        return bool((await world.case_of(person))["messages"] == 2)

    await world.until(thanked)
    assert (await world.case_of(person))["status"] == "answered"
