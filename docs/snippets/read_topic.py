"""Read a topic and print each event: its type, its time, its value. Needs aiokafka (it is in .venv).

    .venv/bin/python docs/snippets/read_topic.py cases.events.v1

A group of your own: what you read changes nothing for the services.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer

LOCAL = Path(os.environ.get("BINHYEN_LOCAL") or ".local")


async def events(kafka: str, topic: str, *, group: str) -> AsyncIterator[dict[str, Any]]:
    """Every event from the beginning, then what comes; without end. A tombstone (erased) has no data."""
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=kafka, group_id=group, auto_offset_reset="earliest", enable_auto_commit=False
    )
    await consumer.start()
    try:
        async for record in consumer:
            headers = {name: value.decode() for name, value in record.headers}
            data = json.loads(record.value) if record.value is not None else None
            yield {"type": headers.get("ce_type"), "id": headers.get("ce_id"), "time": headers.get("ce_time")} | {
                "key": record.key.decode(),
                "data": data,
            }
            await consumer.commit()  # after the work: a crash reads it again, and its id says that it is the same
    finally:
        await consumer.stop()


async def main(topic: str) -> None:
    kafka = os.environ.get("KAFKA") or json.loads((LOCAL / "platform.json").read_text())["kafka"]
    async for event in events(kafka, topic, group=f"snippet.{topic}"):
        print(json.dumps(event, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
