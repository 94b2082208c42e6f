"""The inbox: an event seen twice has its effect once (design, promise 2)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from shared.database.pool import Tx

CLAIM = """
insert into inbox (consumer, occurred_at, id)
select distinct $1, k.occurred_at, k.id from unnest($2::timestamptz[], $3::uuid[]) as k(occurred_at, id)
order by k.occurred_at, k.id
on conflict do nothing
returning id
"""
"""Sorted, so that two batches that share events wait for each other instead of deadlocking."""


class Keyed(Protocol):
    """What an inbox can claim: every event has both."""

    @property
    def id(self) -> UUID: ...

    @property
    def occurred_at(self) -> datetime: ...


T = TypeVar("T", bound=Keyed)


async def claim(tx: Tx, consumer: str, keys: Sequence[tuple[datetime, UUID]]) -> set[UUID]:
    """The ids never claimed before by `consumer`; they are claimed when `tx` commits.

    A batch that shares events with another running one waits for that one's end. A key that stands twice in `keys` is
    claimed once: `unseen` sorts that out.
    """
    if not keys:
        return set()
    rows = await tx.fetch(CLAIM, consumer, [at for at, _ in keys], [event for _, event in keys])
    return {row["id"] for row in rows}


async def unseen(tx: Tx, consumer: str, events: Sequence[T]) -> list[T]:
    """The events `consumer` has never taken, each once, in the order given. They are claimed when `tx` commits."""
    left = await claim(tx, consumer, [(event.occurred_at, event.id) for event in events])
    fresh = []
    for event in events:
        if event.id in left:
            left.remove(event.id)
            fresh.append(event)
    return fresh
