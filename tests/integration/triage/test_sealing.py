"""A sealed case tried at every way out: what an officer of the place, a viewer or another service could learn."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from shared.events import DeliveryChanged
from shared.topics import CASES_EVENTS, DELIVERY_RECEIPTS, REPLIES_REQUESTED
from tests.integration.triage.world import COMMUNE, UNIT_OF_TODAY, World, searched
from tests.make import PAGE, PROVINCE, a_message, an_echo

pytestmark = pytest.mark.asyncio(loop_scope="session")

OWN = "ca.thong-nhat"
DESK = "truc-ban.1"
VIEWER = "lanh-dao.1"
INSPECTOR = "thanh-tra.1"
ADMINISTRATOR = "quan-tri.1"
BELOW = (OWN, "ca.pong-drang", VIEWER)

ACCUSING = "công an phường nhận hối lộ 5 triệu để bỏ qua vi phạm"
PLAIN = "có đánh bạc ở tổ dân phố"


async def a_case(world: World, text: str, *, person: str = "", at: datetime | None = None) -> dict[str, Any]:
    person, at = person or uuid4().hex, at or datetime.now(UTC)
    await world.say(a_message(text, person=person, key=uuid4().hex[:20], occurred_at=at, received_at=at))
    return dict(await world.case_of(person))


async def sealed_later(world: World, case: dict[str, Any]) -> dict[str, Any]:
    """The person goes on to accuse."""
    await a_case(world, ACCUSING, person=case["person"])

    async def sealed() -> bool:
        return bool((await world.case_of(case["person"]))["conflict"])

    await world.until(sealed)
    return dict(await world.case_of(case["person"]))


async def looked(world: World) -> None:
    async def empty() -> bool:
        return not await world.rows("select 1 from incident_queue limit 1")

    await world.until(empty)


async def seen_by(world: World, by: str) -> dict[str, Any]:
    """All that an officer is told by lists and counts."""
    codes: list[str] = []
    query: dict[str, Any] = {"limit": 500}
    while True:
        page = (await world.get("/api/v1/cases", by=by, **query)).json()
        codes += [row["code"] for row in page["cases"]]
        if page["next"] is None:
            break
        query["after"] = page["next"]
    counts = {
        str(question): (await world.get("/api/v1/cases/count", by=by, **question)).json()["count"]
        for question in ({}, {"category": "tip"}, {"status": "open"})
    }
    proposals = (await world.get("/api/v1/proposals", by=by, limit=200)).json()
    return {"codes": codes, "counts": counts, "proposals": proposals}


async def unmarked(world: World, *cases: dict[str, Any]) -> list[str]:
    """The acts on the record that name one of these cases, or its person, without saying that it is sealed."""
    named = [str(word) for case in cases for word in (case["id"], case["code"], case["person"])]
    rows = await world.rows("select act, subject || detail::text as told, detail->>'sealed' as sealed from audit_log")
    about = [row for row in rows if any(word in row["told"] for word in named)]
    assert about
    return [row["act"] for row in about if row["sealed"] != "true"]


async def test_with_and_without_a_sealed_case_all_below_are_told_the_same(world: World) -> None:
    await a_case(world, PLAIN)
    await looked(world)
    before = {by: await seen_by(world, by) for by in BELOW}
    desk = await seen_by(world, DESK)
    case = await a_case(world, ACCUSING)
    await looked(world)
    assert {by: await seen_by(world, by) for by in BELOW} == before
    after = await seen_by(world, DESK)
    assert set(after["codes"]) - set(desk["codes"]) == {case["code"]}


async def test_every_act_and_look_by_its_code_is_answered_as_for_one_that_is_not(world: World) -> None:
    case = await a_case(world, ACCUSING)
    missing = "000000000"
    acts: dict[str, dict[str, Any]] = {
        "correct": {"version": 1, "category": "feedback", "conflict": False, "reason": "thử"},
        "answer": {"version": 1, "text": "Chào"},
        "resolve": {"version": 1, "outcome": "unfounded"},
        "person": {"reason": "muốn biết"},
    }
    for by in BELOW:
        assert (await world.get(f"/api/v1/cases/{case['code']}", by=by)).status_code == 404
        for act, body in acts.items():
            sealed = await world.post(f"/api/v1/cases/{case['code']}/{act}", by=by, **body)
            unknown = await world.post(f"/api/v1/cases/{missing}/{act}", by=by, **body)
            assert (sealed.status_code, sealed.json()["title"]) == (404, unknown.json()["title"]), (by, act)
    table = f"case_code,outcome,acted_at,note\n{case['code']},unfounded,{datetime.now(UTC).isoformat()},\n"
    assert (await world.post_csv("/api/v1/imports/outcomes", table, by=OWN)).status_code == 403
    assert (await world.case_of(case["person"]))["version"] == 1


async def test_what_other_services_are_told_names_neither_page_nor_commune(world: World) -> None:
    case = await sealed_later(world, await a_case(world, PLAIN))

    async def published() -> bool:
        mine = [e for e in await world.events(CASES_EVENTS) if e.case == case["id"]]
        return len(mine) >= int(case["version"])

    await world.until(published)
    events = sorted((e for e in await world.events(CASES_EVENTS) if e.case == case["id"]), key=lambda e: e.version)
    assert (events[0].account, events[0].after.commune_2020 or events[0].after.commune_2025) != ("", None)
    assert (events[-1].account, events[-1].after.unit) == ("", "inspectorate")
    assert (events[-1].after.commune_2020, events[-1].after.commune_2025) == (None, None)


async def test_a_case_that_is_sealed_later_leaves_every_list_count_and_incident(world: World) -> None:
    at = datetime.now(UTC) - timedelta(days=3)
    first = await a_case(world, "đánh nhau trước quán cà phê Gió", at=at)
    second = await a_case(world, "danh nhau truoc quan ca phe gio", at=at + timedelta(minutes=5))
    await looked(world)
    page = (await world.get("/api/v1/proposals", by=OWN, limit=200)).json()["proposals"]
    (proposal,) = [p for p in page if p["later"]["code"] == second["code"]]
    incident = (await world.post(f"/api/v1/proposals/{proposal['proposal']}/confirm", by=OWN)).json()["incident"]
    third = await a_case(world, "truoc quan ca phe gio co danh nhau", at=at + timedelta(minutes=9))
    await looked(world)
    shown = await seen_by(world, OWN)
    await sealed_later(world, second)
    body = await world.get(f"/api/v1/incidents/{incident}", by=OWN)
    assert body.status_code == 404 or [c["code"] for c in body.json()["cases"]] == [first["code"]]
    await looked(world)
    now = await seen_by(world, OWN)
    assert second["code"] in shown["codes"]
    assert second["code"] not in str(now)
    assert now["counts"]["{}"] == shown["counts"]["{}"] - 1
    assert not await world.rows("select 1 from incident_cases where case_id = $1", second["id"])
    (parted,) = await world.rows(
        "select detail->>'sealed' as sealed, detail->>'why' as why from audit_log where subject = $1 and act = $2",
        *(f"case:{second['id']}", "incident.parted"),
    )
    assert (parted["sealed"], parted["why"]) == ("true", "seals_differ")
    pairs = await world.rows(
        "select 1 from proposals p join cases l on l.id = p.low join cases h on h.id = p.high "
        "where p.state = 'proposed' and l.conflict <> h.conflict"
    )
    assert pairs == [], "an open case is never proposed with a sealed one"
    assert third["code"] in now["codes"]


async def test_two_sealed_cases_are_proposed_to_the_inspectorate_and_to_nobody_below(world: World) -> None:
    at = datetime.now(UTC) - timedelta(days=9)
    first = await a_case(world, "công an phường nhận hối lộ của quán karaoke Sao Đêm", at=at)
    second = await a_case(world, "cong an phuong nhan hoi lo cua quan karaoke sao dem", at=at + timedelta(hours=2))
    assert first["conflict"]
    assert second["conflict"]
    await looked(world)
    page = (await world.get("/api/v1/proposals", by=INSPECTOR, limit=200)).json()["proposals"]
    (proposal,) = [p for p in page if p["later"]["code"] == second["code"]]
    path = f"/api/v1/proposals/{proposal['proposal']}"
    for by in BELOW:
        below = (await world.get("/api/v1/proposals", by=by, limit=200)).json()
        assert second["code"] not in str(below)
        assert (await world.post(f"{path}/confirm", by=by)).status_code == 404
        assert (await world.post(f"{path}/refuse", by=by)).status_code == 404
    done = await world.post(f"{path}/confirm", by=INSPECTOR)
    assert done.status_code == 200, done.text
    incident = done.json()["incident"]
    assert (await world.get(f"/api/v1/incidents/{incident}/reporters", by=INSPECTOR)).status_code == 200
    assert (
        await world.post(f"/api/v1/cases/{first['code']}/person", by=INSPECTOR, reason="xác minh")
    ).status_code == 200
    part = await world.post(f"/api/v1/incidents/{incident}/part", by=INSPECTOR, code=second["code"], reason="hai vụ")
    assert part.status_code == 200
    assert await unmarked(world, first, second) == []
    for by in BELOW:
        assert (await world.get(f"/api/v1/incidents/{done.json()['incident']}", by=by)).status_code == 404
        assert (await world.get(f"/api/v1/incidents/{done.json()['incident']}/reporters", by=by)).status_code == 404


async def test_only_the_inspectorate_or_an_administrator_lifts_a_seal_and_it_is_on_the_record(world: World) -> None:
    for lifter in (INSPECTOR, ADMINISTRATOR):
        case = await a_case(world, ACCUSING)
        path, body = f"/api/v1/cases/{case['code']}/correct", {"version": 1, "conflict": False, "reason": "mạo danh"}
        assert (await world.post(path, by=DESK, **body)).status_code == 403
        done = await world.post(path, by=lifter, **body)
        assert (done.status_code, done.json()["unit"]) == (200, UNIT_OF_TODAY)
        assert (await world.get(f"/api/v1/cases/{case['code']}", by=OWN)).status_code == 200
        (row,) = await world.rows(
            "select actor, detail from audit_log where subject = $1 and act = 'case.corrected'", f"case:{case['id']}"
        )
        assert (row["actor"], '"seal": "lifted"' in row["detail"]) == (lifter, True)
        again = await sealed_later(world, case)
        assert again["unit"] == "inspectorate", "an accusation that nobody looked at"
        assert (await world.get(f"/api/v1/cases/{case['code']}", by=OWN)).status_code == 404


async def test_an_officer_of_the_place_may_seal_what_the_machine_did_not_see(world: World) -> None:
    case = await a_case(world, PLAIN)
    body = {"version": 1, "conflict": True, "reason": "liên quan đồng nghiệp"}
    assert (await world.post(f"/api/v1/cases/{case['code']}/correct", by=OWN, **body)).json()["unit"] == "inspectorate"
    assert (await world.get(f"/api/v1/cases/{case['code']}", by=OWN)).status_code == 404


async def test_an_answer_typed_in_the_page_s_console_joins_the_sealed_case_and_shows_it_to_nobody(world: World) -> None:
    case = await a_case(world, ACCUSING)
    at = datetime.now(UTC)
    await world.say(an_echo("Chào bạn", person=case["person"], key=uuid4().hex[:20], occurred_at=at, received_at=at))

    async def answered() -> bool:
        return bool((await world.case_of(case["person"]))["answered_at"])

    await world.until(answered)
    assert (await world.case_of(case["person"]))["id"] == case["id"]
    for by in BELOW:
        assert (await world.get(f"/api/v1/cases/{case['code']}", by=by)).status_code == 404


async def test_the_acknowledgement_says_the_same_as_to_any_other_tip(world: World) -> None:
    sealed, plain = await a_case(world, ACCUSING), await a_case(world, PLAIN)

    async def replied() -> dict[Any, Any]:
        replies = await world.events(REPLIES_REQUESTED)
        found = {e.case: e for e in replies if e.case in {sealed["id"], plain["id"]} and e.purpose == "acknowledgement"}
        return found if len(found) == 2 else {}

    await world.until(replied)
    found = await replied()
    texts = [found[case["id"]].text.replace(_spoken(case["code"]), "") for case in (sealed, plain)]
    assert texts[0] == texts[1]
    assert found[sealed["id"]].priority == found[plain["id"]].priority


def _spoken(code: str) -> str:
    return f"{code[:3]} {code[3:6]} {code[6:]}"


async def test_a_receipt_of_a_sealed_case_changes_nothing_that_others_see(world: World) -> None:
    case = await a_case(world, ACCUSING)
    (reply, *_) = await world.rows("select id from replies where case_id = $1", case["id"])
    before = await seen_by(world, OWN)
    receipt = DeliveryChanged(
        id=uuid4(),
        province=PROVINCE,
        occurred_at=datetime.now(UTC),
        send=reply["id"],
        version=2,
        kind="reply",
        channel="zalo",
        account=PAGE,
        recipient=case["person"],
        state="delivered",
        case=case["id"],
    )
    await world.put(DELIVERY_RECEIPTS, receipt)

    async def noted() -> bool:
        rows = await world.rows("select state from replies where id = $1", reply["id"])
        return bool(rows[0]["state"] == "delivered")

    await world.until(noted)
    assert await seen_by(world, OWN) == before


async def test_neither_metrics_nor_logs_nor_traces_tell_where_a_sealed_case_is(world: World) -> None:
    case = await a_case(world, ACCUSING)
    metrics = (await world.get("/metrics")).text
    assert not any(secret in metrics for secret in (PAGE, COMMUNE, "inspectorate", "conflict", case["code"]))
    assert searched(world.folder, ACCUSING) == []
    told = [line for line in world.log.read_text().splitlines() if str(case["id"]) in line or case["code"] in line]
    assert not any(word in line for line in told for word in (COMMUNE, "inspectorate", "conflict", PAGE))


async def test_whose_seal_is_lifted_leaves_what_is_sealed_and_the_record_tells_why(world: World) -> None:
    at = datetime.now(UTC) - timedelta(days=15)
    first = await a_case(world, "công an phường nhận hối lộ của quán bida Ngàn Hoa", at=at)
    second = await a_case(world, "cong an phuong nhan hoi lo cua quan bida ngan hoa", at=at + timedelta(hours=2))
    await looked(world)
    page = (await world.get("/api/v1/proposals", by=INSPECTOR, limit=200)).json()["proposals"]
    (proposal,) = [p for p in page if p["later"]["code"] == second["code"]]
    assert (await world.post(f"/api/v1/proposals/{proposal['proposal']}/confirm", by=INSPECTOR)).status_code == 200
    body = {"version": second["version"], "conflict": False, "reason": "mạo danh"}
    assert (await world.post(f"/api/v1/cases/{second['code']}/correct", by=INSPECTOR, **body)).status_code == 200
    await looked(world)
    rows = await world.rows(
        "select detail->>'sealed' as sealed, detail->>'why' as why from audit_log "
        "where subject = any($1) and act = 'incident.parted' order by subject = $2",
        [f"case:{case['id']}" for case in (first, second)],
        f"case:{second['id']}",
    )
    assert (rows[-1]["sealed"], rows[-1]["why"]) == (None, "seals_differ"), "it is not sealed any more"


async def told(world: World, person: str, *said: tuple[str, datetime]) -> list[dict[str, Any]]:
    """Each said and kept before the next; the cases of the person, the earliest first."""
    for text, at in said:
        key = uuid4().hex[:20]
        await world.say(a_message(text, person=person, key=key, occurred_at=at, received_at=at))

        async def kept(key: str = key) -> bool:
            return bool(await world.rows("select 1 from turns where message_key = $1", key))

        await world.until(kept)
    return [dict(row) for row in await world.rows("select * from cases where person = $1 order by opened_at", person)]


async def test_the_next_matter_of_who_accused_tells_nobody_which_commune_was_accused(world: World) -> None:
    at, person = datetime.now(UTC) - timedelta(minutes=9), uuid4().hex
    accusing = "công an xã Ea Tul huyện Cư M'gar nhận hối lộ 5 triệu của ông Y Bhim để bỏ qua vi phạm"
    question = "cho tôi hỏi làm hộ chiếu mất mấy ngày"
    sealed, asked = await told(world, person, (accusing, at), (question, at + timedelta(minutes=1)))
    assert (sealed["conflict"], asked["conflict"]) == (True, False)
    assert (asked["place"], asked["unit"]) == ("page", UNIT_OF_TODAY)
    assert "trước đó" not in (await world.get(f"/api/v1/cases/{asked['code']}", by=OWN)).text


async def test_what_goes_on_with_an_accusation_after_a_question_is_sealed_too(world: World) -> None:
    at, person = datetime.now(UTC) - timedelta(minutes=9), uuid4().hex
    said = (
        ACCUSING,
        "cho tôi hỏi làm hộ chiếu mất mấy ngày",
        "tôi có ghi âm lại hết rồi, lúc 9h sáng hôm qua ở phòng 12",
    )
    cases = await told(world, person, *((text, at + timedelta(minutes=n)) for n, text in enumerate(said)))
    (turn,) = await world.rows("select case_id from turns where conversation = $1 and words = $2", person, said[-1])
    (last,) = [case for case in cases if case["id"] == turn["case_id"]]
    assert (last["conflict"], last["unit"]) == (True, "inspectorate")
    assert (await world.get(f"/api/v1/cases/{last['code']}", by=OWN)).status_code == 404


async def test_a_late_message_that_parts_a_sealed_case_makes_none_of_its_words_visible(world: World) -> None:
    at, person = datetime.now(UTC) - timedelta(minutes=9), uuid4().hex
    secret = "thằng đó là em ruột trưởng công an phường, bí mật giúp tôi"
    first = "có đánh bạc ở tổ dân phố 3, trong đó có thằng Tư"
    (case,) = await told(world, person, (first, at), (secret, at + timedelta(minutes=4)))
    body = {"version": case["version"], "conflict": True, "reason": "liên quan cán bộ"}
    assert (await world.post(f"/api/v1/cases/{case['code']}/correct", by=DESK, **body)).status_code == 200
    cases = await told(world, person, ("cho tôi hỏi làm hộ chiếu mất mấy ngày", at + timedelta(minutes=2)))
    (turn,) = await world.rows("select case_id from turns where conversation = $1 and words = $2", person, secret)
    assert len(cases) == 2
    assert turn["case_id"] != case["id"]
    for each in cases:
        assert each["conflict"]
        assert (await world.get(f"/api/v1/cases/{each['code']}", by=OWN)).status_code == 404
