"""The one table of topics: name, key, what it keeps, who writes and who reads.

Partitions are fixed for a version: changing them is a `.v2`. Times are LogAppendTime, for a record stamped 2020 would
be past retention at once.
"""

from dataclasses import dataclass
from datetime import timedelta

PARTITIONS = 12
WORDS = timedelta(days=30)
FACTS = timedelta(days=400)

RECORD_BYTES = 2 * 1024 * 1024
"""The largest record: a push of 1 MiB, sealed whole and in base64, with room. Kafka's own default is 1 MiB."""


@dataclass(frozen=True)
class Topic:
    """`key`: what decides the partition, and so the order. `retention` None: compacted, the last record a key stays."""

    name: str
    key: str
    writer: str
    readers: tuple[str, ...]
    retention: timedelta | None
    words: bool = False
    """Holds what people wrote; a schema test keeps every other topic free of it."""
    partitions: int = PARTITIONS

    @property
    def compacted(self) -> bool:
        return self.retention is None

    @property
    def dead(self) -> str:
        return f"{self.name}.dead"

    @property
    def config(self) -> dict[str, str]:
        """Topic settings as Kafka names them."""
        common = {"message.timestamp.type": "LogAppendTime", "max.message.bytes": str(RECORD_BYTES)}
        if self.retention is None:
            # delete.retention: longer than any reader may be away, or it would miss an erasure
            week = timedelta(days=7)
            lag = timedelta(days=1)
            return common | {
                "cleanup.policy": "compact",
                "delete.retention.ms": milliseconds(week),
                "max.compaction.lag.ms": milliseconds(lag),
            }
        return common | {"cleanup.policy": "delete", "retention.ms": milliseconds(self.retention)}


def milliseconds(span: timedelta) -> str:
    return str(int(span.total_seconds() * 1000))


INBOUND_MESSAGES = Topic("inbound.messages.v1", "conversation", "ingest", ("triage",), WORDS, words=True)
INBOUND_AUDIENCE = Topic("inbound.audience.v1", "account", "ingest", ("ingest", "triage", "stats"), FACTS)
INBOUND_RECEIPTS = Topic("inbound.receipts.v1", "account", "ingest", ("notify",), WORDS)
INBOUND_UNRECOGNISED = Topic("inbound.unrecognised.v1", "account", "ingest", ("ingest",), WORDS)
CHANNELS_ACCOUNTS = Topic("channels.accounts.v1", "account or group", "ingest", ("triage", "notify", "stats"), None)
CHANNELS_ACCESS = Topic("channels.access.v1", "account", "notify", ("ingest",), None)
IDENTITIES = Topic("identities.v1", "pseudonym", "ingest", ("triage", "notify"), None)
ACCESS_OFFICERS = Topic("access.officers.v1", "officer", "triage", ("ingest", "notify", "stats"), None)
CASES_EVENTS = Topic("cases.events.v1", "case", "triage", ("stats",), FACTS)
REPLIES_REQUESTED = Topic("replies.requested.v1", "account", "triage", ("notify",), WORDS, words=True)
ALERTS_EVENTS = Topic("alerts.events.v1", "alert", "notify", ("stats",), FACTS)
DELIVERY_RECEIPTS = Topic("delivery.receipts.v1", "recipient", "notify", ("triage", "stats"), FACTS)

TOPICS: tuple[Topic, ...] = (
    INBOUND_MESSAGES,
    INBOUND_AUDIENCE,
    INBOUND_RECEIPTS,
    INBOUND_UNRECOGNISED,
    CHANNELS_ACCOUNTS,
    CHANNELS_ACCESS,
    IDENTITIES,
    ACCESS_OFFICERS,
    CASES_EVENTS,
    REPLIES_REQUESTED,
    ALERTS_EVENTS,
    DELIVERY_RECEIPTS,
)


def named(name: str) -> Topic:
    """Raises KeyError for a topic that is not in the table."""
    return {topic.name: topic for topic in TOPICS}[name]
