"""What is sealed: a case about the police or the officials of a place (design, promise 10; decision 0011).

Who may look is in api/visibility.py. Here is what leaves the service of such a case, and what lifts its seal.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from services.triage.domain.case import Case
from services.triage.domain.conversation import Turn
from services.triage.domain.intake import Past
from services.triage.domain.summary import REPORTS, TOLD, Corrections, accusing, summarise


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


def readable(past: Sequence[Past], cases: Sequence[Case], at: datetime, window: timedelta) -> tuple[Past, ...]:
    """The turns that a message of `at` may be read with: none of a sealed case that takes no more messages, or after
    which another case has begun.

    The next case is another unit's: what it is understood to be must not tell what was said in the sealed one.
    """
    open_since = max((case.facts.opened_at for case in cases if not case.conflict), default=None)
    over = {
        case.id
        for case in cases
        if case.conflict
        and (_over(case, at, window) or (open_since is not None and case.facts.opened_at < open_since <= at))
    }
    return tuple(each for each in past if each.turn.case not in over) if over else tuple(past)


def _over(case: Case, at: datetime, window: timedelta) -> bool:
    settled = [moment for moment in (case.facts.answered_at, case.first_resolved_at) if moment is not None]
    return bool(settled) and min(settled) + window < at
