"""Outcomes of a register applied to one conversation's cases, as if they had been entered at their own time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from services.triage.domain.case import Case, Change, Identity
from services.triage.domain.casework import Desk, File, Layout, Settled, lay_out, resolve, settle, then
from services.triage.domain.imports import Row


@dataclass(frozen=True, slots=True)
class Resolved:
    """The conversation cut anew after its cases were resolved, and what became of those."""

    layout: Layout
    changes: Mapping[UUID, Change]


def resolve_all(file: File, rows: Sequence[tuple[Row, Case]], *, officer: str, desk: Desk) -> Resolved:
    """Each row's case resolved at the row's own time. A message from long after it parts into a case of its own."""
    changes = {case.id: _resolved(file, row, case, officer) for row, case in rows}
    cases = tuple(changes[case.id].after if case.id in changes else case for case in file.cases)
    return Resolved(lay_out(replace(file, cases=cases), desk), changes)


def finish(resolved: Resolved, identities: Iterator[Identity], desk: Desk) -> Settled:
    """All that changed, each case once."""
    settled = settle(resolved.layout, identities, desk)
    changes = dict(resolved.changes)
    for change in settled.changes:
        first = changes.get(change.after.id)
        changes[change.after.id] = then(first, change) if first else change
    return Settled(tuple(changes.values()), settled.case_of)


def _resolved(file: File, row: Row, case: Case, officer: str) -> Change:
    messages = [turn for turn in file.turns if turn.case == case.id and turn.speaker == "person"]
    return resolve(case, messages, row.outcome, row.note, at=row.acted_at, officer=officer, imported=True)
