"""A register of outcomes brought in: at its own times, once, its bad lines named."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from shared.topics import CASES_EVENTS
from tests.integration.triage.world import World
from tests.make import NOON, a_message

pytestmark = pytest.mark.asyncio(loop_scope="session")

PATH = "/api/v1/imports/outcomes"
DESK = "truc-ban.1"


def a_register(*rows: tuple[str, ...]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([("case_code", "outcome", "acted_at", "note"), *rows])
    return text.getvalue()


async def a_case(world: World, **fields: Any) -> dict[str, Any]:
    person = uuid4().hex
    times = {"occurred_at": NOON, "received_at": NOON} | fields
    await world.say(a_message("mất trộm con bò", person=person, key=uuid4().hex[:20], **times))
    return dict(await world.case_of(person))


async def test_an_import_resolves_at_the_act_s_own_time_and_again_changes_nothing(world: World) -> None:
    first, second = await a_case(world), await a_case(world)
    at = NOON + timedelta(days=3)
    register = a_register(
        (first["code"], "fined", at.isoformat(), "QĐ 12, 3 triệu"),
        (f"{second['code'][:3]} {second['code'][3:]}", "unfounded", "2020-06-20 09:30", ""),
    )
    done = await world.post_csv(PATH, register, by=DESK)
    assert done.json() == {"imported": 2, "unchanged": 0, "refused": []}
    row = await world.case_of(first["person"])
    assert (row["status"], row["outcome"], row["resolved_at"], row["version"]) == ("resolved", "fined", at, 2)
    assert (await world.case_of(second["person"]))["resolved_at"] == datetime(2020, 6, 20, 2, 30, tzinfo=UTC)

    async def published() -> bool:
        return any(e.case == first["id"] and e.version == 2 for e in await world.events(CASES_EVENTS))

    await world.until(published)
    (event,) = [e for e in await world.events(CASES_EVENTS) if e.case == first["id"] and e.version == 2]
    assert (event.act, event.imported, event.occurred_at) == ("resolved", True, at)

    again = await world.post_csv(PATH, register, by=DESK)
    assert again.json() == {"imported": 0, "unchanged": 2, "refused": []}
    assert (await world.case_of(first["person"]))["version"] == 2
    (resolved,) = await world.rows(
        "select imported, at from audit_log where subject = $1 and act = 'case.resolved'", f"case:{first['id']}"
    )
    assert (resolved["imported"], resolved["at"]) == (True, at)


async def test_bad_lines_are_named_with_their_reason_and_the_good_ones_are_taken(world: World) -> None:
    good, early = await a_case(world), await a_case(world)
    day = (NOON + timedelta(days=1)).isoformat()
    wrong_digit = good["code"][:-1] + str((int(good["code"][-1]) + 1) % 10)
    register = a_register(
        (good["code"], "resolved", day, "xong"),
        ("000000000", "resolved", day, ""),
        (wrong_digit, "resolved", day, ""),
        (early["code"], "forgotten", day, ""),
        (early["code"], "resolved", "hôm qua", ""),
        (early["code"], "resolved", "2020-06-20", ""),
        (early["code"], "resolved", (datetime.now(UTC) + timedelta(days=1)).isoformat(), ""),
        (early["code"], "resolved", (NOON - timedelta(days=1)).isoformat(), ""),
        (good["code"], "fined", day, ""),
        ("x", "resolved", day, ""),
    )
    done = (await world.post_csv(PATH, register, by=DESK)).json()
    assert done["imported"] == 1
    assert [(bad["line"], bad["why"]) for bad in done["refused"]] == [
        (3, "unknown_code"),
        (4, "check_digit"),
        (5, "unknown_outcome"),
        (6, "bad_time"),
        (7, "bad_time"),
        (8, "future_time"),
        (9, "before_opened"),
        (10, "twice_in_file"),
        (11, "not_a_code"),
    ]


async def test_a_message_from_long_after_the_imported_outcome_is_a_case_of_its_own(world: World) -> None:
    case = await a_case(world)
    later = NOON + timedelta(days=40)
    await world.say(
        a_message(
            "tối nay lại có trộm xe máy", person=case["person"], key=uuid4().hex, occurred_at=later, received_at=later
        )
    )

    async def joined() -> bool:
        return bool((await world.case_of(case["person"]))["messages"] == 2)

    await world.until(joined)
    register = a_register((case["code"], "resolved", (NOON + timedelta(days=2)).isoformat(), ""))
    assert (await world.post_csv(PATH, register, by=DESK)).json()["imported"] == 1
    rows = await world.rows("select * from cases where person = $1 order by opened_at", case["person"])
    assert [(row["status"], row["messages"]) for row in rows] == [("resolved", 1), ("open", 1)]


async def test_an_import_is_for_the_desk_and_a_file_that_is_no_register_is_refused_whole(world: World) -> None:
    case = await a_case(world)
    register = a_register((case["code"], "resolved", NOON.isoformat(), ""))
    assert (await world.post_csv(PATH, register, by="ca.thong-nhat")).status_code == 403
    refused = await world.post_csv(PATH, "code;outcome\n1;2\n", by=DESK)
    assert (refused.status_code, refused.json()["type"]) == (400, "urn:binhyen:problem:bad_import")
    assert (await world.post_csv(PATH, register, by=DESK)).json()["imported"] == 1
