"""The service's copy of channels.accounts.v1: which page speaks for which commune."""

from collections.abc import Sequence

from shared.broker import Row
from shared.database import Tx
from shared.events import AccountState

UPSERT = """
insert into accounts (
    account, province, channel, kind, page, name, unit, commune_2020, commune_2025, valid_from, valid_to, state,
    changed_at, kafka_partition, kafka_offset
)
select * from unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::date[], $11::date[], $12::text[], $13::timestamptz[], $14::integer[], $15::bigint[])
on conflict (account) do update set
    province = excluded.province, channel = excluded.channel, kind = excluded.kind, page = excluded.page,
    name = excluded.name, unit = excluded.unit, commune_2020 = excluded.commune_2020,
    commune_2025 = excluded.commune_2025, valid_from = excluded.valid_from, valid_to = excluded.valid_to,
    state = excluded.state, changed_at = excluded.changed_at, kafka_partition = excluded.kafka_partition,
    kafka_offset = excluded.kafka_offset
where (accounts.kafka_partition = excluded.kafka_partition and accounts.kafka_offset < excluded.kafka_offset)
    or accounts.changed_at < excluded.changed_at
"""
"""Newer by offset, or by ingest's clock: after the topic was made anew its offsets begin at nothing."""

DELETE = "delete from accounts where account = any($1::text[])"


async def apply_accounts(tx: Tx, rows: Sequence[Row]) -> None:
    """Bring the copy up to what a batch says. One account once in a batch, its last state."""
    values = [_values(row, row.event) for row in rows if isinstance(row.event, AccountState)]
    if values:
        await tx.execute(UPSERT, *[list(column) for column in zip(*values, strict=True)])
    if erased := [row.key for row in rows if row.event is None]:
        await tx.execute(DELETE, erased)


def _values(row: Row, state: AccountState) -> tuple[object, ...]:
    return (
        *(state.account, state.province, state.channel, state.kind, state.page, state.name, state.unit),
        *(state.commune_2020, state.commune_2025, state.valid_from, state.valid_to, state.state),
        *(state.occurred_at, row.partition, row.offset),
    )
