"""A channel's clock as ours: when it says something happened, and whether that can be believed."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from shared.events import plausible

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST_MS = 253_402_300_799_000
"""The last second of the year 9999, milliseconds since 1970: Python's and PostgreSQL's calendars both have it."""


class Moment(NamedTuple):
    """`at` is the channel's own, never altered; `suspect`: then the time of receipt decides."""

    at: datetime
    suspect: bool


def moment(milliseconds: str, received_at: datetime) -> Moment:
    """Milliseconds since 1970 as text. What is no such number is the epoch, flagged: a redelivery must say the same."""
    if not (milliseconds.isascii() and milliseconds.isdigit() and len(milliseconds) <= len(str(LAST_MS))):
        return Moment(EPOCH, suspect=True)
    at = EPOCH + timedelta(milliseconds=min(int(milliseconds), LAST_MS))
    return Moment(at, not plausible(at, received_at))
