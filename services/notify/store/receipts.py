"""What the channel tells of our messages: kept first, matched after, so that no order of arrival loses one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.notify.domain.sends import State
from services.notify.store.sends import COLUMNS, Send
from shared.database import Tx

KEEP = """
insert into receipts_waiting (account, message_key, kind, occurred_at)
select distinct on (1, 2, 3) * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[])
on conflict do nothing
"""

MATCHED = f"""
select {COLUMNS}, r.kind as receipt, r.occurred_at
from receipts_waiting r
join sends s on s.account = r.account and s.message_key = r.message_key
order by r.occurred_at, r.kind limit $1
for update of r, s skip locked
"""  # noqa: S608

FORGET = """
delete from receipts_waiting r
using unnest($1::text[], $2::text[], $3::text[]) as k(account, message_key, kind)
where r.account = k.account and r.message_key = k.message_key and r.kind = k.kind
"""

EXPIRE = "delete from receipts_waiting where received_at < now() - $1::interval"

MOVE = f"""
update sends s set state = k.state, version = s.version + 1, changed_at = now()
from unnest($1::uuid[], $2::timestamptz[], $3::text[]) as k(id, created_at, state)
where s.id = k.id and s.created_at = k.created_at
returning {COLUMNS}
"""  # noqa: S608

ASK_NOW = """
update sends s set due_at = now()
from unnest($1::text[], $2::text[]) as k(account, recipient)
where s.state = 'in_doubt' and s.account = k.account and s.recipient = k.recipient
"""
"""An echo to a recipient with a send in doubt: worth asking at once, even what had been left to a person."""


@dataclass(frozen=True)
class Receipt:
    """One receipt: kind is delivered or seen."""

    account: str
    message_key: str
    kind: str
    occurred_at: datetime


@dataclass(frozen=True)
class Match:
    """A receipt and the send it is about."""

    send: Send
    receipt: Receipt


async def keep(tx: Tx, receipts: Sequence[Receipt]) -> None:
    """Let receipts wait for their sends; one that waits already is the same."""
    if receipts:
        await tx.execute(
            KEEP,
            [r.account for r in receipts],
            [r.message_key for r in receipts],
            [r.kind for r in receipts],
            [r.occurred_at for r in receipts],
        )


async def matched(tx: Tx, limit: int) -> list[Match]:
    """Receipts whose send is known by now, both locked; delivered before seen."""
    rows = await tx.fetch(MATCHED, limit)
    return [
        Match(Send.of(row), Receipt(row["account"], row["message_key"], row["receipt"], row["occurred_at"]))
        for row in rows
    ]


async def forget(tx: Tx, receipts: Sequence[Receipt]) -> None:
    """They have had their effect."""
    await tx.execute(
        FORGET, [r.account for r in receipts], [r.message_key for r in receipts], [r.kind for r in receipts]
    )


async def expire(tx: Tx, kept: timedelta) -> None:
    """Receipts of messages that are not ours."""
    await tx.execute(EXPIRE, kept)


async def move(tx: Tx, moves: Sequence[tuple[Send, State]]) -> list[Send]:
    """Sends that were delivered or seen, each once."""
    rows = await tx.fetch(
        MOVE, [s.id for s, _ in moves], [s.created_at for s, _ in moves], [state.value for _, state in moves]
    )
    return [Send.of(row) for row in rows]


async def ask_now(tx: Tx, recipients: Sequence[tuple[str, str]]) -> None:
    """Bring the question about sends in doubt forward: (account, recipient) of echoes."""
    await tx.execute(ASK_NOW, [account for account, _ in recipients], [recipient for _, recipient in recipients])
