"""Officers' accounts, of which access.officers.v1 tells the other services, and the throttle of wrong passwords."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5
from zlib import crc32

from shared.access.officers import Officer, roles_known
from shared.database import Database, OutboxRow, Tx, add
from shared.events import OfficerState, encode
from shared.events.base import NAMESPACE
from shared.topics import ACCESS_OFFICERS

FIND = """
select account, name, roles, units, active, password_hash from officer_accounts where account = $1
"""

KNOWN = "select account, name, roles, units, active from officer_accounts"

PUT = """
insert into officer_accounts (account, province, name, roles, units, active, password_hash, changed_at)
values ($1, $2, $3, $4, $5, true, $6, $7)
on conflict (account) do update set
    name = excluded.name, roles = excluded.roles, units = excluded.units, active = true,
    password_hash = coalesce(nullif(excluded.password_hash, ''), officer_accounts.password_hash),
    changed_at = excluded.changed_at
returning tokens_valid_after
"""

REVOKE = """
update officer_accounts set tokens_valid_after = $2, changed_at = $2 where account = $1
returning account, name, roles, units, active
"""

IS_ACTIVE = "select exists (select from officer_accounts where account = $1 and active and tokens_valid_after <= $2)"

WAIT = "select wait_until from sign_in_attempts where account = $1 and wait_until > $2"

WRONG = """
insert into sign_in_attempts (account, province, wrong) values ($1, $2, 1)
on conflict (account) do update set wrong = sign_in_attempts.wrong + 1
returning wrong
"""

MAKE_WAIT = "update sign_in_attempts set wait_until = $2 where account = $1"

FORGET = "delete from sign_in_attempts where account = $1"

BUCKETS_FOR_STRANGERS = 256
LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True)
class Account:
    """An account as it is kept. `password_hash`: argon2's own text."""

    officer: Officer
    active: bool
    password_hash: str


@dataclass(frozen=True)
class Provisioned:
    """An officer as the province's table has them. `password_hash` empty: the one that is kept stays."""

    account: str
    name: str
    roles: tuple[str, ...]
    units: tuple[str, ...]
    password_hash: str = ""


async def find(database: Database, account: str, province: str) -> Account | None:
    """Raises StoreUnavailable."""
    row = await database.fetchrow(FIND, account)
    if row is None:
        return None
    officer = Officer(row["account"], row["name"], roles_known(row["roles"]), frozenset(row["units"]), province)
    return Account(officer, row["active"], row["password_hash"])


async def is_active(database: Database, officer: str, issued_at: datetime) -> bool:
    """Whether a token issued then still counts. Triage asks its own table: a revocation counts here at once."""
    return bool(await database.fetchval(IS_ACTIVE, officer, issued_at))


async def known(tx: Tx) -> dict[str, Provisioned]:
    """The accounts there are, without their passwords."""
    rows = await tx.fetch(KNOWN)
    return {
        row["account"]: Provisioned(row["account"], row["name"], tuple(row["roles"]), tuple(row["units"]))
        for row in rows
    }


async def put(tx: Tx, officers: Sequence[Provisioned], *, province: str, at: datetime) -> None:
    """Make or change accounts, and tell the other services. A handful at a time, by a person: row by row."""
    for one in officers:
        valid_after = await tx.fetchval(
            PUT, one.account, province, one.name, list(one.roles), list(one.units), one.password_hash, at
        )
        await _tell(tx, one, province=province, at=at, tokens_valid_after=valid_after)


async def revoke(tx: Tx, account: str, *, province: str, at: datetime) -> bool:
    """Every token issued up to now is void, everywhere. False when there is no such account."""
    row = await tx.fetchrow(REVOKE, account, at)
    if row is None:
        return False
    one = Provisioned(row["account"], row["name"], tuple(row["roles"]), tuple(row["units"]))
    await _tell(tx, one, province=province, at=at, tokens_valid_after=at)
    return True


async def _tell(tx: Tx, one: Provisioned, *, province: str, at: datetime, tokens_valid_after: datetime) -> None:
    state = OfficerState(
        id=_state_id(one.account, at),
        province=province,
        occurred_at=at,
        officer=one.account,
        name=one.name,
        roles=one.roles,
        units=one.units,
        active=True,
        tokens_valid_after=tokens_valid_after,
    )
    await add(tx, [OutboxRow(ACCESS_OFFICERS.name, *encode(state, source="triage"))])


def _state_id(account: str, at: datetime) -> UUID:
    return uuid5(NAMESPACE, f"officer|{account}|{at.isoformat()}")


# ── wrong passwords ──────────────────────────────────────────────────────────────────────────────────────────────


def throttled_as(account: str, *, known_account: bool) -> str:
    """The row that counts an account's wrong passwords."""
    return account if known_account else f"?{crc32(account.encode()) % BUCKETS_FOR_STRANGERS}"


async def must_wait_until(database: Database, row: str, now: datetime) -> datetime | None:
    """When the next try is allowed, or None for now."""
    until: datetime | None = await database.fetchval(WAIT, row, now)
    return until


async def wrong_password(
    tx: Tx, row: str, *, province: str, allowed: int, first_wait: timedelta, now: datetime
) -> None:
    """One more wrong password. From the last allowed one on the account waits, each time twice as long."""
    wrong = await tx.fetchval(WRONG, row, province)
    if wrong >= allowed:
        await tx.execute(MAKE_WAIT, row, now + min(first_wait * 2 ** min(wrong - allowed, 10), LONGEST_WAIT))


async def right_password(tx: Tx, row: str) -> None:
    """The count begins anew."""
    await tx.execute(FORGET, row)
