"""What officers do with a case: correct it, answer it, resolve it. Each names the version it saw; 409 when it moved."""

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from litestar import post
from litestar.params import FromPath, JSONBody

from services.triage.api import problems
from services.triage.api.models import Acted, Answer, Correction, Resolution
from services.triage.api.parts import Held, Parts, held_case
from services.triage.api.visibility import may_lift_seal
from services.triage.domain import casework, sealing
from services.triage.domain.case import Change
from services.triage.domain.conversation import Turn
from services.triage.domain.replies import open_until, reply_to
from services.triage.domain.routing import Page
from services.triage.domain.summary import Corrections
from services.triage.store import acts, conversations, examples, registers
from services.triage.triage import Triage
from shared.access import NotAllowed, Officer, SignedIn, requires
from shared.database import Tx
from shared.gazetteer import Register, Structure
from shared.telemetry.metrics import CASES


@post(
    "/api/v1/cases/{code:str}/correct",
    summary="Sửa phân loại / Correct a case",
    tags=["cases"],
    status_code=200,
    guards=[requires()],
)
async def correct(code: FromPath[str], data: JSONBody[Correction], officer: SignedIn, triage: Parts) -> Acted:
    """What is corrected stands against the machine and later messages; the responsible unit follows the commune.

    It is kept as an example to learn from, in the same transaction.
    """
    wanted = _corrections(data, triage.gazetteer)
    async with triage.store.transaction() as tx:
        held = await held_case(tx, code, officer, data.version)
        case = held.case
        if data.conflict is False and not may_lift_seal(officer, case):
            raise NotAllowed(needs="inspector, administrator")
        pages = await registers.pages(tx, [case.conversation.account])
        change = casework.correct(
            case,
            held.messages,
            _sealed(_over(case.corrections, wanted), data.conflict, held),
            page=pages.get(case.conversation.account, Page(case.conversation.account)),
            desk=(await triage.rules(tx)).desk,
            at=triage.clock(),
            officer=officer.id,
        )
        await acts.keep(tx, [change], province=triage.province, now=triage.clock(), detail=_why(data))
        await examples.keep(tx, change, held.past, officer=officer.id, province=triage.province)
    return _acted(change, triage)


def _sealed(corrections: Corrections, conflict: bool | None, held: Held) -> Corrections:
    if conflict is None:
        return corrections
    return sealing.put_on(corrections) if conflict else sealing.lifted(corrections, held.messages)


def _why(data: Correction) -> dict[str, object]:
    """What goes on the record beside the fields that changed; a seal's lifting stands there by name."""
    seal = {} if data.conflict is None else {"seal": "put_on" if data.conflict else "lifted"}
    return {"reason": data.reason, **seal}


@post(
    "/api/v1/cases/{code:str}/answer",
    summary="Trả lời người dân / Answer the person",
    tags=["cases"],
    status_code=200,
    guards=[requires()],
)
async def answer(code: FromPath[str], data: JSONBody[Answer], officer: SignedIn, triage: Parts) -> Acted:
    """Sent by notify. 409 `window_closed` when the channel would not take it any more."""
    async with triage.store.transaction() as tx:
        held = await held_case(tx, code, officer, data.version)
        now = triage.clock()
        until = open_until(held.case, triage.settings.reply_windows)
        if until is None or until <= now:
            raise problems.window_closed(until)
        change = await _answered(tx, held, data.text, officer, _after_what_was_said(held, now), until, triage)
    return _acted(change, triage)


async def _answered(
    tx: Tx, held: Held, text: str, officer: Officer, now: datetime, until: datetime, triage: Triage
) -> Change:
    case = held.case
    reply = reply_to(case, uuid4(), text, province=triage.province, at=now, not_after=until)
    change = casework.answer(case, held.messages, at=now, officer=officer.id)
    turn = Turn(at=now, id=reply.id, speaker="page", key=f"reply:{reply.id}", officer=officer.id, case=case.id)
    await conversations.save_answer(tx, case.conversation, turn, text, triage.province)
    detail: dict[str, object] = {"reply": str(reply.id)}
    await acts.keep(tx, [change], province=triage.province, now=triage.clock(), said=[(reply, None)], detail=detail)
    return change


@post(
    "/api/v1/cases/{code:str}/resolve",
    summary="Kết thúc hồ sơ / Resolve a case",
    tags=["cases"],
    status_code=200,
    guards=[requires()],
)
async def resolve(code: FromPath[str], data: JSONBody[Resolution], officer: SignedIn, triage: Parts) -> Acted:
    """With its outcome. A person who brings new work within the window opens it again."""
    async with triage.store.transaction() as tx:
        held = await held_case(tx, code, officer, data.version)
        at = _after_what_was_said(held, triage.clock())
        change = casework.resolve(held.case, held.messages, data.outcome, data.note, at=at, officer=officer.id)
        await acts.keep(tx, [change], province=triage.province, now=triage.clock())
    return _acted(change, triage)


def _after_what_was_said(held: Held, now: datetime) -> datetime:
    """An act follows what the officer saw, also where the channel's clock runs ahead of ours."""
    said = held.case.last_message_at
    return max(now, said) if said else now


def _acted(change: Change, triage: Triage) -> Acted:
    case = change.after
    for act in change.acts:
        triage.metrics.inc(CASES, act=act.act)
    return Acted(case.code, case.id, case.version, case.facts.status, case.facts.category, case.facts.unit)


def _over(standing: Corrections, wanted: Corrections) -> Corrections:
    """What was corrected before stays; a commune is corrected in both structures at once or not at all."""
    place = wanted if wanted.place else standing
    return replace(
        standing,
        category=wanted.category or standing.category,
        topic=wanted.topic or standing.topic,
        urgency=wanted.urgency or standing.urgency,
        commune_2020=place.commune_2020,
        commune_2025=place.commune_2025,
    )


def _corrections(data: Correction, gazetteer: Register) -> Corrections:
    """Raises Refused: nothing named, or a commune that is not."""
    wanted = Corrections(data.category, data.topic, data.urgency, data.commune_2020, data.commune_2025)
    if wanted == Corrections() and data.conflict is None:
        raise problems.nothing_to_correct()
    old = gazetteer.commune(Structure.OF_2020, data.commune_2020)
    new = gazetteer.commune(Structure.OF_2025, data.commune_2025)
    if data.commune_2020 and old is None:
        raise problems.unknown_commune("commune_2020")
    if data.commune_2025 and new is None:
        raise problems.unknown_commune("commune_2025")
    if old and not new and (follows := gazetteer.both(old).of_2025):
        return replace(wanted, commune_2025=follows.code)
    if new and not old and (came_from := gazetteer.both(new).of_2020):
        return replace(wanted, commune_2020=came_from.code)
    return wanted
