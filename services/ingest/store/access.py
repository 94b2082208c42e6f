"""The copy of the pages' sealed access tokens (channels.access.v1), written by the replica alone."""

from collections.abc import Sequence

from shared.broker import Row
from shared.database import Tx
from shared.events import AccessState

UPSERT = """
insert into access (
    account, channel, province, sealed_token, expires_at, epoch, changed_at, kafka_partition, kafka_offset
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (account) do update set
    channel = excluded.channel, province = excluded.province, sealed_token = excluded.sealed_token,
    expires_at = excluded.expires_at, epoch = excluded.epoch, changed_at = excluded.changed_at,
    kafka_partition = excluded.kafka_partition, kafka_offset = excluded.kafka_offset
where (access.kafka_partition = excluded.kafka_partition and access.kafka_offset < excluded.kafka_offset)
    or access.changed_at < excluded.changed_at
"""
"""Newer by offset, or by notify's clock: after the topic was made anew its offsets begin at nothing."""

DELETE = "delete from access where account = any($1::text[])"


async def apply_access(tx: Tx, rows: Sequence[Row]) -> None:
    """Bring the copy up to what a batch says. One account once in a batch, the last state."""
    await tx.executemany(UPSERT, [_values(row, row.event) for row in rows if isinstance(row.event, AccessState)])
    await tx.execute(DELETE, [row.key for row in rows if row.event is None])


def _values(row: Row, state: AccessState) -> tuple[object, ...]:
    return (
        *(state.account, state.channel, state.province, state.sealed_token, state.expires_at, state.epoch),
        *(state.occurred_at, row.partition, row.offset),
    )
