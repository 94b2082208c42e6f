"""A conversation read by (occurred_at, id), however it arrived, and cut into cases (design, promise 4).

A case begins with a message. It takes every later one until somebody has answered or resolved it and the window after
that is over; from then on only what closes a matter (thanks, "ok", "it is settled") still belongs to it, and anything
else begins the next case. All of it is a function of the set of turns: order and batches of arrival do not matter.
Adding a turn never lowers the number of cases, so a case that has its code keeps a place (`matched`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar
from uuid import UUID

from shared.events.cases import Category, Urgency

CLOSING_ACTS = frozenset({"thank", "settle", "withdraw"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood of one message, as far as a case is made of it. The words are those of docs/labels.md."""

    category: Category
    topic: str
    urgency: Urgency
    act: str | None = None
    place: str = "none"
    commune_2020: str | None = None
    commune_2025: str | None = None
    about_police: bool = False
    confidence: float = 1.0
    review: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    closes: bool = False
    """Whether it belongs to a matter that was answered, however long ago: by itself it brings no new subject."""


def closing(category: str, topic: str, act: str | None) -> bool:
    """Thanks, "ok", "it is settled". Asked of a message read by itself: within its conversation "ok" is a tip's too."""
    return category == "other" or topic == "thanks" or act in CLOSING_ACTS


def reading_of(fields: Mapping[str, Any], *, closes: bool) -> Reading:
    """A decision's fields (the line of docs/labels.md) as a case reads them."""
    return Reading(
        category=fields["category"],
        topic=fields["topic"],
        urgency=fields["urgency"],
        act=fields["act"],
        place=fields["place"],
        commune_2020=fields["commune_2020"],
        commune_2025=fields["commune_2025"],
        about_police=fields["about_police"],
        confidence=fields["confidence"],
        review=tuple(fields["review"]),
        reasons=tuple(fields["reasons"]),
        closes=closes,
    )


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing said. A page's turn has no reading. `reachable`: an automatic answer may go out for it."""

    at: datetime
    id: UUID
    speaker: Literal["person", "page"]
    key: str
    reading: Reading | None = None
    officer: str | None = None
    case: UUID | None = None
    reachable: bool = False

    @property
    def order(self) -> tuple[datetime, UUID]:
        return self.at, self.id


@dataclass(frozen=True, slots=True)
class Segment:
    """The turns of one case. `messages` is never empty; `answers` are those at or after its beginning."""

    messages: tuple[Turn, ...]
    answers: tuple[Turn, ...]

    @property
    def opened_at(self) -> datetime:
        return self.messages[0].at

    @property
    def answered_at(self) -> datetime | None:
        return self.answers[0].at if self.answers else None


def cut(turns: Iterable[Turn], resolutions: Iterable[datetime], *, window: timedelta) -> list[Segment]:
    """The cases of a conversation, oldest first. `resolutions`: when an officer first resolved one of them.

    Answers from before the first message belong to none.
    """
    ordered = sorted(turns, key=lambda turn: turn.order)
    messages = [turn for turn in ordered if turn.speaker == "person"]
    answers = [turn for turn in ordered if turn.speaker == "page"]
    settled = sorted([turn.at for turn in answers] + list(resolutions))
    cases: list[list[Turn]] = []
    closes_at: datetime | None = None
    for message in messages:
        if not cases or (closes_at is not None and message.at > closes_at and not _closes(message)):
            cases.append([])
            first = next((at for at in settled if at >= message.at), None)
            closes_at = first + window if first is not None else None
        cases[-1].append(message)
    ends = [*(case[0].at for case in cases[1:]), None]
    return [Segment(tuple(c), _between(answers, c[0].at, end)) for c, end in zip(cases, ends, strict=False)]


def _closes(message: Turn) -> bool:
    return message.reading is not None and message.reading.closes


def _between(answers: Sequence[Turn], since: datetime, until: datetime | None) -> tuple[Turn, ...]:
    return tuple(turn for turn in answers if since <= turn.at and (until is None or turn.at < until))


T = TypeVar("T")


def matched(segments: Sequence[Segment], cases: Sequence[tuple[datetime, T]]) -> list[T | None]:
    """For each segment the case it goes on, or None for a new one. `cases`: when each was opened, and it.

    From the last to the first, each case takes the latest free segment that begins no later than it did: a message
    that comes late moves its case's beginning, an older matter gets a case of its own, and no two become one.
    """
    found: list[T | None] = [None] * len(segments)
    free = len(segments) - 1
    for opened_at, case in sorted(cases, key=lambda each: each[0], reverse=True):
        while free >= 0 and segments[free].opened_at > opened_at:
            free -= 1
        if free < 0:
            break  # only a setting that changed can bring this about; the case stays as it stands
        found[free] = case
        free -= 1
    return found
