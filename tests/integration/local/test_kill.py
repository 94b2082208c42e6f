"""What an acknowledgement and a commit promise, when a server is killed with -9 and started again."""

import asyncio
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from deploy.local import fetch, pair, process
from deploy.local.errors import Refused
from deploy.local.kafka import Kafka
from deploy.local.postgres import Postgres
from deploy.local.process import FolderLock, Identity, Part
from tests.servers import Topics

pytestmark = pytest.mark.asyncio(loop_scope="session")


@dataclass
class Server:
    """One server under test; `restart` starts it again on the same folder."""

    part: Part
    running: subprocess.Popen[bytes]

    def kill(self) -> None:
        self.running.send_signal(signal.SIGKILL)
        self.running.wait()

    def restart(self) -> None:
        process.end_group(self.running.pid)
        self.running = process.spawn(self.part)
        process.wait_ready(self.part, self.running)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not pytest's own: where root has to become `nobody`, that one may not pass through it."""
    with tempfile.TemporaryDirectory(prefix="binhyen-tests-") as name:
        yield Path(name)


@pytest.fixture
def start() -> Iterator[Callable[[Part], Server]]:
    started: list[Server] = []

    def begin(part: Part) -> Server:
        started.append(Server(part, process.spawn(part)))
        process.wait_ready(part, started[-1].running)
        return started[-1]

    yield begin
    for server in started:
        process.stop(server.part, server.running)


async def test_kafka_keeps_every_acknowledged_record(folder: Path, start: Callable[[Part], Server]) -> None:
    port, controller = pair.random_ports(2)
    kafka = Kafka(folder / "kafka", fetch.kafka(), port, controller, folder / "kafka.log")
    kafka.prepare()
    server = start(kafka.part())
    topic = await Topics(kafka.address).create("kept", partitions=1)
    async with AIOKafkaProducer(bootstrap_servers=kafka.address, acks="all", enable_idempotence=True) as producer:
        for number in range(200):
            await producer.send_and_wait(topic, str(number).encode())
    server.kill()
    await asyncio.to_thread(server.restart)
    place = TopicPartition(topic, 0)
    async with AIOKafkaConsumer(bootstrap_servers=kafka.address, auto_offset_reset="earliest") as consumer:
        consumer.assign([place])
        found = [int((await consumer.getone()).value) for _ in range(200)]
        assert (await consumer.end_offsets([place]))[place] == 200
    assert found == list(range(200))


async def test_postgres_keeps_every_commit(folder: Path, start: Callable[[Part], Server]) -> None:
    server = Postgres(folder / "pg", fetch.postgres(), pair.random_ports(1)[0], "pass", folder / "postgres.log")
    server.prepare()
    running = start(server.part())
    connection = await asyncpg.connect(server.url(database="postgres"))
    await connection.execute("create table kept (id int)")
    for number in range(200):
        await connection.execute("insert into kept values ($1)", number)
    running.kill()
    await asyncio.to_thread(running.restart)
    connection = await asyncpg.connect(server.url(database="postgres"))
    assert await connection.fetchval("select count(*) from kept") == 200
    await connection.close()


async def test_a_second_owner_of_a_data_folder_is_refused_while_the_server_lives(
    folder: Path, start: Callable[[Part], Server]
) -> None:
    """Also when whoever started it is gone: the lock is the server's own."""
    server = Postgres(folder / "pg", fetch.postgres(), pair.random_ports(1)[0], "pass", folder / "postgres.log")
    server.prepare()
    lock = FolderLock(folder / "pg")
    running = start(server.part((lock.fd,)))
    lock.release()
    with pytest.raises(Refused, match="in use"):
        FolderLock(folder / "pg")
    process.stop(running.part, running.running)
    FolderLock(folder / "pg").release()


async def test_a_stopped_server_leaves_no_process(folder: Path) -> None:
    with pair.running(folder) as servers:
        known = [Identity.of(servers.kafka_pid), Identity.of(servers.postgres_pid)]
        children = [Identity.of(child.pid) for one in known if (live := one.find()) for child in live.children(True)]
        assert children
    assert [one for one in (*known, *children) if one.find()] == []


async def test_a_taken_port_is_named_when_the_server_does_not_start(
    folder: Path, start: Callable[[Part], Server]
) -> None:
    port = pair.random_ports(1)[0]
    first = Postgres(folder / "one", fetch.postgres(), port, "pass", folder / "one.log")
    second = Postgres(folder / "two", fetch.postgres(), port, "pass", folder / "two.log")
    first.prepare()
    second.prepare()
    start(first.part())
    with pytest.raises(Refused, match="taken"):
        await asyncio.to_thread(start, Part(**(vars(second.part()) | {"ready": lambda: False})))
