"""Copies of the registers others write: accounts and identities."""

from collections.abc import Sequence

from shared.broker import Row
from shared.database import Tx
from shared.events import AccountState, IdentitySealed

UPSERT_ACCOUNTS = """
insert into accounts (
    account, province, channel, kind, page, app, name, unit, commune_2020, commune_2025, district_2020, village,
    valid_from, valid_to, state, changed_at, kafka_partition, kafka_offset
)
select * from unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::text[], $11::text[], $12::text[], $13::date[], $14::date[], $15::text[], $16::timestamptz[],
    $17::integer[], $18::bigint[]
)
on conflict (account) do update set
    province = excluded.province, channel = excluded.channel, kind = excluded.kind, page = excluded.page,
    app = excluded.app, name = excluded.name, unit = excluded.unit, commune_2020 = excluded.commune_2020,
    commune_2025 = excluded.commune_2025, district_2020 = excluded.district_2020, village = excluded.village,
    valid_from = excluded.valid_from, valid_to = excluded.valid_to, state = excluded.state,
    changed_at = excluded.changed_at, kafka_partition = excluded.kafka_partition, kafka_offset = excluded.kafka_offset
where (accounts.kafka_partition = excluded.kafka_partition and accounts.kafka_offset < excluded.kafka_offset)
    or accounts.changed_at < excluded.changed_at
"""
"""Newer by offset, or by the writer's clock: after a topic was made anew its offsets begin at nothing."""

UPSERT_IDENTITIES = """
insert into identities (person, sealed, changed_at, kafka_partition, kafka_offset)
select * from unnest($1::text[], $2::text[], $3::timestamptz[], $4::integer[], $5::bigint[])
on conflict (person) do update set
    sealed = excluded.sealed, changed_at = excluded.changed_at,
    kafka_partition = excluded.kafka_partition, kafka_offset = excluded.kafka_offset
where (identities.kafka_partition = excluded.kafka_partition and identities.kafka_offset < excluded.kafka_offset)
    or identities.changed_at < excluded.changed_at
"""

DELETE_ACCOUNTS = """
delete from accounts a using unnest($1::text[], $2::integer[], $3::bigint[]) as gone(account, part, at)
where a.account = gone.account and (a.kafka_partition <> gone.part or a.kafka_offset < gone.at)
"""

DELETE_IDENTITIES = """
delete from identities i using unnest($1::text[], $2::integer[], $3::bigint[]) as gone(person, part, at)
where i.person = gone.person and (i.kafka_partition <> gone.part or i.kafka_offset < gone.at)
"""


async def apply_accounts(tx: Tx, rows: Sequence[Row]) -> None:
    """Bring the copy of channels.accounts.v1 up to a batch: each account once, its last state."""
    states = [(row, row.event) for row in rows if isinstance(row.event, AccountState)]
    values = [
        (
            *(s.account, s.province, s.channel, s.kind, s.page, s.app, s.name, s.unit, s.commune_2020, s.commune_2025),
            *(s.district_2020, s.village, s.valid_from, s.valid_to, s.state, s.occurred_at, row.partition, row.offset),
        )
        for row, s in states
    ]
    if values:
        await tx.execute(UPSERT_ACCOUNTS, *map(list, zip(*values, strict=True)))
    await _delete(tx, DELETE_ACCOUNTS, rows)


async def apply_identities(tx: Tx, rows: Sequence[Row]) -> None:
    """Bring the copy of identities.v1 up to a batch; an erased person's row goes."""
    states = [(row, row.event) for row in rows if isinstance(row.event, IdentitySealed)]
    if states:
        await tx.execute(
            UPSERT_IDENTITIES,
            [s.person for _, s in states],
            [s.sealed for _, s in states],
            [s.occurred_at for _, s in states],
            [row.partition for row, _ in states],
            [row.offset for row, _ in states],
        )
    await _delete(tx, DELETE_IDENTITIES, rows)


async def _delete(tx: Tx, statement: str, rows: Sequence[Row]) -> None:
    gone = [row for row in rows if row.event is None]
    if gone:
        await tx.execute(statement, [r.key for r in gone], [r.partition for r in gone], [r.offset for r in gone])
