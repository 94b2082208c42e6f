"""What was decided, kept whole: cases, their events, replies, and the audit row of each act, in one transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from services.triage.domain.case import Act, Change, sealed
from services.triage.domain.conversation import Turn
from services.triage.domain.speaking import Saying
from services.triage.store import cases, conversations, replies, tellings
from services.triage.store.audited import Detail, marked
from shared.audit import AuditRow, record
from shared.database import Tx
from shared.events import CaseFacts, ReplyRequested

Traceparents = Mapping[UUID, str | None]

DECIDED_BY_THE_MACHINE = frozenset({"opened", "reopened", "routed"})
NOT_RECORDED = frozenset({"message_added"})
"""A message of a person is no act of an officer or the machine: the turn itself is its record."""

NOTHING: Detail = {}


async def keep(
    tx: Tx,
    changes: Sequence[Change],
    *,
    province: str,
    now: datetime,
    said: Sequence[tuple[ReplyRequested, UUID | None]] = (),
    traceparents: Traceparents | None = None,
    detail: Detail = NOTHING,
) -> None:
    """`said`: replies with the event that caused each, asked for `now`. `detail`: what the audit rows say beside the
    fields changed.
    """
    await cases.save(tx, changes, province, traceparents)
    await replies.put(tx, [reply for reply, _ in said], now)
    await cases.publish_replies(tx, said, traceparents)
    rows = [_audited(change, act, province, detail) for change in changes for act in change.acts]
    rows += [_person_says(change, province) for change in changes]
    await record(tx, *[row for row in rows if row is not None])
    await tellings.put_in_queue(tx, changes, province)


async def keep_sayings(tx: Tx, sayings: Sequence[Saying], province: str) -> None:
    """What the machine asked or answered: a turn of its conversation, and on the record as its own act."""
    turns = [(saying, saying.turn) for saying in sayings if saying.turn is not None]
    own = [(saying.conversation, turn, saying.reply.text, saying.reply.occurred_at) for saying, turn in turns]
    await conversations.save_own(tx, own, province)
    await record(tx, *[_said(saying, turn, province) for saying, turn in turns])


def _said(saying: Saying, turn: Turn, province: str) -> AuditRow:
    reply, told = saying.reply, turn.automatic
    detail: Detail = {"code": reply.code, "reply": str(reply.id)}
    if told is not None:
        detail |= {"about": told.about, "text_version": told.version, "confidence": told.confidence}
    act = "case.asked_back" if saying.what == "question" else "case.answered_automatically"
    return AuditRow(reply.occurred_at, "system:triage", act, f"case:{reply.case}", province, detail)


def _audited(change: Change, act: Act, province: str, detail: Detail) -> AuditRow | None:
    if act.act in NOT_RECORDED:
        return None
    said: Detail = {"code": change.after.code, "version": act.version, "changed": changed(act.before, act.after)}
    return AuditRow(
        at=act.at,
        actor="system:triage" if act.act in DECIDED_BY_THE_MACHINE else act.actor,
        act=f"case.{act.act}",
        subject=f"case:{change.after.id}",
        province=province,
        detail=marked(said | detail, sealed=sealed(act.after)),
        imported=act.imported,
    )


def _person_says(change: Change, province: str) -> AuditRow | None:
    """That the person calls it settled or takes it back, as the machine reads it; `says` null: they ask for more."""
    case, said_before = change.after, change.before.person_says if change.before else None
    if case.person_says == said_before or not change.acts:
        return None
    act = change.acts[-1]
    detail: Detail = {"code": case.code, "version": act.version, "says": case.person_says}
    detail = marked(detail, sealed=case.conflict)
    return AuditRow(act.at, "system:triage", "case.person_says", f"case:{case.id}", province, detail)


def changed(before: CaseFacts | None, after: CaseFacts) -> dict[str, object]:
    """The counted fields that differ, as they stand after the act."""
    now = after.model_dump(mode="json", exclude_none=True)
    if before is None:
        return now
    then = before.model_dump(mode="json")
    return {name: value for name, value in after.model_dump(mode="json").items() if value != then[name]}
