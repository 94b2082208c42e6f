"""From events to turns: what is asked of understanding, and what a conversation makes of its answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.triage.domain.case import Conversation
from services.triage.domain.conversation import Turn, closing, reading_of
from services.triage.domain.replies import reachable
from services.triage.domain.routing import Page
from services.triage.domain.understanding import Decision, Message, Speaker, decision_to_fields
from services.triage.domain.understanding import Turn as Said
from shared.events import MessageEchoed, MessageReceived
from shared.gazetteer import vietnamese_date

Spoken = MessageReceived | MessageEchoed

CONTEXT_TURNS = 6
"""So many earlier turns are read along with a message."""


@dataclass(frozen=True, slots=True)
class Past:
    """A turn already kept, with its words."""

    turn: Turn
    words: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What understanding is asked of a batch. `alone`: the place of the same message without its conversation."""

    messages: tuple[Message, ...]
    at: Mapping[UUID, int]
    alone: Mapping[UUID, int]


@dataclass(frozen=True, slots=True)
class Understood:
    """`decision` is kept with the turn; `turn` is what casework goes by."""

    turn: Turn
    decision: Mapping[str, Any] | None
    event: Spoken


def ask(events: Sequence[Spoken], past: Mapping[str, Sequence[Past]], pages: Mapping[str, Page]) -> Asked:
    """Each message with what was said before it, kept or in this batch, by (occurred_at, id)."""
    said: dict[str, list[tuple[Any, Said]]] = {
        conversation: [(p.turn.order, Said(Speaker(p.turn.speaker), p.words)) for p in kept]
        for conversation, kept in past.items()
    }
    for event in events:
        said.setdefault(event.conversation, []).append((_order(event), Said(_speaker(event), event.text)))
    messages: list[Message] = []
    at: dict[UUID, int] = {}
    alone: dict[UUID, int] = {}
    for event in events:
        if isinstance(event, MessageEchoed):
            continue
        before = sorted((s for s in said[event.conversation] if s[0] < _order(event)), key=lambda s: s[0])
        context = tuple(turn for _, turn in before[-CONTEXT_TURNS:])
        at[event.id] = len(messages)
        messages.append(_message(event, pages.get(event.account), context))
        if context:
            alone[event.id] = len(messages)
            messages.append(_message(event, pages.get(event.account), ()))
    return Asked(tuple(messages), at, alone)


def understood(
    events: Sequence[Spoken], asked: Asked, decisions: Sequence[Decision], windows: Mapping[str, timedelta]
) -> list[Understood]:
    """The batch as turns."""
    return [
        _echo(event) if isinstance(event, MessageEchoed) else _told(event, asked, decisions, windows)
        for event in events
    ]


def conversation_of(event: Spoken) -> Conversation:
    return Conversation(event.conversation, event.channel, event.account, event.person)


def _told(
    event: MessageReceived, asked: Asked, decisions: Sequence[Decision], windows: Mapping[str, timedelta]
) -> Understood:
    decision = decisions[asked.at[event.id]]
    by_itself = decisions[asked.alone.get(event.id, asked.at[event.id])]
    fields = decision_to_fields(decision)
    turn = Turn(
        at=event.decided_at,
        id=event.id,
        speaker="person",
        key=event.message_key,
        reading=reading_of(fields, closes=closing(by_itself.category, by_itself.topic, decision.act)),
        reachable=reachable(event, windows),
    )
    return Understood(turn, fields, event)


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


def _order(event: Spoken) -> tuple[Any, UUID]:
    return event.decided_at, event.id


def _speaker(event: Spoken) -> Speaker:
    return Speaker.PAGE if isinstance(event, MessageEchoed) else Speaker.PERSON
