"""cases.events.v1: what became of a case. No words of citizens, no channel ids."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.events.base import Event, Instant

Category = Literal["emergency", "tip", "admin_question", "feedback", "spam", "other"]
Urgency = Literal["critical", "high", "normal", "low"]
CaseAct = Literal[
    "opened", "message_added", "routed", "corrected", "assigned", "answered", "resolved", "reopened", "acknowledged"
]


class CaseFacts(BaseModel):
    """Every field of a case that somebody counts, as it stood after (or before) one act."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    category: Category
    topic: str
    urgency: Urgency
    status: Literal["open", "answered", "resolved"]
    unit: str | None = None
    commune_2020: str | None = None
    commune_2025: str | None = None
    review: tuple[str, ...] = ()
    opened_at: Instant
    answered_at: Instant | None = None
    resolved_at: Instant | None = None
    outcome: str | None = None


class CaseChanged(Event):
    """One act on one case. Readers apply a case's events by `version`; `before` is what version - 1 left."""

    case: UUID
    code: str
    version: int
    act: CaseAct
    actor: str
    """An officer's id, or `machine`, or `person`."""
    imported: bool = False
    channel: str
    account: str
    """The page; empty where the case is sealed (review `conflict`): it counts for the province and no commune."""
    before: CaseFacts | None = None
    """None for the first version alone."""
    after: CaseFacts

    @property
    def subject(self) -> str:
        return str(self.case)
