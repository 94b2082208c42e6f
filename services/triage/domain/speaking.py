"""What the machine says of itself to one person: an acknowledgement, a question, an answer, or nothing. Pure.

One message at most for one case and batch: the first question rides in the acknowledgement, and an automatic answer
bears the case's code, so it acknowledges too. Whatever wants more than an acknowledgement is said only after the very
last that was said in the conversation, so that its own turn parts nothing that others said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID, uuid5

from services.triage.domain.answers import AnswerPolicy, Knowledge, automatic_text, doubts
from services.triage.domain.asking import Question, question
from services.triage.domain.budget import Budget, Spent, may_speak
from services.triage.domain.case import Case, Change
from services.triage.domain.codes import shown
from services.triage.domain.conversation import CLOSING_ACTS, OWN_KEY, Automatic, Segment, Turn
from services.triage.domain.heard import Wording
from services.triage.domain.replies import Numbers, acknowledgement, acknowledges, reply_to
from services.triage.domain.routing import Units
from services.triage.domain.summary import wants_a_person
from shared.events import MessageReceived, ReplyRequested
from shared.events.base import NAMESPACE
from shared.gazetteer import Register, vietnamese_date

NEXT = timedelta(milliseconds=1)
"""The page's turn follows the last that was said, by the channel's own clock: ours may run before or behind it."""

Withheld = Literal["withheld"]
WITHHELD: Withheld = "withheld"


@dataclass(frozen=True)
class Speech:
    """What it goes by. `windows`: how long each channel lets a person be answered. `questions`: at most so many."""

    windows: Mapping[str, timedelta]
    numbers: Numbers
    budget: Budget
    questions: int
    policy: AnswerPolicy
    knowledge: Knowledge
    wording: Wording
    register: Register
    units: Units
    now: datetime

    def commune_police(self, unit: str | None, day: date) -> str | None:
        """The unit's name, where it is a commune's police."""
        found = self.units.valid(unit, day)
        return found.name if found and found.kind == "commune_police" else None


class Saying(NamedTuple):
    """`turn`: what was said as a turn of its conversation; None for a bare acknowledgement. `cause`: the message."""

    reply: ReplyRequested
    cause: UUID
    conversation: str
    turn: Turn | None = None

    @property
    def what(self) -> Literal["acknowledgement", "question", "answer"]:
        return self.turn.automatic.purpose if self.turn and self.turn.automatic else "acknowledgement"


@dataclass(frozen=True, slots=True)
class Situation:
    """A case after a batch. `fresh`, `answers`: what is news of it. `last`: whether nothing was said after its end."""

    change: Change
    segment: Segment
    fresh: Sequence[Turn]
    answers: Sequence[Turn]
    last: bool


def say(
    now: Situation, events: Mapping[UUID, MessageReceived], spent: Sequence[Spent], speech: Speech
) -> Saying | Withheld | None:
    """What to say, if anything. WITHHELD where there was something and the free replies do not allow it."""
    case, to = now.change.after, _to_go_on_from(now)
    entry_text = _answer(case, now.segment, to, speech) if to else None
    wanted = _question(case, now.segment, to, speech) if to and not entry_text else None
    first = acknowledges(now.change, now.fresh)
    turn = to if entry_text or wanted else first
    event = events.get(turn.id) if turn else None
    if turn is None or event is None or event.occurred_at + speech.windows[event.channel] <= speech.now:
        return None
    emergency = case.facts.category == "emergency"
    if not may_speak(event.channel, spent, now=speech.now, budget=speech.budget, emergency=emergency):
        return WITHHELD
    if entry_text:
        return _said(case, event, turn, *entry_text, "answer", speech)
    if wanted:
        return _asked(case, event, turn, wanted, speech, acknowledging=first is not None)
    reply = acknowledgement(case, event, speech.numbers, speech.windows[event.channel])
    return Saying(reply, event.id, case.conversation.id)


def _to_go_on_from(now: Situation) -> Turn | None:
    """The person's last words, where they are news, may be answered, and close nothing."""
    last = now.segment.messages[-1]
    if not now.last or now.segment.answers or not last.reachable or last.heard.feedback is not None:
        return None
    if last.reading is None or last.reading.act in CLOSING_ACTS or last.id not in {turn.id for turn in now.fresh}:
        return None
    return last


def _answer(case: Case, segment: Segment, turn: Turn, speech: Speech) -> tuple[str, Automatic] | None:
    """An automatic answer, once a case and procedure, never beside a report, a doubt, or a wish for a person."""
    wants, facts = turn.heard.wants, case.facts
    if wants is None or facts.category != "admin_question" or facts.status != "open" or facts.review:
        return None
    entry = speech.knowledge.get(wants.procedure)
    given = {
        said.automatic.about for said in segment.automatic if said.automatic and said.automatic.purpose == "answer"
    }
    if entry is None or wants.procedure in given or case.person_says or wants_a_person(segment.messages):
        return None
    day = vietnamese_date(turn.at)
    if doubts(entry, wants, day, speech.policy):
        return None
    told = Automatic("answer", wants.procedure, entry.version, wants.confidence)
    unit = speech.commune_police(facts.unit, vietnamese_date(facts.opened_at))
    return automatic_text(entry, wants, code=shown(case.code), unit=unit), told


def _question(case: Case, segment: Segment, turn: Turn, speech: Speech) -> Question | None:
    if not turn.reading or turn.reading.topic in {"thanks", "greeting"}:
        return None
    return question(case, segment, register=speech.register, wording=speech.wording, most=speech.questions)


def _asked(
    case: Case, event: MessageReceived, turn: Turn, wanted: Question, speech: Speech, *, acknowledging: bool
) -> Saying:
    told = Automatic("question", wanted.about, wanted.text, candidates=wanted.candidates)
    if not acknowledging:
        text = f"Về tin nhắn của ông/bà (mã hồ sơ {shown(case.code)}): {wanted.text}"
        return _said(case, event, turn, text, told, "question", speech)
    reply = acknowledgement(case, event, speech.numbers, speech.windows[event.channel])
    together = reply.model_copy(update={"text": f"{reply.text}\n{wanted.text}"})
    return Saying(together, event.id, case.conversation.id, _turn(case, turn, together, told))


def _said(
    case: Case,
    event: MessageReceived,
    turn: Turn,
    text: str,
    told: Automatic,
    purpose: Literal["answer", "question"],
    speech: Speech,
) -> Saying:
    """Its id follows from the case and what it is about: asked for twice, it is the same reply."""
    reply = reply_to(
        case,
        uuid5(NAMESPACE, f"case|{case.id}|{purpose}|{told.about}|{told.version}"),
        text,
        province=event.province,
        at=event.received_at,
        not_after=event.occurred_at + speech.windows[event.channel],
        purpose=purpose,
        quoted_key=event.message_key,
    )
    return Saying(reply, event.id, case.conversation.id, _turn(case, turn, reply, told))


def _turn(case: Case, after: Turn, reply: ReplyRequested, told: Automatic) -> Turn:
    return Turn(
        at=after.at + NEXT,
        id=reply.id,
        speaker="page",
        key=f"{OWN_KEY}{reply.id}",
        case=case.id,
        automatic=told,
        to=case.first_message_key,
    )
