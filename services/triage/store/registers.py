"""Registers: units, and the copies of channels.accounts.v1 and identities.v1."""

from collections.abc import Collection, Sequence

from services.triage.domain.routing import Page, Unit
from shared.broker import Row
from shared.database import Tx
from shared.events import AccountState, IdentitySealed

UNITS = "select unit, kind, name, structure, commune, valid_from, valid_to from units"

PUT_UNITS = """
insert into units (unit, province, kind, name, structure, commune, district, valid_from, valid_to)
select * from unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::date[], $9::date[]
)
on conflict (unit) do update set
    kind = excluded.kind, name = excluded.name, structure = excluded.structure, commune = excluded.commune,
    district = excluded.district, valid_from = excluded.valid_from, valid_to = excluded.valid_to
"""

PAGES = """
select account, unit, commune_2020, commune_2025 from channel_accounts where account = any($1::text[])
"""

VILLAGES = """
select village, commune_2020, commune_2025 from channel_accounts
where kind = 'group' and state = 'active' and village is not null
"""

PUT_ACCOUNTS = """
insert into channel_accounts (
    account, province, channel, kind, page, name, unit, commune_2020, commune_2025, village, state, changed_at,
    kafka_partition, kafka_offset
)
select * from unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::text[], $11::text[], $12::timestamptz[], $13::integer[], $14::bigint[]
)
on conflict (account) do update set
    channel = excluded.channel, kind = excluded.kind, page = excluded.page, name = excluded.name,
    unit = excluded.unit, commune_2020 = excluded.commune_2020, commune_2025 = excluded.commune_2025,
    village = excluded.village, state = excluded.state, changed_at = excluded.changed_at,
    kafka_partition = excluded.kafka_partition, kafka_offset = excluded.kafka_offset
where (channel_accounts.kafka_partition = excluded.kafka_partition
        and channel_accounts.kafka_offset < excluded.kafka_offset)
    or channel_accounts.changed_at < excluded.changed_at
"""
"""Newer by offset, or by ingest's clock: after the topic was made anew its offsets begin at nothing."""

DROP_ACCOUNTS = "delete from channel_accounts where account = any($1::text[])"

PUT_IDENTITIES = """
insert into identities (person, province, channel, account, sealed, changed_at, kafka_partition, kafka_offset)
select * from unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::integer[], $8::bigint[]
)
on conflict (person) do update set
    sealed = excluded.sealed, changed_at = excluded.changed_at,
    kafka_partition = excluded.kafka_partition, kafka_offset = excluded.kafka_offset
where (identities.kafka_partition = excluded.kafka_partition and identities.kafka_offset < excluded.kafka_offset)
    or identities.changed_at < excluded.changed_at
"""

DROP_IDENTITIES = "delete from identities where person = any($1::text[])"


async def villages(tx: Tx) -> list[tuple[str, str | None, str | None]]:
    """The villages that have a group: (name, commune of 2020, commune of today)."""
    return [tuple(row) for row in await tx.fetch(VILLAGES)]


async def units(tx: Tx) -> list[Unit]:
    """All of them, those of the past too: a case of 2020 belongs to a unit of 2020."""
    return [Unit(*row) for row in await tx.fetch(UNITS)]


async def put_units(tx: Tx, rows: Sequence[tuple[object, ...]]) -> None:
    """Rows in the order of PUT_UNITS. A unit that is no longer listed stays: cases belong to it."""
    if rows:
        await tx.execute(PUT_UNITS, *_columns(rows))


async def pages(tx: Tx, accounts: Collection[str]) -> dict[str, Page]:
    """What the register says of these pages; one that it does not know is missing."""
    rows = await tx.fetch(PAGES, list(accounts))
    return {row["account"]: Page(*row) for row in rows}


async def apply_accounts(tx: Tx, rows: Sequence[Row]) -> None:
    """Bring the copy of channels.accounts.v1 up to a batch."""
    states = [(row, row.event) for row in rows if isinstance(row.event, AccountState)]
    if states:
        values = [
            (
                *(s.account, s.province, s.channel, s.kind, s.page, s.name, s.unit, s.commune_2020, s.commune_2025),
                *(s.village, s.state, s.occurred_at, row.partition, row.offset),
            )
            for row, s in states
        ]
        await tx.execute(PUT_ACCOUNTS, *_columns(values))
    await _drop(tx, DROP_ACCOUNTS, rows)


async def apply_identities(tx: Tx, rows: Sequence[Row]) -> None:
    """Bring the copy of identities.v1 up to a batch. A tombstone erases."""
    sealed = [(row, row.event) for row in rows if isinstance(row.event, IdentitySealed)]
    if sealed:
        values = [
            (i.person, i.province, i.channel, i.account, i.sealed, i.occurred_at, row.partition, row.offset)
            for row, i in sealed
        ]
        await tx.execute(PUT_IDENTITIES, *_columns(values))
    await _drop(tx, DROP_IDENTITIES, rows)


async def _drop(tx: Tx, statement: str, rows: Sequence[Row]) -> None:
    erased = [row.key for row in rows if row.event is None]
    if erased:
        await tx.execute(statement, erased)


def _columns(rows: Sequence[tuple[object, ...]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]
