"""A whole decision as lines for a terminal, in Vietnamese or English."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from services.triage.domain.understanding.message import Act, Category, Decision, Place, Review, Urgency
from services.triage.domain.understanding.reasons import ACTS, CATEGORIES, PLACES, REVIEWS, URGENCIES
from shared.gazetteer.register import Register
from shared.gazetteer.structure import Structure

Tongue = Literal["vi", "en"]
"""The language in which a decision is told, whatever the message's own is."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a decision is told with. `labels`: what stands before each line; `reasons`: a line before the sentences."""

    labels: Mapping[str, str]
    categories: Mapping[Category, str]
    urgencies: Mapping[Urgency, str]
    acts: Mapping[Act, str]
    reviews: Mapping[Review, str]
    places: Mapping[Place, str]
    no_act: str
    either: str
    now: str
    reasons: str | None


_VIETNAMESE = Words(
    labels={
        "category": "Loại",
        "topic": "Việc",
        "urgency": "Mức gấp",
        "act": "Người gửi",
        "place": "Nơi",
        "confidence": "Chắc chắn",
        "review": "Cần xem",
    },
    categories=CATEGORIES,
    urgencies=URGENCIES,
    acts=ACTS,
    reviews=REVIEWS,
    places=PLACES,
    no_act="không rõ muốn gì",
    either=" hoặc ",
    now="nay là",
    reasons=None,
)
_ENGLISH = Words(
    labels={
        "category": "Category",
        "topic": "Topic",
        "urgency": "Urgency",
        "act": "The sender",
        "place": "Place",
        "confidence": "Confidence",
        "review": "To review",
    },
    categories={
        Category.EMERGENCY: "emergency",
        Category.TIP: "tip, report of an offence",
        Category.ADMIN_QUESTION: "question about a procedure",
        Category.FEEDBACK: "feedback on the service",
        Category.SPAM: "advert, spam",
        Category.OTHER: "anything else",
    },
    urgencies={
        Urgency.CRITICAL: "go within minutes",
        Urgency.HIGH: "within the hour",
        Urgency.NORMAL: "this working day or the next",
        Urgency.LOW: "no haste",
    },
    acts={
        Act.REPORT: "reports",
        Act.ASK: "asks",
        Act.ANSWER: "answers the page's question",
        Act.SETTLE: "says that it is over",
        Act.WITHDRAW: "takes it back",
        Act.THANK: "thanks",
    },
    reviews={
        Review.COMMUNE_UNCLEAR: "the commune is not clear: a person has to look",
        Review.LOW_CONFIDENCE: "the machine is not sure: a person has to look",
        Review.LANGUAGE: "not Vietnamese: somebody who reads it has to look",
        Review.CONFLICT: "about police or officials of the place: to the inspectorate, not to the commune",
        Review.NO_ANSWER: "there is no ready answer",
        Review.MEDIA: "only pictures or sound: a person has to look",
    },
    places={
        Place.TEXT: "from the message",
        Place.CONVERSATION: "from the conversation",
        Place.PAGE: "from the page that was written to",
        Place.OUTSIDE: "outside the province",
        Place.AMBIGUOUS: "not clear, several places",
        Place.NONE: "not known",
    },
    no_act="it is not clear what is wanted",
    either=" or ",
    now="today",
    reasons="Why (as officers read it, in Vietnamese):",
)
WORDS: Mapping[Tongue, Words] = {"vi": _VIETNAMESE, "en": _ENGLISH}
_WIDEST = max(len(label) for words in WORDS.values() for label in words.labels.values())


def explain(decision: Decision, register: Register, tongue: Tongue = "vi") -> str:
    """The decision with its evidence, a line each thing. Names of places and the reasons are Vietnamese in both."""
    words = WORDS[tongue]
    act = words.acts[decision.act] if decision.act else words.no_act
    told = [
        ("category", f"{words.categories[decision.category]} ({decision.category})"),
        ("topic", ", ".join(decision.topics) + (f" · {decision.procedure}" if decision.procedure else "")),
        ("urgency", f"{words.urgencies[decision.urgency]} ({decision.urgency})"),
        ("act", act),
        ("place", f"{_place(decision, register, words)} · {words.places[decision.place]}"),
        ("confidence", f"{decision.confidence:.0%}"),
        *(("review", words.reviews[review]) for review in decision.review),
    ]
    lines = [f"{words.labels[what]:<{_WIDEST}}  {said}" for what, said in told]
    lines += [words.reasons] if words.reasons and decision.reasons else []
    return "\n".join([*lines, *(f"  – {reason}" for reason in decision.reasons)])


def _place(decision: Decision, register: Register, words: Words) -> str:
    if decision.candidates:
        both = [(each.commune_2020, each.commune_2025) for each in decision.candidates]
        return words.either.join(_names(old, new, register, words) for old, new in both)
    return _names(decision.commune_2020, decision.commune_2025, register, words)


def _names(old_code: str | None, new_code: str | None, register: Register, words: Words) -> str:
    old, new = register.commune(Structure.OF_2020, old_code), register.commune(Structure.OF_2025, new_code)
    if old and new:
        return f"{old.address} ({words.now} {new.full_name})"
    return old.address if old else new.full_name if new else "—"
