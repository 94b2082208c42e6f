"""What the officers of 2020 do once their messages are in: put categories right, enter what became of the tips."""

import asyncio
import csv
import io
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from deploy.demo.api import Services
from deploy.demo.figures import Figures
from deploy.demo.surroundings import DemoError

AT_A_TIME: Final = 8
PAGE: Final = 500
LOOK_AGAIN_SECONDS: Final = 1.0
GIVE_UP_SECONDS: Final = 180.0
"""Without a case more for so long, some message has been lost, and we say so."""
COUNTED: Final = frozenset({"tip", "emergency", "admin_question"})
OUTCOMES: Final = (
    ("fined", "Đã xử phạt vi phạm hành chính"),
    ("resolved", "Đã nhắc nhở, cho viết cam kết"),
    ("handed_over", "Đã chuyển Cơ quan điều tra Công an huyện"),
    ("resolved", "Đã hòa giải, giải quyết tại chỗ"),
    ("unfounded", "Đã xác minh, không có như tin báo"),
    ("no_offence", "Không có dấu hiệu vi phạm, đã giải thích"),
    ("resolved", "Đã ngăn chặn, giải tán"),
    ("prosecuted", "Đã khởi tố vụ án"),
)
Case = Mapping[str, Any]
Truth = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Corrections:
    """How many cases the machine had wrong, by what it said and what they are."""

    cases: int
    corrected: int
    by_kind: Mapping[tuple[str, str], int]


async def cases_of(services: Services, account: str, figures: Figures) -> list[Case]:
    """Every case of the period, page by page."""
    period = {"from": figures.first.isoformat(), "to": figures.last.isoformat(), "limit": str(PAGE)}
    found: list[Case] = []
    after: str | None = None
    while True:
        query = period | ({"after": after} if after else {})
        answer = await services.get("triage", "/api/v1/cases", account=account, **query)
        if not answer.ok:
            raise DemoError(f"triage does not list its cases: {answer.why()}")
        found += answer.body["cases"]
        after = answer.body.get("next")
        if not after:
            return found


async def all_cases(
    services: Services, account: str, figures: Figures, truth: Mapping[str, Truth]
) -> Mapping[str, Case]:
    """Cases by the key of their first message, once every tip and question has one. Raises DemoError if none come."""
    wanted = {key for key, row in truth.items() if row["category"] in COUNTED}
    seen, last_news = -1, time.monotonic()
    while True:
        cases = {case["first_message_key"]: case for case in await cases_of(services, account, figures)}
        missing = len(wanted - cases.keys())
        if not missing:
            return cases
        if len(cases) != seen:
            seen, last_news = len(cases), time.monotonic()
        if time.monotonic() - last_news > GIVE_UP_SECONDS:
            raise DemoError(f"{missing} tips or questions have no case of their own, {len(cases)} cases are there")
        await asyncio.sleep(LOOK_AGAIN_SECONDS)


async def correct(
    services: Services, accounts: Sequence[str], cases: Mapping[str, Case], truth: Mapping[str, Truth]
) -> Corrections:
    """Give every case whose category the machine had wrong its true one, as the dispatchers would."""
    wrong = [
        (case, row) for key, case in cases.items() if (row := truth.get(key)) and case["category"] != row["category"]
    ]
    gate = asyncio.Semaphore(AT_A_TIME)

    async def one(number: int, case: Case, row: Truth) -> None:
        async with gate:
            await _correct(services, accounts[number % len(accounts)], case, row)

    async with asyncio.TaskGroup() as tasks:
        for number, (case, row) in enumerate(wrong):
            tasks.create_task(one(number, case, row))
    return Corrections(len(cases), len(wrong), Counter((case["category"], str(row["category"])) for case, row in wrong))


async def _correct(services: Services, account: str, case: Case, truth: Truth) -> None:
    """A stale version is read again: somebody acted meanwhile."""
    path = f"/api/v1/cases/{case['code']}"
    labels = {"category": truth["category"], "topic": truth["topic"]}
    for _ in range(5):
        body = labels | {"version": case["version"], "reason": "Phân loại lại theo nội dung tin nhắn"}
        answer = await services.post("triage", f"{path}/correct", account=account, body=body)
        if answer.ok:
            return
        if answer.status != 409:  # noqa: PLR2004
            raise DemoError(f"case {case['code']} cannot be corrected: {answer.why()}")
        case = (await services.get("triage", path, account=account)).body["case"]
        if case["category"] == truth["category"]:
            return
    raise DemoError(f"case {case['code']} changes faster than it can be corrected")


def register_of_outcomes(cases: Mapping[str, Case], truth: Iterable[Truth]) -> str:
    """The register as CSV: case_code,outcome,acted_at,note; a line a tip, in the order in which they were settled."""
    settled = sorted((int(row["resolved_at"] or 0), str(row["key"])) for row in truth if row["resolved_at"])
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(("case_code", "outcome", "acted_at", "note"))
    for number, (at, key) in enumerate(settled):
        outcome, note = OUTCOMES[(number * 7 + at) % len(OUTCOMES)]
        acted_at = datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="seconds")
        writer.writerow((cases[key]["code"], outcome, acted_at, note))
    return table.getvalue()


async def enter_outcomes(services: Services, account: str, register: str) -> tuple[int, int]:
    """Import the register of outcomes. Returns how many were new and how many known. Raises DemoError for refusals."""
    answer = await services.post_csv("triage", "/api/v1/imports/outcomes", account=account, table=register)
    if not answer.ok:
        raise DemoError(f"triage refuses the register of outcomes: {answer.why()}")
    refused = answer.body["refused"]
    if refused:
        raise DemoError(f"{len(refused)} lines of the register were refused, the first: {refused[0]}")
    return int(answer.body["imported"]), int(answer.body["unchanged"])
