"""Kafka: the one way to subscribe, the one producer, dead topics and their replay."""

from shared.broker.admin import ensure_topics
from shared.broker.cluster import Cluster
from shared.broker.consume import BadRelease, Consumer, Consumers, Subscription
from shared.broker.producer import BrokerUnavailable, Outgoing, Producer
from shared.broker.record import Dead, Record
from shared.broker.replay import Replayed, replay
from shared.broker.replicate import Row, replicate
from shared.broker.topic_ids import topic_ids

__all__ = [
    "BadRelease",
    "BrokerUnavailable",
    "Cluster",
    "Consumer",
    "Consumers",
    "Dead",
    "Outgoing",
    "Producer",
    "Record",
    "Replayed",
    "Row",
    "Subscription",
    "ensure_topics",
    "replay",
    "replicate",
    "topic_ids",
]
