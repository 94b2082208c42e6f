"""The second primitive: a compacted topic copied into the service's own schema.

A copy keeps, beside each row, the partition and offset it came from; an older record never overwrites a newer one, so
a copy of the service that lost its partitions meanwhile can do no harm. Ready means caught up once.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from shared.broker.consume import Consumer, Consumers, Subscription
from shared.broker.record import Dead, Record
from shared.events import EVENTS, Event, Unreadable, decode
from shared.topics import Topic


class Row(NamedTuple):
    """The last state of one key in a batch. `event` None: erased."""

    key: str
    event: Event | None
    partition: int
    offset: int


Apply = Callable[[Sequence[Row]], Awaitable[None]]
"""Writes a batch: upsert where the offset is newer, delete where the event is None. One statement each, in store.py."""


def latest(records: Sequence[Record], topic: Topic) -> tuple[list[Row], list[Dead]]:
    """The last record of each key, and what could not be read. Pure."""
    types = {model.type: model for model in EVENTS[topic.name]}
    rows: dict[str, Row] = {}
    dead: list[Dead] = []
    for record in records:
        try:
            event = decode(record.headers, record.value, types) if record.value is not None else None
        except Unreadable as error:
            dead.append(Dead(record, str(error)))
            continue
        if event is not None or record.value is None:
            rows[record.key] = Row(record.key, event, record.partition, record.offset)
    return list(rows.values()), dead


def replicate(consumers: Consumers, topic: Topic, *, group: str, apply: Apply) -> Consumer:
    """Subscribes `group` to a compacted topic and keeps a copy of it by `apply`."""

    async def copy(records: Sequence[Record]) -> Sequence[Dead]:
        rows, dead = latest(records, topic)
        if rows:
            await apply(rows)
        return dead

    consumer = consumers.add(Subscription(topic, group, copy))
    consumers.replicas.append(consumer)
    return consumer
