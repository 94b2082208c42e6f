"""The same event told many times, on real servers: proposed, confirmed, refused, parted; chains; a flood."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.triage.domain.incidents.chain import Chain, Sent
from services.triage.domain.incidents.proposing import pair_id
from services.triage.store import chains, incidents
from services.triage.store.chains import LOOKED_AT
from shared.topics import CHANNELS_ACCOUNTS
from tests.integration.triage.world import COMMUNE, UNIT, UNIT_OF_TODAY, World, a_page, opened
from tests.make import PAGE, PROVINCE, a_message

pytestmark = pytest.mark.asyncio(loop_scope="session")

OWN = "ca.thong-nhat"
OTHER = "ca.pong-drang"
DESK = "truc-ban.1"
VIEWER = "lanh-dao.1"
INSPECTOR = "thanh-tra.1"

CHAIN = (
    "canh bao khan cap nhom nguoi la mat dang di xe bay cho mau den bat coc tre em o cac truong hoc ba con hay chuyen "
    "tin nay cho moi nguoi trong gia dinh va ban be cung biet de phong"
)


async def tell(world: World, text: str, *, at: datetime, person: str = "", account: str = PAGE) -> dict[str, Any]:
    """A report of its own person; its case once the loop has looked at it."""
    person = person or uuid4().hex
    await world.say(
        a_message(text, person=person, key=uuid4().hex[:20], occurred_at=at, received_at=at, account=account)
    )
    case = dict(await world.case_of(person))
    await looked(world)
    return case


async def looked(world: World) -> None:
    async def empty() -> bool:
        return not await world.rows("select 1 from incident_queue limit 1")

    await world.until(empty)


async def open_with(world: World, case: dict[str, Any], *, by: str = DESK) -> list[dict[str, Any]]:
    """The open proposals of a list that name the case."""
    found: list[dict[str, Any]] = []
    counts: list[int | None] = []
    after: dict[str, str] = {}
    while True:
        page = (await world.get("/api/v1/proposals", by=by, limit=200, **after)).json()
        found += page["proposals"]
        counts.append(page["count"])
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert counts == [len(found), *[None] * (len(counts) - 1)]
    return [row for row in found if case["code"] in {row["later"]["code"], row["earlier"]["code"]}]


def somewhen(days: int) -> datetime:
    """A day that no other test of this file uses."""
    return datetime(2022, 3, 1, 3, tzinfo=UTC) + timedelta(days=60 * days)


async def test_two_who_tell_one_event_are_proposed_with_reasons_and_a_person_confirms(world: World) -> None:
    at = somewhen(0)
    first = await tell(world, "có mấy thằng đánh nhau trước quán karaoke Hương Rừng", at=at)
    second = await tell(world, "danh lon truoc quan karaoke huong rung co cam dao", at=at + timedelta(minutes=20))
    (proposal,) = await open_with(world, second, by=OWN)
    assert (proposal["later"]["code"], proposal["earlier"]["code"]) == (second["code"], first["code"])
    assert proposal["reasons"][0] == "Cùng một xã, phường."
    assert proposal["later"]["reasons"]
    assert proposal["incident"] is None
    done = await world.post(f"/api/v1/proposals/{proposal['proposal']}/confirm", by=OWN)
    assert (done.status_code, done.json()["state"]) == (200, "confirmed")
    incident = done.json()["incident"]
    body = (await world.get(f"/api/v1/incidents/{incident}", by=OWN)).json()
    assert [case["code"] for case in body["cases"]] == [first["code"], second["code"]]
    assert (await world.get(f"/api/v1/cases/{first['code']}", by=OWN)).json()["incident"] == incident
    again = await world.post(f"/api/v1/proposals/{proposal['proposal']}/refuse", by=OWN)
    assert (again.status_code, again.json()["state"]) == (409, "confirmed")
    rows = await world.rows("select act, actor from audit_log where subject = $1", f"case:{second['id']}")
    assert ("incident.confirmed", OWN) in {(row["act"], row["actor"]) for row in rows}


async def test_a_third_joins_the_incident_and_its_reporters_can_be_told(world: World) -> None:
    at = somewhen(1)
    texts = ("cháy nhà gần chợ Thống Nhất", "chay nha lon o gan cho thong nhat", "gan cho thong nhat chay nha roi")
    cases = [await tell(world, text, at=at + timedelta(minutes=n)) for n, text in enumerate(texts)]
    incidents = set()
    for case in reversed(cases[1:]):
        (proposal,) = [row for row in await open_with(world, case) if row["later"]["code"] == case["code"]]
        done = await world.post(f"/api/v1/proposals/{proposal['proposal']}/confirm", by=DESK)
        incidents.add(done.json()["incident"])
        await looked(world)
    (incident,) = {
        row["incident"]
        for row in await world.rows(
            "select incident from incident_cases where case_id = any($1)", [c["id"] for c in cases]
        )
    }
    assert str(incident) in incidents
    body = (await world.get(f"/api/v1/incidents/{incident}/reporters", by=OWN)).json()
    assert [row["conversation"] for row in body["reporters"]] == [case["conversation"] for case in cases]
    assert {row["reachable"] for row in body["reporters"]} == {False}, "the channel's window closed years ago"
    assert (await world.get(f"/api/v1/incidents/{incident}/reporters", by=VIEWER)).status_code == 403
    assert (await world.get(f"/api/v1/incidents/{incident}", by=VIEWER)).status_code == 200
    assert (await world.get(f"/api/v1/incidents/{incident}", by=OTHER)).status_code == 404


async def test_a_refused_pair_is_never_proposed_again(world: World) -> None:
    at = somewhen(2)
    await tell(world, "trộm bẻ khóa lấy xe máy ở hẻm 12", at=at)
    person = uuid4().hex
    second = await tell(world, "be khoa lay mat xe may o hem 12", at=at + timedelta(hours=2), person=person)
    (proposal,) = await open_with(world, second)
    assert (await world.post(f"/api/v1/proposals/{proposal['proposal']}/refuse", by=VIEWER)).status_code == 403
    assert (await world.post(f"/api/v1/proposals/{proposal['proposal']}/refuse", by=OTHER)).status_code == 404
    done = await world.post(f"/api/v1/proposals/{proposal['proposal']}/refuse", by=OWN)
    assert done.json() == {"proposal": proposal["proposal"], "state": "refused", "incident": None}
    await tell(world, "mất xe máy ở hẻm 12 bị bẻ khóa", at=at + timedelta(hours=3), person=person)
    assert await open_with(world, second) == []


async def test_a_case_that_was_confirmed_by_mistake_is_parted_again_for_good(world: World) -> None:
    at = somewhen(3)
    first = await tell(world, "đá gà ăn tiền sau nhà văn hóa", at=at)
    second = await tell(world, "choi da ga an tien sau nha van hoa", at=at + timedelta(hours=5))
    (proposal,) = await open_with(world, second)
    incident = (await world.post(f"/api/v1/proposals/{proposal['proposal']}/confirm", by=OWN)).json()["incident"]
    path = f"/api/v1/incidents/{incident}/part"
    assert (await world.post(path, by=VIEWER, code=second["code"], reason="nhầm")).status_code == 403
    left = await world.post(path, by=OWN, code=second["code"], reason="hai vụ khác nhau")
    assert [case["code"] for case in left.json()["cases"]] == [first["code"]]
    await looked(world)
    assert (await world.get(f"/api/v1/incidents/{incident}", by=OWN)).status_code == 404, "one alone is no incident"
    assert await open_with(world, second) == []
    acts = [
        row["act"]
        for row in await world.rows("select act from audit_log where subject = $1 order by id", f"case:{second['id']}")
    ]
    assert acts.count("incident.parted") == 1


async def test_a_confirmation_that_would_join_what_was_refused_is_refused_itself(world: World) -> None:
    """An officer's list may be older than what others decided, and the loop may not have looked yet."""
    at = somewhen(13)
    texts = ("cháy nhà gần chợ Thống Nhất", "chay nha lon o gan cho thong nhat", "gan cho thong nhat chay nha roi")
    cases = [await tell(world, text, at=at + timedelta(minutes=n)) for n, text in enumerate(texts)]
    last = cases[-1]
    (proposal,) = [row for row in await open_with(world, last) if row["later"]["code"] == last["code"]]
    (earlier,) = [case for case in cases if case["code"] == proposal["earlier"]["code"]]
    (refused,) = [case for case in cases if case["code"] not in {last["code"], earlier["code"]}]
    incident = uuid4()
    await world.rows("insert into incidents values ($1, $2, $3, 'o')", incident, PROVINCE, at)
    for case in (earlier, refused):
        await world.rows("insert into incident_cases values ($1, $2, $3, $4, 'o')", case["id"], PROVINCE, incident, at)
    store = await opened(world)
    try:
        async with store.transaction() as tx:
            pair = pair_id(last["id"], refused["id"])
            await tx.execute(incidents.REFUSE_PAIR, pair, PROVINCE, last["id"], refused["id"], "o", at)
    finally:
        await store.database.close()
    done = await world.post(f"/api/v1/proposals/{proposal['proposal']}/confirm", by=OWN)
    assert (done.status_code, done.json()["type"].split(":")[-1]) == (409, "refused_meanwhile")
    assert not await world.rows("select 1 from incident_cases where case_id = $1", last["id"])
    (row,) = await world.rows("select state from proposals where id = $1", UUID(proposal["proposal"]))
    assert row["state"] == "proposed"


