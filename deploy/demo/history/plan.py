"""One history: everything that happened, and the pushes that told of it, in the order in which they arrive."""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Final

from deploy.demo.figures import Figures, figures
from deploy.demo.history.audience import (
    SOURCES,
    Crowd,
    Follow,
    Group,
    Opening,
    audience_rhythm,
    follows,
    groups,
    office_rhythm,
    openings,
)
from deploy.demo.history.conversations import Conversation, Desk, Message
from deploy.demo.history.ids import Ids
from deploy.demo.history.posts import Post, posts
from deploy.demo.history.rhythm import HOUR
from deploy.demo.province import Page

SECOND: Final = 1000
MINUTE: Final = 60 * SECOND
DUPLICATED: Final = 0.02
LATE: Final = 0.05
LATE_BY: Final = 15 * MINUTE
"""At most; so what one person sends stays in order, but for questions that arrive after their answer."""
ECHO_FIRST: Final = 0.04
"""Share of the questions, among those answered within three hours, that come after the echo of their answer."""
RETRIES: Final = ((1, 30 * SECOND), (2, 330 * SECOND), (3, 1230 * SECOND))
"""Zalo sends again after 30 s, 5 min, 15 min …; num_retry says which time it is."""

# A body is written field for field as Zalo's manual prints it; the texts are quoted by json.
FOLLOW: Final = (
    '{"oa_id":"%s","follower":{"id":"%s"},"user_id_by_app":"%s","event_name":"%s","source":"%s","app_id":"%s",'
    '"timestamp":"%d"}'
)
GROUP: Final = '{"event_name":"create_group","oa_id":"%s","group_id":"%s","app_id":"%s","timestamp":"%d"}'
ASKED: Final = (
    '{"app_id":"%s","sender":{"id":"%s"},"user_id_by_app":"%s","recipient":{"id":"%s"},"event_name":"user_send_text",'
    '"message":{"text":%s,"msg_id":"%s"},"timestamp":"%d"}'
)
ECHO: Final = (
    '{"app_id":"%s","sender":{"id":"%s","admin_id":"%s"},"recipient":{"id":"%s"},"event_name":"oa_send_text",'
    '"message":{"text":%s,"msg_id":"%s"},"user_id_by_app":"%s","timestamp":"%d"}'
)


@dataclass(frozen=True, slots=True)
class Push:
    """One POST. `arrives_at` is on history's clock; `lane` keeps one person's pushes in order."""

    arrives_at: int
    lane: int
    retry: int
    app_id: str
    timestamp: int
    body: bytes

    def signature(self, oa_secret_key: str) -> str:
        """X-ZEvent-Signature: a plain SHA-256 over app id, body, timestamp and key, as Zalo does it."""
        signed = b"%b%b%d%b" % (self.app_id.encode(), self.body, self.timestamp, oa_secret_key.encode())
        return f"mac={sha256(signed).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Happening:
    """What a push tells of, before its body is written: a follow or its end, a group, a message or an answer."""

    of: Follow | Group | Conversation
    what: str
    at: int
    message: Message | None = None


