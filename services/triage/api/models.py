"""What the case routes take and give, as values: dataclasses out, pydantic in."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

from shared.events.cases import Category, Urgency

Outcome = Literal["resolved", "handed_over", "fined", "prosecuted", "no_offence", "unfounded"]
Status = Literal["open", "answered", "resolved"]


@dataclass(frozen=True)
class CaseRow:
    """A case in a list. `first_message_key`: the channel's id of its first message. Times are UTC.

    `person_says`: "settle" or "withdraw" where the person says so; it ends nothing by itself.
    """

    code: str
    case: UUID
    version: int
    kind: str
    channel: str
    category: str
    topic: str
    urgency: str
    status: str
    unit: str | None
    commune_2020: str | None
    commune_2025: str | None
    opened_at: datetime
    answered_at: datetime | None
    resolved_at: datetime | None
    outcome: str | None
    due_at: datetime | None
    review: list[str]
    reasons: list[str]
    first_message_key: str | None
    messages: int
    person_says: str | None


@dataclass(frozen=True)
class CasePage:
    """`next`: what to send as `after` for the following page; null on the last one."""

    cases: list[CaseRow]
    next: str | None


@dataclass(frozen=True)
class CaseCount:
    count: int


@dataclass(frozen=True)
class SaidTurn:
    """One turn of the conversation. `decision`: what was understood, with its reasons; null for the page's turns."""

    at: datetime
    speaker: str
    text: str
    message_key: str
    officer: str | None
    attachments: list[dict[str, Any]]
    decision: dict[str, Any] | None
    automatic: dict[str, Any] | None
    """What the page said by itself: purpose, about, version (of a question: its words), confidence, candidates."""


@dataclass(frozen=True)
class FactToCheck:
    """A part of an answer that is not told before a person has looked it up."""

    part: str
    vi: str
    en: str
    basis: str


@dataclass(frozen=True)
class ProposedAnswer:
    """What the knowledge base proposes. `doubts`: why it did not go out by itself, for the officer to read."""

    procedure: str
    confidence: float
    asked_for: list[str]
    text_vi: str
    text_en: str
    text_version: str
    valid_from: date | None
    valid_to: date | None
    to_check: list[FactToCheck]
    doubts: list[str]


@dataclass(frozen=True)
class ReplyState:
    """What was asked to be said, and what became of it."""

    purpose: str
    requested_at: datetime
    state: str
    reason: str | None
    changed_at: datetime


@dataclass(frozen=True)
class WholeCase:
    """A case with its conversation. `open_until`: when the channel's window for an answer closes.

    `proposal`: an answer to the procedure last asked about, where there is one.
    `incident`: the event it tells with others, as an officer confirmed. `understood_by`: which versions of
    understanding read its messages; what each decided, and why, stands with its turn.
    """

    case: CaseRow
    incident: UUID | None
    understood_by: list[str]
    code_shown: str
    structure: str
    place: str
    corrections: dict[str, str]
    outcome_note: str | None
    open_until: datetime | None
    proposal: ProposedAnswer | None
    conversation: list[SaidTurn]
    replies: list[ReplyState]


@dataclass(frozen=True)
class Acted:
    """The case after an act. `version` is what the next act must name."""

    code: str
    case: UUID
    version: int
    status: str
    category: str
    unit: str | None


class Body(BaseModel):
    """What officers send. Of any text, U+0000 is refused: PostgreSQL keeps none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @field_validator("*")
    @classmethod
    def _without_nul(cls, value: object) -> object:
        if isinstance(value, str) and "\0" in value:
            raise ValueError("có ký tự U+0000 / holds the character U+0000")
        return value


class Correction(Body):
    """At least one field. A commune's code is of the structure its field names; where one follows, it is filled in.

    `conflict`: true seals the case, false lifts the seal (the inspectorate or an administrator of the province alone).
    """

    version: int = Field(ge=1)
    category: Category | None = None
    topic: str | None = Field(None, pattern="^[a-z_]{2,40}$")
    urgency: Urgency | None = None
    commune_2020: str | None = Field(None, pattern=r"^\d{5}$")
    commune_2025: str | None = Field(None, pattern=r"^\d{5}$")
    conflict: bool | None = None
    reason: str = Field(min_length=1, max_length=500)


class Answer(Body):
    """`text` goes to the person as it is, at most 2,000 characters (Zalo's limit)."""

    version: int = Field(ge=1)
    text: str = Field(min_length=1, max_length=2_000)


class Resolution(Body):
    """`note` is for the file, not for the person."""

    version: int = Field(ge=1)
    outcome: Outcome
    note: str | None = Field(None, max_length=1_000)


class RevealReason(Body):
    """Why the officer needs to know who it is; it goes on the record."""

    reason: str = Field(min_length=3, max_length=500)


@dataclass(frozen=True)
class Revealed:
    """`known` false: erased, or the channel never told."""

    known: bool
    name: str | None
    channel: str


@dataclass(frozen=True)
class RefusedRow:
    """A line of an import that was not taken. `line`: 1 is the header."""

    line: int
    code: str
    why: str


@dataclass(frozen=True)
class Imported:
    imported: int
    unchanged: int
    refused: list[RefusedRow]
