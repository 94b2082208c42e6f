"""A TCP proxy that can be cut: what a network failure between two parts looks like.

`async with Proxy.to("127.0.0.1:9092") as proxy`: connect to `proxy.address`; `proxy.cut()` drops every connection and
refuses new ones, `proxy.mend()` lets them through again, `proxy.hold()` passes nothing on but keeps them open.

Kafka tells its clients its own address in its answers: `Proxy.to_kafka` has the proxy's told instead.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Self

CHUNK = 65_536

Rewrite = Callable[[bytes], bytes]


@dataclass
class Proxy:
    target: str
    rewrite: Rewrite | None = None
    port: int = 0
    _server: asyncio.Server | None = None
    _links: set["asyncio.Task[None]"] = field(default_factory=set)
    _flowing: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    @asynccontextmanager
    async def to(cls, target: str, *, rewrite: Rewrite | None = None) -> AsyncIterator[Self]:
        """A proxy to `host:port` on a free loopback port, open."""
        proxy = cls(target, rewrite)
        await proxy.mend()
        try:
            yield proxy
        finally:
            await proxy.cut()

    @classmethod
    @asynccontextmanager
    async def to_kafka(cls, bootstrap: str) -> AsyncIterator[Self]:
        """A proxy to a broker on loopback, through which its clients stay: a port of four bytes for another."""
        async with cls.to(bootstrap) as proxy:
            host, port = bootstrap.rsplit(":", 1)
            its_own, the_proxys = (host.encode() + int(p).to_bytes(4, "big") for p in (port, proxy.port))
            proxy.rewrite = lambda answer: answer.replace(its_own, the_proxys)
            yield proxy

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def mend(self) -> None:
        """Let everything through; listens on the same port as before."""
        self._flowing.set()
        if self._server is None:
            self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    def hold(self) -> None:
        """Keep connections and pass nothing on: a peer that does not answer."""
        self._flowing.clear()

    async def cut(self) -> None:
        """Drop every connection and refuse new ones."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        for link in list(self._links):
            link.cancel()
        await asyncio.gather(*self._links, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._links.add(task)
        try:
            host, port = self.target.rsplit(":", 1)
            far_reader, far_writer = await asyncio.open_connection(host, int(port))
            try:
                async with asyncio.TaskGroup() as both:
                    both.create_task(self._pump(reader, far_writer, None))
                    both.create_task(self._pump(far_reader, writer, self.rewrite))
            finally:
                far_writer.close()
        except* (OSError, asyncio.CancelledError, EOFError):
            pass
        finally:
            self._links.discard(task)
            writer.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, rewrite: Rewrite | None) -> None:
        """One direction, until its end; then the other side is told."""
        while data := await reader.read(CHUNK):
            await self._flowing.wait()
            writer.write(rewrite(data) if rewrite else data)
            await writer.drain()
        with contextlib.suppress(OSError):
            writer.write_eof()
