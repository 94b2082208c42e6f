"""Officers at work over HTTP: scopes, versions, corrections, answers, the window, the record of who did what."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.events import DeliveryChanged, IdentitySealed, PersonWithdrew
from shared.identity import Sealer
from shared.topics import CASES_EVENTS, DELIVERY_RECEIPTS, IDENTITIES, INBOUND_AUDIENCE, REPLIES_REQUESTED
from tests.integration.triage.world import UNIT_OF_TODAY, World
from tests.make import NOON, PAGE, PROVINCE, a_message, inbound

pytestmark = pytest.mark.asyncio(loop_scope="session")

OWN = "ca.thong-nhat"
OTHER = "ca.pong-drang"
DESK = "truc-ban.1"
VIEWER = "lanh-dao.1"
INSPECTOR = "thanh-tra.1"
ADMINISTRATOR = "quan-tri.1"


async def a_case(world: World, text: str = "có đánh bạc ở tổ dân phố", **fields: Any) -> dict[str, Any]:
    """A case of now at the commune's own page."""
    person, now = uuid4().hex, datetime.now(UTC)
    times = {"occurred_at": now, "received_at": now} | fields
    await world.say(a_message(text, person=person, key=uuid4().hex[:20], **times))
    return dict(await world.case_of(person))


async def audit(world: World, case: UUID) -> list[str]:
    rows = await world.rows("select act from audit_log where subject = $1 order by id", f"case:{case}")
    return [row["act"] for row in rows]


async def test_nobody_comes_in_without_a_token(world: World) -> None:
    for path in ("/api/v1/me", "/api/v1/cases", "/api/v1/cases/count"):
        assert (await world.get(path)).status_code == 401
    assert (await world.post("/api/v1/imports/outcomes")).status_code == 401


async def test_a_case_is_read_whole_by_its_unit_and_reading_is_on_the_record(world: World) -> None:
    case = await a_case(world)
    code = f"{case['code'][:3]} {case['code'][3:6]}-{case['code'][6:]}"
    answer = await world.get(f"/api/v1/cases/{code}", by=OWN)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["case"]["unit"] == UNIT_OF_TODAY
    assert [turn["text"] for turn in body["conversation"]] == ["có đánh bạc ở tổ dân phố"]
    assert body["conversation"][0]["decision"]["reasons"]
    assert await audit(world, case["id"]) == ["case.opened", "case.read"]


async def test_another_commune_does_not_see_that_the_case_exists(world: World) -> None:
    case = await a_case(world)
    for by, status in ((OWN, 200), (DESK, 200), (VIEWER, 200), (OTHER, 404)):
        assert (await world.get(f"/api/v1/cases/{case['code']}", by=by)).status_code == status, by
    listed = (await world.get("/api/v1/cases", by=OTHER, limit=500)).json()["cases"]
    assert case["code"] not in {row["code"] for row in listed}
    body = {"version": 1, "category": "feedback", "reason": "thử"}
    assert (await world.post(f"/api/v1/cases/{case['code']}/correct", by=OTHER, **body)).status_code == 404
    assert (await world.post(f"/api/v1/cases/{case['code']}/correct", by=VIEWER, **body)).status_code == 403
    assert (await world.post(f"/api/v1/cases/{case['code']}/correct", by=OWN, **body)).status_code == 200


async def test_a_tip_about_the_police_is_never_seen_by_that_commune_in_lists_and_counts_either(world: World) -> None:
    before = (await world.get("/api/v1/cases/count", by=OWN)).json()["count"]
    case = await a_case(world, "công an phường nhận hối lộ 5 triệu để bỏ qua vi phạm")
    assert (case["unit"], case["conflict"]) == ("inspectorate", True)
    for by, seen in ((OWN, False), (OTHER, False), (VIEWER, False), (INSPECTOR, True), (DESK, True)):
        status = (await world.get(f"/api/v1/cases/{case['code']}", by=by)).status_code
        listed = (await world.get("/api/v1/cases", by=by, limit=500)).json()["cases"]
        codes = {row["code"] for row in listed}
        assert (status == 200, case["code"] in codes) == (seen, seen), by
    assert (await world.get("/api/v1/cases/count", by=OWN)).json()["count"] == before


