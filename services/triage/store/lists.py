"""Lists of cases, page by page, cut to what an officer may see; counts are cut by the same rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from shared.database import Tx

LISTED = (
    *("code", "id", "version", "category", "topic", "urgency", "status", "unit", "commune_2020", "commune_2025"),
    *("opened_at", "answered_at", "resolved_at", "outcome", "due_at", "review", "reasons", "first_message_key"),
    *("messages", "channel", "kind", "person_says"),
)

WITHIN = """
    ($1::timestamptz is null or opened_at >= $1) and ($2::timestamptz is null or opened_at < $2)
    and ($3::text is null or category = $3) and ($4::text is null or status = $4)
    and ($5::text[] is null or unit = any($5)) and ($6 or not conflict)
"""
"""From, to, category, status; then the scope: units (null: the whole province) and whether conflicts are shown."""

PAGE = f"""
select {", ".join(LISTED)} from cases
where {WITHIN} and ($7::timestamptz is null or (opened_at, id) > ($7, $8::uuid))
order by opened_at, id limit $9
"""  # noqa: S608 - names of columns
"""The next rows after a place in the order (opened_at, id): a page deep down costs what the first one does."""

COUNT = f"select count(*) from cases where {WITHIN}"  # noqa: S608 - the condition above


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for. `since` inclusive, `until` exclusive; `units` None: the whole province."""

    since: datetime | None
    until: datetime | None
    category: str | None
    status: str | None
    units: tuple[str, ...] | None
    conflicts: bool


async def page(tx: Tx, wanted: Wanted, *, after: tuple[datetime, UUID] | None, limit: int) -> Sequence[asyncpg.Record]:
    """Rows with the columns LISTED."""
    at, case = after or (None, None)
    return await tx.fetch(PAGE, *_arguments(wanted), at, case, limit)


async def count(tx: Tx, wanted: Wanted) -> int:
    """How many there are in all."""
    found: int = await tx.fetchval(COUNT, *_arguments(wanted))
    return found


def _arguments(wanted: Wanted) -> tuple[object, ...]:
    units = list(wanted.units) if wanted.units is not None else None
    return wanted.since, wanted.until, wanted.category, wanted.status, units, wanted.conflicts
