"""Sends: one row each. PostgreSQL is the queue (design, promise 3); queue.py works it off, endings.py ends it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

import asyncpg

from services.notify.domain.sends import State
from shared.database import Database, Tx

COLUMNS = """s.id, s.created_at, s.province, s.channel, s.kind, s.account, s.recipient, s.priority, s.state,
    s.version, s.attempts, s.checks, s.started_at, s.epoch, s.message_key, s.reason, s.quota_left, s.alert, s."case",
    s.traceparent, s.changed_at"""


@dataclass(frozen=True)
class Send:
    """A send without its words: what events tell and decisions need."""

    id: UUID
    created_at: datetime
    province: str
    channel: str
    kind: str
    account: str
    recipient: str
    priority: int
    state: State
    version: int
    attempts: int
    checks: int
    started_at: datetime | None
    epoch: int | None
    message_key: str | None
    reason: str | None
    quota_left: int | None
    alert: UUID | None
    case: UUID | None
    traceparent: str | None
    changed_at: datetime

    @classmethod
    def of(cls, row: asyncpg.Record) -> Self:
        values = {name: row[name] for name in cls.__dataclass_fields__}
        return cls(**(values | {"state": State(row["state"])}))


@dataclass(frozen=True)
class NewReply:
    """A reply as it enters the queue."""

    id: UUID
    province: str
    channel: str
    account: str
    recipient: str
    priority: int
    not_after: datetime | None
    case: UUID
    words: str
    quoted_key: str | None
    traceparent: str | None


INSERT_REPLIES = f"""
insert into sends as s (
    id, created_at, province, channel, kind, account, recipient, priority, state, due_at, not_after, "case", words,
    quoted_key, traceparent
)
select r.id, now(), r.province, r.channel, 'reply', r.account, r.recipient, r.priority, 'queued', now(), r.not_after,
    r."case", r.words, r.quoted_key, r.traceparent
from unnest(
    $1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::smallint[], $7::timestamptz[], $8::uuid[],
    $9::text[], $10::text[], $11::text[]
) as r(id, province, channel, account, recipient, priority, not_after, "case", words, quoted_key, traceparent)
returning {COLUMNS}
"""  # noqa: S608 - the columns are ours

FAN_OUT = f"""
insert into sends as s (
    id, created_at, province, channel, kind, account, recipient, priority, state, due_at, alert, traceparent
)
select gen_random_uuid(), now(), g.province, g.channel, 'alert', g.page, g.account, $2, 'queued', now(), $1, $5
from accounts g
where g.kind = 'group' and g.state = 'active'
    and (g.valid_to is null or g.valid_to >= (now() at time zone 'Asia/Ho_Chi_Minh')::date)
    and case when $3 = '2020' then g.commune_2020 else g.commune_2025 end = any($4::text[])
returning {COLUMNS}
"""  # noqa: S608
"""One row for each active group of the communes. The alert's row is locked and moves on in the same transaction, so
no second fan-out can follow."""

LISTED = f"""
select {COLUMNS} from sends s
where ($1::text is null or s.state = $1) and ($2::uuid is null or s.alert = $2)
order by s.created_at desc, s.id limit $3
"""  # noqa: S608

LOCK_ONE = f"select {COLUMNS} from sends s where s.id = $1 for update"  # noqa: S608

SETTLE = f"""
update sends s
set state = $3, due_at = null, reason = $4, version = s.version + 1, changed_at = now()
where s.id = $1 and s.created_at = $2
returning {COLUMNS}
"""  # noqa: S608


async def insert_replies(tx: Tx, replies: Sequence[NewReply]) -> list[Send]:
    """Queue replies that are new to us (the inbox has sorted that out)."""
    if not replies:
        return []
    rows = await tx.fetch(
        INSERT_REPLIES,
        [r.id for r in replies],
        [r.province for r in replies],
        [r.channel for r in replies],
        [r.account for r in replies],
        [r.recipient for r in replies],
        [r.priority for r in replies],
        [r.not_after for r in replies],
        [r.case for r in replies],
        [r.words for r in replies],
        [r.quoted_key for r in replies],
        [r.traceparent for r in replies],
    )
    return [Send.of(row) for row in rows]


async def fan_out(
    tx: Tx, alert: UUID, *, priority: int, structure: str, communes: Sequence[str], traceparent: str | None
) -> list[Send]:
    """Queue one send for each active group of the communes."""
    rows = await tx.fetch(FAN_OUT, alert, priority, structure, list(communes), traceparent)
    return [Send.of(row) for row in rows]


async def listed(database: Database, *, state: str | None, alert: UUID | None, limit: int) -> list[Send]:
    """The newest sends of a state or an alert."""
    return [Send.of(row) for row in await database.fetch(LISTED, state, alert, limit)]


async def lock_one(tx: Tx, send: UUID) -> Send | None:
    """One send, locked until the transaction ends."""
    row = await tx.fetchrow(LOCK_ONE, send)
    return Send.of(row) if row else None


async def settle(tx: Tx, send: Send, state: State, reason: str) -> Send:
    """What a person has found out about a send in doubt. The row is locked by `lock_one`."""
    row = await tx.fetchrow(SETTLE, send.id, send.created_at, state.value, reason)
    if row is None:
        raise LookupError(str(send.id))
    return Send.of(row)
