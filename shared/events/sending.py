"""What is to be said, and what became of it: replies.requested, alerts.events, delivery.receipts."""

from typing import Literal
from uuid import UUID

from shared.events.base import Event, Instant


class ReplyRequested(Event):
    """replies.requested.v1: what triage wants said to one person. Holds words; 30 days.

    `id` is the reply's own; `not_after`: the channel's window, past which it must not be sent.
    """

    channel: str
    account: str
    person: str
    case: UUID
    code: str
    purpose: Literal["acknowledgement", "answer", "question", "outcome"]
    priority: Literal["emergency", "reply"]
    text: str
    quoted_key: str | None = None
    not_after: Instant | None = None

    @property
    def subject(self) -> str:
        return self.account


class AlertChanged(Event):
    """alerts.events.v1: one act on an alert. `occurred_at` is the act's time."""

    alert: UUID
    version: int
    act: Literal["drafted", "approved", "started", "updated", "cancelled", "finished"]
    actor: str
    severity: Literal["severe", "ordinary"]
    title: str
    structure: Literal["2020", "2025"]
    communes: tuple[str, ...]
    groups: int
    sent: int = 0
    failed: int = 0
    in_doubt: int = 0

    @property
    def subject(self) -> str:
        return str(self.alert)


class DeliveryChanged(Event):
    """delivery.receipts.v1: the state of one send. `version` grows by one a change: readers keep the highest."""

    send: UUID
    version: int
    kind: Literal["reply", "alert"]
    channel: str
    account: str
    recipient: str
    """A pseudonym, or a group's id."""
    state: Literal["queued", "sent", "delivered", "seen", "failed", "in_doubt", "cancelled"]
    before: Literal["queued", "sent", "delivered", "seen", "failed", "in_doubt", "cancelled"] | None = None
    reason: str | None = None
    case: UUID | None = None
    alert: UUID | None = None
    quota_left: int | None = None

    @property
    def subject(self) -> str:
        return self.recipient
