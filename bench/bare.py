"""What the whole path is held against: a bare ASGI handler that only produces the body, acks=all, and answers 200."""

import os
from typing import Any

from aiokafka import AIOKafkaProducer

TOPIC = "bench.bare"

_producer: AIOKafkaProducer | None = None


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Reads, produces, waits for Kafka's acknowledgement, answers. Nothing is checked, parsed, sealed or counted."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    if _producer is not None:
        await _producer.send_and_wait(TOPIC, body)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"{}"})


async def _lifespan(receive: Any, send: Any) -> None:
    global _producer  # noqa: PLW0603 - one process, one producer
    await receive()
    _producer = AIOKafkaProducer(
        bootstrap_servers=os.environ["BENCH_KAFKA"],
        acks="all",
        enable_idempotence=True,
        linger_ms=5,
        max_batch_size=262_144,
    )
    await _producer.start()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await _producer.stop()
    await send({"type": "lifespan.shutdown.complete"})
