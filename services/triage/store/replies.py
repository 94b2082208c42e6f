"""Replies: what was asked to be said about a case, and what notify tells became of it."""

from collections.abc import Sequence

import asyncpg

from shared.database import Tx
from shared.events import DeliveryChanged, ReplyRequested

PUT = """
insert into replies (id, province, case_id, purpose, requested_at, changed_at)
select id, province, case_id, purpose, at, at
from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::timestamptz[]) as r(id, province, case_id, purpose, at)
on conflict (id) do nothing
"""

NOTE = """
update replies r set state = n.state, state_version = n.version, reason = n.reason, changed_at = n.at
from unnest($1::uuid[], $2::text[], $3::integer[], $4::text[], $5::timestamptz[]) as n(id, state, version, reason, at)
where r.id = n.id and r.state_version < n.version
"""
"""A send bears the id of its reply. An older state never overwrites a newer one."""

OF_CASE = """
select purpose, requested_at, state, reason, changed_at from replies where case_id = $1 order by requested_at, id
"""


async def put(tx: Tx, replies: Sequence[ReplyRequested]) -> None:
    """Remember what was asked for."""
    if replies:
        rows = [(r.id, r.province, r.case, r.purpose, r.occurred_at) for r in replies]
        await tx.execute(PUT, *[list(column) for column in zip(*rows, strict=True)])


async def note(tx: Tx, receipts: Sequence[DeliveryChanged]) -> None:
    """What became of replies; of one reply the highest version in the batch."""
    latest = {r.send: r for r in sorted(receipts, key=lambda each: each.version)}
    if latest:
        rows = [(r.send, r.state, r.version, r.reason, r.occurred_at) for r in latest.values()]
        await tx.execute(NOTE, *[list(column) for column in zip(*rows, strict=True)])


async def of_case(tx: Tx, case: object) -> list[asyncpg.Record]:
    return await tx.fetch(OF_CASE, case)
