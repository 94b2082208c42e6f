"""POSTs as cheaply as Python can: HTTP/1.1 keep-alive over asyncio's Protocol, one request at a time a connection.

The replay shares two cores with all it drives, so its own cost is what it takes from them. Measured on this machine
against one bare server, 64 connections, uvloop, CPU of the client a request: this 9 µs, aiohttp 50 µs.
It knows only what our own door answers: a status, Content-Length, Retry-After. Anything else closes the connection.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast
from urllib.parse import urlsplit

HEAD_END: Final = b"\r\n\r\n"
ANSWER_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    retry_after_seconds: float | None


class Broken(ConnectionError):  # noqa: N818 - says what is so
    """The connection ended or said what is not HTTP before the answer was whole: it may or may not have been taken."""


class Connection(asyncio.Protocol):
    """One kept-alive connection. Not for two requests at once."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Reply] | None = None
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # what create_connection gives; uvloop's is no subclass

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        end = self._buffer.find(HEAD_END)
        if end < 0:
            return
        try:
            reply, length = read_head(self._buffer[:end])
        except ValueError as error:
            self._fail(Broken(str(error)))
            return
        if len(self._buffer) >= end + len(HEAD_END) + length:
            self._buffer = b""
            if self._answer and not self._answer.done():
                self._answer.set_result(reply)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._fail(Broken(str(exc or "closed by the server")))

    def _fail(self, error: Broken) -> None:
        self._buffer = b""
        if self._answer and not self._answer.done():
            self._answer.set_exception(error)
        self.close()

    @property
    def open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def close(self) -> None:
        if self._transport:
            self._transport.close()
            self._transport = None

    async def send(self, request: bytes) -> Reply:
        """Send one whole request, wait for its answer. Raises Broken, or TimeoutError after 30 s (and closes)."""
        if not self._transport:
            raise Broken("not connected")
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Reply] = loop.create_future()
        self._answer = answer
        watch = loop.call_later(ANSWER_SECONDS, _time_out, answer)
        self._transport.write(request)
        try:
            return await answer
        except TimeoutError:
            self.close()
            raise
        finally:
            watch.cancel()
            self._answer = None


def _time_out(answer: asyncio.Future[Reply]) -> None:
    if not answer.done():
        answer.set_exception(TimeoutError(f"no answer in {ANSWER_SECONDS:.0f} s"))


def read_head(head: bytes) -> tuple[Reply, int]:
    """The status line and headers → the reply and the body's length. Raises ValueError for what we do not speak."""
    lines = head.split(b"\r\n")
    if not lines[0].startswith(b"HTTP/1.1 "):
        raise ValueError(f"not HTTP/1.1: {lines[0][:40]!r}")
    status, length, retry_after = int(lines[0][9:12]), 0, None
    for line in lines[1:]:
        name, _, value = line.partition(b":")
        match name.lower():
            case b"content-length":
                length = int(value)
            case b"retry-after":
                retry_after = float(value)
            case b"transfer-encoding":
                raise ValueError("an answer in chunks")
            case _:
                pass
    return Reply(status, retry_after), length


@dataclass(frozen=True, slots=True)
class Door:
    """Where to post: host, port and path of one http URL."""

    host: str
    port: int
    path: str

    @classmethod
    def of(cls, url: str) -> "Door":
        parts = urlsplit(url)
        return cls(parts.hostname or "127.0.0.1", parts.port or 80, parts.path or "/")

    async def connect(self) -> Connection:
        """Raises OSError where nobody listens."""
        _, connection = await asyncio.get_running_loop().create_connection(Connection, self.host, self.port)
        return connection

    def request(self, body: bytes, headers: Mapping[str, str]) -> bytes:
        """One whole POST of a JSON body."""
        more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n{more}\r\n"
        )
        return head.encode() + body
