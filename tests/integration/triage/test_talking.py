"""What the machine asks and answers by itself, through the real process: and what becomes of the person's reply."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio

from shared.events import Attachment, DeliveryChanged, ReplyRequested
from shared.topics import DELIVERY_RECEIPTS, REPLIES_REQUESTED
from tests.integration.triage.world import UNIT_OF_TODAY, World, a_world
from tests.make import NOON, PAGE, PROVINCE, a_message, an_echo
from tests.servers import Databases

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUESTION = "cho tôi hỏi làm hộ chiếu mất mấy ngày"
UNCLEAR = "có người đánh bạc ăn tiền mỗi tối ở Krông Pắc"
DESK = "truc-ban.1"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(
    postgres: Databases, kafka_bootstrap: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """A province that lets answers out from 0.5 on."""
    database = postgres.create("triage")
    folder = tmp_path_factory.mktemp("talking")
    async with a_world(database, kafka_bootstrap, folder, automatic_answer_confidence="0.5") as made:
        await made.start()
        yield made
    postgres.drop(database)


class Person:
    """Someone who writes to the page of today, a second after another; what they were sent is read from the topic."""

    def __init__(self, world: World) -> None:
        self.world, self.id = world, uuid4().hex
        self.turns = 0
        self._at = datetime.now(UTC) - timedelta(minutes=5)

    async def says(self, text: str, **fields: Any) -> "Person":
        """Says it, and waits until it is kept."""
        self._at += timedelta(seconds=1)
        times = {"occurred_at": self._at, "received_at": datetime.now(UTC)} | fields
        await self.world.say(a_message(text, person=self.id, key=uuid4().hex[:20], **times))
        return await self.heard()

    async def is_answered(self, text: str = "Chào ông/bà") -> "Person":
        """By an officer, in the channel's console."""
        self._at += timedelta(seconds=1)
        await self.world.say(an_echo(text, person=self.id, key=uuid4().hex[:20], occurred_at=self._at))
        return await self.heard()

    async def heard(self) -> "Person":
        self.turns += 1
        told = "select count(*) from turns where conversation = $1 and message_key not like 'reply:%'"

        async def kept() -> bool:
            return bool((await self.world.rows(told, self.id))[0][0] == self.turns)

        await self.world.until(kept, seconds=20)
        return self

    async def case(self) -> asyncpg.Record:
        return await self.world.case_of(self.id)

    async def sent(self) -> list[ReplyRequested]:
        """All that was asked to be sent, once the outbox is empty."""

        async def published() -> bool:
            return not (await self.world.rows("select 1 from outbox limit 1"))

        await self.world.until(published)
        return [event for event in await self.world.events(REPLIES_REQUESTED) if event.person == self.id]

    async def automatic(self) -> list[dict[str, Any]]:
        rows = await self.world.rows(
            "select automatic from turns where conversation = $1 and automatic is not null order by at", self.id
        )
        return [json.loads(row["automatic"]) for row in rows]


async def acts_on(world: World, case: UUID) -> list[str]:
    rows = await world.rows("select act from audit_log where subject = $1 order by id", f"case:{case}")
    return [row["act"] for row in rows]


async def test_a_sure_question_is_answered_by_itself_and_2_opens_it_for_an_officer(world: World) -> None:
    person = await Person(world).says(QUESTION)
    (answer,) = await person.sent()
    case = await person.case()
    assert answer.purpose == "answer"
    assert answer.text.startswith("Trả lời tự động. Thưa ông/bà, về «Hộ chiếu phổ thông». Thời hạn: 8 ngày làm việc")
    assert (case["status"], case["answered_at"], case["acknowledged"]) == ("open", None, True)
    assert await acts_on(world, case["id"]) == ["case.opened", "case.answered_automatically"]
    await person.says("2")
    case = await person.case()
    assert (case["status"], case["review"]) == ("open", '["no_answer"]')
    assert len(await person.sent()) == 1


async def test_1_says_that_it_helped_and_the_case_is_answered(world: World) -> None:
    person = await (await Person(world).says(QUESTION)).says("1")
    case = await person.case()
    assert case["status"] == "answered"
    assert case["answered_at"] == case["last_message_at"]
    assert (await acts_on(world, case["id"]))[-1] == "case.answered"


