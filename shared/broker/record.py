"""One Kafka record as our handlers see it, free of any library."""

from collections.abc import Sequence
from typing import Any, NamedTuple, NewType

from shared.broker.cluster import Cluster
from shared.events import header

Reason = NewType("Reason", str)


class Record(NamedTuple):
    """`value` None is a tombstone. `timestamp_ms`: when Kafka took it (LogAppendTime), milliseconds since 1970."""

    topic: str
    partition: int
    offset: int
    key: str
    headers: tuple[tuple[str, bytes], ...]
    value: bytes | None
    timestamp_ms: int

    @property
    def origin(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}"

    def header(self, name: str) -> str | None:
        return header(self.headers, name)


class Dead(NamedTuple):
    """A record nobody can read or decide, and why, in words that hold nothing of what a citizen wrote."""

    record: Record
    reason: str
    stack: str = ""
    attempts: int = 1


def from_kafka(raw: Sequence[Any], cluster: Cluster) -> list[Record]:
    """Aiokafka's ConsumerRecords as ours."""
    return [
        Record(
            cluster.known_as(r.topic),
            r.partition,
            r.offset,
            (r.key or b"").decode("utf-8", "replace"),
            tuple(r.headers),
            r.value,
            r.timestamp,
        )
        for r in raw
    ]
