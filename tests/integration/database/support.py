"""What the tests of the kernel's tables share: a migrated schema, the service's own pool, a cuttable wire."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from shared.database import Database, Tx, migrate
from tests.servers import Database as OwnDatabase

KERNEL = Path(__file__).parents[3] / "shared" / "database" / "kernel.sql"
SERVICE = "triage"

END_BACKENDS = f"""
select count(pg_terminate_backend(pid)) from pg_stat_activity
where datname = current_database() and usename = '{SERVICE}_run' and """  # noqa: S608 - constants


def kernel_only(folder: Path) -> Path:
    """A migrations folder that holds the kernel's file and nothing of a service's own."""
    shutil.copy(KERNEL, folder / "0001_pre_kernel.sql")
    return folder


async def open_migrated(database: OwnDatabase, folder: Path) -> Database:
    """The kernel's tables in the service's schema, and the run role's pool on them."""
    await migrate(SERVICE, database.owner_url(SERVICE), kernel_only(folder))
    return await Database.open(database.run_url(SERVICE), schema=SERVICE, application_name="tests")


@asynccontextmanager
async def as_superuser(database: OwnDatabase) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(database.admin_url)
    try:
        yield connection
    finally:
        await connection.close()


async def end_backends(database: OwnDatabase, condition: str = "true") -> int:
    """End the run role's backends that meet `condition` over pg_stat_activity, as an administrator would."""
    async with as_superuser(database) as admin:
        ended: int = await admin.fetchval(END_BACKENDS + condition)
    return ended


async def until(holds: Callable[[], bool] | Callable[[], Awaitable[bool]], *, seconds: float = 10.0) -> None:
    """Wait until `holds`; fails after `seconds`."""
    async with asyncio.timeout(seconds):
        while True:
            answer = holds()
            if answer if isinstance(answer, bool) else await answer:
                return
            await asyncio.sleep(0.02)


class Wire:
    """A TCP proxy in front of PostgreSQL that can be cut and joined again: a server that dies and comes back."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def join(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in self._writers:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(*self._target)
        self._writers |= {writer, far_writer}
        await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        self._writers -= {writer, far_writer}


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(65_536):
            writer.write(chunk)
            await writer.drain()
    writer.transport.abort()


@asynccontextmanager
async def wired(url: str) -> AsyncGenerator[tuple[Wire, str]]:
    """A wire to the server of `url`, joined, and the url that goes over it."""
    parts = urlsplit(url)
    wire = Wire(parts.hostname or "", parts.port or 0)
    await wire.join()
    try:
        yield wire, url.replace(f"{parts.hostname}:{parts.port}", f"127.0.0.1:{wire.port}")
    finally:
        await wire.cut()


class Undo(Exception):  # noqa: N818 - raised to roll back
    """What a test raises to undo a transaction."""


@asynccontextmanager
async def undone(store: Database) -> AsyncGenerator[Tx]:
    """A transaction that does its work and then is rolled back by a raise."""
    with contextlib.suppress(Undo):
        async with store.transaction(province="66") as tx:
            yield tx
            raise Undo
