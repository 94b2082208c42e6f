"""What people wrote and what officers answered: tips, questions, and the rest that counts nowhere."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from deploy.demo.figures import Figures
from deploy.demo.history.audience import Crowd
from deploy.demo.history.rhythm import DAY, HOUR, PEOPLE, PEOPLE_WEEK, Rhythm, growing, start_of
from deploy.demo.province import Page
from deploy.demo.writing import hands
from deploy.demo.writing.hands import Hand
from deploy.demo.writing.writer import Writer, Written

MINUTE: Final = HOUR // 60
FIRST_PERSON: Final = 10_000_000
"""Who writes is numbered apart from who follows: a page answers both."""
ANSWERED: Final = {"tip": 0.45, "question": 1.0, "other": 0.3}
THANKED: Final = 0.25
Kind = Literal["tip", "question", "other"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation: when, what, and the number its id is made from."""

    number: int
    at: int
    written: Written


@dataclass(frozen=True, slots=True)
class Conversation:
    """A person's matter with a page. The answer is typed in Zalo's own console, so it comes as an echo."""

    kind: Kind
    page: int
    person: int
    asked: Message
    answer: Message | None
    thanks: Message | None
    resolved_at: int | None

    def messages(self) -> Iterator[Message]:
        """What the person wrote."""
        yield self.asked
        if self.thanks:
            yield self.thanks


class Desk:
    """Draws conversations, numbering their persons and messages as it goes."""

    def __init__(self, figures: Figures, pages: Sequence[Page], crowd: Crowd, chance: random.Random) -> None:
        self._figures, self._pages, self._crowd, self._chance = figures, pages, crowd, chance
        self._writer = Writer("past")
        self._persons = FIRST_PERSON
        self._numbers = 0

    def all(self) -> list[Conversation]:
        """Every conversation of the history: so many tips (some of them emergencies), questions and others."""
        figures = self._figures
        emergencies = set(self._chance.sample(range(figures.tips), figures.emergencies))
        return [
            *(
                self._conversation("tip", at, urgent=n in emergencies)
                for n, at in enumerate(self._moments(figures.tips, 1))
            ),
            *(self._conversation("question", at) for at in self._moments(figures.questions, 0)),
            *(self._conversation("other", at) for at in self._moments(figures.others, 1)),
        ]

    def _moments(self, count: int, days_spared: int) -> list[int]:
        """Moments that leave the officers time to act before the last day ends."""
        last = self._figures.last - timedelta(days=days_spared)
        rhythm = Rhythm(self._figures.first, last, PEOPLE, PEOPLE_WEEK, growing)
        latest = start_of(self._figures.last) + 19 * HOUR
        return [min(at, latest - self._chance.randrange(3 * HOUR)) for at in rhythm.draw(count, self._chance)]

    def _conversation(self, kind: Kind, at: int, *, urgent: bool = False) -> Conversation:
        chance = self._chance
        page = self._crowd.page_at(at, chance)
        self._persons += 1
        scene, hand = self._pages[page].scene(self._persons), hands.draw(chance)
        asked = self._message(at, self._write(kind, scene_of=page, hand=hand, urgent=urgent))
        answer = thanks = None
        if chance.random() < ANSWERED[kind]:
            procedure = (asked.written.procedure or "none") if kind == "question" else None
            text = self._writer.answer(procedure, chance, scene)
            answer = self._message(self._answered_at(at), Written(text, "answer", asked.written.topic))
            if chance.random() < THANKED:
                thanks = self._thanks(answer.at, page, hand)
        last = max(message.at for message in (asked, answer, thanks) if message)
        resolved = self._resolved_after(last) if kind == "tip" else None
        return Conversation(kind, page, self._persons, asked, answer, thanks, resolved)

    def _write(self, kind: Kind, *, scene_of: int, hand: Hand, urgent: bool) -> Written:
        scene = self._pages[scene_of].scene(self._persons)
        if kind == "tip":
            write = self._writer.emergency if urgent else self._writer.tip
        else:
            write = self._writer.question if kind == "question" else self._writer.other
        return write(self._chance, scene, hand)

    def _message(self, at: int, written: Written) -> Message:
        self._numbers += 1
        return Message(self._numbers, at, written)

    def _thanks(self, answered_at: int, page: int, hand: Hand) -> Message | None:
        at = answered_at + 20 * MINUTE + self._chance.randrange(6 * HOUR)
        if at >= self._end:
            return None
        written = self._writer.follow_up(self._chance, self._pages[page].scene(self._persons), hand)
        return self._message(at, written)

    @property
    def _end(self) -> int:
        return start_of(self._figures.last) + 22 * HOUR

    def _answered_at(self, asked_at: int) -> int:
        """Within the hour for most in office hours, in the morning for what comes at night; the last day still."""
        hour = (asked_at - start_of(self._figures.first)) // HOUR % 24
        until_morning = 7 - hour if hour < 7 else 31 - hour if hour >= 22 else 0  # noqa: PLR2004
        wait = 5 * MINUTE + int(self._chance.lognormvariate(3.6, 1.0) * MINUTE) + until_morning * HOUR
        at = asked_at + min(wait, 2 * DAY)
        return at if at < self._end else asked_at + 5 * MINUTE + self._chance.randrange(2 * HOUR)

    def _resolved_after(self, last: int) -> int:
        """Days to weeks after the last that was said, at the latest on the last day."""
        at = last + 3 * HOUR + int(self._chance.expovariate(1 / 9) * DAY)
        return at if at < self._end else last + 5 * MINUTE + int(self._chance.random() * (self._end - last))
