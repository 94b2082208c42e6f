"""Cases: saved a batch at a time, read by code, listed page by page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from services.triage.domain.case import Case, Change, Conversation, Identity, events_of, identity
from services.triage.domain.heard import wanted_of, wanted_to_fields
from services.triage.domain.summary import Corrections, corrections_of
from shared.database import OutboxRow, Tx, add
from shared.events import CaseFacts, ReplyRequested, encode
from shared.topics import CASES_EVENTS, REPLIES_REQUESTED

COLUMNS: Mapping[str, str] = {
    "id": "uuid",
    "province": "text",
    "number": "bigint",
    "code": "text",
    "kind": "text",
    "version": "integer",
    "conversation": "text",
    "channel": "text",
    "account": "text",
    "person": "text",
    "category": "text",
    "topic": "text",
    "urgency": "text",
    "status": "text",
    "unit": "text",
    "structure": "text",
    "place": "text",
    "commune_2020": "text",
    "commune_2025": "text",
    "conflict": "boolean",
    "review": "jsonb",
    "reasons": "jsonb",
    "corrections": "jsonb",
    "opened_at": "timestamptz",
    "answered_at": "timestamptz",
    "resolved_at": "timestamptz",
    "first_resolved_at": "timestamptz",
    "outcome": "text",
    "outcome_note": "text",
    "due_at": "timestamptz",
    "first_message_key": "text",
    "messages": "integer",
    "last_message_at": "timestamptz",
    "acknowledged": "boolean",
    "proposal": "jsonb",
    "person_says": "text",
}
"""Every column of a case and its type, in the order of `_values`."""

NOT_CORRECTED = Corrections()

NEVER_CHANGED = {"id", "province", "number", "code", "kind", "conversation", "channel", "account", "person"}

SAVE = (
    f"insert into cases ({', '.join(COLUMNS)}) select * from unnest("  # noqa: S608 - names from the table above
    + ", ".join(f"${n}::{kind}[]" for n, kind in enumerate(COLUMNS.values(), 1))
    + ") on conflict (id) do update set "
    + ", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name not in NEVER_CHANGED)
)
"""New cases and new versions alike. Its caller holds the conversations' locks."""

SELECT = f"select {', '.join(COLUMNS)} from cases"  # noqa: S608 - names from the table above

BY_CODES = f"{SELECT} where code = any($1::text[])"
"""As they stand now. Whoever wants to change them takes their conversations' locks first, then these rows' own."""

HELD = f"{BY_CODES} order by code for update"
"""The same, locked: a request about one's data has no conversation whose lock would do."""

NUMBERS = "select nextval('case_numbers') from generate_series(1, $1)"


async def new_identities(tx: Tx, count: int, province: str) -> Iterator[Identity]:
    """So many numbers, ids and codes. Those of a transaction that rolls back are never used."""
    if count == 0:
        return iter(())
    rows = await tx.fetch(NUMBERS, count)
    return iter([identity(row[0], province) for row in rows])


async def by_codes(tx: Tx, codes: Sequence[str]) -> dict[str, Case]:
    """The cases that exist among these codes."""
    return {case.code: case for case in map(case_of, await tx.fetch(BY_CODES, list(codes)))}


async def hold(tx: Tx, codes: Sequence[str]) -> dict[str, Case]:
    """The same, as they stand now that nobody else can change them."""
    return {case.code: case for case in map(case_of, await tx.fetch(HELD, list(codes)))}


async def save(
    tx: Tx, changes: Sequence[Change], province: str, traceparents: Mapping[UUID, str | None] | None = None
) -> None:
    """The cases as they stand now, and one event for each act. `traceparents`: by the event that caused a change."""
    if not changes:
        return
    rows = [_values(change.after, province) for change in changes]
    await tx.execute(SAVE, *[list(column) for column in zip(*rows, strict=True)])
    await add(tx, [row for change in changes for row in _published(change, province, traceparents or {})])


async def publish_replies(
    tx: Tx, replies: Sequence[tuple[ReplyRequested, UUID | None]], traceparents: Mapping[UUID, str | None] | None = None
) -> None:
    """What is to be said, each beside the event that caused it."""
    parents = traceparents or {}
    rows = []
    for reply, cause in replies:
        encoded = encode(reply, source="triage", traceparent=parents.get(cause) if cause else None)
        rows.append(OutboxRow(REPLIES_REQUESTED.name, *encoded))
    await add(tx, rows)


def _published(change: Change, province: str, traceparents: Mapping[UUID, str | None]) -> list[OutboxRow]:
    traceparent = traceparents.get(change.cause) if change.cause else None
    return [
        OutboxRow(CASES_EVENTS.name, *encode(event, source="triage", traceparent=traceparent))
        for event in events_of(change, province)
    ]


def _values(case: Case, province: str) -> tuple[Any, ...]:
    facts, who = case.facts, case.conversation
    kept = corrected_fields(case.corrections)
    return (
        *(case.id, province, case.number, case.code, case.kind, case.version),
        *(who.id, who.channel, who.account, who.person),
        *(facts.category, facts.topic, facts.urgency, facts.status, facts.unit, case.structure, case.place),
        *(facts.commune_2020, facts.commune_2025, case.conflict, _json(facts.review), _json(case.reasons), kept),
        *(facts.opened_at, facts.answered_at, facts.resolved_at, case.first_resolved_at, facts.outcome),
        *(case.outcome_note, case.due_at, case.first_message_key, case.messages, case.last_message_at),
        *(case.acknowledged, wanted_to_fields(case.proposal) if case.proposal else None, case.person_says),
    )


def _json(words: Sequence[str]) -> msgspec.Raw:
    """A list as one value of a column: within an array of rows, asyncpg takes a list for one more dimension."""
    return msgspec.Raw(msgspec.json.encode(words))


def corrected_fields(corrections: Corrections) -> dict[str, str]:
    """What an officer corrected, by field: nothing, of most cases."""
    if corrections == NOT_CORRECTED:
        return {}
    return {name: value for name, value in asdict(corrections).items() if value is not None}


def case_of(row: asyncpg.Record) -> Case:
    """A row as the domain's value."""
    return Case(
        id=row["id"],
        number=row["number"],
        code=row["code"],
        version=row["version"],
        conversation=Conversation(row["conversation"], row["channel"], row["account"], row["person"]),
        facts=_facts(row),
        kind=row["kind"],
        place=row["place"],
        structure=row["structure"],
        reasons=tuple(row["reasons"]),
        corrections=corrections_of(row["corrections"]),
        first_message_key=row["first_message_key"],
        messages=row["messages"],
        last_message_at=row["last_message_at"],
        first_resolved_at=row["first_resolved_at"],
        acknowledged=row["acknowledged"],
        proposal=wanted_of(row["proposal"]) if row["proposal"] else None,
        person_says=row["person_says"],
        outcome_note=row["outcome_note"],
        due_at=row["due_at"],
    )


def _facts(row: asyncpg.Record) -> CaseFacts:
    return CaseFacts(
        category=row["category"],
        topic=row["topic"],
        urgency=row["urgency"],
        status=row["status"],
        unit=row["unit"],
        commune_2020=row["commune_2020"],
        commune_2025=row["commune_2025"],
        review=tuple(row["review"]),
        opened_at=row["opened_at"],
        answered_at=row["answered_at"],
        resolved_at=row["resolved_at"],
        outcome=row["outcome"],
    )
