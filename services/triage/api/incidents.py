"""The same event told many times: what is proposed, what officers decide, and one incident with its cases.

A proposal or an incident shows no case that the officer does not see. Who decides has to see both and work on both.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

import asyncpg
from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from services.triage.api import problems
from services.triage.api.incident_models import (
    DecidedProposal,
    Incident,
    Parting,
    ProposalPage,
    ProposalRow,
    Reporter,
    Reporters,
)
from services.triage.api.parts import Parts, code_from
from services.triage.api.rows import listed
from services.triage.api.visibility import may_work_on, scope_of, sees
from services.triage.domain.case import Case
from services.triage.domain.replies import open_until
from services.triage.store import cases, chains, incidents, tellings
from services.triage.store.audited import detail_of
from services.triage.store.chains import Marked
from services.triage.triage import Triage
from shared.access import NotAllowed, Officer, SignedIn, requires
from shared.audit import AuditRow, record
from shared.database import Tx
from shared.telemetry.metrics import PROPOSALS

Limit = Annotated[int, QueryParameter(ge=1, le=200, required=False)]


@get(
    "/api/v1/proposals", summary="Đề nghị ghép vụ việc / What may be one event", tags=["incidents"], guards=[requires()]
)
async def list_proposals(
    officer: SignedIn, triage: Parts, after: FromQuery[str | None] = None, limit: Limit = 50
) -> ProposalPage:
    """Open proposals within the officer's scope, the likest first, each with both cases and the reasons."""
    scope, place = scope_of(officer), _place(after)
    async with triage.store.transaction(readonly=True) as tx:
        rows = await incidents.page(tx, scope.units, conflicts=scope.conflicts, after=place, limit=limit)
        found = await cases.by_codes(tx, [row[name] for row in rows for name in ("later", "earlier")])
        joined = await incidents.incidents_of(tx, [case.id for case in found.values()])
        marked = await chains.of_cases(tx, [case.id for case in found.values()])
        count = await incidents.count(tx, scope.units, conflicts=scope.conflicts) if place is None else None
    page = [_proposal(row, found, joined, marked) for row in rows]
    return ProposalPage(page, count, _cursor(rows[-1]) if len(rows) == limit else None)


@post(
    "/api/v1/proposals/{proposal:uuid}/confirm",
    summary="Là một vụ / It is one event",
    tags=["incidents"],
    status_code=200,
    guards=[requires()],
)
async def confirm_proposal(proposal: FromPath[UUID], officer: SignedIn, triage: Parts) -> DecidedProposal:
    """Both cases, and whatever was one incident with either, are one incident from now on. The cases stay cases."""
    now = triage.clock()
    async with triage.store.transaction() as tx:
        later, earlier = await _both(tx, proposal, officer)
        incident = await incidents.confirm(
            tx, proposal, later.id, earlier.id, by=officer.id, at=now, province=triage.province
        )
        if incident is None:
            raise problems.refused_meanwhile()
        detail = {"incident": str(incident), "proposal": str(proposal)}
        await _put_on_record(tx, "incident.confirmed", (later, earlier), detail, officer, triage)
        await tellings.again(tx, (later.id, earlier.id), triage.province)
    triage.metrics.inc(PROPOSALS, outcome="confirmed")
    return DecidedProposal(proposal, "confirmed", incident)


@post(
    "/api/v1/proposals/{proposal:uuid}/refuse",
    summary="Không phải một vụ / It is not one event",
    tags=["incidents"],
    status_code=200,
    guards=[requires()],
)
async def refuse_proposal(proposal: FromPath[UUID], officer: SignedIn, triage: Parts) -> DecidedProposal:
    """These two are never proposed again, nor is either for an incident of the other."""
    async with triage.store.transaction() as tx:
        later, earlier = await _both(tx, proposal, officer)
        await incidents.refuse(tx, proposal, by=officer.id, at=triage.clock())
        await _put_on_record(tx, "incident.refused", (later, earlier), {"proposal": str(proposal)}, officer, triage)
        await tellings.again(tx, (later.id, earlier.id), triage.province)
    triage.metrics.inc(PROPOSALS, outcome="refused")
    return DecidedProposal(proposal, "refused", None)


@get("/api/v1/incidents/{incident:uuid}", summary="Một vụ việc / One incident", tags=["incidents"], guards=[requires()])
async def read_incident(incident: FromPath[UUID], officer: SignedIn, triage: Parts) -> Incident:
    """With those of its cases that the officer may see. 404 when there is none."""
    async with triage.store.transaction(readonly=True) as tx:
        seen = await _seen(tx, incident, officer)
        marked = await chains.of_cases(tx, [case.id for case in seen])
    return Incident(incident, [listed(case, marked.get(case.id)) for case in seen])


@get(
    "/api/v1/incidents/{incident:uuid}/reporters",
    summary="Những người đã báo / Who told it",
    tags=["incidents"],
    guards=[requires()],
)
async def list_reporters(incident: FromPath[UUID], officer: SignedIn, triage: Parts) -> Reporters:
    """The conversations that an approved outcome could go to; pseudonyms, of the cases the officer works on."""
    async with triage.store.transaction() as tx:
        seen = [case for case in await _seen(tx, incident, officer) if may_work_on(officer, case)]
        if not seen:
            raise NotAllowed(needs="commune_officer, dispatcher, administrator")
        detail = detail_of(*seen, cases=[case.code for case in seen])
        row = AuditRow(
            triage.clock(), officer.id, "incident.reporters_read", f"incident:{incident}", triage.province, detail
        )
        await record(tx, row)
    return Reporters(incident, _reporters(seen, triage))


