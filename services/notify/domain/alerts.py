"""An alert's life, and the rule of two people (design, promise 7). Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

Act = Literal["drafted", "approved", "started", "cancelled", "finished"]


class AlertState(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    SENDING = "sending"
    FINISHED = "finished"
    CANCELLED = "cancelled"


NEXT: dict[AlertState, frozenset[AlertState]] = {
    AlertState.DRAFT: frozenset({AlertState.APPROVED, AlertState.CANCELLED}),
    AlertState.APPROVED: frozenset({AlertState.SENDING, AlertState.CANCELLED}),
    AlertState.SENDING: frozenset({AlertState.FINISHED, AlertState.CANCELLED}),
    AlertState.FINISHED: frozenset(),
    AlertState.CANCELLED: frozenset(),
}


@dataclass(frozen=True)
class Alert:
    """One alert as it stands. `words` go to every group as they are; `on_doubt`: what becomes of sends in doubt."""

    alert: UUID
    province: str
    version: int
    state: AlertState
    title: str
    words: str
    severity: Literal["severe", "ordinary"]
    structure: Literal["2020", "2025"]
    communes: tuple[str, ...]
    on_doubt: Literal["leave", "resend"]
    groups: int
    drafted_by: str
    drafted_at: datetime
    approved_by: str | None = None
    approved_at: datetime | None = None
    cancelled_by: str | None = None
    cancelled_at: datetime | None = None
    finished_at: datetime | None = None


class OwnAlert(Exception):  # noqa: N818 - what is refused, by its name
    """Who wrote an alert cannot approve it."""


class WrongState(Exception):  # noqa: N818 - what is refused, by its name
    """The alert is past this act. `state`: how it stands."""

    def __init__(self, state: AlertState) -> None:
        super().__init__(state.value)
        self.state = state


def approve(alert: Alert, officer: str, now: datetime) -> Alert:
    """Approved by another account than wrote it. Raises OwnAlert, WrongState."""
    if officer == alert.drafted_by:
        raise OwnAlert(officer)
    return replace(_moved(alert, AlertState.APPROVED), approved_by=officer, approved_at=now)


def start(alert: Alert, groups: int) -> Alert:
    """The fan-out's rows are there: so many groups. Raises WrongState."""
    return replace(_moved(alert, AlertState.SENDING), groups=groups)


def cancel(alert: Alert, officer: str, now: datetime) -> Alert:
    """Stopped, at any time before its end. Raises WrongState."""
    return replace(_moved(alert, AlertState.CANCELLED), cancelled_by=officer, cancelled_at=now)


def finish(alert: Alert, now: datetime) -> Alert:
    """Every send has ended. Raises WrongState."""
    return replace(_moved(alert, AlertState.FINISHED), finished_at=now)


def _moved(alert: Alert, state: AlertState) -> Alert:
    if state not in NEXT[alert.state]:
        raise WrongState(alert.state)
    return replace(alert, state=state, version=alert.version + 1)
