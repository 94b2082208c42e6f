"""Officers' corrections as labelled examples, and the villages they place. Erased with the person."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from uuid import UUID, uuid5

import asyncpg

from services.triage.domain.case import Change
from services.triage.domain.examples import Example, example_of
from services.triage.domain.intake import Past
from services.triage.domain.villages import INDEPENDENT, Named, placed_by, settled
from shared.database import Tx
from shared.events.base import NAMESPACE

PAGE = 1_000

DECISIONS = "select id, decision from turns where case_id = $1 and decision is not null"

PUT = """
insert into examples (
    id, province, case_id, case_version, person, sealed, turns, understood, version, corrected, standing, officer, at
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
on conflict (case_id, case_version) do nothing
"""

LATEST = """
select e.id, e.at, e.turns, e.understood, e.version, e.corrected, e.standing from examples e
where ($1 or not (e.sealed or exists (select from cases c where c.id = e.case_id and c.conflict)))
    and ($2::timestamptz is null or (e.at, e.id) > ($2, $3::uuid))
    and not exists (
        select from examples later where later.case_id = e.case_id and later.case_version > e.case_version
    )
order by e.at, e.id limit $4
"""
"""Of each case what officers said last; sealed ones only for who asks for them, also those sealed since."""

FORGET_VILLAGES = "delete from village_tellings where case_id = $1"

PUT_VILLAGES = """
insert into village_tellings (village, case_id, province, person, commune_2020, commune_2025, officer, at)
select v, $2, $3, $4, $5, $6, $7, $8 from unnest($1::text[]) as v
"""

VILLAGES = """
select village, commune_2020, commune_2025, count(distinct person)::integer as times
from village_tellings v
where not exists (select from cases c where c.id = v.case_id and c.conflict)
group by village, commune_2020, commune_2025 having count(distinct person) >= $1
"""
"""Counted by persons: who tells the same thing twice is one voice."""

ERASE = (
    "delete from examples where person = any($1::text[])",
    "delete from village_tellings where person = any($1::text[])",
    """
    delete from shadow_decisions s using turns t join conversations c on c.conversation = t.conversation
    where c.person = any($1::text[]) and s.turn_at = t.at and s.turn_id = t.id
    """,
)
"""All that was learnt of a person, and what a second understanding made of their turns."""


async def keep(tx: Tx, change: Change, past: Sequence[Past], *, officer: str, province: str) -> None:
    """A correction, in its own transaction: as an example, and what it says of villages."""
    decisions = {row["id"]: row["decision"] for row in await tx.fetch(DECISIONS, change.after.id)}
    example = example_of(change, past, decisions)
    if example is None:
        return
    await _put(tx, change, example, officer, province)
    told = placed_by(change, past)
    if told is not None:
        await _put_villages(tx, change, told, officer, province)


async def _put(tx: Tx, change: Change, example: Example, officer: str, province: str) -> None:
    case, act = change.after, change.acts[-1]
    await tx.execute(
        PUT,
        uuid5(NAMESPACE, f"example|{case.id}|{act.version}"),
        province,
        case.id,
        act.version,
        case.conversation.person,
        case.conflict or (change.before is not None and change.before.conflict),
        list(example.turns),
        example.understood,
        example.version,
        example.corrected,
        example.standing,
        officer,
        act.at,
    )


async def _put_villages(tx: Tx, change: Change, told: Sequence[str], officer: str, province: str) -> None:
    """The last correction of a case's place stands."""
    case, act = change.after, change.acts[-1]
    await tx.execute(FORGET_VILLAGES, case.id)
    if told:
        codes = (case.facts.commune_2020, case.facts.commune_2025)
        await tx.execute(PUT_VILLAGES, list(told), case.id, province, case.conversation.person, *codes, officer, act.at)


async def villages(tx: Tx) -> list[Named]:
    """The villages that independent corrections agree on: (village, commune_2020, commune_2025, times)."""
    return settled(Named(*row) for row in await tx.fetch(VILLAGES, INDEPENDENT))


async def read(tx: Tx, *, sealed: bool) -> AsyncIterator[Example]:
    """Every example, the oldest first, a page at a time."""
    after: tuple[datetime, UUID] | tuple[None, None] = (None, None)
    while True:
        rows = await tx.fetch(LATEST, sealed, *after, PAGE)
        for row in rows:
            yield _example(row)
        if len(rows) < PAGE:
            return
        after = (rows[-1]["at"], rows[-1]["id"])


def _example(row: asyncpg.Record) -> Example:
    return Example(tuple(row["turns"]), row["understood"], row["version"], row["corrected"], row["standing"])


async def erase(tx: Tx, persons: Sequence[str]) -> None:
    """No word of these persons is learnt from any more."""
    for statement in ERASE:
        await tx.execute(statement, list(persons))
