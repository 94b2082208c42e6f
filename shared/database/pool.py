"""Connections to a service's own schema: a pool that outlives the server, and the transaction with its scope."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Self, TypeAlias

import asyncpg
import msgspec
from asyncpg.pool import PoolConnectionProxy

from shared.database.errors import StoreUnavailable, as_unavailable

Tx: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"
"""A connection inside `Database.transaction`: execute, fetch…, copy_records_to_table of asyncpg.

jsonb is Python values both ways. In a jsonb[] argument an element may be a dict, not a list: asyncpg would take it for
another dimension of the array.
"""

CONNECT_SECONDS = 5.0
ACQUIRE_SECONDS = 10.0
COMMAND_SECONDS = 60.0
"""Longer than the server's own statement_timeout, so that the server gives up first and says why."""

SERVER_SETTINGS = {
    "timezone": "UTC",
    "statement_timeout": "30s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "60s",
}

EXTENSIONS = "extensions"
"""The schema that holds unaccent, pg_trgm and the like, which every service may use."""

SCOPE = "select set_config('binhyen.province', $1, true)"
"""Row-level security reads the scope of a transaction from here; the setting ends with the transaction."""

_JSONB_VERSION = b"\x01"


class Database:
    """A service's schema in PostgreSQL.

    Every method raises StoreUnavailable for what the world did (server away, restarting, overloaded, transactions that
    collided) and asyncpg's own error for what we did wrong. A connection that died is replaced at the next use.
    """

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", url: str, schema: str, application_name: str) -> None:
        self._pool = pool
        self._url = url
        self._application_name = application_name
        self.schema = schema

    @classmethod
    async def open(cls, url: str, *, schema: str, application_name: str, max_size: int = 10) -> Self:
        """Make the pool without connecting: a service starts while its database is away, and is not ready until then.

        url: postgresql://<schema>_run:password@host:port/database. Raises ValueError for a url that cannot be read.
        """
        pool = asyncpg.create_pool(
            url,
            min_size=0,
            max_size=max_size,
            timeout=CONNECT_SECONDS,
            command_timeout=COMMAND_SECONDS,
            server_settings=_settings(schema, application_name),
            init=_teach_json,
        )
        await pool
        return cls(pool, url, schema, application_name)

    async def close(self, *, seconds: float = 10.0) -> None:
        """Let running transactions end within `seconds`, then cut them."""
        try:
            await asyncio.wait_for(self._pool.close(), seconds)
        except TimeoutError:
            self._pool.terminate()

    @asynccontextmanager
    async def transaction(self, *, province: str, readonly: bool = False) -> AsyncGenerator[Tx]:
        """One transaction (read committed) in the scope of `province`: returning commits, raising rolls back.

        Only PostgreSQL belongs inside: a network failure of another kind would be taken for the database's.
        """
        with as_unavailable():
            async with self._connection() as connection, connection.transaction(readonly=readonly):
                await connection.execute(SCOPE, province)
                yield connection

    async def fetch(self, sql: str, *args: object) -> list[asyncpg.Record]:
        """Rows of one read outside any province's scope; a read under row-level security needs `transaction`."""
        with as_unavailable():
            async with self._connection() as connection:
                return await connection.fetch(sql, *args)

    async def fetchrow(self, sql: str, *args: object) -> asyncpg.Record | None:
        """The first row, or None."""
        with as_unavailable():
            async with self._connection() as connection:
                return await connection.fetchrow(sql, *args)

    async def fetchval(self, sql: str, *args: object) -> Any:
        """The first column of the first row, or None."""
        with as_unavailable():
            async with self._connection() as connection:
                return await connection.fetchval(sql, *args)

    async def ping(self, *, seconds: float = 2.0) -> None:
        """Ask the server for an answer. Raises StoreUnavailable when none comes within `seconds`."""
        with as_unavailable():
            async with asyncio.timeout(seconds), self._connection() as connection:
                await connection.fetchval("select 1")

    async def wait_until_up(self, *, seconds: float) -> None:
        """Ping until the server answers. Raises StoreUnavailable after `seconds`."""
        give_up_at = asyncio.get_running_loop().time() + seconds
        while True:
            try:
                return await self.ping()
            except StoreUnavailable:
                if asyncio.get_running_loop().time() >= give_up_at:
                    raise
                await asyncio.sleep(0.2)

    async def connect(self) -> "asyncpg.Connection[asyncpg.Record]":
        """A connection of one's own, outside the pool, for session locks and LISTEN. The caller closes it."""
        with _dialling(), as_unavailable():
            connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(
                self._url,
                timeout=CONNECT_SECONDS,
                command_timeout=COMMAND_SECONDS,
                server_settings=_settings(self.schema, self._application_name),
            )
            await _teach_json(connection)
            return connection

    @asynccontextmanager
    async def _connection(self) -> AsyncGenerator["PoolConnectionProxy[asyncpg.Record]"]:
        with _dialling():
            connection = await self._pool.acquire(timeout=ACQUIRE_SECONDS)
        try:
            yield connection
        except asyncpg.InternalClientError:
            connection.terminate()  # its protocol is out of step: never lend it again
            raise
        finally:
            await self._pool.release(connection)


class _dialling:  # noqa: N801 - reads as a statement
    """While connecting, every OSError (no route, no such host) is the world's; within a transaction only some are."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if isinstance(error, OSError):
            raise StoreUnavailable(type(error).__name__) from error


def _settings(schema: str, application_name: str) -> dict[str, str]:
    return SERVER_SETTINGS | {"search_path": f"{schema}, {EXTENSIONS}", "application_name": application_name}


async def _teach_json(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Let jsonb come and go as Python values, in binary, so that COPY takes it too."""
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: _JSONB_VERSION + msgspec.json.encode(value),
        decoder=lambda raw: msgspec.json.decode(raw[1:]),
        format="binary",
    )
