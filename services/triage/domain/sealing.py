"""What is sealed: a case about the police or the officials of a place (design, promise 10; decision 0011).

Who may look is in api/visibility.py. Here is what leaves the service of such a case, and what lifts its seal.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from services.triage.domain.case import Case
from services.triage.domain.conversation import Turn
from services.triage.domain.summary import REPORTS, TOLD, Corrections, accusing, summarise

AFTER = timedelta(microseconds=1)
"""A case still takes what is said at the very end of its window."""


def lifted(corrections: Corrections, messages: Sequence[Turn]) -> Corrections:
    """The seal lifted for what was said so far. What is laid to them later, or comes to light later, seals anew."""
    seen = " ".join(sorted(accusing(messages)))
    return replace(corrections, conflict="no", cleared=seen or None)


def put_on(corrections: Corrections) -> Corrections:
    """Sealed by an officer, whatever the machine reads."""
    return replace(corrections, conflict="yes", cleared=None)


def stays(before: Case | None, messages: Sequence[Turn], sealed: Collection[UUID]) -> bool:
    """Whether a case is to stay sealed whose messages, read anew, would not seal it: some came from one of the other
    `sealed` cases, or what sealed this one has gone into another. Only the inspectorate makes them visible.
    """
    if before is not None and before.conflict:
        return not accusing(messages)
    return any(turn.case in sealed for turn in messages)


def waits(case: Case) -> bool:
    """Whether it is sealed, and its person may still be telling more of it."""
    return case.conflict and case.facts.status == "open" and case.facts.answered_at is None


def may_tell_more(before: Case | None, corrections: Corrections, messages: Sequence[Turn]) -> bool:
    """Whether a report may go on with a sealed case that waits: it is new, tells no place of its own, is no emergency.

    "I have it all on tape" after a question about passports says nothing of the police; its commune must not read it.
    """
    if corrections.conflict is not None or (before is not None and before.facts.category in REPORTS):
        return False
    if any(turn.heard.tells_place or (turn.reading and turn.reading.place in TOLD) for turn in messages):
        return False
    return summarise(messages, corrections).category == "tip"


def unread_from(cases: Sequence[Case], window: timedelta) -> dict[UUID, datetime]:
    """Of each sealed case of a conversation, from when on no message is read with its words.

    From then on it takes no more messages, or another case has begun. The next case is another unit's: what it is
    understood to be must not tell what was said in the sealed one.
    """
    found = {case.id: _ends(case, cases, window) for case in cases if case.conflict}
    return {case: at for case, at in found.items() if at is not None}


def _ends(case: Case, cases: Sequence[Case], window: timedelta) -> datetime | None:
    opened = case.facts.opened_at
    next_ones = [each.facts.opened_at for each in cases if not each.conflict and each.facts.opened_at > opened]
    settled = [at + window + AFTER for at in (case.facts.answered_at, case.first_resolved_at) if at is not None]
    return min((*next_ones, *settled), default=None)
