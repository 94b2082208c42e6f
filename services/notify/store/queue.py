"""The queue at work: intents, results, questions about doubt (design, promise 3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import asyncpg

from services.notify.domain.pacing import Room
from services.notify.domain.sends import Change, State
from services.notify.store.sends import COLUMNS, Send
from shared.database import Database, Tx


@dataclass(frozen=True)
class Claimed:
    """A send to be called, or asked about, with what that needs. `sealed`: the identity of a reply's recipient."""

    send: Send
    words: str
    quoted_key: str | None
    sealed: str | None
    on_doubt: str
    cancelled: bool
    sealed_token: str
    token_epoch: int


CLAIM = f"""
with held as materialized (
    select l.account, l.epoch, k.app, k.room, k.lowest
    from leases l
    join unnest($2::text[], $3::bigint[], $4::text[], $5::integer[], $6::smallint[])
        as k(account, epoch, app, room, lowest) on k.account = l.account and k.epoch = l.epoch
    where l.owner = $1 and l.until > clock_timestamp()
        and not exists (select from halts h where h.account = l.account)
        and exists (
            select from tokens t
            where t.account = l.account and (t.state = 'good' or t.expires_at > clock_timestamp()))
    for share of l
),
candidates as (
    select c.id, c.created_at, c.priority, c.due_at, h.epoch, h.app,
        row_number() over (partition by h.app order by c.priority, c.due_at, c.id) as nth
    from held h
    cross join lateral (
        select s.id, s.created_at, s.priority, s.due_at
        from sends s
        where s.account = h.account and s.state = 'queued' and s.due_at <= clock_timestamp()
            and s.priority <= h.lowest
            and (s.not_after is null or s.not_after > clock_timestamp())
            and (s.kind = 'alert' or exists (select from identities i where i.person = s.recipient))
            and not exists (select from alerts a where a.alert = s.alert and a.cancelled_at is not null)
        order by s.priority, s.due_at, s.id
        limit h.room
    ) c
),
chosen as (
    select c.id, c.created_at, c.epoch
    from candidates c join unnest($7::text[], $8::integer[]) as a(app, room) on a.app = c.app
    where c.nth <= a.room
    order by c.priority, c.due_at, c.id
    limit $9
),
locked as (
    select s.id, s.created_at, c.epoch
    from sends s join chosen c on c.id = s.id and c.created_at = s.created_at
    where s.state = 'queued'
    for update of s skip locked
),
begun as (
    update sends s
    set state = 'sending', started_at = clock_timestamp(), epoch = locked.epoch
    from locked where s.id = locked.id and s.created_at = locked.created_at and s.state = 'queued'
    returning s.*
)
select {COLUMNS}, coalesce(a.words, s.words) as words, s.quoted_key, i.sealed,
    coalesce(a.on_doubt, 'leave') as on_doubt, false as cancelled, t.sealed_access, t.epoch as token_epoch
from begun s
join tokens t on t.account = s.account
left join alerts a on a.alert = s.alert
left join identities i on i.person = s.recipient and s.kind = 'reply'
order by s.priority, s.started_at
"""  # noqa: S608
"""The intent of the most urgent sends that are due, as far as the paces of page and app and the free places allow.

The lease is checked under a share lock: who takes it over waits for this commit, and then finds these rows as sending.
A cancelled alert's rows are passed over: its row is the flag.
"""


TO_ASK = f"""
select {COLUMNS}, coalesce(a.words, s.words) as words, s.quoted_key, i.sealed,
    coalesce(a.on_doubt, 'leave') as on_doubt, (a.cancelled_at is not null) as cancelled,
    t.sealed_access, t.epoch as token_epoch
from sends s
join leases l on l.account = s.account and l.owner = $1 and l.until > clock_timestamp()
join tokens t on t.account = s.account and (t.state = 'good' or t.expires_at > clock_timestamp())
left join alerts a on a.alert = s.alert
left join identities i on i.person = s.recipient and s.kind = 'reply'
where s.state = 'in_doubt' and s.due_at <= clock_timestamp() and s.account = any($2::text[])
order by s.priority, s.due_at
limit $3
"""  # noqa: S608
"""Sends in doubt that the channel may be asked about now."""


