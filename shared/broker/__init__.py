"""Kafka: the one way to subscribe, the one producer, dead topics and their replay."""

from shared.broker.consume import BadRelease, Consumer, Consumers, Subscription
from shared.broker.producer import BrokerUnavailable, Outgoing, Producer
from shared.broker.record import Dead, Record
from shared.broker.replay import Replayed, replay
from shared.broker.replicate import Row, replicate

__all__ = [
    "BadRelease",
    "BrokerUnavailable",
    "Consumer",
    "Consumers",
    "Dead",
    "Outgoing",
    "Producer",
    "Record",
    "Replayed",
    "Row",
    "Subscription",
    "replay",
    "replicate",
]