async def test_a_correction_on_a_stale_version_is_refused_with_the_standing_one(world: World) -> None:
    case = await a_case(world)
    path = f"/api/v1/cases/{case['code']}/correct"
    first = await world.post(path, by=OWN, version=1, category="admin_question", topic="residence", reason="hỏi")
    assert first.json()["version"] == 2
    second = await world.post(path, by=DESK, version=1, category="feedback", reason="góp ý")
    problem = second.json()
    assert (second.status_code, problem["version"]) == (409, 2)
    assert problem["type"].endswith("stale_version")
    events = [e for e in await world.events(CASES_EVENTS) if e.case == case["id"]]
    assert {(e.version, e.act, e.after.category) for e in events if e.version > 1} <= {
        (2, "corrected", "admin_question")
    }
    assert (await audit(world, case["id"])).count("case.corrected") == 1


async def test_a_corrected_commune_sends_the_case_to_its_unit(world: World) -> None:
    case = await a_case(world, occurred_at=NOON)
    path = f"/api/v1/cases/{case['code']}/correct"
    answer = await world.post(path, by=DESK, version=1, commune_2020="24118", reason="người dân gọi lại")
    assert answer.json()["unit"] == "commune-2020-24118"
    row = await world.case_of(case["person"])
    assert (row["commune_2020"], row["commune_2025"], row["structure"]) == ("24118", "24121", "2020")
    wrong = await world.post(path, by=DESK, version=2, commune_2020="99999", reason="?")
    assert (wrong.status_code, wrong.json()["field"]) == (400, "commune_2020")
    empty = await world.post(path, by=DESK, version=2, reason="?")
    assert empty.json()["type"].endswith("nothing_to_correct")


async def test_an_answer_is_asked_of_notify_and_the_case_is_answered(world: World) -> None:
    case = await a_case(world, "Cho hỏi thủ tục nhập khẩu cần gì ạ")
    path = f"/api/v1/cases/{case['code']}/answer"
    done = await world.post(path, by=OWN, version=1, text="Mời ông/bà mang căn cước đến trụ sở.")
    assert (done.status_code, done.json()["status"]) == (200, "answered")

    async def asked() -> bool:
        return any(e.case == case["id"] and e.purpose == "answer" for e in await world.events(REPLIES_REQUESTED))

    await world.until(asked)
    (reply,) = [e for e in await world.events(REPLIES_REQUESTED) if e.case == case["id"] and e.purpose == "answer"]
    assert reply.text == "Mời ông/bà mang căn cước đến trụ sở."
    body = (await world.get(f"/api/v1/cases/{case['code']}", by=OWN)).json()
    assert [turn["speaker"] for turn in body["conversation"]] == ["person", "page"]
    assert body["conversation"][1]["officer"] == OWN


async def test_after_the_channel_s_window_an_answer_is_refused_and_says_so(world: World) -> None:
    case = await a_case(world, occurred_at=datetime.now(UTC) - timedelta(days=8))
    answer = await world.post(f"/api/v1/cases/{case['code']}/answer", by=OWN, version=1, text="Xin chào")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:binhyen:problem:window_closed")
    assert (await world.case_of(case["person"]))["version"] == 1


async def test_what_became_of_a_reply_is_noted_beside_its_case_without_a_new_version(world: World) -> None:
    case = await a_case(world)
    (reply,) = await world.rows("select id from replies where case_id = $1", case["id"])

    def receipt(version: int, state: Any) -> DeliveryChanged:
        return DeliveryChanged(
            id=uuid4(),
            province=PROVINCE,
            occurred_at=datetime.now(UTC),
            send=reply["id"],
            version=version,
            kind="reply",
            channel="zalo",
            account=PAGE,
            recipient=case["person"],
            state=state,
            case=case["id"],
        )

    await world.put(DELIVERY_RECEIPTS, receipt(3, "delivered"), receipt(2, "sent"))

    async def noted() -> bool:
        body = (await world.get(f"/api/v1/cases/{case['code']}", by=OWN)).json()
        return [r["state"] for r in body["replies"]] == ["delivered"]

    await world.until(noted)
    assert (await world.case_of(case["person"]))["version"] == 1


async def test_resolving_takes_an_outcome_of_the_list(world: World) -> None:
    case = await a_case(world)
    path = f"/api/v1/cases/{case['code']}/resolve"
    assert (await world.post(path, by=OWN, version=1, outcome="forgotten")).status_code == 400
    done = await world.post(path, by=OWN, version=1, outcome="fined", note="QĐ 12")
    assert (done.status_code, done.json()["status"]) == (200, "resolved")
    assert await audit(world, case["id"]) == ["case.opened", "case.resolved"]


