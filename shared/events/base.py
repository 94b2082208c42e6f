"""What every event has, how it is named, and where its id comes from.

The committed JSON Schemas in `schemas/` are the contract; these models are how we write and read it.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, ClassVar
from uuid import UUID, uuid5

from pydantic import AfterValidator, BaseModel, ConfigDict

NAMESPACE = UUID("5b1e7a52-66d1-5c2e-9a4e-2020d0ca1966")
"""Never changes: an id computed twice, years apart, must be the same id."""

PLAUSIBLE_SKEW = timedelta(hours=1)
"""How far ahead of ours a channel's clock may run before we stop believing it."""

EARLIEST_PLAUSIBLE = datetime(2012, 8, 8, tzinfo=UTC)
"""Zalo was launched on 8 August 2012; nothing a channel tells happened before (the manual's own sample reads 1974)."""


def _as_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        msg = "a time without its zone means nothing"
        raise ValueError(msg)
    return value.astimezone(UTC)


Instant = Annotated[datetime, AfterValidator(_as_utc)]
"""A moment, stored as UTC. Days are Asia/Ho_Chi_Minh dates, made where they are shown or counted."""


def event_id(channel: str, account: str, kind: str, key: str) -> UUID:
    """The same happening is the same event for ever: UUIDv5 over channel | account | kind | key.

    `kind` is ours (message, echo, delivered, follow …), never the vendor's event name, so that what was fetched to
    fill a gap matches what was pushed.
    """
    return uuid5(NAMESPACE, f"{channel}|{account}|{kind}|{key}")


def plausible(occurred_at: datetime, received_at: datetime) -> bool:
    """Whether the channel's clock can be believed; if not, `received_at` decides and the event says so."""
    return EARLIEST_PLAUSIBLE <= occurred_at <= received_at + PLAUSIBLE_SKEW


class Event(BaseModel):
    """A frozen fact. Readers ignore fields they do not know: optional ones may be added within a version."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str] = ""

    id: UUID
    province: str
    occurred_at: Instant

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)  # type: ignore[arg-type]  # pydantic's own keyword arguments
        cls.type = f"vn.binhyen.{re.sub(r'(?<=[a-z])(?=[A-Z])', '_', cls.__name__).lower()}.v1"

    @property
    def subject(self) -> str:
        """What the event is about: the CloudEvents subject, and the record's key."""
        raise NotImplementedError(type(self).__name__)


class InboundEvent(Event):
    """What a channel pushed or showed. `time_suspect`: its clock is implausible, so `received_at` decides."""

    channel: str
    account: str
    received_at: Instant
    time_suspect: bool = False

    @property
    def subject(self) -> str:
        return self.account

    @property
    def decided_at(self) -> datetime:
        """The time that counts: the channel's, unless it cannot be believed."""
        return self.received_at if self.time_suspect else self.occurred_at