async def test_it_is_settled_is_on_the_record_of_its_case_and_so_is_asking_for_more(world: World) -> None:
    person = await Person(world).says("tối qua nhà tôi bị mất một con bò ở tổ dân phố 3")
    await person.says("vụ mất bò đã giải quyết xong rồi, cảm ơn công an")
    case = await person.case()
    assert case["person_says"] == "settle"
    assert await acts_on(world, case["id"]) == ["case.opened", "case.person_says"]
    await person.says("tối qua nó lại trộm thêm con bò nữa ở tổ dân phố 3")
    rows = await world.rows(
        "select detail from audit_log where subject = $1 and act = 'case.person_says' order by id", f"case:{case['id']}"
    )
    assert [json.loads(row["detail"])["says"] for row in rows] == ["settle", None]


async def test_the_officer_sees_the_machine_s_turn_and_the_same_answer_as_a_proposal(world: World) -> None:
    person = await Person(world).says(QUESTION)
    case = await person.case()
    body = (await world.get(f"/api/v1/cases/{case['code']}", by=DESK)).json()
    asked, told = body["conversation"]
    assert (asked["automatic"], told["officer"]) == (None, None)
    assert (told["automatic"]["purpose"], told["automatic"]["about"]) == ("answer", "passport")
    proposal = body["proposal"]
    assert (proposal["procedure"], proposal["asked_for"], proposal["doubts"]) == ("passport", ["time"], [])
    assert proposal["text_version"] == told["automatic"]["version"]
    assert {fact["part"] for fact in proposal["to_check"]} == {"documents", "fee"}


async def test_an_unclear_report_is_asked_about_and_its_answer_routes_the_same_case(world: World) -> None:
    person = await Person(world).says(UNCLEAR)
    (question,) = await person.sent()
    before = await person.case()
    assert question.purpose == "acknowledgement"
    assert "xã, phường nào" in question.text
    assert (before["unit"], before["review"]) == ("duty-desk", '["commune_unclear"]')
    await person.says("xã Ea Knuếc ạ")
    after = await person.case()
    assert after["id"] == before["id"]
    assert (after["commune_2025"], after["unit"], after["review"]) == ("24505", "commune-2025-24505", "[]")
    assert len(await person.sent()) == 1


async def test_a_shared_location_answers_too(world: World) -> None:
    person = await Person(world).says(UNCLEAR)
    await person.says("", attachments=(Attachment(kind="location", latitude=12.78, longitude=108.4),))
    case = await person.case()
    assert (case["messages"], case["review"], case["unit"]) == (2, "[]", f"commune-2025-{case['commune_2025']}")


async def test_there_is_never_a_third_question(world: World) -> None:
    person = await Person(world).says(UNCLEAR)
    for _ in range(4):
        await person.says("thì ở Krông Pắc đó")
    questions = [said for said in await person.automatic() if said["purpose"] == "question"]
    assert 1 <= len(questions) <= 2
    assert len({said["version"] for said in questions}) == len(questions)


async def test_the_past_is_asked_and_answered_nothing(world: World) -> None:
    person = Person(world)
    for text in (QUESTION, UNCLEAR):
        await person.says(text, occurred_at=NOON + timedelta(hours=person.turns))
    assert await person.sent() == []
    assert await person.automatic() == []


async def test_once_an_officer_has_answered_the_machine_is_silent(world: World) -> None:
    person = await (await Person(world).says("alo")).is_answered()
    await person.says(QUESTION)
    assert await person.sent() == []


def a_receipt(said: ReplyRequested, person: Person, *, quota_left: int) -> DeliveryChanged:
    return DeliveryChanged(
        id=uuid4(),
        province=PROVINCE,
        occurred_at=datetime.now(UTC),
        send=said.id,
        version=1,
        kind="reply",
        channel="zalo",
        account=PAGE,
        recipient=person.id,
        state="sent",
        quota_left=quota_left,
    )


