"""Replies: what was asked to be said about a case, and what notify tells became of it."""

from collections.abc import Collection, Sequence
from datetime import datetime

import asyncpg

from services.triage.domain.budget import Spent, quota_told
from shared.database import Tx
from shared.events import DeliveryChanged, ReplyRequested

PUT = """
insert into replies (id, province, case_id, purpose, requested_at, changed_at)
select id, province, case_id, purpose, at, at
from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::timestamptz[]) as r(id, province, case_id, purpose, at)
on conflict (id) do nothing
"""

NOTE = """
update replies r set state = n.state, state_version = n.version, reason = n.reason, changed_at = n.at,
    quota_left = coalesce(r.quota_left, n.quota_left),
    quota_told_at = case when n.quota_left is null then r.quota_told_at else coalesce(r.quota_told_at, n.at) end
from unnest($1::uuid[], $2::text[], $3::integer[], $4::text[], $5::timestamptz[], $6::integer[])
    as n(id, state, version, reason, at, quota_left)
where r.id = n.id and r.state_version < n.version
"""
"""A send bears the id of its reply. An older state never overwrites a newer one; the quota is as it was first told."""

SPENT = """
select c.conversation, r.requested_at, r.quota_left, r.quota_told_at
from cases c join replies r on r.case_id = c.id
where c.conversation = any($1::text[]) and r.requested_at > $2 and r.state not in ('failed', 'cancelled')
"""
"""What failed was not sent, so it cost nothing."""

OF_CASE = """
select purpose, requested_at, state, reason, changed_at from replies where case_id = $1 order by requested_at, id
"""


async def put(tx: Tx, replies: Sequence[ReplyRequested], now: datetime) -> None:
    """Remember what was asked for, and that it was `now`: its event bears the message's time, whenever it was read."""
    if replies:
        rows = [(r.id, r.province, r.case, r.purpose, now) for r in replies]
        await tx.execute(PUT, *[list(column) for column in zip(*rows, strict=True)])


async def note(tx: Tx, receipts: Sequence[DeliveryChanged]) -> None:
    """What became of replies; of one reply the highest version in the batch."""
    latest = {r.send: r for r in sorted(receipts, key=lambda each: each.version)}
    if latest:
        rows = [
            (r.send, r.state, r.version, r.reason, r.occurred_at, quota_told(r.quota_left)) for r in latest.values()
        ]
        await tx.execute(NOTE, *[list(column) for column in zip(*rows, strict=True)])


async def spent(tx: Tx, conversations: Collection[str], since: datetime) -> dict[str, list[Spent]]:
    """What was asked to be said in these conversations after `since`."""
    found: dict[str, list[Spent]] = {}
    if conversations:
        for row in await tx.fetch(SPENT, list(conversations), since):
            one = Spent(row["requested_at"], row["quota_left"], row["quota_told_at"])
            found.setdefault(row["conversation"], []).append(one)
    return found


async def of_case(tx: Tx, case: object) -> list[asyncpg.Record]:
    return await tx.fetch(OF_CASE, case)