async def test_a_corrected_commune_takes_the_proposal_back(world: World) -> None:
    at = somewhen(4)
    await tell(world, "đổ rác thải xuống suối cá chết trắng", at=at)
    second = await tell(world, "ca chet trang suoi do rac thai do xuong", at=at + timedelta(hours=5))
    assert len(await open_with(world, second)) == 1
    body = {"version": second["version"], "commune_2020": "24118", "reason": "gọi lại hỏi rõ"}
    assert (await world.post(f"/api/v1/cases/{second['code']}/correct", by=DESK, **body)).status_code == 200
    await looked(world)
    assert await open_with(world, second) == []


async def test_what_reaches_beyond_an_officer_s_units_is_for_the_province_to_decide(world: World) -> None:
    at = somewhen(8)
    await tell(world, "xe tải đổ đất lấn suối gần cầu Trắng", at=at)
    second = await tell(world, "xe tai do dat lan suoi gan cau trang", at=at + timedelta(hours=1))
    (proposal,) = await open_with(world, second, by=OWN)
    await world.rows("update cases set unit = 'duty-desk' where id = $1", second["id"])
    assert await open_with(world, second, by=OWN) == []
    assert (await world.post(f"/api/v1/proposals/{proposal['proposal']}/confirm", by=OWN)).status_code == 404
    done = await world.post(f"/api/v1/proposals/{proposal['proposal']}/confirm", by=DESK)
    body = (await world.get(f"/api/v1/incidents/{done.json()['incident']}", by=OWN)).json()
    assert second["code"] not in {case["code"] for case in body["cases"]}
    assert len(body["cases"]) == 1


