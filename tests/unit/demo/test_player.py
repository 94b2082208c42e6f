"""Every push reaches 2xx: through 503, broken connections and a door that opens late; in order within a lane."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

import pytest

from deploy.demo import player as playing
from deploy.demo.history.plan import Plan
from deploy.demo.outbox import Outbox
from deploy.demo.player import Player
from deploy.demo.province import read_pages
from deploy.demo.surroundings import DemoError
from deploy.demo.webhook_client import Broken, Door, read_head

OK = b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 11\r\n\r\n{"error":0}'
AWAY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 0\r\nContent-Length: 2\r\n\r\n{}"
UNAUTHORIZED = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"
Answering = Callable[[int], bytes]
"""The number of the request, from 1 → the bytes to answer; none closes the connection."""


class Ingest:
    """A double of ingest's door that keeps the bodies it took."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering
        self.asked = 0
        self.taken: list[bytes] = []
        self.heads: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length")
                )
                body = await reader.readexactly(length)
                self.asked += 1
                answer = self._answering(self.asked)
                if answer == OK:
                    self.taken.append(body)
                    self.heads.append(head)
                if not answer:
                    break
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def ingest(answering: Answering) -> AsyncIterator[tuple[Ingest, Door]]:
    double = Ingest(answering)
    server = await asyncio.start_server(double.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield double, Door.of(f"http://127.0.0.1:{port}/webhooks/zalo")
    finally:
        server.close()


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    pages = read_pages()
    box = Outbox(tmp_path)
    box.write(Plan(pages, seed=3, scale=Decimal("0.003")), {page.app_id: "k" for page in pages})
    box.open()
    return box


async def play(outbox: Outbox, door: Door) -> playing.Progress:
    return await Player(outbox, door, lambda _progress: None).play()


@pytest.mark.asyncio
async def test_every_push_is_sent_once_where_nothing_goes_wrong(outbox: Outbox) -> None:
    total = outbox.left
    async with ingest(lambda _: OK) as (double, door):
        progress = await play(outbox, door)
    assert progress.taken == len(double.taken) == total
    assert outbox.left == progress.tried_again == 0
    assert all(b"X-ZEvent-Signature: mac=" in head for head in double.heads)


@pytest.mark.asyncio
async def test_a_push_is_sent_again_after_503_and_after_a_broken_connection(outbox: Outbox) -> None:
    total = outbox.left
    answers = {0: b"", 1: AWAY}
    async with ingest(lambda asked: answers.get(asked % 7, OK)) as (double, door):
        progress = await play(outbox, door)
    assert outbox.left == 0
    assert len(double.taken) == total
    assert progress.tried_again > 0


@pytest.mark.asyncio
async def test_what_one_person_sends_keeps_its_order_through_failures(outbox: Outbox) -> None:
    planned: dict[int, list[bytes]] = defaultdict(list)
    lane_of = {}
    for push in outbox.pending():
        planned[push.lane].append(push.body)
        lane_of[push.body] = push.lane
    async with ingest(lambda asked: AWAY if asked % 5 == 0 else OK) as (double, door):
        await play(outbox, door)
    arrived: dict[int, list[bytes]] = defaultdict(list)
    for body in double.taken:
        arrived[lane_of[body]].append(body)
    assert arrived == planned


@pytest.mark.asyncio
async def test_a_door_that_opens_late_is_waited_for(outbox: Outbox) -> None:
    total = outbox.left
    async with ingest(lambda _: OK) as (_, door):
        pass  # the port is known, and closed again

    async def open_late() -> Ingest:
        await asyncio.sleep(0.5)
        double = Ingest(lambda _: OK)
        await asyncio.start_server(double.serve, door.host, door.port)
        return double

    late = asyncio.create_task(open_late())
    progress = await play(outbox, door)
    assert len((await late).taken) == total
    assert progress.tried_again > 0


@pytest.mark.asyncio
async def test_a_refusal_stops_the_replay_with_a_sentence_and_keeps_the_rest(outbox: Outbox) -> None:
    total = outbox.left
    async with ingest(lambda asked: UNAUTHORIZED if asked > 20 else OK) as (_, door):
        with pytest.raises(DemoError, match=r"ingest refuses push .* HTTP 401"):
            await play(outbox, door)
    assert total - 20 - playing.LANES <= outbox.left <= total - 20


@pytest.mark.asyncio
async def test_an_ingest_that_takes_nothing_for_long_ends_the_replay(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playing, "GIVE_UP_SECONDS", 1.0)
    async with ingest(lambda _: AWAY) as (_, door):
        with pytest.raises(DemoError, match="took nothing"):
            await play(outbox, door)


@pytest.mark.asyncio
async def test_an_answer_in_pieces_is_put_together() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for piece in (OK[:9], OK[9:40], OK[40:-3], OK[-3:]):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.02)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    door = Door("127.0.0.1", server.sockets[0].getsockname()[1], "/")
    connection = await door.connect()
    assert (await connection.send(door.request(b"", {}))).status == 200
    connection.close()
    server.close()


@pytest.mark.asyncio
async def test_what_is_not_http_breaks_the_connection() -> None:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-x\r\n\r\n")
        await writer.drain()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    door = Door("127.0.0.1", server.sockets[0].getsockname()[1], "/")
    connection = await door.connect()
    with pytest.raises(Broken, match="not HTTP"):
        await connection.send(door.request(b"{}", {}))
    assert not connection.open
    server.close()


def test_a_status_a_length_and_a_wait_are_read_from_the_head() -> None:
    reply, length = read_head(b"HTTP/1.1 503 Service Unavailable\r\nRETRY-AFTER: 2\r\nContent-Length: 17")
    assert (reply.status, reply.retry_after_seconds, length) == (503, 2.0, 17)
    with pytest.raises(ValueError, match="chunks"):
        read_head(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked")
