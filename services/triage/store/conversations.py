"""Conversations: locked, read from the case in force on, and their turns kept."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from uuid import UUID

import asyncpg

from services.triage.domain.case import Case, Conversation
from services.triage.domain.casework import File
from services.triage.domain.conversation import Turn, automatic_of, reading_of
from services.triage.domain.heard import NOTHING, heard_of, heard_to_fields
from services.triage.domain.intake import Past, Spoken, Understood
from services.triage.domain.routing import Page
from services.triage.store import registers
from services.triage.store.cases import COLUMNS, case_of
from shared.database import Tx

BEGINNING = datetime(1, 1, 1, tzinfo=UTC)

LOCK_NEW = """
insert into conversations (conversation, province, channel, account, person, person_across_pages, last_turn_at)
select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
    as c(conversation, province, channel, account, person, person_across_pages, last_turn_at)
order by c.conversation
on conflict (conversation) do update set
    last_turn_at = greatest(conversations.last_turn_at, excluded.last_turn_at),
    person_across_pages = coalesce(excluded.person_across_pages, conversations.person_across_pages)
"""
"""Makes a conversation's row or takes its lock, in one order for all: two batches wait instead of deadlocking."""

LOCK_KNOWN = "select 1 from conversations where conversation = any($1::text[]) order by conversation for update"

CASES_FROM = f"""
with asked as (select * from unnest($1::text[], $2::timestamptz[]) as a(conversation, at)),
begun as (
    select a.conversation, (
        select max(c.opened_at) from cases c
        where c.conversation = a.conversation and c.kind = 'conversation' and c.opened_at < a.at
    ) as since from asked a
)
select {", ".join(f"c.{name}" for name in COLUMNS)}
from begun b join cases c on c.conversation = b.conversation and c.kind = 'conversation'
    and (b.since is null or c.opened_at >= b.since)
order by c.opened_at
"""  # noqa: S608 - names of columns
"""Of each conversation the case in force just before a moment and all later ones; every one where none had begun."""

SEALED_THAT_WAIT = """
select distinct c.conversation from unnest($1::text[], $2::timestamptz[]) as a(conversation, before)
join cases c on c.conversation = a.conversation and c.kind = 'conversation' and c.opened_at < a.before
where c.conflict and c.status = 'open' and c.answered_at is null
"""
"""The conversations in which a case from before a moment is sealed, open, and answered by nobody."""

TURNS_FROM = """
select t.at, t.id, t.conversation, t.case_id, t.speaker, t.message_key, t.officer, t.words, t.decision, t.closes,
    t.heard, t.automatic
from unnest($1::text[], $2::timestamptz[]) as a(conversation, since)
join turns t on t.conversation = a.conversation and t.at >= a.since
order by t.at, t.id
"""

TURNS_OF_CASE = """
select at, id, conversation, case_id, speaker, message_key, officer, words, decision, closes, heard, automatic
from turns where case_id = $1 order by at, id
"""

WHOLE_TURNS = """
select at, speaker, words, message_key, officer, attachments, decision, automatic
from turns where case_id = $1 order by at, id
"""

TURN_COLUMNS = (
    *("at", "id", "province", "conversation", "case_id", "speaker", "message_key", "quoted_key", "officer"),
    *("words", "attachments", "decision", "closes", "heard", "automatic", "received_at"),
)

REASSIGN = """
update turns t set case_id = n.case_id
from unnest($1::timestamptz[], $2::uuid[], $3::uuid[]) as n(at, id, case_id)
where t.at = n.at and t.id = n.id
"""
"""Turns that were kept before and are another case's now."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A locked conversation: what casework reads, and the words that were said in it."""

    file: File
    past: tuple[Past, ...]


async def lock_new(tx: Tx, events: Sequence[Spoken], province: str) -> None:
    """Take the locks of the events' conversations, making those that are new."""
    last: dict[str, Spoken] = {}
    for event in sorted(events, key=lambda each: each.decided_at):
        last[event.conversation] = event
    rows = [
        (
            e.conversation,
            province,
            e.channel,
            e.account,
            e.person,
            getattr(e, "person_across_pages", None),
            e.decided_at,
        )
        for e in last.values()
    ]
    if rows:
        await tx.execute(LOCK_NEW, *[list(column) for column in zip(*rows, strict=True)])


async def lock_known(tx: Tx, conversations: Sequence[str]) -> None:
    await tx.execute(LOCK_KNOWN, sorted(set(conversations)))