SAVE = f"""
with k as (
    select * from unnest(
        $1::uuid[], $2::timestamptz[], $3::text[], $4::timestamptz[], $5::text[], $6::integer[], $7::integer[],
        $8::text[], $9::integer[], $10::timestamptz[]
    ) as k(id, created_at, state, due_at, reason, attempts, checks, message_key, quota_left, started_at)
),
locked as (
    select s.id, s.created_at, case when s.state = 'sending' then 'queued' else s.state end as before
    from sends s join k on k.id = s.id and k.created_at = s.created_at
    where s.state in ('sending', 'in_doubt') and s.started_at is not distinct from k.started_at
    for update of s
)
update sends s
set state = k.state, due_at = k.due_at, reason = k.reason, attempts = k.attempts, checks = k.checks,
    message_key = coalesce(k.message_key, s.message_key), quota_left = coalesce(k.quota_left, s.quota_left),
    version = s.version + (locked.before <> k.state)::integer, changed_at = now()
from k join locked on locked.id = k.id and locked.created_at = k.created_at
where s.id = k.id and s.created_at = k.created_at
returning {COLUMNS}, locked.before
"""  # noqa: S608
"""The results of calls and questions. `started_at` names the very intent: a late answer settles a send that a take-over
has put in doubt meanwhile, and nothing else. `before`: as events know it, to whom sending is still queued."""


RECONCILE = """
update sends s set state = 'queued', due_at = now(), changed_at = now()
from leases l
where l.account = s.account and l.owner = $1 and s.state = 'sending' and s.epoch = l.epoch
    and s.id <> all($2::uuid[])
"""
"""Our own intents that no call of ours stands behind: the commit happened and its answer did not reach us."""


MARK_DEAD_OWNERS = f"""
update sends s
set state = 'in_doubt', due_at = now() + $2, reason = 'sender_died', checks = 0, version = s.version + 1,
    changed_at = now()
from leases l
where l.account = s.account and s.account = any($1::text[]) and s.state = 'sending' and s.epoch < l.epoch
returning {COLUMNS}
"""  # noqa: S608
"""Calls that a former holder of the lease had begun: nobody knows how they ended."""


USED_KEYS = """
select k.account, k.message_key
from unnest($1::text[], $2::text[]) as k(account, message_key)
join sends s on s.account = k.account and s.message_key = k.message_key
"""


async def claim(
    tx: Tx,
    owner: UUID,
    rooms: Sequence[tuple[Room, int, str]],
    app_rooms: Mapping[str, int],
    *,
    places: int,
) -> list[Claimed]:
    """Write the intent of up to `places` sends. rooms: what each held account may, its lease's epoch, its app."""
    rows = await tx.fetch(
        CLAIM,
        owner,
        [room.account for room, _, _ in rooms],
        [epoch for _, epoch, _ in rooms],
        [app for _, _, app in rooms],
        [min(room.count, places) for room, _, _ in rooms],
        [room.lowest for room, _, _ in rooms],
        list(app_rooms),
        list(app_rooms.values()),
        places,
    )
    return [_claimed(row) for row in rows]


async def to_ask(database: Database, owner: UUID, accounts: Sequence[str], limit: int) -> list[Claimed]:
    """Sends in doubt whose time to be asked about has come, of accounts whose lease we hold."""
    return [_claimed(row) for row in await database.fetch(TO_ASK, owner, list(accounts), limit)]


async def save(tx: Tx, changes: Sequence[tuple[Send, Change]]) -> list[tuple[Send, State]]:
    """Write results; returns the sends as they stand now and as they stood. What is stale changes nothing."""
    rows = await tx.fetch(
        SAVE,
        [send.id for send, _ in changes],
        [send.created_at for send, _ in changes],
        [change.state.value for _, change in changes],
        [change.due_at for _, change in changes],
        [change.reason for _, change in changes],
        [change.attempts for _, change in changes],
        [change.checks for _, change in changes],
        [change.message_key for _, change in changes],
        [change.quota_left for _, change in changes],
        [send.started_at for send, _ in changes],
    )
    return [(Send.of(row), State(row["before"])) for row in rows]


async def reconcile(tx: Tx, owner: UUID, in_flight: Sequence[UUID]) -> None:
    """Give back our intents that nobody is calling: a commit whose answer was lost."""
    await tx.execute(RECONCILE, owner, list(in_flight))


async def mark_dead_owners(tx: Tx, accounts: Sequence[str], pause: timedelta) -> list[Send]:
    """Put in doubt what former lease holders had begun; asked about after `pause`."""
    return [Send.of(row) for row in await tx.fetch(MARK_DEAD_OWNERS, list(accounts), pause)]


async def used_keys(database: Database, keys: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which (account, message key) already are some send's."""
    rows = await database.fetch(USED_KEYS, [account for account, _ in keys], [key for _, key in keys])
    return {(row["account"], row["message_key"]) for row in rows}


def _claimed(row: asyncpg.Record) -> Claimed:
    return Claimed(
        send=Send.of(row),
        words=row["words"] or "",
        quoted_key=row["quoted_key"],
        sealed=row["sealed"],
        on_doubt=row["on_doubt"],
        cancelled=row["cancelled"],
        sealed_token=row["sealed_access"],
        token_epoch=row["token_epoch"],
    )
