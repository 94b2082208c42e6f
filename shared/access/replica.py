"""The service's own copy of access.officers.v1, which decides whether a token still counts."""

from collections.abc import Sequence
from datetime import datetime

from shared.broker.replicate import Row
from shared.database.pool import Database, Tx
from shared.events import OfficerState

UPSERT = """
insert into officers (
    officer, province, name, roles, units, active, tokens_valid_after, changed_at, kafka_partition, kafka_offset
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (officer) do update set
    province = excluded.province, name = excluded.name, roles = excluded.roles, units = excluded.units,
    active = excluded.active, tokens_valid_after = excluded.tokens_valid_after, changed_at = excluded.changed_at,
    kafka_partition = excluded.kafka_partition, kafka_offset = excluded.kafka_offset
where (officers.kafka_partition = excluded.kafka_partition and officers.kafka_offset < excluded.kafka_offset)
    or officers.changed_at < excluded.changed_at
"""
"""Newer by offset, or by triage's clock: after the topic was made anew its offsets begin at nothing."""

DELETE = "delete from officers where officer = any($1::text[])"

IS_ACTIVE = """
select exists (select from officers where officer = $1 and active and tokens_valid_after <= $2)
"""


async def apply_officers(tx: Tx, rows: Sequence[Row]) -> None:
    """Bring the copy up to what a batch of access.officers.v1 says. One officer once in a batch, the last state."""
    await tx.executemany(UPSERT, [_values(row, row.event) for row in rows if isinstance(row.event, OfficerState)])
    await tx.execute(DELETE, [row.key for row in rows if row.event is None])


async def is_active(database: Database, officer: str, issued_at: datetime) -> bool:
    """Whether the officer is known, active, and not signed out since the token was issued. Raises StoreUnavailable."""
    return bool(await database.fetchval(IS_ACTIVE, officer, issued_at))


def _values(row: Row, state: OfficerState) -> tuple[object, ...]:
    return (
        *(state.officer, state.province, state.name, list(state.roles), list(state.units)),
        *(state.active, state.tokens_valid_after, state.occurred_at, row.partition, row.offset),
    )
