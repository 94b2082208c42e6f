"""What a failed send says of Kafka and of the producer it went through."""

from time import monotonic

from aiokafka.errors import KafkaTimeoutError

from shared.broker.cluster import Cluster
from shared.broker.producer import Producer


def a_producer() -> Producer:
    return Producer(Cluster("127.0.0.1:9"), client_id="test")


def test_a_send_that_is_too_slow_while_others_are_acknowledged_says_nothing_of_kafka() -> None:
    producer, begun = a_producer(), monotonic()
    producer._acknowledged_at = begun + 0.1
    producer._failed(TimeoutError(), None, begun)
    assert producer._failures == 0
    producer._failed(TimeoutError(), None, begun + 0.2)
    assert producer._failures == 1, "nothing was acknowledged since that one began"


def test_an_error_counts_whatever_others_are_told() -> None:
    producer, begun = a_producer(), monotonic()
    producer._acknowledged_at = begun + 0.1
    producer._failed(KafkaTimeoutError(), None, begun)
    assert producer._failures == 1
