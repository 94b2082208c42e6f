"""From events to turns: what is asked of understanding, and what a conversation makes of its answers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from services.triage.domain.asking import chosen
from services.triage.domain.case import Conversation
from services.triage.domain.conversation import Automatic, Turn, closing, reading_of
from services.triage.domain.heard import Heard, Wording, clear_by_itself, heard
from services.triage.domain.replies import reachable
from services.triage.domain.routing import Page
from services.triage.domain.understanding import Decision, Message, Place, Review, Speaker, decision_to_fields
from services.triage.domain.understanding import Turn as Said
from shared.events import MessageEchoed, MessageReceived
from shared.gazetteer import Register, structure_on, vietnamese_date

Spoken = MessageReceived | MessageEchoed

NOTHING_SEALED: Mapping[str, Mapping[UUID, datetime]] = {}
CONTEXT_TURNS = 6
"""So many earlier turns are read along with a message."""
REPLIES = frozenset({"helped", "not_helped"})
"""What only has a meaning within the matter it is said to. Who wants a person wants one, however old the matter is."""
ANSWERED_BY_A_REPLY = frozenset({"no_answer", "low_confidence"})
"""Why a plain reply itself need not be looked at. An accusation, a language, a doubt about the commune stay."""


@dataclass(frozen=True, slots=True)
class Past:
    """A turn already kept, with its words."""

    turn: Turn
    words: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What understanding is asked of a batch. `alone`: the place of the same message without its conversation.

    `after`: what the page had said by itself just before a message, where no officer has spoken since. `guarded`: the
    messages that are read with something sealed.
    """

    messages: tuple[Message, ...]
    at: Mapping[UUID, int]
    alone: Mapping[UUID, int]
    after: Mapping[UUID, Automatic]
    guarded: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Ears:
    """What replies are heard by. `windows`: by channel, how long after a person's act it may be answered.

    `version`: of the understanding that decided, kept with each decision.
    """

    wording: Wording
    register: Register
    windows: Mapping[str, timedelta]
    version: str = ""


@dataclass(frozen=True, slots=True)
class Understood:
    """`decision` is kept with the turn; `turn` is what casework goes by."""

    turn: Turn
    decision: Mapping[str, Any] | None
    event: Spoken


class _Before(NamedTuple):
    """What was said before a message. `case`: of what was kept; what is of the same batch has none yet."""

    order: tuple[datetime, UUID]
    said: Said
    automatic: Automatic | None = None
    case: UUID | None = None


def ask(
    events: Sequence[Spoken],
    past: Mapping[str, Sequence[Past]],
    pages: Mapping[str, Page],
    unread: Mapping[str, Mapping[UUID, datetime]] = NOTHING_SEALED,
    sealed: Collection[UUID] = (),
) -> Asked:
    """Each message with what was said before it, kept or in this batch, by (occurred_at, id).

    `unread`: by conversation, of each sealed case from when on no message is read with its words (sealing.py).
    `sealed`: all sealed cases of these conversations.
    """
    said = {conversation: [_kept(each) for each in kept] for conversation, kept in past.items()}
    for event in events:
        said.setdefault(event.conversation, []).append(_Before(_order(event), Said(_speaker(event), event.text)))
    messages: list[Message] = []
    at: dict[UUID, int] = {}
    alone: dict[UUID, int] = {}
    after: dict[UUID, Automatic] = {}
    guarded: set[UUID] = set()
    for event in events:
        if isinstance(event, MessageEchoed):
            continue
        before = _said_before(event, said[event.conversation], unread.get(event.conversation, {}))
        context = tuple(each.said for each in before[-CONTEXT_TURNS:])
        at[event.id] = len(messages)
        messages.append(_message(event, pages.get(event.account), context))
        if context:
            alone[event.id] = len(messages)
            messages.append(_message(event, pages.get(event.account), ()))
        page = next((each for each in reversed(before) if each.said.speaker is Speaker.PAGE), None)
        if page is not None and page.automatic is not None:
            after[event.id] = page.automatic
        if any(each.case in sealed for each in before):
            guarded.add(event.id)
    return Asked(tuple(messages), at, alone, after, frozenset(guarded))


def _kept(past: Past) -> _Before:
    turn = past.turn
    return _Before(turn.order, Said(Speaker(turn.speaker), past.words), turn.automatic, turn.case)


def _said_before(event: Spoken, said: Sequence[_Before], unread: Mapping[UUID, datetime]) -> list[_Before]:
    """In order, without what a sealed case that is over by then may hold."""
    over = {case: at for case, at in unread.items() if at <= event.decided_at}
    before = [each for each in said if each.order < _order(event) and not (over and _may_be_of(each, over))]
    return sorted(before, key=lambda each: each.order)


