"""What a case is, out of what its person wrote and what an officer corrected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.triage.domain.conversation import Reading, Turn
from shared.events.cases import CaseFacts, Category, Urgency

STRONGEST_FIRST: tuple[Category, ...] = ("emergency", "tip", "admin_question", "feedback", "other", "spam")
"""Mixed wishes: which one wins (docs/labels.md, Category)."""

SOONEST_FIRST: tuple[Urgency, ...] = ("critical", "high", "normal", "low")

REVIEWS = ("conflict", "commune_unclear", "low_confidence", "language", "no_answer", "media")
"""The order in which a desk reads why it must look."""

TOLD = frozenset({"text", "outside"})
OF_THE_LEAD = frozenset({"commune_unclear", "low_confidence", "no_answer"})
"""Reasons for review that a stronger or clearer message of the same case takes away."""

REPORTS = frozenset({"emergency", "tip"})
ASKS_FOR_WORK = REPORTS | {"admin_question"}


@dataclass(frozen=True, slots=True)
class Corrections:
    """What an officer decided. It stands against whatever comes later; None: nothing was corrected."""

    category: Category | None = None
    topic: str | None = None
    urgency: Urgency | None = None
    commune_2020: str | None = None
    commune_2025: str | None = None
    conflict: Literal["yes", "no"] | None = None
    """Sealed by an officer, or the seal lifted by the inspectorate."""
    cleared: str | None = None
    """With "no": the ids of the turns that were looked at, apart by spaces. A later accusation seals anew."""

    @property
    def place(self) -> bool:
        return self.commune_2020 is not None or self.commune_2025 is not None


@dataclass(frozen=True, slots=True)
class Summary:
    """A case's words in labels. `place` says where the communes were taken from, `officer` if one told them."""

    category: Category
    topic: str
    urgency: Urgency
    place: str
    commune_2020: str | None
    commune_2025: str | None
    review: tuple[str, ...]
    reasons: tuple[str, ...]


def summarise(messages: Sequence[Turn], corrections: Corrections) -> Summary:
    """The strongest message leads; a place told in any of them beats one taken from the page. `messages`: in order."""
    readings = [turn.reading for turn in messages if turn.reading is not None]
    lead = min(readings, key=lambda reading: STRONGEST_FIRST.index(reading.category))
    where = _where(lead, readings)
    category = corrections.category or lead.category
    return Summary(
        category=category,
        topic=corrections.topic or lead.topic,
        urgency=corrections.urgency or _urgency(category, lead, readings),
        place="officer" if corrections.place else where.place,
        commune_2020=corrections.commune_2020 if corrections.place else where.commune_2020,
        commune_2025=corrections.commune_2025 if corrections.place else where.commune_2025,
        review=sealed(_review(lead, where, readings, corrections), accusing(messages), corrections),
        reasons=tuple(dict.fromkeys(lead.reasons + where.reasons)),
    )


def status(
    *,
    answered_at: datetime | None,
    resolved_at: datetime | None,
    messages: Sequence[Turn],
    officer_at: datetime | None,
) -> Literal["open", "answered", "resolved"]:
    """Resolved, unless the person brought new work afterwards; else answered once somebody answered.

    `officer_at`: when an officer last answered, None where none did: what only an automatic answer settled opens again
    with the person's next wish. Whoever asks for a person is open until an officer has answered or resolved after it.
    """
    if _asks_for_a_person(messages, since=[at for at in (answered_at, resolved_at, officer_at) if at is not None]):
        return "open"
    if resolved_at is not None:
        return "open" if any(turn.at > resolved_at and asks_for_work(turn.reading) for turn in messages) else "resolved"
    if answered_at is None:
        return "open"
    if officer_at is None and any(turn.at > answered_at and _wants_more(turn) for turn in messages):
        return "open"
    return "answered"


def _asks_for_a_person(messages: Sequence[Turn], *, since: Sequence[datetime]) -> bool:
    """`since`: all that was done for the person; a wish from before the last of it has been seen."""
    last = max(since, default=None)
    return last is not None and any(turn.at > last and turn.heard.feedback == "person" for turn in messages)


