"""The outbox: what a transaction wants published, kept with what it did (design, promise 2)."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.database.pool import Tx

COLUMNS = ("topic", "key", "header_names", "header_values", "value")

WAKE = "select pg_notify(current_schema() || '_outbox', '')"
"""Delivered when the transaction commits; many in one transaction are one."""


@dataclass(frozen=True)
class OutboxRow:
    """A Kafka record to be. `value` None is a tombstone; the headers carry the event's CloudEvents and traceparent."""

    topic: str
    key: bytes
    headers: Sequence[tuple[str, bytes]]
    value: bytes | None


async def add(tx: Tx, rows: Sequence[OutboxRow]) -> None:
    """Publish `rows` once `tx` has committed, in the order given.

    Between transactions the order of a key is that of their commits only if they wait for each other: take the row
    lock of what the events are about (the case, the account) before adding.
    """
    if not rows:
        return
    await tx.copy_records_to_table("outbox", records=[_record(row) for row in rows], columns=COLUMNS)
    await tx.execute(WAKE)


def _record(row: OutboxRow) -> tuple[str, bytes, list[str], list[bytes], bytes | None]:
    return (row.topic, row.key, [name for name, _ in row.headers], [value for _, value in row.headers], row.value)