def _may_be_of(each: _Before, over: Mapping[UUID, datetime]) -> bool:
    """What has no case yet may be any one's that was not over when it was said."""
    if each.case is not None:
        return each.case in over
    return any(each.order[0] < at for at in over.values())


def understood(events: Sequence[Spoken], asked: Asked, decisions: Sequence[Decision], ears: Ears) -> list[Understood]:
    """The batch as turns."""
    accused: dict[str, tuple[datetime, UUID]] = {}
    for event in events:
        if event.id in asked.at and _accuses(decisions[asked.at[event.id]]):
            accused[event.conversation] = min(_order(event), accused.get(event.conversation, _order(event)))
    later = {e.id for e in events if e.conversation in accused and accused[e.conversation] < _order(e)}
    asked = replace(asked, guarded=asked.guarded | later) if later else asked
    return [
        _echo(event) if isinstance(event, MessageEchoed) else _told(event, asked, decisions, ears) for event in events
    ]


def _accuses(decision: Decision) -> bool:
    """Whether the case that it comes to is sealed, or may be."""
    return decision.about_police or Review.CONFLICT in decision.review


def conversation_of(event: Spoken) -> Conversation:
    return Conversation(event.conversation, event.channel, event.account, event.person)


def _told(event: MessageReceived, asked: Asked, decisions: Sequence[Decision], ears: Ears) -> Understood:
    decision = decisions[asked.at[event.id]]
    by_itself = decisions[asked.alone.get(event.id, asked.at[event.id])]
    after = asked.after.get(event.id)
    pending = ("answer" if after.purpose == "answer" else after.about) if after else None
    said = heard(event.text, decision, by_itself, pending=pending, wording=ears.wording)
    decision = clear_by_itself(said, decision, by_itself, guarded=event.id in asked.guarded)
    fields, said = _completed(event, decision, said, after, ears)
    fields = fields | {"version": ears.version}
    words = len(event.text.split())
    closes = said.feedback in REPLIES or (
        said.feedback is None and closing(by_itself.category, by_itself.topic, decision.act, words)
    )
    turn = Turn(
        at=event.decided_at,
        id=event.id,
        speaker="person",
        key=event.message_key,
        reading=reading_of(fields, closes=closes),
        reachable=reachable(event, ears.windows),
        heard=said,
    )
    return Understood(turn, fields, event)


def _completed(
    event: MessageReceived, decision: Decision, said: Heard, after: Automatic | None, ears: Ears
) -> tuple[dict[str, Any], Heard]:
    """The decision, with what a reply means after what the page had said."""
    fields = decision_to_fields(decision)
    if event.attachments and all(one.kind == "location" for one in event.attachments):
        fields["review"] = [reason for reason in fields["review"] if reason != "media"]  # nothing to hear or to see
    if said.feedback is not None:
        review = [reason for reason in fields["review"] if reason not in ANSWERED_BY_A_REPLY]
        return fields | {"act": "answer", "review": review}, said
    if after is None or after.about != "commune" or decision.place in {Place.TEXT, Place.OUTSIDE}:
        return fields, said
    structure = structure_on(vietnamese_date(event.decided_at))
    named = chosen(event.text, after.candidates, ears.register, structure)
    return (fields | _settled(fields, named), replace(said, tells_place=True)) if named else (fields, said)


def _settled(fields: Mapping[str, Any], named: tuple[str | None, str | None]) -> dict[str, Any]:
    """Of the communes that the page's question named, the one the person means."""
    return {
        "place": "text",
        "commune_2020": named[0],
        "commune_2025": named[1],
        "candidates": [],
        "review": [reason for reason in fields["review"] if reason != "commune_unclear"],
        "reasons": [*fields["reasons"], "Người gửi trả lời câu hỏi của trang: chọn một trong các xã được nêu."],
    }


def _echo(event: MessageEchoed) -> Understood:
    turn = Turn(at=event.decided_at, id=event.id, speaker="page", key=event.message_key, officer=event.officer)
    return Understood(turn, None, event)


def _message(event: Spoken, page: Page | None, context: tuple[Said, ...]) -> Message:
    return Message(
        id=str(event.id),
        text=event.text,
        channel=event.channel,
        page_commune_2020=page.commune_2020 if page else None,
        page_commune_2025=page.commune_2025 if page else None,
        occurred_on=vietnamese_date(event.decided_at),
        conversation=context,
        points=tuple(
            (each.latitude, each.longitude)
            for each in event.attachments
            if each.latitude is not None and each.longitude is not None
        ),
    )


def _order(event: Spoken) -> tuple[datetime, UUID]:
    return event.decided_at, event.id


def _speaker(event: Spoken) -> Speaker:
    return Speaker.PAGE if isinstance(event, MessageEchoed) else Speaker.PERSON