class Plan:
    """A history by its seed and scale. The same two give the same plan, byte for byte."""

    def __init__(self, pages: Sequence[Page], *, seed: int, scale: Decimal) -> None:
        self.seed, self.scale = seed, scale
        self.pages = pages
        self.figures: Figures = figures(scale)
        self.ids = Ids(seed)
        rhythm, office = audience_rhythm(self.figures), office_rhythm(self.figures)
        self.start, self.end = rhythm.start, rhythm.end
        self.openings: list[Opening] = openings(pages, rhythm, self._chance("openings"))
        crowd = Crowd(pages, self.openings, self._chance("crowd"))
        self.follows = follows(self.figures, crowd, rhythm, self._chance("follows"))
        self.groups = groups(self.figures, pages, self.openings, office, self._chance("groups"))
        self.posts: list[Post] = posts(self.figures, pages, crowd, office, self._chance("posts"))
        self.conversations = Desk(self.figures, pages, crowd, self._chance("desk")).all()

    def _chance(self, part: str) -> random.Random:
        return random.Random(f"{self.seed}:{part}")  # noqa: S311 (a story, no secret)

    def happenings(self) -> Iterator[Happening]:
        for follow in self.follows:
            yield Happening(follow, "follow", follow.at)
            if follow.until is not None:
                yield Happening(follow, "unfollow", follow.until)
        for group in self.groups:
            yield Happening(group, "create_group", group.at)
        for conversation in self.conversations:
            for message in conversation.messages():
                yield Happening(conversation, "user_send_text", message.at, message)
            if conversation.answer:
                yield Happening(conversation, "oa_send_text", conversation.answer.at, conversation.answer)

    def pushes(self) -> Iterator[Push]:
        """Every push in order of arrival: some late, some questions after their answer, some twice."""
        chance = self._chance("arrival")
        arrivals: list[tuple[int, int, int, Happening]] = []
        for happening in self.happenings():
            arrives = self._arrival(happening, chance)
            arrivals.append((arrives, len(arrivals), 0, happening))
            if chance.random() < DUPLICATED:
                retry, after = chance.choice(RETRIES)
                arrivals.append((arrives + after, len(arrivals), retry, happening))
        arrivals.sort(key=lambda arrival: arrival[:2])
        for arrives, _, retry, happening in arrivals:
            yield self._push(happening, arrives, retry)

    def _arrival(self, happening: Happening, chance: random.Random) -> int:
        at = happening.at + chance.randrange(3 * SECOND)
        of = happening.of
        if isinstance(of, Conversation) and of.kind == "question" and happening.message is of.asked:
            answer = of.answer
            if answer and not of.thanks and answer.at - of.asked.at < 3 * HOUR and chance.random() < ECHO_FIRST:
                return answer.at + 5 * SECOND + chance.randrange(10 * MINUTE)
            return at
        return at + chance.randrange(LATE_BY) if chance.random() < LATE else at

    def _push(self, happening: Happening, arrives: int, retry: int) -> Push:
        of = happening.of
        page = self.pages[of.page]
        if isinstance(of, Group):
            body, lane = GROUP % (page.id, of.village.group, page.app_id, happening.at), of.page
        elif isinstance(of, Follow):
            body, lane = self._follow(of, page, happening), of.person
        else:
            body, lane = self._message(of, page, happening), of.person
        return Push(arrives, lane, retry, page.app_id, happening.at, body.encode())

    def _follow(self, follow: Follow, page: Page, happening: Happening) -> str:
        person, by_app = self.ids.person(follow.person), self.ids.by_app(follow.person)
        source = SOURCES[follow.person % len(SOURCES)]
        return FOLLOW % (page.id, person, by_app, happening.what, source, page.app_id, happening.at)

    def _message(self, conversation: Conversation, page: Page, happening: Happening) -> str:
        message = happening.message
        assert message is not None  # noqa: S101 (a happening of a conversation has its message)
        text, msg_id = json.dumps(message.written.text, ensure_ascii=False), self.ids.message(message.number)
        person, by_app = self.ids.person(conversation.person), self.ids.by_app(conversation.person)
        if message is conversation.answer:
            officer = self.ids.person(20_000_000 + conversation.page)
            return ECHO % (page.app_id, page.id, officer, person, text, msg_id, by_app, happening.at)
        return ASKED % (page.app_id, person, by_app, page.id, text, msg_id, happening.at)

    def truth(self) -> Iterator[Mapping[str, str | None]]:
        """What each message of a person is, by its Zalo id: what the simulated officers know."""
        for conversation in self.conversations:
            page = self.pages[conversation.page]
            for message in conversation.messages():
                resolved = conversation.resolved_at if message is conversation.asked else None
                yield {
                    "key": self.ids.message(message.number),
                    "category": message.written.category,
                    "topic": message.written.topic,
                    "procedure": message.written.procedure,
                    "commune_2020": page.commune_2020 or None,
                    "resolved_at": str(resolved) if resolved else None,
                }
