"""A conversation read by (occurred_at, id), however it arrived, and cut into cases (design, promise 4).

A case begins with a message. It takes every later one that brings no other matter, until somebody has answered or
resolved it and the window after that is over; from then on only what closes a matter (thanks, "ok", "it is settled")
still belongs to it, and anything else begins the next case. All of it is a function of the set of turns: order and
batches of arrival do not matter. Adding a turn never lowers the number of cases, so a case that has its code keeps a
place (`matched`).

Why never: with a further message, the case in hand began no later and knows no less of its matter than without it, or
there is one case more. Whatever begins a case without the message then begins one with it, or has been overtaken.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple, TypeVar
from uuid import UUID

from services.triage.domain.heard import NO_MATTER, NOTHING, Heard, Matter
from shared.events.cases import Category, Urgency

CLOSING_ACTS = frozenset({"thank", "settle", "withdraw"})
WORDS_OF_A_CLOSE = 5
OWN_KEY = "reply:"
"""How the key of a page's turn begins that went out by our own door: it belongs to the case it was written for."""


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
    candidates: tuple[tuple[str | None, str | None], ...] = ()
    """The communes it may be, likeliest first: each of 2020 and of today."""


def closing(category: str, topic: str, act: str | None, words: int) -> bool:
    """Thanks, "ok", "it is settled". Asked of a message read by itself: within its conversation "ok" is a tip's too.

    What says more than a few words and has no name may be anything: nothing new is lost in a matter long answered.
    """
    if topic == "thanks" or act in CLOSING_ACTS:
        return True
    return category == "other" and (topic == "greeting" or words <= WORDS_OF_A_CLOSE)


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
        candidates=tuple((one["commune_2020"], one["commune_2025"]) for one in fields["candidates"]),
    )


@dataclass(frozen=True, slots=True)
class Automatic:
    """What the page said by itself. `about`: "commune" or "when" of a question, a procedure's slug of an answer.

    `version`: which text was sent; of a question, its very words. `candidates`: of a question, the communes it named.
    `confidence`: of an answer, that it is the one asked for.
    """

    purpose: Literal["question", "answer"]
    about: str
    version: str
    confidence: float | None = None
    candidates: tuple[tuple[str | None, str | None], ...] = ()


def automatic_of(fields: Mapping[str, Any]) -> Automatic:
    """From what the store kept."""
    candidates = tuple((of_2020, of_2025) for of_2020, of_2025 in fields["candidates"])
    return Automatic(fields["purpose"], fields["about"], fields["version"], fields["confidence"], candidates)


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing said. A page's turn has no reading. `reachable`: an automatic answer may go out for it.

    `heard` is a person's, `automatic` the page's own. `to`: of what went out by our own door, the key of the message
    its case begins with; what an officer typed in the channel's console has none and goes by its time.
    """

    at: datetime
    id: UUID
    speaker: Literal["person", "page"]
    key: str
    reading: Reading | None = None
    officer: str | None = None
    case: UUID | None = None
    reachable: bool = False
    heard: Heard = NOTHING
    automatic: Automatic | None = None
    to: str | None = None

    @property
    def order(self) -> tuple[datetime, UUID]:
        return self.at, self.id

    @property
    def own(self) -> bool:
        return self.speaker == "page" and self.key.startswith(OWN_KEY)


@dataclass(frozen=True, slots=True)
class Segment:
    """The turns of one case. `messages` is never empty; `answers` are officers', `automatic` the page's own."""

    messages: tuple[Turn, ...]
    answers: tuple[Turn, ...]
    automatic: tuple[Turn, ...] = ()

    @property
    def opened_at(self) -> datetime:
        return self.messages[0].at

    @property
    def answered_by(self) -> Turn | None:
        """An officer's first answer, or the person's word that the automatic one helped; not that one itself."""
        helped = [turn for turn in self.messages if turn.heard.feedback == "helped"]
        return min((*self.answers[:1], *helped[:1]), key=lambda turn: turn.order, default=None)

    @property
    def answered_at(self) -> datetime | None:
        by = self.answered_by
        return by.at if by else None

    @property
    def person_says(self) -> str | None:
        """The person's word on the matter, "settle" or "withdraw", where nothing was asked for after it."""
        said = [turn.reading for turn in self.messages if turn.reading is not None]
        for reading in reversed(said):
            if reading.act in {"settle", "withdraw"}:
                return reading.act
            if not reading.closes:
                return None
        return None


class Settling(NamedTuple):
    """When an officer first resolved a case, and the key of the message it begins with."""

    at: datetime
    key: str


class _Growing:
    """A case in hand, while its conversation is read in order."""

    def __init__(self, closes_at: datetime | None) -> None:
        self.messages: list[Turn] = []
        self._matter: Matter = NO_MATTER
        self._closes_at = closes_at

    def refuses(self, message: Turn) -> bool:
        """Whether the message begins another case."""
        matter = message.heard.matter
        if matter.another or self._matter.differs(matter):
            return True
        closed = self._closes_at is not None and message.at > self._closes_at
        return closed and not (message.reading is not None and message.reading.closes)

    def take(self, message: Turn, closes_at: datetime | None) -> None:
        """`closes_at`: when the case closes because of what was said to this very message."""
        self.messages.append(message)
        self._matter = self._matter.told_more_by(message.heard.matter)
        if closes_at is not None:
            self._closes_at = min(closes_at, self._closes_at or closes_at)


def cut(turns: Iterable[Turn], resolutions: Iterable[Settling], *, window: timedelta) -> list[Segment]:
    """The cases of a conversation, oldest first. Answers from before the first message belong to none.

    An officer's answer or a resolution by our own door settles its own case; one typed in the console, the case in hand
    at its time. What the page said by itself settles nothing.
    """
    ordered = sorted(turns, key=lambda turn: turn.order)
    spoken = [turn for turn in ordered if turn.speaker == "page" and turn.automatic is None]
    typed = [turn for turn in spoken if not turn.own]
    pinned = _closing([(t.to, t.at) for t in spoken if t.own and t.to] + [(r.key, r.at) for r in resolutions], window)
    cases: list[_Growing] = []
    for message in (turn for turn in ordered if turn.speaker == "person"):
        if not cases or cases[-1].refuses(message):
            first = next((turn.at for turn in typed if turn.at >= message.at), None)
            cases.append(_Growing(first + window if first is not None else None))
        cases[-1].take(message, pinned.get(message.key))
    ends = [*(case.messages[0].at for case in cases[1:]), None]
    return [_segment(case.messages, end, typed, ordered) for case, end in zip(cases, ends, strict=False)]


def _closing(settled: Iterable[tuple[str, datetime]], window: timedelta) -> dict[str, datetime]:
    """By the key of the message a case begins with, when it closes."""
    found: dict[str, datetime] = {}
    for key, at in settled:
        found[key] = min(at + window, found.get(key, at + window))
    return found


def _segment(
    messages: Sequence[Turn], until: datetime | None, typed: Sequence[Turn], ordered: Sequence[Turn]
) -> Segment:
    keys = {message.key for message in messages}
    own = [turn for turn in ordered if turn.own and turn.to in keys]
    answers = [*_between(typed, messages[0].at, until), *(turn for turn in own if turn.automatic is None)]
    automatic = tuple(turn for turn in own if turn.automatic is not None)
    return Segment(tuple(messages), tuple(sorted(answers, key=lambda turn: turn.order)), automatic)


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
