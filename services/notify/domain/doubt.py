"""Was a send in doubt made? Found among what the channel says the page has said. Pure."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto


@dataclass(frozen=True)
class Said:
    """One message of a conversation. `at_ms`: the channel's clock, milliseconds since 1970."""

    key: str
    by_page: bool
    text: str
    at_ms: int


class Look(Enum):
    """How much asking the channel could tell."""

    UNANSWERED = auto()
    """The channel did not answer: it does not count as asked."""
    PARTLY = auto()
    """It could not be asked, or not as far back as the call: what was not found may be there, so nothing is resent."""
    WHOLE = auto()
    """All that was said since the call was read: what was not found is not there."""


def window(started_at: datetime, *, skew: timedelta, call: timedelta) -> tuple[datetime, datetime]:
    """When a call begun at `started_at` (our clock) can have been done by the channel's clock."""
    return started_at - skew, started_at + call + skew


def find(said: Iterable[Said], *, text: str, used: AbstractSet[str], window: tuple[datetime, datetime]) -> str | None:
    """The key of the page's message that is this send: same words, in its time, no other send's. The earliest."""
    first, last = (moment.timestamp() * 1000 for moment in window)
    fitting = [
        one
        for one in said
        if one.by_page
        and one.key
        and one.key not in used
        and first <= one.at_ms <= last
        and one.text.strip() == text.strip()
    ]
    return min(fitting, key=lambda one: one.at_ms).key if fitting else None


def reaches_back(said: Iterable[Said], window: tuple[datetime, datetime]) -> bool:
    """Whether a page of a conversation goes back beyond the window, so that an older one need not be asked for."""
    return any(one.at_ms < window[0].timestamp() * 1000 for one in said)