async def test_nonsense_is_refused_in_words(world: World) -> None:
    nowhere = uuid4()
    for path in (f"/api/v1/incidents/{nowhere}", f"/api/v1/incidents/{nowhere}/reporters"):
        assert (await world.get(path, by=DESK)).json()["type"].endswith("no_such_incident")
    assert (
        (await world.post(f"/api/v1/proposals/{nowhere}/confirm", by=DESK)).json()["type"].endswith("no_such_proposal")
    )
    for after in ("x", "bmFuIDA", "aW5mIDAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwMA"):
        assert (await world.get("/api/v1/proposals", by=DESK, after=after)).json()["type"].endswith("bad_cursor")
    assert (await world.get("/api/v1/proposals")).status_code == 401


async def look_again(world: World, *cases: dict[str, Any]) -> None:
    ids = [case["id"] for case in cases]
    await world.rows("insert into incident_queue (province, case_id) select '66', unnest($1::uuid[])", ids)
    await looked(world)


async def counted(world: World, outcome: str) -> float:
    """Of the metric of proposals, 0 where it was never counted."""
    name = f'binhyen_incident_proposals_total{{outcome="{outcome}"}} '
    told = (await world.get("/metrics")).text.splitlines()
    return sum(float(line.removeprefix(name)) for line in told if line.startswith(name))


