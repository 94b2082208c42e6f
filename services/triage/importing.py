"""A register of outcomes brought in: looked up, decided and kept, some hundreds of rows a transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from services.triage.domain import imports
from services.triage.domain.case import Case, Conversation
from services.triage.domain.imports import Bad, Row
from services.triage.domain.outcomes import finish, resolve_all
from services.triage.store import acts, cases, conversations
from services.triage.triage import Triage
from shared.audit import AuditRow, record
from shared.database import Tx
from shared.telemetry.metrics import CASES

ROWS_AT_ONCE = 500


@dataclass
class Report:
    """What became of the rows."""

    imported: int = 0
    unchanged: int = 0
    bad: list[Bad] = field(default_factory=list)


Seen = Callable[[Case], bool]
"""Whether the officer who imports may see a case; of one they may not, the code is unknown to them."""


async def import_outcomes(body: bytes, *, officer: str, seen: Seen, triage: Triage) -> Report:
    """Audited once for the import and once for each row. Raises FileInvalid; StoreUnavailable: import it again.

    What a stopped import has done stands; importing the same file again does the rest and changes nothing else.
    """
    now = triage.clock()
    rows, bad = imports.read(body, now=now)
    report = Report(bad=bad)
    name = str(uuid4())
    for first in range(0, len(rows), ROWS_AT_ONCE):
        async with triage.store.transaction() as tx:
            some = rows[first : first + ROWS_AT_ONCE]
            await _some(tx, some, report, officer=officer, seen=seen, name=name, triage=triage)
    async with triage.store.transaction() as tx:
        detail = {"imported": report.imported, "unchanged": report.unchanged, "refused": len(report.bad)}
        await record(tx, AuditRow(now, officer, "outcomes.imported", f"import:{name}", triage.province, detail))
    report.bad.sort(key=lambda each: each.line)
    return report


async def _some(
    tx: Tx, rows: Sequence[Row], report: Report, *, officer: str, seen: Seen, name: str, triage: Triage
) -> None:
    found = await cases.by_codes(tx, [row.code for row in rows])
    await conversations.lock_known(tx, [case.conversation.id for case in found.values()])
    found = {code: case for code, case in (await cases.hold(tx, list(found))).items() if seen(case)}
    due = [(row, found[row.code]) for row in rows if _applies(row, found.get(row.code), report)]
    if due:
        await _resolve(tx, due, officer=officer, name=name, triage=triage)
    report.imported += len(due)


def _applies(row: Row, case: Case | None, report: Report) -> bool:
    why = imports.unfit(row, case)
    if why is not None or case is None:
        report.bad.append(Bad(row.line, row.code, why or "unknown_code"))
        return False
    if imports.stands(row, case):
        report.unchanged += 1
        return False
    return True


async def _resolve(tx: Tx, due: Sequence[tuple[Row, Case]], *, officer: str, name: str, triage: Triage) -> None:
    of: dict[Conversation, list[tuple[Row, Case]]] = {}
    for row, case in due:
        of.setdefault(case.conversation, []).append((row, case))
    since = {who: min(case.facts.opened_at for _, case in theirs) for who, theirs in of.items()}
    files = [each.file for each in await conversations.open_files(tx, since)]
    desk = (await triage.rules(tx)).desk
    resolved = [resolve_all(file, of[file.conversation], officer=officer, desk=desk) for file in files]
    openings = sum(each.layout.openings for each in resolved)
    identities = await cases.new_identities(tx, openings, triage.province)
    settled = [finish(each, identities, desk) for each in resolved]
    case_of = {turn: case for each in settled for turn, case in each.case_of.items()}
    known = [turn for file in files for turn in file.turns]
    await conversations.save_turns(tx, (), case_of, known, triage.province)
    changes = [change for each in settled for change in each.changes]
    await acts.keep(tx, changes, province=triage.province, now=triage.clock(), detail={"import": name})
    for change in changes:
        for act in change.acts:
            triage.metrics.inc(CASES, act=act.act)
