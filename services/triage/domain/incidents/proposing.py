"""Whom each case is proposed to join: of the earlier ones that may tell the same event, the likest.

One open proposal a case, so that an event told by a thousand is a thousand decisions and not half a million. What is
proposed is a function of the cases, not of the order in which they are looked at (a property of the tests), as long
as a neighbourhood holds no more cases than are looked at.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid5

from services.triage.domain.incidents.rules import Rules
from services.triage.domain.incidents.similar import likeness
from services.triage.domain.incidents.telling import Telling
from shared.events.base import NAMESPACE


class Pair(NamedTuple):
    """`later` may tell the same as `earlier`."""

    later: UUID
    earlier: UUID
    score: float
    earlier_at: datetime
    reasons: tuple[str, ...] = ()

    @property
    def rank(self) -> tuple[float, float, int]:
        """The likest first, then the one that was told first."""
        return self.score, -self.earlier_at.timestamp(), -self.earlier.int

    @property
    def id(self) -> UUID:
        return pair_id(self.later, self.earlier)


def pair_id(one: UUID, other: UUID) -> UUID:
    """Of two cases, whichever is named first."""
    low, high = sorted((one, other))
    return uuid5(NAMESPACE, f"same event|{low}|{high}")


class Decided:
    """What persons decided. `incidents`: the cases of each, the earliest first. `refused`: pairs of cases."""

    def __init__(self, incidents: Mapping[UUID, Sequence[UUID]], refused: Collection[tuple[UUID, UUID]]) -> None:
        self._incident = {case: incident for incident, cases in incidents.items() for case in cases}
        self._first = {cases[0] for cases in incidents.values() if cases}
        self._refused = {frozenset((self._group(one), self._group(other))) for one, other in refused}

    def leaves_open(self, later: UUID, earlier: UUID) -> bool:
        """Whether it may be proposed. Of an incident only its first case seeks an earlier one, for all of them, and
        a refusal holds for the whole incident.
        """
        if later in self._incident and later not in self._first:
            return False
        return self._group(later) != self._group(earlier) and self.may_be_one(later, earlier)

    def may_be_one(self, one: UUID, other: UUID) -> bool:
        """Whether nobody refused that these two, or what is one incident with either, are one event."""
        return frozenset((self._group(one), self._group(other))) not in self._refused

    def _group(self, case: UUID) -> UUID:
        return self._incident.get(case, case)


def proposals(
    subjects: Sequence[Telling],
    others: Mapping[UUID, Telling],
    standing: Mapping[UUID, Pair],
    decided: Decided,
    rules: Rules,
) -> dict[UUID, Pair | None]:
    """By case, the pair to propose now, None for no longer any; a case that is not named keeps what stands.

    `subjects` are looked at anew, `others` is whoever is near one of them, the subjects included. `standing`: the open
    pair of each case in `others`; those of the subjects are looked for from nothing.
    """
    found: dict[UUID, Pair | None] = {}
    fresh = {subject.case for subject in subjects}
    for subject in subjects:
        found[subject.case] = _best(subject, others.values(), decided, rules)
    for subject in subjects:
        for later in others.values():
            if later.case in fresh or later.order <= subject.order:
                continue
            pair = _pair(later, subject, decided, rules)
            stands = found.get(later.case, standing.get(later.case))
            if pair and (stands is None or stands.rank < pair.rank):
                found[later.case] = pair
    return found


def _best(subject: Telling, others: Iterable[Telling], decided: Decided, rules: Rules) -> Pair | None:
    pairs = [_pair(subject, other, decided, rules) for other in others if other.order < subject.order]
    return max((pair for pair in pairs if pair), key=lambda pair: pair.rank, default=None)


def _pair(later: Telling, earlier: Telling, decided: Decided, rules: Rules) -> Pair | None:
    if not decided.leaves_open(later.case, earlier.case):
        return None
    alike = likeness(later, earlier, rules)
    return Pair(later.case, earlier.case, alike.score, earlier.at, alike.reasons) if alike else None