async def test_a_case_that_breaks_us_holds_no_other_back_not_even_its_neighbours(world: World) -> None:
    at = somewhen(9)
    bad = await tell(world, "có mấy thằng đánh nhau trước quán nhậu Bờ Hồ", at=at)
    good = await tell(world, "danh nhau truoc quan nhau bo ho", at=at + timedelta(minutes=5))
    before = await counted(world, "left_out")
    await world.rows("update turns set decision = '[1]' where case_id = $1", bad["id"])
    await world.rows("delete from tellings where case_id = $1", good["id"])
    await look_again(world, good)
    assert await world.rows("select 1 from tellings where case_id = $1", good["id"])
    await look_again(world, bad, good)
    assert await world.rows("select 1 from tellings where case_id = $1", good["id"])
    assert not await world.rows("select 1 from tellings where case_id = $1", bad["id"])
    assert "incidents.left_out" in world.log.read_text()

    async def told() -> bool:
        return await counted(world, "left_out") == before + 1

    await world.until(told, seconds=5)


async def test_only_what_is_newly_proposed_is_counted(world: World) -> None:
    at, before = somewhen(10), await counted(world, "proposed")
    first = await tell(world, "có mấy thằng đánh nhau trước quán bida Hoàng Gia", at=at)
    second = await tell(world, "danh nhau truoc quan bida hoang gia", at=at + timedelta(minutes=5))
    (proposal,) = await open_with(world, second)

    async def told() -> bool:
        return await counted(world, "proposed") == before + 1

    await world.until(told, seconds=5)
    await look_again(world, first, second)
    assert [row["proposal"] for row in await open_with(world, second)] == [proposal["proposal"]]
    assert await told()


async def test_the_count_of_all_pages_is_told_with_the_first_alone(world: World) -> None:
    for n in range(2):
        at = somewhen(11) + timedelta(days=20 * n)
        await tell(world, "có mấy thằng đánh nhau trước quán ốc Ba Miền", at=at)
        await tell(world, "danh nhau truoc quan oc ba mien", at=at + timedelta(minutes=5))
    first = (await world.get("/api/v1/proposals", by=DESK, limit=1)).json()
    second = (await world.get("/api/v1/proposals", by=DESK, limit=1, after=first["next"])).json()
    assert first["count"] >= 2
    assert second["count"] is None
    ((one,), (other,)) = first["proposals"], second["proposals"]
    assert one["score"] >= other["score"]
    assert one["proposal"] != other["proposal"]


async def test_of_many_chains_that_share_a_run_of_words_the_newest_are_found(world: World) -> None:
    """A chain's id says nothing of its age: the newest here has the last id, a text long gone the first ones."""
    at, ids = somewhen(12), [UUID(int=n + 1) for n in range(LOOKED_AT + 10)]
    made = [
        Chain(each, (7, 1_000 + n), False, at + timedelta(minutes=n), at + timedelta(minutes=n))
        for n, each in enumerate(ids)
    ]
    sent = [(Sent(one.sketch, f"person-{one.id.int}", PAGE, uuid4(), one.last_at, False), one) for one in made]
    store = await opened(world)
    try:
        async with store.transaction() as tx:
            await chains.keep(tx, sent[::-1], mark_from=1_000, province=PROVINCE, now=at)
            found = await chains.known(tx, [Sent((7,), "somebody", PAGE, uuid4(), at, False)])
            assert [each.id for each in found] == ids[: -LOOKED_AT - 1 : -1]
            later = replace(made[0], last_at=at + timedelta(days=1))
            await chains.keep(tx, [(sent[0][0], later)], mark_from=1_000, province=PROVINCE, now=at)
            found = await chains.known(tx, [Sent((7,), "somebody", PAGE, uuid4(), at, False)])
            assert found[0].id == ids[0], "a chain that grows again is among the newest again"
    finally:
        await store.database.close()


