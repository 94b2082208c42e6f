"""The fence: how far a consumer's effects have come, moved in the transaction of the effects (design, promise 2).

Kafka's committed offset can lag behind what was counted, and a consumer that lost its partition may not know yet.
The row decides: who cannot move it from where its batch began is not the owner any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.database.pool import Database, Tx

ADVANCE = """
insert into fence (consumer, topic, topic_id, partition, first, next)
select $1, m.topic, m.topic_id, m.partition, m.first, m.next
from unnest($2::text[], $3::text[], $4::integer[], $5::bigint[], $6::bigint[])
    as m(topic, topic_id, partition, first, next)
order by m.topic, m.topic_id, m.partition
on conflict (consumer, topic, topic_id, partition)
do update set first = excluded.first, next = excluded.next, moved_at = now()
where fence.next <= excluded.first
returning topic, partition
"""

POSITIONS = "select partition, next from fence where consumer = $1 and topic = $2 and topic_id = $3"


class Fenced(Exception):  # noqa: N818 - what happened to us, not an error of the database
    """Another owner has already taken these offsets: roll back, change nothing, let the partition go."""


@dataclass(frozen=True)
class Move:
    """One partition of a batch: it held offsets first … next - 1. At most one a partition in a batch."""

    topic: str
    topic_id: UUID | str
    """Kafka's own id of the topic: one made anew under the same name is another."""
    partition: int
    first: int
    next: int


async def advance(tx: Tx, consumer: str, moves: Sequence[Move]) -> None:
    """Move `consumer` past its batch. Raises Fenced when any of the partitions was not where the batch began.

    Gaps are fine (compaction, transaction markers): a batch may begin beyond where the last one ended, never before.
    """
    if not moves:
        return
    rows = await tx.fetch(
        ADVANCE,
        consumer,
        [move.topic for move in moves],
        [str(move.topic_id) for move in moves],
        [move.partition for move in moves],
        [move.first for move in moves],
        [move.next for move in moves],
    )
    stuck = {(move.topic, move.partition) for move in moves} - {(row["topic"], row["partition"]) for row in rows}
    if stuck:
        raise Fenced(f"{consumer}: another owner moved {sorted(stuck)}")


async def positions(database: Database, consumer: str, topic: str, topic_id: UUID | str) -> dict[int, int]:
    """Partition → the offset to read next. A partition without a row is read from its beginning."""
    rows = await database.fetch(POSITIONS, consumer, topic, str(topic_id))
    return {row["partition"]: row["next"] for row in rows}
