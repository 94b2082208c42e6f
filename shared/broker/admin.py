"""Topics as the one table says: created when missing, never altered in silence."""

import asyncio
from collections.abc import Sequence
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import for_code

from shared.broker.cluster import Cluster
from shared.topics import RECORD_BYTES, TOPICS, WORDS, Topic, milliseconds

DEAD_HEADER_BYTES = 64 * 1024
"""Room for the account a dead record carries in its headers."""

TOPIC_EXISTS = 36
"""Kafka's error code TOPIC_ALREADY_EXISTS."""

LED_TRIES = 600
"""A minute at ten a second: a busy machine needs some seconds for the 160 partitions of a first start."""


class TopicDiffers(Exception):  # noqa: N818 - says what is so, not that something broke
    """A topic exists with another number of partitions than its version promises."""


def wanted(cluster: Cluster, topics: Sequence[Topic], replication: int) -> list[NewTopic]:
    """Each topic and, beside what is not compacted, its dead topic (kept as long as words may be)."""
    made = [NewTopic(cluster.named(t.name), t.partitions, replication, topic_configs=t.config) for t in topics]
    dead_config = {
        "message.timestamp.type": "LogAppendTime",
        "retention.ms": milliseconds(WORDS),
        "max.message.bytes": str(RECORD_BYTES + DEAD_HEADER_BYTES),
    }
    return made + [NewTopic(cluster.named(t.dead), 1, replication, topic_configs=dead_config) for t in topics]


async def ensure_topics(cluster: Cluster, topics: Sequence[Topic] = TOPICS, *, replication: int = 1) -> int:
    """Creates what is missing and returns how many. Raises TopicDiffers, or KafkaError."""
    admin = AIOKafkaAdminClient(bootstrap_servers=cluster.bootstrap)
    await admin.start()
    try:
        answer = await admin.create_topics(wanted(cluster, topics, replication))
        created = 0
        for name, code, *_ in answer.topic_errors:
            if code == 0:
                created += 1
            elif code != TOPIC_EXISTS:
                raise for_code(code)(f"topic {name} could not be created")
        await _until_led(admin, cluster, topics)
        return created
    finally:
        await admin.close()


def _led(described: dict[str, Any] | None) -> bool:
    """A topic that was just made shows no partition at first."""
    partitions = described["partitions"] if described else []
    return bool(partitions) and all(p["leader"] >= 0 for p in partitions)


async def _until_led(admin: AIOKafkaAdminClient, cluster: Cluster, topics: Sequence[Topic]) -> None:
    """Waits until every partition has a leader, so that the first producer does not meet a half-made topic."""
    names = [cluster.named(t.name) for t in topics]
    for _ in range(LED_TRIES):
        found = {t["topic"]: t for t in await admin.describe_topics(names)}
        if all(_led(found.get(name)) for name in names):
            break
        await asyncio.sleep(0.1)
    for topic in topics:
        have = len(found[cluster.named(topic.name)]["partitions"])
        if have != topic.partitions:
            raise TopicDiffers(f"{topic.name} has {have} partitions, its version says {topic.partitions}")
