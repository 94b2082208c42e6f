"""What a case tells of an event: when, where, of which kind, in which words, at which spot."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from services.triage.domain.case import Case, Change
from services.triage.domain.incidents.rules import Rules
from services.triage.domain.summary import REPORTS
from shared.text import fold

OLD, NEW = "2020", "2025"
LOOKED_AT = frozenset({"emergency", "tip", "feedback", "spam", "other"})
"""Questions on procedures tell no event, and the same one asked by many is no chain."""
TELLS = frozenset({"opened", "message_added", "routed", "corrected", "reopened"})
"""Acts after which a case may tell something else: an answer or an outcome changes nothing of it."""
MOST_PLACES = 12
"""So many candidates of an unclear commune are looked at; more is no place."""
LONGEST = 800
"""Characters of a case's words that are compared."""
_WORD = re.compile(r"[^\W_]+")


class Place(NamedTuple):
    """A commune as cases of `native` structure are found by it; `native` false: what a case of 2020 is in today's."""

    structure: str
    code: str
    native: bool

    @property
    def key(self) -> str:
        return f"{self.structure}:{self.code}"


@dataclass(frozen=True, slots=True)
class Said:
    """A message of the case: its words and what was understood of them (the line of docs/labels.md)."""

    words: str
    decision: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Telling:
    """`sure`: the commune is known; otherwise `places` are candidates. `words` and `spots` are folded.

    `villages`: names by kind ("thon 3" is {"thon": {"3"}}). Sealed and open cases are never told together.
    """

    case: UUID
    at: datetime
    structure: str
    places: frozenset[Place]
    sure: bool
    families: frozenset[str]
    words: str
    spots: frozenset[str]
    villages: Mapping[str, frozenset[str]]
    sealed: bool

    @property
    def order(self) -> tuple[datetime, UUID]:
        return self.at, self.case

    def codes(self, structure: str) -> frozenset[str]:
        return frozenset(place.code for place in self.places if place.structure == structure)

    @property
    def looked_up(self) -> set[tuple[str, bool]]:
        """Where others of it are, by key and `native`: its own places; across the change of structure, the communes
        of today.
        """
        own = {(place.key, True) for place in self.places if place.native}
        across = {(Place(NEW, code, native=False).key, self.structure == OLD) for code in self.codes(NEW)}
        return own | across


def tells_anew(change: Change) -> bool:
    """Whether a case is to be looked at beside others once more."""
    before = change.before.facts.category if change.before else None
    if change.after.kind != "conversation" or LOOKED_AT.isdisjoint({before, change.after.facts.category}):
        return False
    return any(act.act in TELLS for act in change.acts)


def telling_of(case: Case, said: Sequence[Said], rules: Rules) -> Telling | None:
    """None for what tells no event: a question, an advert, a report of no family or without any place."""
    facts = case.facts
    if facts.category not in REPORTS or case.kind != "conversation" or case.place == "outside":
        return None
    topics = {facts.topic}
    if case.corrections.topic is None:
        topics |= {str(topic) for each in said for topic in (each.decision or {}).get("topics", ())}
    families = rules.families_of(frozenset(topics))
    sure = facts.commune_2020 is not None or facts.commune_2025 is not None
    places = frozenset(_known(case) if sure else _candidates(case, said))
    if not families or not 0 < len(places) <= 2 * MOST_PLACES:
        return None
    folded = _WORD.findall(fold(" ".join(each.words for each in said)[:LONGEST]))
    return Telling(
        case=case.id,
        at=facts.opened_at,
        structure=case.structure,
        places=places,
        sure=sure,
        families=families,
        words=" ".join(word for word in folded if word not in rules.empty),
        spots=frozenset(f"{kind} {name}" for kind, name in _named(folded, rules.spots)),
        villages=_by_kind(_named(folded, rules.villages)),
        sealed=case.conflict,
    )


def _known(case: Case) -> Iterator[Place]:
    yield from _both(case.structure, case.facts.commune_2020, case.facts.commune_2025)


def _candidates(case: Case, said: Sequence[Said]) -> Iterator[Place]:
    for each in said:
        for candidate in (each.decision or {}).get("candidates", ())[:MOST_PLACES]:
            yield from _both(case.structure, candidate["commune_2020"], candidate["commune_2025"])


def _both(structure: str, old: str | None, new: str | None) -> Iterator[Place]:
    own = old if structure == OLD else new
    if own:
        yield Place(structure, own, native=True)
    if structure == OLD and new:
        yield Place(NEW, new, native=False)


def _named(words: Sequence[str], kinds: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each word of place with the name after it: its next word, or two where the first is a short one ("ea tul")."""
    text = f" {' '.join(words)} "
    for kind in kinds:
        for found in re.finditer(rf" {kind} (?=(\w+)(?: (\w+))?)", text):
            name, second = found.group(1), found.group(2)
            yield kind, f"{name} {second}" if second and not name.isdigit() and len(name) <= 3 else name  # noqa: PLR2004


def _by_kind(named: Iterator[tuple[str, str]]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for kind, name in named:
        found.setdefault(kind, set()).add(name)
    return {kind: frozenset(names) for kind, names in found.items()}
