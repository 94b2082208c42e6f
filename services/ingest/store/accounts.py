"""The register: pages, groups, villages, call words."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg

from services.ingest.domain.accounts import Account, Village
from services.ingest.domain.calls import CallWords
from services.ingest.domain.register import Page, Register
from services.ingest.records import outbox
from shared.database import Database, Tx, add
from shared.events import AccountState, event_id

COLUMNS = """
channel, account, kind, page, app, name, unit, commune_2020, commune_2025, district_2020, village, valid_from, valid_to,
version
"""

PAGES = "select account, name, app from accounts where province = $1 and kind = 'page'"

WORDS = "select word from call_words where province = $1"

LOCK = f"select {COLUMNS} from accounts where account = any($1::text[]) order by channel, account for update"  # noqa: S608 - fixed text
"""In one order, so that two that lock the same accounts wait for each other instead of deadlocking."""

VILLAGES = """
select village, name, commune_2020, commune_2025, page, group_id as group from villages where page = any($1::text[])
"""

SAVE = """
insert into accounts (
    channel, account, kind, page, app, name, unit, commune_2020, commune_2025, district_2020, village, valid_from,
    valid_to, version, province, changed_at, name_due
)
select *, $15, $16::timestamptz, case kind when 'group' then $16::timestamptz end
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::text[], $11::text[], $12::date[], $13::date[], $14::integer[])
    as u(channel, account, kind, page, app, name, unit, commune_2020, commune_2025, district_2020, village, valid_from,
        valid_to, version)
on conflict (channel, account) do update set
    page = excluded.page, app = excluded.app, name = excluded.name, unit = excluded.unit,
    commune_2020 = excluded.commune_2020, commune_2025 = excluded.commune_2025,
    district_2020 = excluded.district_2020, village = excluded.village, valid_from = excluded.valid_from,
    valid_to = excluded.valid_to, version = excluded.version, changed_at = excluded.changed_at
where accounts.version < excluded.version
"""

ASK_NAMES = """
update accounts set name_due = $2, name_tries = 0
where account = any($1::text[]) and kind = 'group' and valid_to is null
"""

ASK_UNPLACED = """
update accounts set name_due = $2, name_tries = 0
where province = $1 and kind = 'group' and village is null and valid_to is null
"""

SAVE_VILLAGES = """
insert into villages as v (village, province, kind, name, commune_2020, commune_2025, page, group_id)
select u.village, $8, u.kind, u.name, u.commune_2020, u.commune_2025, u.page, u.group_id
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
    as u(village, kind, name, commune_2020, commune_2025, page, group_id)
on conflict (village) do update set
    kind = excluded.kind, name = excluded.name, commune_2020 = excluded.commune_2020,
    commune_2025 = excluded.commune_2025, page = excluded.page, group_id = excluded.group_id
where (v.kind, v.name, v.commune_2020, v.commune_2025, v.page, v.group_id)
    is distinct from (excluded.kind, excluded.name, excluded.commune_2020, excluded.commune_2025, excluded.page,
        excluded.group_id)
returning village
"""

SAVE_WORDS = """
insert into call_words (province, word) select $1, unnest($2::text[]) on conflict do nothing returning word
"""

DROP_WORDS = "delete from call_words where province = $1 and word <> all($2::text[]) returning word"

LIST = f"""
select {COLUMNS}, changed_at from accounts
where province = $1 and account > $2 and ($3::text is null or kind = $3) and ($4::text is null or page = $4)
order by account limit $5
"""  # noqa: S608 - fixed text


async def register(database: Database, province: str) -> Register:
    """The snapshot of the hot path. Raises StoreUnavailable."""
    pages = await database.fetch(PAGES, province)
    words = await database.fetch(WORDS, province)
    return Register(
        {row["account"]: Page(row["account"], row["name"], row["app"]) for row in pages},
        CallWords(row["word"] for row in words),
    )


async def lock(tx: Tx, ids: Sequence[str]) -> dict[str, Account]:
    """Those of `ids` that are known, held until `tx` ends."""
    return {row["account"]: _account(row) for row in await tx.fetch(LOCK, sorted(set(ids)))}


async def villages_of(tx: Tx, pages: Sequence[str]) -> list[Village]:
    """The villages whose groups the given pages make."""
    return [Village(**dict(row)) for row in await tx.fetch(VILLAGES, sorted(set(pages)))]


async def save(
    tx: Tx, accounts: Sequence[Account], *, province: str, now: datetime, traceparent: str | None = None
) -> None:
    """The accounts as given (each already at its next version), and the news of it on channels.accounts.v1."""
    if not accounts:
        return
    columns: list[list[Any]] = [[getattr(a, name.strip()) for a in accounts] for name in COLUMNS.split(",")]
    await tx.execute(SAVE, *columns, province, now)
    await add(tx, outbox([_state(a, province, now) for a in accounts], traceparent))


async def ask_names(tx: Tx, groups: Sequence[str], *, now: datetime) -> None:
    """Have the channel asked for the names of these groups again."""
    await tx.execute(ASK_NAMES, list(groups), now)


async def ask_unplaced(tx: Tx, *, province: str, now: datetime) -> None:
    """Have the groups without a village looked at again: the map has changed."""
    await tx.execute(ASK_UNPLACED, province, now)


async def save_villages(tx: Tx, villages: Sequence[Village], kinds: Sequence[str], *, province: str) -> int:
    """How many were new or different. `kinds`: of each village, in the same order."""
    rows = await tx.fetch(
        SAVE_VILLAGES,
        [v.village for v in villages],
        list(kinds),
        [v.name for v in villages],
        [v.commune_2020 for v in villages],
        [v.commune_2025 for v in villages],
        [v.page for v in villages],
        [v.group for v in villages],
        province,
    )
    return len(rows)


async def save_words(tx: Tx, words: Sequence[str], *, province: str) -> int:
    """The call words, these and no others; how many came or went."""
    came = await tx.fetch(SAVE_WORDS, province, sorted(set(words)))
    went = await tx.fetch(DROP_WORDS, province, sorted(set(words)))
    return len(came) + len(went)


async def listed(
    database: Database, province: str, *, after: str, kind: str | None, page: str | None, limit: int
) -> list[tuple[Account, datetime]]:
    """The register by id, from the one after `after`; with when each last changed."""
    rows = await database.fetch(LIST, province, after, kind, page, limit)
    return [(_account(row), row["changed_at"]) for row in rows]


def _account(row: asyncpg.Record) -> Account:
    return Account(**{name.strip(): row[name.strip()] for name in COLUMNS.split(",")})


def _state(account: Account, province: str, now: datetime) -> AccountState:
    return AccountState(
        id=event_id(account.channel, account.account, "account", str(account.version)),
        province=province,
        occurred_at=now,
        channel=account.channel,
        account=account.account,
        kind=account.kind,
        page=account.page,
        app=account.app,
        name=account.name,
        unit=account.unit,
        commune_2020=account.commune_2020,
        commune_2025=account.commune_2025,
        district_2020=account.district_2020,
        village=account.village,
        valid_from=account.valid_from,
        valid_to=account.valid_to,
        state=account.state,
    )
