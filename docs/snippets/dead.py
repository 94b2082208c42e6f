"""What died and why, without its words: `.venv/bin/python docs/snippets/dead.py inbound.messages.v1`.

Prints the `dead_*` headers of the topic's dead records, oldest first, and a count by reason. Reads only; marks nothing.
"""

import asyncio
import json
import os
import sys
from collections import Counter
from pathlib import Path

from aiokafka import AIOKafkaConsumer, TopicPartition

LOCAL = Path(os.environ.get("BINHYEN_LOCAL") or ".local")
HEADERS = ("dead_at", "dead_group", "dead_origin", "dead_attempts", "dead_reason")


async def dead(kafka: str, topic: str) -> list[dict[str, str]]:
    """The accounts of all dead records there are now."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka, enable_auto_commit=False)
    await consumer.start()
    try:
        partition = TopicPartition(f"{topic}.dead", 0)
        consumer.assign([partition])
        await consumer.seek_to_beginning(partition)
        end = (await consumer.end_offsets([partition]))[partition]
        found: list[dict[str, str]] = []
        while await consumer.position(partition) < end:
            for record in (await consumer.getmany(partition, timeout_ms=1_000)).get(partition, []):
                headers = {name: value.decode("utf-8", "replace") for name, value in record.headers}
                found.append({name: headers.get(name, "") for name in HEADERS})
        return found
    finally:
        await consumer.stop()


async def main(topic: str) -> None:
    kafka = os.environ.get("KAFKA") or json.loads((LOCAL / "platform.json").read_text())["kafka"]
    found = await dead(kafka, topic)
    for one in found:
        print("  ".join(one.values()))
    for (group, reason), count in Counter((d["dead_group"], d["dead_reason"]) for d in found).most_common():
        print(f"{count:6}  {group}: {reason}")
    print(f"{len(found)} dead records in {topic}.dead")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