async def test_forgetting_says_how_many_it_forgot_so_that_the_loop_may_go_on_at_once(world: World) -> None:
    at = datetime(2021, 1, 1, tzinfo=UTC)
    made = [Chain(uuid4(), (n,), False, at, at) for n in range(3)]
    sent = [(Sent(one.sketch, f"person-{n}", PAGE, uuid4(), at, False), one) for n, one in enumerate(made)]
    store = await opened(world)
    try:
        async with store.transaction() as tx:
            await chains.keep(tx, sent, mark_from=1_000, province=PROVINCE, now=at)
            gone = [
                await chains.forget_old(tx, now=at + timedelta(days=9), window=timedelta(days=3), most=2)
                for _ in range(3)
            ]
            assert gone == [2, 1, 0]
            left = await tx.fetchval("select count(*) from chain_keys where chain = any($1)", [c.id for c in made])
            assert left == 0
    finally:
        await store.database.close()


async def test_one_text_of_many_is_a_chain_with_how_many_and_no_event(world: World) -> None:
    at = somewhen(5)
    others = [f"{PAGE[:-1]}{n}x" for n in range(2)]
    await world.put(CHANNELS_ACCOUNTS, *(a_page(account, unit=UNIT, commune_2020=COMMUNE) for account in others))
    cases = [
        await tell(world, CHAIN + " " * n, at=at + timedelta(minutes=n), account=([PAGE, *others])[n % 3])
        for n in range(11)
    ]
    rows = [(await world.get(f"/api/v1/cases/{case['code']}", by=DESK)).json()["case"] for case in cases]
    told = {row["reasons"][-1] for row in rows}
    assert told == {"Tin lan truyền: 11 người, 3 trang gửi cùng một nội dung trong 1 giờ."}
    assert all([await open_with(world, case) == [] for case in cases])
    listed = (await world.get("/api/v1/cases", by=DESK, **{"from": "2022-12-20", "to": "2023-01-10"})).json()["cases"]
    assert {row["reasons"][-1] for row in listed if row["code"] in {case["code"] for case in cases}} == told
    sealed = cases[1]
    body = {"version": sealed["version"], "conflict": True, "reason": "liên quan cán bộ"}
    assert (await world.post(f"/api/v1/cases/{sealed['code']}/correct", by=DESK, **body)).status_code == 200
    await looked(world)
    left = [(await world.get(f"/api/v1/cases/{case['code']}", by=OWN)).json()["case"] for case in cases[::3]]
    assert {row["reasons"][-1] for row in left} == told, "a count that falls would tell that one is sealed now"


async def test_many_who_tell_one_event_in_their_own_words_are_no_chain(world: World) -> None:
    at = somewhen(6)
    texts = (
        "Các anh ơi cháy lớn ở xưởng gỗ gần chợ thôn 3, lửa bốc cao lắm rồi xin cho xe chữa cháy tới gấp",
        "chay xuong go canh cho roi, em dung day thay khoi den bay qua nha dan, goi cuu hoa giup em voi a",
        "bố tôi báo là xưởng cưa của ông Tư ngay chợ đang cháy dữ, trong đó còn hai người thợ chưa ra được",
    )
    cases = [await tell(world, text, at=at + timedelta(minutes=n)) for n, text in enumerate(texts)]
    assert not await world.rows(
        "select 1 from chain_senders s join chains c on c.id = s.chain "
        "where c.marked_at is not null and s.case_id = any($1)",
        [case["id"] for case in cases],
    )
    assert len(await open_with(world, cases[1])) >= 1


async def test_a_flood_of_one_text_costs_a_bounded_look_and_proposes_nothing(world: World) -> None:
    at, count = somewhen(7), 1_500
    persons = [uuid4().hex for _ in range(count)]
    await world.say(
        *(
            a_message(f"{CHAIN} {n}", person=person, key=uuid4().hex[:20], occurred_at=at, received_at=at)
            for n, person in enumerate(persons)
        )
    )

    async def counted() -> bool:
        rows = await world.rows("select max(persons) from chains")
        return bool(rows[0][0] == count)

    await world.until(counted, seconds=90)
    ids: list[UUID] = [row["id"] for row in await world.rows("select id from cases where person = any($1)", persons)]
    assert not await world.rows("select 1 from proposals where low = any($1) or high = any($1)", ids)
    assert UNIT_OF_TODAY
