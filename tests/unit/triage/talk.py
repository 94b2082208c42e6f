"""A conversation played through a whole batch each time, with decisions that the test makes up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.triage.domain.answers import AnswerPolicy
from services.triage.domain.batch import Decided, Rules, decide, laid_out
from services.triage.domain.budget import Budget, Free, Spent
from services.triage.domain.case import Case, Identity
from services.triage.domain.casework import File
from services.triage.domain.conversation import Turn
from services.triage.domain.intake import Ears, Past, ask, understood
from services.triage.domain.replies import Numbers
from services.triage.domain.routing import Page, Units
from services.triage.domain.speaking import Saying, Speech
from services.triage.domain.understanding import Decision
from services.triage.knowledge import load_knowledge, load_wording
from shared.events import MessageEchoed, MessageReceived
from shared.gazetteer import Gazetteer
from tests import make
from tests.unit.triage.make import CONVERSATION, UNITS, a_decision, a_desk, identities

NOW = datetime.fromisoformat("2026-11-24T09:00:00+07:00")
WINDOWS = {"zalo": timedelta(days=7)}
GAZETTEER = Gazetteer.load()
WORDING, KNOWLEDGE = load_wording(), load_knowledge()
PAGE = Page(CONVERSATION.account, "commune-2025-24163", "24154", "24163")


def a_speech(**changes: Any) -> Speech:
    plain: dict[str, Any] = {
        "windows": WINDOWS,
        "numbers": Numbers(),
        "budget": Budget({"zalo": Free(8, timedelta(hours=48))}, 3),
        "questions": 2,
        "policy": AnswerPolicy(automatic=True, surest=0.97),
        "knowledge": KNOWLEDGE,
        "wording": WORDING,
        "register": GAZETTEER,
        "units": Units(UNITS),
        "now": NOW,
    }
    return Speech(**plain | changes)


@dataclass
class Talk:
    """One person with one page. `said` is what the machine sent, oldest first."""

    speech: Speech = field(default_factory=a_speech)
    cases: dict[UUID, Case] = field(default_factory=dict)
    past: dict[UUID, Past] = field(default_factory=dict)
    said: list[Saying] = field(default_factory=list)
    spent: list[Spent] = field(default_factory=list)
    numbers: Iterator[Identity] = field(default_factory=identities)
    _count: int = 0

    def person(
        self, text: str, decision: Decision | None = None, *, alone: Decision | None = None, **fields: Any
    ) -> "Talk":
        """Says something, a minute after the last by default; `alone` is how it reads without its conversation."""
        at = fields.pop("at", NOW + timedelta(minutes=self._count))
        event = make.a_message(
            text,
            key=f"m{self._count}",
            person=CONVERSATION.person,
            account=CONVERSATION.account,
            occurred_at=at,
            received_at=fields.pop("received_at", at),
            **fields,
        )
        return self._batch(event, decision or a_decision(), alone)

    def officer(self, text: str = "Chào ông/bà") -> "Talk":
        """Types an answer in the channel's own console."""
        at = NOW + timedelta(minutes=self._count)
        event = make.an_echo(
            text, key=f"e{self._count}", person=CONVERSATION.person, account=CONVERSATION.account, occurred_at=at
        )
        return self._batch(event, None, None)

    def _batch(
        self, event: MessageReceived | MessageEchoed, decision: Decision | None, alone: Decision | None
    ) -> "Talk":
        self._count += 1
        asked = ask([event], {CONVERSATION.id: list(self.past.values())}, {PAGE.account: PAGE})
        read = [decision, alone or decision][: len(asked.messages)]
        news = understood([event], asked, [each for each in read if each], Ears(WORDING, GAZETTEER, WINDOWS))
        speech = replace(self.speech, now=max(self.speech.now, event.received_at))
        rules = Rules(a_desk(), speech)
        file = File(CONVERSATION, PAGE, tuple(self.cases.values()), tuple(p.turn for p in self.past.values()))
        layouts = laid_out([file], news, rules.desk)
        decided = decide(layouts, news, self.numbers, rules, {CONVERSATION.id: self.spent})
        self._keep([(each.turn, each.event.text) for each in news], decided, speech.now)
        return self

    def _keep(self, turns: Sequence[tuple[Turn, str]], decided: Decided, now: datetime) -> None:
        self.cases |= {change.after.id: change.after for change in decided.changes}
        own = [(saying.turn, saying.reply.text) for saying in decided.sayings if saying.turn]
        for turn, words in (*turns, *own):
            self.past[turn.id] = Past(replace(turn, case=decided.case_of.get(turn.id, turn.case)), words)
        self.said += decided.sayings
        self.spent += [Spent(now) for _ in decided.sayings]

    @property
    def case(self) -> Case:
        (case,) = self.cases.values()
        return case

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """Of each message the machine sent, what it was and how the reply is called."""
        return [(saying.what, saying.reply.purpose) for saying in self.said]
