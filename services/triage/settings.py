"""What triage is told from outside, beside what all services share."""

from datetime import timedelta
from functools import cached_property
from pathlib import Path

from pydantic import Field

from services.triage.domain.answers import AnswerPolicy
from services.triage.domain.budget import Budget, Free
from services.triage.domain.replies import Numbers
from shared.service.settings import ServiceSettings


class TriageSettings(ServiceSettings):
    """Read once in `app.py` and passed on as values."""

    case_window_days: int = Field(
        7, description="How long an answered or resolved case takes further messages, days by occurred_at.", ge=0
    )
    reply_window_hours: dict[str, int] = Field(
        {"zalo": 168},
        description="By channel, how long after a person's message it may be answered, hours. A channel that is not "
        "named is never answered.",
    )
    free_replies: dict[str, int] = Field(
        {"zalo": 8},
        description="By channel, how many replies to one person are free within `BINHYEN_FREE_REPLY_HOURS`. A channel "
        "that is not named has no such limit.",
    )
    free_reply_hours: int = Field(48, description="Hours in which free replies are counted.", ge=1)
    free_replies_for_officers: int = Field(
        3, description="How many of the free replies the machine leaves to officers, but for an emergency.", ge=0
    )
    questions_per_case: int = Field(2, description="How often a case may be asked back about; 0: never.", ge=0, le=2)
    automatic_answers: bool = Field(True, description="Whether a sure answer to a procedure goes out by itself.")
    automatic_answer_confidence: float = Field(
        0.97, description="How sure it must be that this procedure is the one asked about, 0 to 1.", ge=0.5, le=1
    )
    police_number: str = Field("113", description="Emergency number of the police.")
    fire_number: str = Field("114", description="Emergency number of fire and rescue.")
    ambulance_number: str = Field("115", description="Emergency number of the ambulance.")
    data_request_unit: str | None = Field(
        None, description="Unit that answers people about their data; the duty desk when not set."
    )
    model_file: Path | None = Field(
        None,
        description="The learnt model that decides, a file that `retrain` promoted; the product's own when not set.",
    )
    shadow_model_file: Path | None = Field(
        None, description="A second learnt model, in shadow mode: it reads along, and where it differs is kept."
    )
    understanding_batch_wait_ms: int = Field(
        100, description="How long messages are gathered into one batch, milliseconds.", ge=1, le=5_000
    )
    chain_persons: int = Field(
        10, description="From how many persons on one text is a chain, and its cases say so.", ge=2
    )
    chain_window_hours: int = Field(72, description="Within how many hours all of them send it.", ge=1)
    wrong_passwords_allowed: int = Field(5, description="Wrong passwords in a row before an account must wait.", ge=1)
    sign_in_wait_seconds: int = Field(
        30, description="The first wait, seconds; it doubles with each further wrong password, up to an hour.", ge=1
    )

    @cached_property
    def case_window(self) -> timedelta:
        return timedelta(days=self.case_window_days)

    @cached_property
    def chain_window(self) -> timedelta:
        return timedelta(hours=self.chain_window_hours)

    @cached_property
    def reply_windows(self) -> dict[str, timedelta]:
        return {channel: timedelta(hours=hours) for channel, hours in self.reply_window_hours.items()}

    @cached_property
    def reply_budget(self) -> Budget:
        within = timedelta(hours=self.free_reply_hours)
        free = {channel: Free(count, within) for channel, count in self.free_replies.items()}
        return Budget(free, self.free_replies_for_officers)

    @cached_property
    def answer_policy(self) -> AnswerPolicy:
        return AnswerPolicy(self.automatic_answers, self.automatic_answer_confidence)

    @cached_property
    def emergency_numbers(self) -> Numbers:
        return Numbers(self.police_number, self.fire_number, self.ambulance_number)
