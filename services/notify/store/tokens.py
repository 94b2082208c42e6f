"""Tokens of pages, sealed, and grants under way. The refresh token is single-use: its row is the lock."""

from dataclasses import dataclass
from datetime import datetime

from shared.database import Database, Tx

LOCK = """
select account, province, app, sealed_access, sealed_refresh, expires_at, epoch, state
from tokens where account = $1 for update
"""

WAIT_FOR_LOCK = "set local lock_timeout = '20s'"
"""Whoever waits here waits for another's refresh, which may take as long as the channel's time-out."""

STORE = """
insert into tokens (account, province, app, sealed_access, sealed_refresh, expires_at, refresh_at, epoch, state)
values ($1, $2, $3, $4, $5, $6, $7, $8, 'good')
on conflict (account) do update set
    province = excluded.province, app = excluded.app, sealed_access = excluded.sealed_access,
    sealed_refresh = excluded.sealed_refresh, expires_at = excluded.expires_at, refresh_at = excluded.refresh_at,
    epoch = excluded.epoch, state = 'good', changed_at = now()
where tokens.epoch < excluded.epoch
returning epoch
"""

EPOCH = "select coalesce((select epoch from tokens where account = $1 for update), 0)"

TO_REFRESH = (
    "select account, epoch from tokens where state = 'good' and refresh_at <= now() order by refresh_at limit $1"
)

POSTPONE = "update tokens set refresh_at = $2 where account = $1"

LOSE = "update tokens set state = 'lost', changed_at = now() where account = $1"

SPENT = "update tokens set expires_at = least(expires_at, now()) where account = $1 and epoch = $2"

PAGE_APP = "select app from accounts where account = $1 and kind = 'page'"

BEGIN_GRANT = """
insert into grants (state, account, app, officer, sealed_verifier, expires_at) values ($1, $2, $3, $4, $5, $6)
"""

TAKE_GRANT = """
delete from grants where state = $1 returning account, app, officer, sealed_verifier, expires_at
"""

FORGET_GRANTS = "delete from grants where expires_at < now() - interval '1 day'"

PAGES = """
select a.account, a.name, a.app, t.state as token_state, t.expires_at, h.reason as halted,
    h.since as halted_since,
    (select count(*) from sends s
        where s.account = a.account and s.due_at is not null and s.state = 'queued') as waiting
from accounts a
left join tokens t on t.account = a.account
left join halts h on h.account = a.account
where a.kind = 'page' order by a.name, a.account
"""


@dataclass(frozen=True)
class Stored:
    """A page's tokens as they lie in the table. `state` lost: a person must grant again."""

    account: str
    province: str
    app: str
    sealed_access: str
    sealed_refresh: str
    expires_at: datetime
    epoch: int
    state: str


@dataclass(frozen=True)
class Grant:
    """A grant that an officer began. Single-use."""

    account: str
    app: str
    officer: str
    sealed_verifier: str
    expires_at: datetime


@dataclass(frozen=True)
class PageRow:
    """A page of the register and whether it can send. token_state None: never granted."""

    account: str
    name: str
    app: str
    token_state: str | None
    expires_at: datetime | None
    halted: str | None
    halted_since: datetime | None
    waiting: int


async def lock(tx: Tx, account: str) -> Stored | None:
    """The page's tokens, nobody else's until the transaction ends."""
    await tx.execute(WAIT_FOR_LOCK)
    row = await tx.fetchrow(LOCK, account)
    return Stored(**dict(row)) if row else None


async def next_epoch(tx: Tx, account: str) -> int:
    """The epoch that the next pair of tokens gets."""
    return int(await tx.fetchval(EPOCH, account)) + 1


async def store(tx: Tx, pair: Stored, refresh_at: datetime) -> bool:
    """Keep a new pair; False when a newer one is there."""
    row = await tx.fetchrow(
        STORE,
        *(pair.account, pair.province, pair.app, pair.sealed_access, pair.sealed_refresh, pair.expires_at),
        *(refresh_at, pair.epoch),
    )
    return row is not None


async def to_refresh(database: Database, limit: int) -> list[tuple[str, int]]:
    """Accounts whose access token nears its end, with the epoch it has."""
    return [(row["account"], row["epoch"]) for row in await database.fetch(TO_REFRESH, limit)]


async def postpone(tx: Tx, account: str, until: datetime) -> None:
    """Ask again later: the channel's gateway failed, or our settings are wrong."""
    await tx.execute(POSTPONE, account, until)


async def lose(tx: Tx, account: str) -> None:
    """The refresh token is taken no more."""
    await tx.execute(LOSE, account)


async def spent(tx: Tx, account: str, epoch: int) -> None:
    """The channel refuses this access token: no use in trying it further."""
    await tx.execute(SPENT, account, epoch)


async def app_of(database: Database, account: str) -> str | None:
    """The app that a page has granted or shall grant; None for no page of ours."""
    app: str | None = await database.fetchval(PAGE_APP, account)
    return app


async def begin_grant(tx: Tx, state: str, grant: Grant) -> None:
    await tx.execute(
        BEGIN_GRANT, state, grant.account, grant.app, grant.officer, grant.sealed_verifier, grant.expires_at
    )


async def take_grant(tx: Tx, state: str) -> Grant | None:
    """The grant begun under `state`, once."""
    row = await tx.fetchrow(TAKE_GRANT, state)
    return Grant(**dict(row)) if row else None


async def forget_grants(tx: Tx) -> None:
    await tx.execute(FORGET_GRANTS)


async def pages(database: Database) -> list[PageRow]:
    """Every page: its token, whether its queue stands still and why, and what waits."""
    return [PageRow(**dict(row)) for row in await database.fetch(PAGES)]