async def open_files(tx: Tx, since: Mapping[Conversation, datetime]) -> list[Opened]:
    """Each conversation from the case in force at its moment on. The caller holds the locks."""
    if not since:
        return []
    ids = [conversation.id for conversation in since]
    cases: dict[str, list[Case]] = {}
    for case in map(case_of, await tx.fetch(CASES_FROM, ids, list(since.values()))):
        cases.setdefault(case.conversation.id, []).append(case)
    loaded = {case.id for found in cases.values() for case in found}
    begins = [_begins(cases.get(c.id, ()), at) for c, at in since.items()]
    turns: dict[str, list[Past]] = {}
    for row in await tx.fetch(TURNS_FROM, ids, begins):
        past = _past(row)
        if past.turn.case is None or past.turn.case in loaded:  # another case may end where the first one begins
            turns.setdefault(row["conversation"], []).append(past)
    pages = await registers.pages(tx, {conversation.account for conversation in since})
    wait = {row["conversation"] for row in await tx.fetch(SEALED_THAT_WAIT, ids, begins)}
    return [
        Opened(
            File(
                conversation,
                pages.get(conversation.account, Page(conversation.account)),
                tuple(cases.get(conversation.id, ())),
                tuple(past.turn for past in turns.get(conversation.id, ())),
                sealed_waits=conversation.id in wait,
            ),
            tuple(turns.get(conversation.id, ())),
        )
        for conversation in since
    ]


async def turns_of_case(tx: Tx, case: UUID) -> list[Past]:
    """The turns of one case, in order."""
    return [_past(row) for row in await tx.fetch(TURNS_OF_CASE, case)]


async def whole_turns(tx: Tx, case: UUID) -> list[asyncpg.Record]:
    """The turns of one case for an officer to read, with words and attachments."""
    return await tx.fetch(WHOLE_TURNS, case)


async def save_turns(
    tx: Tx, news: Sequence[Understood], case_of: Mapping[UUID, UUID], known: Sequence[Turn], province: str
) -> None:
    """The batch's turns beside their cases; turns kept before follow where their case changed."""
    await tx.copy_records_to_table("turns", records=[_record(n, case_of, province) for n in news], columns=TURN_COLUMNS)
    moved = [turn for turn in known if turn.id in case_of]
    if moved:
        await tx.execute(REASSIGN, [t.at for t in moved], [t.id for t in moved], [case_of[t.id] for t in moved])


async def save_answer(tx: Tx, conversation: Conversation, turn: Turn, words: str, province: str) -> None:
    """An officer's answer by our own door, as a turn of the page beside the others."""
    await save_own(tx, [(conversation.id, turn, words, turn.at)], province)


async def save_own(tx: Tx, said: Sequence[tuple[str, Turn, str, datetime]], province: str) -> None:
    """Turns of the page that go out by our own door: conversation, turn, words, and when they were asked for."""
    if not said:
        return
    records: list[tuple[object, ...]] = [
        (
            *(turn.at, turn.id, province, conversation, turn.case, turn.speaker, turn.key, None, turn.officer),
            *(words, [], None, False, None, asdict(turn.automatic) if turn.automatic else None, at),
        )
        for conversation, turn, words, at in said
    ]
    await tx.copy_records_to_table("turns", records=records, columns=TURN_COLUMNS)


def _begins(cases: Sequence[Case], at: datetime) -> datetime:
    """Turns are wanted from the first case loaded on, or all of them where the news comes before every case."""
    return cases[0].facts.opened_at if cases and cases[0].facts.opened_at < at else BEGINNING


def _past(row: asyncpg.Record) -> Past:
    decision = row["decision"]
    turn = Turn(
        at=row["at"],
        id=row["id"],
        speaker=row["speaker"],
        key=row["message_key"],
        reading=reading_of(decision, closes=row["closes"]) if decision else None,
        officer=row["officer"],
        case=row["case_id"],
        heard=heard_of(row["heard"]),
        automatic=automatic_of(row["automatic"]) if row["automatic"] else None,
    )
    return Past(turn, row["words"])


def _record(news: Understood, case_of: Mapping[UUID, UUID], province: str) -> tuple[object, ...]:
    turn, event = news.turn, news.event
    attachments = [a.model_dump(mode="json", exclude_none=True) for a in event.attachments]
    return (
        *(turn.at, turn.id, province, event.conversation, case_of.get(turn.id), turn.speaker, turn.key),
        *(event.quoted_key, turn.officer, event.text, attachments, news.decision),
        *(turn.reading.closes if turn.reading else False, _heard(turn), None, event.received_at),
    )


def _heard(turn: Turn) -> dict[str, object] | None:
    """Nothing is kept of a message in which nothing was heard: most of them."""
    return None if turn.heard == NOTHING else heard_to_fields(turn.heard)
