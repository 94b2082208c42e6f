"""What understanding is given and what it answers: the line of the labels' guide, as values.

The guide (docs/labels.md) decides what each field means; the names here are its names.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Category(StrEnum):
    """What the message wants of us. The order is the one in which mixed wishes win."""

    EMERGENCY = "emergency"
    TIP = "tip"
    ADMIN_QUESTION = "admin_question"
    FEEDBACK = "feedback"
    OTHER = "other"
    SPAM = "spam"


class Urgency(StrEnum):
    """How soon a person must act: minutes, the hour, the working day or the next, no haste."""

    CRITICAL = "critical"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


class Act(StrEnum):
    """What the sender does with these words."""

    REPORT = "report"
    ASK = "ask"
    ANSWER = "answer"
    SETTLE = "settle"
    WITHDRAW = "withdraw"
    THANK = "thank"


class Place(StrEnum):
    """What the place was taken from."""

    TEXT = "text"
    CONVERSATION = "conversation"
    PAGE = "page"
    OUTSIDE = "outside"
    AMBIGUOUS = "ambiguous"
    NONE = "none"


class Review(StrEnum):
    """Why a person must look."""

    COMMUNE_UNCLEAR = "commune_unclear"
    LOW_CONFIDENCE = "low_confidence"
    LANGUAGE = "language"
    CONFLICT = "conflict"
    NO_ANSWER = "no_answer"
    MEDIA = "media"


class Speaker(StrEnum):
    """Whose turn it was in the conversation."""

    PERSON = "person"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of the conversation."""

    speaker: Speaker
    text: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it came. Commune codes are the receiving page's, each in its structure, None if it has none there.

    `occurred_on` is the Vietnamese date; `conversation` is oldest first and does not hold the message itself.
    `points`: where its shared locations and pictures say they are, (latitude, longitude) in WGS 84 degrees.
    """

    id: str
    text: str
    channel: str
    page_commune_2020: str | None
    page_commune_2025: str | None
    occurred_on: date
    conversation: tuple[Turn, ...] = ()
    points: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A commune it may be, in both structures as far as they follow, with its probability among the candidates."""

    commune_2020: str | None
    commune_2025: str | None
    p: float


@dataclass(frozen=True, slots=True)
class Decision:
    """What was understood, each field as the labels' guide defines it. `reasons` are sentences in Vietnamese.

    `procedure_confidence`: the probability that `procedure` is the one asked about, 0 where none is named; it is not
    part of the guide's line.
    """

    id: str
    category: Category
    also: tuple[Category, ...]
    topic: str
    topics: tuple[str, ...]
    urgency: Urgency
    act: Act | None
    procedure: str | None
    language: str
    about_police: bool
    place: Place
    province: str | None
    commune_2020: str | None
    commune_2025: str | None
    candidates: tuple[Candidate, ...]
    confidence: float
    review: tuple[Review, ...]
    reasons: tuple[str, ...]
    procedure_confidence: float = 0.0
