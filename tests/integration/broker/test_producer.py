"""One outage fails many sends at once: the producer is neither thrown away for that, nor its successor."""

import asyncio

import pytest

from shared.broker import BrokerUnavailable, Cluster, Outgoing, Producer, ensure_topics
from shared.broker.producer import BROKEN_AFTER, PAUSE_SECONDS
from shared.topics import INBOUND_AUDIENCE
from tests.proxy import Proxy
from tests.servers import Topics

pytestmark = pytest.mark.asyncio(loop_scope="session")

RECORD = Outgoing(INBOUND_AUDIENCE.name, b"k", [], b"{}")
AT_ONCE = 64


async def test_sends_that_fail_together_count_once_and_a_producer_that_stays_broken_is_replaced(
    kafka_bootstrap: str, topics: Topics
) -> None:
    await ensure_topics(Cluster(kafka_bootstrap, topics.prefix), [INBOUND_AUDIENCE])
    topics.made += [topics.name(INBOUND_AUDIENCE.name), topics.name(INBOUND_AUDIENCE.dead)]
    async with Proxy.to_kafka(kafka_bootstrap) as proxy:
        producer = Producer(Cluster(proxy.address, topics.prefix), client_id="test")
        await producer.send([RECORD], timeout=10)
        first = producer._producer
        proxy.hold()
        told = await asyncio.gather(
            *(producer.send([RECORD], timeout=0.5) for _ in range(AT_ONCE)), return_exceptions=True
        )
        assert all(isinstance(one, BrokerUnavailable) for one in told)
        assert producer._producer is first, "one outage, one failure"
        for _ in range(BROKEN_AFTER - 1):
            await asyncio.sleep(PAUSE_SECONDS)
            with pytest.raises(BrokerUnavailable):
                await producer.send([RECORD], timeout=0.3)
        assert producer._producer is not first, "one that fails again and again is suspected itself"
        await proxy.mend()
        await asyncio.sleep(2 * PAUSE_SECONDS)
        await producer.send([RECORD], timeout=10)
        assert producer.available
        await producer.stop()
