"""One batch decided: conversations as they were and the turns that are news → cases and what is said. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from services.triage.domain.budget import Spent
from services.triage.domain.case import Change, Identity
from services.triage.domain.casework import Desk, File, Layout, Settled, lay_out, settle
from services.triage.domain.conversation import Segment, Turn
from services.triage.domain.heard import Feedback
from services.triage.domain.intake import Understood
from services.triage.domain.replies import acknowledged
from services.triage.domain.speaking import WITHHELD, Saying, Situation, Speech, say
from shared.events import MessageReceived, ReplyRequested


@dataclass(frozen=True, slots=True)
class Rules:
    """What a batch is decided by."""

    desk: Desk
    speech: Speech


@dataclass
class Decided:
    """What is to be kept: changed cases, each turn's case, and what is to be said.

    `withheld`: how much was not said for want of free replies. `feedback`: what people said to automatic answers.
    """

    changes: list[Change] = field(default_factory=list)
    case_of: dict[UUID, UUID] = field(default_factory=dict)
    sayings: list[Saying] = field(default_factory=list)
    withheld: int = 0
    feedback: list[Feedback] = field(default_factory=list)

    @property
    def replies(self) -> list[tuple[ReplyRequested, UUID]]:
        """Each with the event that caused it."""
        return [(saying.reply, saying.cause) for saying in self.sayings]


def laid_out(files: Sequence[File], news: Sequence[Understood], desk: Desk) -> list[Layout]:
    """Each conversation with its news in place."""
    fresh: dict[str, list[Turn]] = {}
    for each in news:
        fresh.setdefault(each.event.conversation, []).append(each.turn)
    return [
        lay_out(
            replace(
                file,
                turns=(*file.turns, *fresh[file.conversation.id]),
                fresh=frozenset(turn.id for turn in fresh[file.conversation.id]),
            ),
            desk,
        )
        for file in files
    ]


def decide(
    layouts: Sequence[Layout],
    news: Sequence[Understood],
    identities: Iterator[Identity],
    rules: Rules,
    spent: Mapping[str, Sequence[Spent]],
) -> Decided:
    """Cases of a batch, and what is said about them. Takes one identity a case that opens.

    `spent`: by conversation, what was asked to be said in it lately.
    """
    events = {each.event.id: each.event for each in news if isinstance(each.event, MessageReceived)}
    decided = Decided(feedback=[each.turn.heard.feedback for each in news if each.turn.heard.feedback is not None])
    for layout in layouts:
        settled = settle(layout, identities, rules.desk)
        decided.case_of.update(settled.case_of)
        lately = list(spent.get(layout.file.conversation.id, ()))
        for situation in _situations(layout, settled):
            said = say(situation, events, lately, rules.speech)
            change = _caused(situation)
            if isinstance(said, Saying):
                decided.sayings.append(said)
                lately.append(Spent(rules.speech.now))  # what waited in a backlog costs today
                change = acknowledged(change)
            elif said == WITHHELD:
                decided.withheld += 1
            decided.changes.append(change)
    return decided


def _situations(layout: Layout, settled: Settled) -> list[Situation]:
    """Each case that changed, with its segment and those of its messages that are news."""
    of = {turn.id: settled.case_of.get(turn.id, turn.case) for turn in layout.file.turns}
    segments: dict[UUID | None, Segment] = {of[each.messages[0].id]: each for each in layout.segments}
    ends_with = max((turn.order for turn in layout.file.turns), default=None)
    found = []
    for change in settled.changes:
        segment = segments[change.after.id]
        fresh = [turn for turn in segment.messages if turn.id in layout.file.fresh]
        answers = [turn for turn in segment.answers if turn.id in layout.file.fresh]
        last = segment is layout.segments[-1] and segment.messages[-1].order == ends_with
        found.append(Situation(change, segment, fresh, answers, last))
    return found


def _caused(situation: Situation) -> Change:
    """With the first of the news that brought it about: an answer too, where no message did."""
    news: list[Turn] = [*situation.fresh, *situation.answers]
    return replace(situation.change, cause=min(news, key=lambda turn: turn.order).id if news else None)
