"""Shadow mode: what a second understanding would have decided otherwise (domain/shadow.py), and how often."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from shared.database import Tx

ADD = """
insert into shadow_decisions (turn_at, turn_id, version, province, against, differs, at)
select turn_at, turn_id, version, $1, against, differs, $2
from unnest($3::timestamptz[], $4::uuid[], $5::text[], $6::text[], $7::jsonb[])
    as s(turn_at, turn_id, version, against, differs)
on conflict (turn_at, turn_id, version) do nothing
"""

COUNTS = """
select version, against, count(*) as turns, count(*) filter (where differs <> '{}') as differing
from shadow_decisions group by version, against order by version, against
"""


class Shadowed(NamedTuple):
    """A turn that the second understanding read too. `differs`: its own answer, by field, where it is another one."""

    turn_at: datetime
    turn_id: UUID
    version: str
    against: str
    differs: Mapping[str, Any]


async def add(tx: Tx, shadowed: Sequence[Shadowed], *, province: str, now: datetime) -> None:
    """A batch. One that agrees is kept too, without fields: how often they agree is the figure."""
    if shadowed:
        rows = [(*each[:4], msgspec.Raw(msgspec.json.encode(each.differs))) for each in shadowed]
        await tx.execute(ADD, province, now, *[list(column) for column in zip(*rows, strict=True)])


async def counts(tx: Tx) -> list[dict[str, Any]]:
    """By version and the one it stood beside: turns read, and turns it would have decided otherwise."""
    return [dict(row) for row in await tx.fetch(COUNTS)]