def asks_for_work(reading: Reading | None) -> bool:
    return reading is not None and reading.category in ASKS_FOR_WORK and not reading.closes


def _wants_more(turn: Turn) -> bool:
    return turn.heard.feedback == "not_helped" or asks_for_work(turn.reading)


def wants_a_person(messages: Sequence[Turn]) -> bool:
    """Whether the person's last word on an automatic answer is that it did not help, or that they want an officer."""
    said = [turn.heard.feedback for turn in messages if turn.heard.feedback is not None]
    return bool(said) and said[-1] != "helped"


def _where(lead: Reading, readings: Sequence[Reading]) -> Reading:
    if lead.place in TOLD:
        return lead
    return next((reading for reading in readings if reading.place in TOLD), lead)


def _urgency(category: Category, lead: Reading, readings: Sequence[Reading]) -> Urgency:
    """The most urgent of the messages that want the same. Every emergency is at least high, nothing else critical."""
    most = min((r.urgency for r in readings if r.category == lead.category), key=SOONEST_FIRST.index)
    if category == "emergency":
        return most if most in {"critical", "high"} else "high"
    return "high" if most == "critical" else most


def _review(lead: Reading, where: Reading, readings: Sequence[Reading], corrections: Corrections) -> tuple[str, ...]:
    found = {reason for reading in readings for reason in reading.review} - OF_THE_LEAD
    found |= set(lead.review) - {"commune_unclear"}
    if "commune_unclear" in where.review:
        found.add("commune_unclear")
    if corrections.place:
        found.discard("commune_unclear")
    if corrections.category:
        found.discard("low_confidence")
    return in_order(found)


def accusing(messages: Sequence[Turn]) -> frozenset[str]:
    """The ids of the messages that lay an act to the police or the officials of the place.

    In a report, `about_police` is enough: never to that commune, even where the reading did not ask for a look.
    """
    readings = [turn.reading for turn in messages if turn.reading is not None]
    reported = any(reading.category in REPORTS for reading in readings)
    return frozenset(
        str(turn.id)
        for turn in messages
        if turn.reading and ("conflict" in turn.reading.review or (reported and turn.reading.about_police))
    )


def sealed(review: tuple[str, ...], accusations: frozenset[str], corrections: Corrections) -> tuple[str, ...]:
    """`review` with `conflict` or without it: an officer's word, but an accusation nobody has looked at yet seals."""
    if corrections.conflict == "no":
        seals = bool(accusations - set((corrections.cleared or "").split()))
    else:
        seals = corrections.conflict == "yes" or bool(accusations)
    return in_order({*review, "conflict"} if seals else set(review) - {"conflict"})


def in_order(reasons: set[str]) -> tuple[str, ...]:
    return tuple(reason for reason in REVIEWS if reason in reasons)


CORRECTABLE = ("category", "topic", "urgency", "commune_2020", "commune_2025", "conflict", "cleared")


def corrections_of(fields: Mapping[str, str]) -> Corrections:
    """From the names and values an officer sent or the store kept."""
    return Corrections(**{name: fields.get(name) for name in CORRECTABLE})  # type: ignore[arg-type]  # checked at the door


def corrected_summary(facts: CaseFacts, place: str, corrections: Corrections) -> Summary:
    """The same for a case without messages (a request about one's data): what stands, as far as nobody corrected it."""
    return Summary(
        category=corrections.category or facts.category,
        topic=corrections.topic or facts.topic,
        urgency=corrections.urgency or facts.urgency,
        place="officer" if corrections.place else place,
        commune_2020=corrections.commune_2020 if corrections.place else facts.commune_2020,
        commune_2025=corrections.commune_2025 if corrections.place else facts.commune_2025,
        review=sealed(facts.review, frozenset(), corrections) if corrections.conflict else facts.review,
        reasons=(),
    )
