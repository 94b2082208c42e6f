"""Leases: which copy of the service sends for which account. Halts: pages that stand still."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from shared.database import Tx

SEEN = """
insert into copies (owner, seen_at) values ($1, now()) on conflict (owner) do update set seen_at = now()
"""

LIVING = "select count(*) from copies where seen_at > now() - $1::interval"

FORGET_COPIES = "delete from copies where seen_at < now() - interval '1 hour'"

WORK = """
select o.account, a.app, exists (
    select from leases l where l.account = o.account and l.owner <> $1 and l.until > clock_timestamp()) as elsewhere
from (select distinct account from sends where due_at is not null) o
join accounts a on a.account = o.account
"""

RENEW = """
update leases set until = clock_timestamp() + $3::interval
where owner = $1 and account = any($2::text[])
returning account, epoch
"""
"""Also a lease that has run out, while nobody has taken it over: the epoch says so."""

TAKE = """
insert into leases (account, owner, epoch, until)
select w.account, $1, 1, clock_timestamp() + $3::interval
from unnest($2::text[]) as w(account) order by w.account
on conflict (account) do update set owner = excluded.owner, epoch = leases.epoch + 1, until = excluded.until
where leases.until <= clock_timestamp()
returning account, epoch
"""

RELEASE = """
update leases set until = clock_timestamp() where owner = $1 and account = any($2::text[])
"""

BY_APP = """
select a.app, count(*) filter (where l.owner = $1) as mine, count(*) as everyone
from leases l join accounts a on a.account = l.account
where l.until > clock_timestamp() group by a.app
"""

HALT = "insert into halts (account, reason) values ($1, $2) on conflict (account) do nothing"

BRING_FORWARD = "update sends set due_at = now() where account = $1 and state = 'queued' and due_at > now()"

RESUME = "delete from halts where account = $1 returning reason"


@dataclass(frozen=True)
class Work:
    """An account with open sends, and the app it sends through. `elsewhere`: another copy holds its lease."""

    account: str
    app: str
    elsewhere: bool


async def seen(tx: Tx, owner: UUID, within: timedelta) -> int:
    """Tell that we live; returns how many copies do."""
    await tx.execute(SEEN, owner)
    return int(await tx.fetchval(LIVING, within))


async def forget_copies(tx: Tx) -> None:
    await tx.execute(FORGET_COPIES)


async def work(tx: Tx, owner: UUID) -> list[Work]:
    """Accounts about whose sends something is to be done."""
    return [Work(row["account"], row["app"], row["elsewhere"]) for row in await tx.fetch(WORK, owner)]


async def renew(tx: Tx, owner: UUID, accounts: Sequence[str], length: timedelta) -> dict[str, int]:
    """Account → epoch of the leases that are still ours."""
    rows = await tx.fetch(RENEW, owner, list(accounts), length)
    return {row["account"]: row["epoch"] for row in rows}


async def take(tx: Tx, owner: UUID, accounts: Sequence[str], length: timedelta) -> dict[str, int]:
    """Account → new epoch of the leases nobody held any more."""
    rows = await tx.fetch(TAKE, owner, list(accounts), length)
    return {row["account"]: row["epoch"] for row in rows}


async def release(tx: Tx, owner: UUID, accounts: Sequence[str]) -> None:
    """Let others have them at once."""
    await tx.execute(RELEASE, owner, list(accounts))


async def by_app(tx: Tx, owner: UUID) -> dict[str, tuple[int, int]]:
    """App → (leases we hold, leases all copies hold): what the app's rate is shared out by."""
    return {row["app"]: (row["mine"], row["everyone"]) for row in await tx.fetch(BY_APP, owner)}


async def halt(tx: Tx, account: str, reason: str) -> None:
    """Let the account's queue stand still until `resume`."""
    await tx.execute(HALT, account, reason)


async def resume(tx: Tx, account: str) -> str | None:
    """Let it go on, at once; returns why it stood still, None if it did not."""
    await tx.execute(BRING_FORWARD, account)
    reason: str | None = await tx.fetchval(RESUME, account)
    return reason
