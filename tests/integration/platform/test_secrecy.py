"""A citizen's words and ids are nowhere but where they must be: a known phrase and id are sent, then searched."""

import asyncio
import secrets
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.demo.api import Services
from shared.topics import TOPICS
from tests.platform import Platform, a_follow, a_text, eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]

SERVICES = ("ingest", "triage", "notify", "stats")


def holders(folder: Path, needle: bytes) -> Iterator[Path]:
    """Files under a folder that hold the needle."""
    for file in folder.rglob("*"):
        if file.is_file() and needle in file.read_bytes():
            yield file


def the_search_finds_what_is_there(folder: Path, needle: bytes) -> bool:
    """The guard itself: a planted needle must be found, or the test below proves nothing."""
    planted = folder / "planted.log"
    planted.write_bytes(b'{"event": "planted", "x": "' + needle + b'"}\n')
    found = list(holders(folder, needle)) == [planted]
    planted.unlink()
    return found


async def everything_on(bootstrap: str) -> dict[str, bytes]:
    """Topic name → all its records' keys, headers and values, joined."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest", enable_auto_commit=False)
    await consumer.start()
    sizes = {t.name: t.partitions for t in TOPICS} | {t.dead: 1 for t in TOPICS}
    partitions = [TopicPartition(name, number) for name, size in sizes.items() for number in range(size)]
    consumer.assign(partitions)
    ends = await consumer.end_offsets(partitions)
    await consumer.seek_to_beginning(*partitions)
    read = dict.fromkeys(sizes, b"")
    left = {p for p, end in ends.items() if end}
    while left:
        for partition, records in (await consumer.getmany(timeout_ms=500)).items():
            for record in records:
                headers = b"".join(k.encode() + v for k, v in record.headers)
                read[partition.topic] += (record.key or b"") + headers + (record.value or b"") + b"\n"
        for partition in list(left):
            if await consumer.position(partition) >= ends[partition]:
                left.discard(partition)
    await consumer.stop()
    return read


async def test_a_known_phrase_and_a_known_id_are_in_no_log_metric_or_trace_and_the_id_on_no_topic(
    platform: Platform, services: Services, session: aiohttp.ClientSession
) -> None:
    app, page = platform.app_and_page("24142")
    someone = f"7{secrets.randbelow(10**17):017d}"
    phrase = f"trom cho dem qua o nha toi {secrets.token_hex(4)}"
    push = a_text(app, page, someone, phrase)
    sampled = f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
    assert (await platform.push(a_follow(app, page, someone))).status == 200
    assert (await platform.push(push, traceparent=sampled)).status == 200
    administrator = platform.surroundings().accounts("administrator")[0]

    async def case() -> bool:
        rows = await services.get(
            "triage", "/api/v1/cases", account=administrator, **{"limit": "500", "from": "2026-01-01"}
        )
        return any(r["first_message_key"] == push["message"]["msg_id"] for r in rows.body["cases"])

    await eventually(case, what="the case")
    await asyncio.sleep(2)  # spans and logs are written behind
    needles = {"phrase": phrase.encode(), "id": someone.encode(), "app's id": push["user_id_by_app"].encode()}

    for what, needle in needles.items():
        for folder in ("logs", "traces"):
            assert the_search_finds_what_is_there(platform.folder / folder, needle)
            ours = [f for f in holders(platform.folder / folder, needle) if not f.name.startswith("zalo")]
            assert ours == [], f"{what} in {folder}"
        for service in SERVICES:
            async with session.get(f"{platform.addresses[service]}/metrics") as answer:
                assert needle not in await answer.read(), f"{what} in the metrics of {service}"

    topics = await everything_on(platform.addresses["kafka"])
    assert any(topics.values()), "the topics were read"
    for name, content in topics.items():
        assert someone.encode() not in content, f"the id on {name}"
        assert push["user_id_by_app"].encode() not in content, f"the app's id on {name}"
    assert {name for name, content in topics.items() if phrase.encode() in content} == {"inbound.messages.v1"}
    traces = b"".join(f.read_bytes() for f in (platform.folder / "traces").glob("*.jsonl"))
    assert sampled[3:35].encode() in traces, "the message was followed"