@post(
    "/api/v1/incidents/{incident:uuid}/part",
    summary="Tách hồ sơ khỏi vụ việc / Part a case from an incident",
    tags=["incidents"],
    status_code=200,
    guards=[requires()],
)
async def part_case(incident: FromPath[UUID], data: JSONBody[Parting], officer: SignedIn, triage: Parts) -> Incident:
    """The case is not proposed for this incident again. What is left of it; one case alone is no incident any more."""
    code = code_from(data.code)
    async with triage.store.transaction() as tx:
        await tellings.take_turn(tx, wait=True)
        seen = {case.code: case for case in await _seen(tx, incident, officer)}
        if code not in seen:
            raise problems.not_found()
        case = seen.pop(code)
        if not may_work_on(officer, case):
            raise NotAllowed(needs="commune_officer, dispatcher, administrator")
        members = await incidents.part(
            tx, incident, case.id, by=officer.id, at=triage.clock(), province=triage.province
        )
        detail = {"incident": str(incident), "reason": data.reason}
        await _put_on_record(tx, "incident.parted", (case,), detail, officer, triage)
        await tellings.again(tx, members, triage.province)
    return Incident(incident, [listed(each) for each in seen.values()])


async def _both(tx: Tx, proposal: UUID, officer: Officer) -> tuple[Case, Case]:
    """The later and the earlier case, held in turn. Raises Refused: unknown, out of scope, not theirs, decided."""
    await tellings.take_turn(tx, wait=True)
    one = await incidents.one(tx, proposal)
    found = await cases.by_codes(tx, [one.later, one.earlier]) if one else {}
    both = list(found.values())
    if one is None or not _together(both, officer):
        raise problems.no_such_proposal()
    if not all(may_work_on(officer, case) for case in both):
        raise NotAllowed(needs="commune_officer, dispatcher, administrator")
    if one.state != "proposed":
        raise problems.already_decided(one.state)
    return found[one.later], found[one.earlier]


def _together(both: Sequence[Case], officer: Officer) -> bool:
    """Seen by the officer, and either both sealed or neither: they may have been told apart since."""
    return all(sees(officer, case) for case in both) and len({case.conflict for case in both}) == 1


async def _seen(tx: Tx, incident: UUID, officer: Officer) -> list[Case]:
    """Raises Refused where the officer sees none of its cases."""
    codes = await incidents.codes_of(tx, incident)
    found = await cases.by_codes(tx, codes)
    seen = [found[code] for code in codes if sees(officer, found[code])]
    if not seen:
        raise problems.no_such_incident()
    return seen


async def _put_on_record(
    tx: Tx,
    act: Literal["incident.confirmed", "incident.refused", "incident.parted"],
    about: Sequence[Case],
    detail: Mapping[str, Any],
    officer: Officer,
    triage: Triage,
) -> None:
    """A row for each case, so that its own history tells it."""
    now = triage.clock()
    rows = [
        AuditRow(now, officer.id, act, f"case:{case.id}", triage.province, detail_of(case, code=case.code, **detail))
        for case in about
    ]
    await record(tx, *rows)


def _reporters(seen: Sequence[Case], triage: Triage) -> list[Reporter]:
    of: dict[str, list[Case]] = {}
    for case in seen:
        of.setdefault(case.conversation.id, []).append(case)
    return [_reporter(theirs, triage) for theirs in of.values()]


def _reporter(theirs: Sequence[Case], triage: Triage) -> Reporter:
    who = theirs[0].conversation
    ends = [end for case in theirs if (end := open_until(case, triage.settings.reply_windows))]
    until = max(ends, default=None)
    reachable = until is not None and until > triage.clock()
    return Reporter(who.id, who.channel, who.account, [case.code for case in theirs], until, reachable)


def _proposal(
    row: asyncpg.Record, found: Mapping[str, Case], joined: Mapping[UUID, UUID], marked: Mapping[UUID, Marked]
) -> ProposalRow:
    later, earlier = found[row["later"]], found[row["earlier"]]
    return ProposalRow(
        proposal=row["id"],
        score=round(row["score"], 3),
        reasons=row["reasons"],
        proposed_at=row["proposed_at"],
        later=listed(later, marked.get(later.id)),
        earlier=listed(earlier, marked.get(earlier.id)),
        incident=joined.get(earlier.id) or joined.get(later.id),
    )


def _cursor(row: asyncpg.Record) -> str:
    return base64.urlsafe_b64encode(f"{row['score']!r} {row['id']}".encode()).decode().rstrip("=")


def _place(cursor: str | None) -> tuple[float, UUID] | None:
    if cursor is None:
        return None
    try:
        score, proposal = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split(" ")
        likeness, last = float(score), UUID(proposal)
    except (ValueError, binascii.Error):
        raise problems.bad_cursor() from None
    if not 0 <= likeness <= 1:  # also what is no number
        raise problems.bad_cursor()
    return likeness, last
