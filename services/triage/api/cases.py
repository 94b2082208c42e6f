"""Cases to look at: lists and counts within the officer's scope, one case whole, and who is behind it."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated
from uuid import UUID

import asyncpg
from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from services.triage.api import problems
from services.triage.api.models import (
    CaseCount,
    CasePage,
    ReplyState,
    Revealed,
    RevealReason,
    SaidTurn,
    Status,
    WholeCase,
)
from services.triage.api.parts import Parts, seen_case
from services.triage.api.proposals import proposal_for
from services.triage.api.rows import listed, row_of
from services.triage.api.visibility import may_work_on, scope_of
from services.triage.domain.case import Case
from services.triage.domain.codes import shown
from services.triage.domain.replies import open_until
from services.triage.store import chains, conversations, incidents, lists, people, replies
from services.triage.store.audited import detail_of
from services.triage.store.cases import corrected_fields
from services.triage.store.chains import Marked
from services.triage.store.lists import Wanted
from services.triage.triage import Triage
from shared.access import NotAllowed, Officer, SignedIn, requires
from shared.audit import AuditRow, record
from shared.events.cases import Category
from shared.gazetteer import VIETNAM
from shared.identity import CannotOpen

LONGEST_PAGE = 500
YEARS = range(1970, 2200)
"""Of which a day may be asked for; PostgreSQL and Python disagree about times at the ends of the calendar."""

FromDay = Annotated[date | None, QueryParameter(name="from", required=False, description="Ngày mở, từ / opened from")]
ToDay = Annotated[date | None, QueryParameter(name="to", required=False, description="đến hết ngày / to, inclusive")]
Limit = Annotated[int, QueryParameter(ge=1, le=LONGEST_PAGE, required=False)]


@get("/api/v1/cases", summary="Danh sách hồ sơ / Cases", tags=["cases"], guards=[requires()])
async def list_cases(
    officer: SignedIn,
    triage: Parts,
    since: FromDay = None,
    until: ToDay = None,
    category: FromQuery[Category | None] = None,
    status: FromQuery[Status | None] = None,
    after: FromQuery[str | None] = None,
    limit: Limit = 100,
) -> CasePage:
    """In the order of their opening. `from` and `to` are days in Viet Nam, both included."""
    wanted = _wanted(officer, since, until, category, status)
    async with triage.store.transaction(readonly=True) as tx:
        rows = await lists.page(tx, wanted, after=_place(after), limit=limit)
        marked = await chains.of_cases(tx, [row["id"] for row in rows])
    return CasePage(
        [row_of(row, marked.get(row["id"])) for row in rows], _cursor(rows[-1]) if len(rows) == limit else None
    )


@get("/api/v1/cases/count", summary="Số hồ sơ / How many cases", tags=["cases"], guards=[requires()])
async def count_cases(
    officer: SignedIn,
    triage: Parts,
    since: FromDay = None,
    until: ToDay = None,
    category: FromQuery[Category | None] = None,
    status: FromQuery[Status | None] = None,
) -> CaseCount:
    """Of what the same list would show."""
    async with triage.store.transaction(readonly=True) as tx:
        return CaseCount(await lists.count(tx, _wanted(officer, since, until, category, status)))


@get("/api/v1/cases/{code:str}", summary="Một hồ sơ / One case", tags=["cases"], guards=[requires()])
async def read_case(code: FromPath[str], officer: SignedIn, triage: Parts) -> WholeCase:
    """With its conversation. Reading it goes on the record, in the same transaction as the reading."""
    async with triage.store.transaction() as tx:
        case = await seen_case(tx, code, officer)
        turns = await conversations.whole_turns(tx, case.id)
        sent = await replies.of_case(tx, case.id)
        beside = Beside(
            (await chains.of_cases(tx, [case.id])).get(case.id),
            (await incidents.incidents_of(tx, [case.id])).get(case.id),
        )
        await record(tx, _read(case, officer, triage))
    return _whole(case, turns, sent, beside, triage)


@post(
    "/api/v1/cases/{code:str}/person",
    summary="Người gửi là ai / Who is behind a case",
    tags=["cases"],
    status_code=200,
    guards=[requires()],
)
async def reveal_person(
    code: FromPath[str], data: JSONBody[RevealReason], officer: SignedIn, triage: Parts
) -> Revealed:
    """The name the channel tells. Asking goes on the record with its reason."""
    async with triage.store.transaction() as tx:
        case = await seen_case(tx, code, officer)
        if not may_work_on(officer, case):
            raise NotAllowed(needs="commune_officer, dispatcher, administrator")
        try:
            known = await people.reveal(
                tx,
                triage.sealer,
                case,
                officer=officer.id,
                reason=data.reason,
                at=triage.clock(),
                province=triage.province,
            )
        except CannotOpen:
            known = None
    return Revealed(known is not None, known.get("name") if known else None, case.conversation.channel)


def _read(case: Case, officer: Officer, triage: Triage) -> AuditRow:
    detail = detail_of(case, code=case.code, version=case.version)
    return AuditRow(triage.clock(), officer.id, "case.read", f"case:{case.id}", triage.province, detail)


def _wanted(
    officer: Officer, since: date | None, until: date | None, category: str | None, status: str | None
) -> Wanted:
    """Raises Refused: a day that no case can be of."""
    for name, day in (("from", since), ("to", until)):
        if day and day.year not in YEARS:
            raise problems.bad_day(name)
    scope = scope_of(officer)
    end = _midnight(until + timedelta(days=1)) if until else None
    return Wanted(_midnight(since) if since else None, end, category, status, scope.units, scope.conflicts)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)


def _cursor(row: asyncpg.Record) -> str:
    return base64.urlsafe_b64encode(f"{row['opened_at'].isoformat()} {row['id']}".encode()).decode().rstrip("=")


def _place(cursor: str | None) -> tuple[datetime, UUID] | None:
    if cursor is None:
        return None
    try:
        at, case = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split(" ")
        opened_at, last = datetime.fromisoformat(at), UUID(case)
    except (ValueError, binascii.Error):
        raise problems.bad_cursor() from None
    if opened_at.tzinfo is None or opened_at.year not in YEARS:
        raise problems.bad_cursor()
    return opened_at, last


@dataclass(frozen=True)
class Beside:
    """What a case is told beside: the chain of its text, the incident it belongs to."""

    chain: Marked | None
    incident: UUID | None


def _whole(
    case: Case, turns: Sequence[asyncpg.Record], sent: Sequence[asyncpg.Record], beside: Beside, triage: Triage
) -> WholeCase:
    return WholeCase(
        case=listed(case, beside.chain),
        incident=beside.incident,
        understood_by=_versions(turns),
        code_shown=shown(case.code),
        structure=case.structure,
        place=case.place,
        corrections=_shown(case),
        outcome_note=case.outcome_note,
        open_until=open_until(case, triage.settings.reply_windows),
        proposal=proposal_for(case, triage),
        conversation=[
            SaidTurn(
                at=turn["at"],
                speaker=turn["speaker"],
                text=turn["words"],
                message_key=turn["message_key"],
                officer=turn["officer"],
                attachments=turn["attachments"],
                decision=turn["decision"],
                automatic=turn["automatic"],
            )
            for turn in turns
        ],
        replies=[ReplyState(**dict(reply)) for reply in sent],
    )


def _versions(turns: Sequence[asyncpg.Record]) -> list[str]:
    """Which understandings read its messages, the earliest first; what a release before this one read says none."""
    return list(dict.fromkeys(v for turn in turns if turn["decision"] and (v := turn["decision"].get("version"))))


def _shown(case: Case) -> dict[str, str]:
    """What was corrected; which messages the inspectorate looked at is for the machine."""
    return {name: value for name, value in corrected_fields(case.corrections).items() if name != "cleared"}
