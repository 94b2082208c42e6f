"""From a signed webhook to the case, the reply at Zalo's door and the counters: nothing here is a stand-in but Zalo."""

import secrets
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import aiohttp
import pytest

from deploy.demo.api import Services
from deploy.demo.figures import figures
from deploy.demo.simulator import Simulator
from tests.platform import Platform, a_text, eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]

COMMUNE = "24142"
"""A commune of Buôn Ma Thuột."""


def person() -> str:
    return f"7{secrets.randbelow(10**17):017d}"


async def headline(services: Services, since: str, until: str) -> dict[str, object]:
    answer = await services.get("stats", "/api/v1/headline", province="66", **{"from": since, "to": until})
    assert answer.ok, answer.why()
    return dict(answer.body)


def today() -> str:
    return datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date().isoformat()


async def test_the_history_ends_at_the_scaled_figures_and_the_offences_at_the_published_ones(
    platform: Platform, services: Services
) -> None:
    shown = await headline(services, "2020-03-01", "2020-10-19")
    wanted = figures(Decimal(platform.scale)).headline
    assert {key: shown[key] for key in wanted} == wanted


async def test_a_message_becomes_a_case_is_acknowledged_at_zalo_and_counted(
    platform: Platform, services: Services, simulator: Simulator
) -> None:
    app, page = platform.app_and_page(COMMUNE)
    someone = person()
    before = await headline(services, today(), today())
    words = "cho toi hoi thu tuc lam can cuoc cho con 14 tuoi can giay to gi a"
    acted = await simulator.act(oa_id=page, person=someone, kind="text", text=words)
    push = a_text(app, page, someone, words)
    push["message"]["msg_id"] = acted["msg_id"]
    assert (await platform.push(push, num_retry="1")).status == 200, "told twice: by Zalo, and again by us"
    administrator = platform.surroundings().accounts("administrator")[0]

    async def case() -> dict[str, object] | None:
        rows = await services.get("triage", "/api/v1/cases", account=administrator, **{"from": today(), "limit": "500"})
        found = [r for r in rows.body["cases"] if r["first_message_key"] == push["message"]["msg_id"]]
        assert len(found) <= 1, "told twice is one case"
        return found[0] if found else None

    opened = await eventually(case, what="the case")
    assert opened["category"] == "admin_question"

    async def acknowledgement() -> list[dict[str, object]]:
        return await simulator.sent(person=someone)

    sent = await eventually(acknowledgement, what="the acknowledgement at Zalo")
    assert len(sent) == 1

    version = opened["version"]

    async def answered() -> bool:
        nonlocal version
        seen = await case()
        version = seen["version"] if seen else version
        body = {"version": version, "text": "Chào bạn, mời bạn đến công an xã với giấy khai sinh của cháu."}
        path = f"/api/v1/cases/{opened['code']}/answer"
        return (await services.post("triage", path, account=administrator, body=body)).ok

    await eventually(answered, what="the answer")

    async def both() -> bool:
        return len(await acknowledgement()) == 2

    await eventually(both, what="the answer at Zalo")

    async def counted() -> bool:
        now = await headline(services, today(), today())
        return now["procedure_questions_answered"] == int(str(before["procedure_questions_answered"])) + 1

    await eventually(counted, what="the count")


async def test_an_alert_needs_two_people_and_reaches_each_group_of_its_communes_once(
    platform: Platform, services: Services, simulator: Simulator, session: aiohttp.ClientSession
) -> None:
    surroundings = platform.surroundings()
    drafter, approver = surroundings.accounts("dispatcher")[0], surroundings.accounts("approver")[0]
    async with session.get(
        f"{platform.addresses['ingest']}/api/v1/accounts",
        params={"kind": "group"},
        headers=(await services.authorization(surroundings.accounts("administrator")[0])),
    ) as answer:
        groups = [g for g in (await answer.json())["accounts"] if g["kind"] == "group"]
    commune = groups[0]["commune_2020"]
    expected = {g["account"] for g in groups if g["commune_2020"] == commune}
    title = f"Nước dâng {secrets.token_hex(3)}"
    body = {
        "title": title,
        "text": f"{title}. Bà con không qua ngầm tràn.",
        "severity": "severe",
        "communes": {"structure": "2020", "codes": [commune]},
    }
    drafted = await services.post("notify", "/api/v1/alerts", account=drafter, body=body)
    assert drafted.ok, drafted.why()
    path = f"/api/v1/alerts/{drafted.body['alert']}"
    own = await services.post("notify", f"{path}/approve", account=drafter, body={"version": drafted.body["version"]})
    assert own.status == 403
    done = await services.post("notify", f"{path}/approve", account=approver, body={"version": drafted.body["version"]})
    assert done.ok, done.why()

    async def arrived() -> list[str] | None:
        told = [await simulator.sent(group_id=group) for group in sorted(expected)]
        sent = [str(s["group_id"]) for one in told for s in one if title in str(s["text"])]
        return sent if set(sent) >= expected else None

    sent = await eventually(arrived, what="the alert in every group")
    assert sorted(sent) == sorted(expected), "each once"
