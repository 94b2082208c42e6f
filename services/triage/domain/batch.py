"""One batch decided: conversations as they were and the turns that are news → cases and replies. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from services.triage.domain.case import Change, Identity
from services.triage.domain.casework import Desk, File, Layout, lay_out, settle
from services.triage.domain.conversation import Turn
from services.triage.domain.intake import Understood
from services.triage.domain.replies import Numbers, acknowledged, acknowledgement, acknowledges
from shared.events import MessageReceived, ReplyRequested


@dataclass(frozen=True, slots=True)
class Rules:
    """What a batch is decided by. `windows`: how long each channel lets a person be answered."""

    desk: Desk
    windows: Mapping[str, timedelta]
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class Decided:
    """What is to be kept: changed cases, each turn's case, and what is to be said with the event that caused it."""

    changes: tuple[Change, ...]
    case_of: Mapping[UUID, UUID]
    replies: tuple[tuple[ReplyRequested, UUID], ...]


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
    layouts: Sequence[Layout], news: Sequence[Understood], identities: Iterator[Identity], rules: Rules
) -> Decided:
    """Cases and acknowledgements of a batch. Takes one identity a case that opens."""
    events = {each.event.id: each.event for each in news}
    changes: list[Change] = []
    case_of: dict[UUID, UUID] = {}
    replies: list[tuple[ReplyRequested, UUID]] = []
    for layout in layouts:
        settled = settle(layout, identities, rules.desk)
        case_of.update(settled.case_of)
        of = {turn.id: settled.case_of.get(turn.id, turn.case) for turn in layout.file.turns}
        for change in settled.changes:
            mine = sorted(
                (t for t in layout.file.turns if t.id in layout.file.fresh and of[t.id] == change.after.id),
                key=lambda turn: turn.order,
            )
            caused = replace(change, cause=mine[0].id if mine else None)
            turn = acknowledges(change, mine)
            event = events[turn.id] if turn else None
            if isinstance(event, MessageReceived):
                window = rules.windows[event.channel]
                replies.append((acknowledgement(change.after, event, rules.numbers, window), event.id))
                caused = acknowledged(caused)
            changes.append(caused)
    return Decided(tuple(changes), case_of, tuple(replies))