async def test_a_code_with_a_wrong_digit_says_so(world: World) -> None:
    case = await a_case(world)
    wrong = case["code"][:-1] + str((int(case["code"][-1]) + 1) % 10)
    assert (await world.get(f"/api/v1/cases/{wrong}", by=OWN)).json()["type"].endswith("check_digit")
    assert (await world.get("/api/v1/cases/12", by=OWN)).json()["type"].endswith("not_a_code")


async def test_pages_of_a_list_neither_repeat_nor_leave_out(world: World) -> None:
    for _ in range(3):
        await a_case(world, occurred_at=datetime(2021, 3, 4, 5, tzinfo=UTC))
    query: dict[str, Any] = {"from": "2021-03-04", "to": "2021-03-04", "limit": 2}
    codes: list[str] = []
    while True:
        page = (await world.get("/api/v1/cases", by=DESK, **query)).json()
        codes += [row["code"] for row in page["cases"]]
        if page["next"] is None:
            break
        query["after"] = page["next"]
    assert len(codes) == len(set(codes)) == 3
    assert (await world.get("/api/v1/cases", by=DESK, after="x")).json()["type"].endswith("bad_cursor")
    assert (await world.get("/api/v1/cases", by=DESK, limit=501)).status_code == 400


async def test_who_is_behind_a_case_is_told_with_a_reason_on_the_record(world: World) -> None:
    case = await a_case(world)
    sealer = Sealer.from_file(world.folder / "secrets" / "sealing.json")
    person = case["person"]
    sealed = sealer.seal("identity", person, b'{"user_id": "123", "name": "Ng. V. A"}')
    await world.put(
        IDENTITIES,
        IdentitySealed(
            id=uuid4(), province=PROVINCE, occurred_at=NOON, channel="zalo", account=PAGE, person=person, sealed=sealed
        ),
    )

    async def copied() -> bool:
        return bool(await world.rows("select 1 from identities where person = $1", person))

    await world.until(copied)
    path = f"/api/v1/cases/{case['code']}/person"
    assert (await world.post(path, by=VIEWER, reason="tò mò")).status_code == 403
    shown = await world.post(path, by=OWN, reason="Cần mời làm việc")
    assert shown.json() == {"known": True, "name": "Ng. V. A", "channel": "zalo"}
    (row,) = await world.rows("select actor, detail from audit_log where subject = $1", f"person:{person}")
    assert row["actor"] == OWN


async def test_a_person_who_withdraws_gets_a_case_with_its_clock_and_no_message(world: World) -> None:
    person, now = uuid4().hex, datetime.now(UTC)
    event = PersonWithdrew(**inbound("withdraw", person, occurred_at=now), person=person)
    await world.put(INBOUND_AUDIENCE, event, event)
    case = await world.case_of(person)
    assert (case["kind"], case["topic"], case["unit"]) == ("data_request", "data_request", "duty-desk")
    assert case["due_at"] > now + timedelta(days=1)
    await world.say(a_message("alo", person=person, key=uuid4().hex, occurred_at=now, received_at=now))

    async def two() -> bool:
        return len(await world.rows("select 1 from cases where person = $1", person)) == 2

    await world.until(two)


async def test_too_many_wrong_passwords_make_an_account_wait(world: World) -> None:
    bad = {"account": VIEWER, "password": "sai"}
    statuses = [(await world.post("/api/v1/sign-in", **bad)).status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]
    right = await world.post("/api/v1/sign-in", account=VIEWER, password=world.accounts[VIEWER]["password"])
    assert right.status_code == 429
    assert int(right.headers["retry-after"]) > 0
    stranger = await world.post("/api/v1/sign-in", account="khong-co", password="sai")
    known = await world.post("/api/v1/sign-in", account=OTHER, password="sai")
    assert stranger.json()["title"] == known.json()["title"]


async def test_an_administrator_signs_an_officer_out_everywhere(world: World) -> None:
    await world.sign_in(OTHER)
    assert (await world.get("/api/v1/me", by=OTHER)).json()["roles"] == ["commune_officer"]
    path = f"/api/v1/officers/{OTHER}/revoke"
    assert (await world.post(path, by=DESK)).status_code == 403
    assert (await world.post(path, by=ADMINISTRATOR)).status_code == 204
    assert (await world.get("/api/v1/me", by=OTHER)).status_code == 401
    del world.tokens[OTHER]
    assert (await world.get("/api/v1/me", by=OTHER)).status_code == 200, "the password still counts"
    assert (await world.post("/api/v1/officers/khong-co/revoke", by=ADMINISTRATOR)).status_code == 404
