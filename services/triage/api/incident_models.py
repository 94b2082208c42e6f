"""What the routes of proposals and incidents take and give."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.triage.api.models import Body, CaseRow


@dataclass(frozen=True)
class ProposalRow:
    """Two cases that may tell the same event. `score` 0 to 1; `incident`: what either belongs to already."""

    proposal: UUID
    score: float
    reasons: list[str]
    proposed_at: datetime
    later: CaseRow
    earlier: CaseRow
    incident: UUID | None


@dataclass(frozen=True)
class ProposalPage:
    """`next`: what to send as `after` for the following page; null on the last one.

    `count`: of all pages; told with the first one alone.
    """

    proposals: list[ProposalRow]
    count: int | None
    next: str | None


@dataclass(frozen=True)
class DecidedProposal:
    """`incident`: what both cases are now; null when it was refused."""

    proposal: UUID
    state: str
    incident: UUID | None


@dataclass(frozen=True)
class Incident:
    """One event, with those of its cases that the officer may see, the earliest first."""

    incident: UUID
    cases: list[CaseRow]


@dataclass(frozen=True)
class Reporter:
    """A conversation that an approved outcome could go to. `open_until`: when the channel stops taking an answer."""

    conversation: str
    channel: str
    account: str
    codes: list[str]
    open_until: datetime | None
    reachable: bool


@dataclass(frozen=True)
class Reporters:
    """Each person once a page, in the order of their first report."""

    incident: UUID
    reporters: list[Reporter]


class Parting(Body):
    """Which case is not of the incident, and why; it goes on the record."""

    code: str = Field(min_length=1, max_length=40)
    reason: str = Field(min_length=3, max_length=500)