@pytest.mark.parametrize(("told", "kept"), [(10**12, 1_000_000), (-5, 0)])
async def test_a_quota_that_no_channel_grants_is_kept_within_bounds(world: World, told: int, kept: int) -> None:
    person = await Person(world).says("góp ý: trang rất hữu ích, mong đăng nhiều tin hơn nữa")
    (said,) = await person.sent()
    await world.put(DELIVERY_RECEIPTS, a_receipt(said, person, quota_left=told))

    async def noted() -> bool:
        return bool((await world.rows("select quota_left from replies where id = $1", said.id))[0][0] == kept)

    await world.until(noted)


async def test_what_the_channel_tells_of_its_quota_stops_the_machine_and_not_the_officer(world: World) -> None:
    person = await Person(world).says("góp ý: trang rất hữu ích, mong đăng nhiều tin hơn nữa")
    (said,) = await person.sent()
    await world.put(DELIVERY_RECEIPTS, a_receipt(said, person, quota_left=1))

    async def noted() -> bool:
        return bool((await world.rows("select quota_left from replies where id = $1", said.id))[0][0] == 1)

    await world.until(noted)
    await person.says("tôi báo thêm một việc nữa: có người đánh bạc ăn tiền mỗi tối ở tổ dân phố 3")
    assert len(await person.sent()) == 1
    case = await person.case()
    path = f"/api/v1/cases/{case['code']}/answer"
    answer = await world.post(path, by=DESK, version=case["version"], text="Cảm ơn ông/bà, tổ tuần tra sẽ đến.")
    assert answer.status_code == 200, answer.text
    assert len(await person.sent()) == 2


async def test_two_matters_of_one_instant_are_two_cases_whichever_comes_first(world: World) -> None:
    report, at = "có người đánh bạc ăn tiền mỗi tối ở tổ dân phố 3", datetime.now(UTC) - timedelta(minutes=1)
    for texts in ((report, QUESTION), (QUESTION, report)):
        person = Person(world)
        for text in texts:
            await person.says(text, occurred_at=at)
        rows = await world.rows("select category, messages from cases where person = $1 order by category", person.id)
        assert [tuple(row) for row in rows] == [("admin_question", 1), ("tip", 1)]


async def test_a_question_after_a_report_is_a_case_of_its_own_and_each_is_answered_apart(world: World) -> None:
    person = await Person(world).says("có người đánh bạc ăn tiền mỗi tối ở tổ dân phố 3")
    report = await person.case()
    await person.says(QUESTION)
    question = await person.case()
    assert question["id"] != report["id"]
    assert (report["unit"], question["category"]) == (UNIT_OF_TODAY, "admin_question")
    path = f"/api/v1/cases/{report['code']}/answer"
    assert (await world.post(path, by=DESK, version=report["version"], text="Cảm ơn ông/bà")).status_code == 200
    await person.says("cảm ơn")
    rows = await world.rows("select id, answered_at from cases where person = $1", person.id)
    assert {row["id"]: bool(row["answered_at"]) for row in rows} == {report["id"]: True, question["id"]: False}


async def test_what_waited_for_days_spends_the_free_replies_of_the_day_on_which_it_is_read(world: World) -> None:
    """Many matters of one person, received three days ago: in one batch, and then one after another."""
    person, at = uuid4().hex, datetime.now(UTC) - timedelta(days=3)
    texts = (QUESTION, "tôi báo việc khác, có đánh bạc ăn tiền mỗi tối ở tổ dân phố 3")
    waiting = [
        a_message(
            texts[n % 2],
            person=person,
            key=uuid4().hex[:20],
            occurred_at=moment,
            received_at=moment + timedelta(seconds=1),
        )
        for n in range(16)
        for moment in [at + timedelta(minutes=n)]
    ]
    for part in (waiting[:8], *([each] for each in waiting[8:])):
        await world.say(*part)

    async def read() -> bool:
        rows = await world.rows("select count(distinct id) from cases where person = $1", person)
        return bool(rows[0][0] == len(waiting))

    await world.until(read)
    rows = await world.rows(
        "select r.requested_at from replies r join cases c on c.id = r.case_id where c.person = $1", person
    )
    assert len(rows) == 5, "eight are free, three of them are an officer's"
    assert min(row["requested_at"] for row in rows) > datetime.now(UTC) - timedelta(hours=1)
