"""PostgreSQL 18 from one jar: no system package, no root needed, and none of root's rights used."""

import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local import someone
from deploy.local.aside import run_aside
from deploy.local.errors import Refused
from deploy.local.ports import HOST
from deploy.local.process import Part
from deploy.local.someone import Someone

BOOTSTRAP = Path(__file__).parents[1] / "postgres" / "bootstrap.sql"
DATABASE = "binhyen"
SERVICES = ("ingest", "triage", "notify", "stats")
ROLES = tuple(f"{service}_{kind}" for service in SERVICES for kind in ("owner", "run"))
SETTINGS = """\
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
fsync = {fsync}
jit = off
shared_buffers = '128MB'
max_wal_size = '1GB'
max_connections = 200
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
"""
LOCALE = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")  # folds Đ/đ, sorts the same everywhere
HINTS = {
    "Address already in use": (
        "Cổng của PostgreSQL đã có chương trình khác dùng.",
        "PostgreSQL's port is taken by another program.",
    ),
    "No space left on device": ("PostgreSQL dừng vì đĩa đầy.", "PostgreSQL stopped: the disk is full."),
}


@dataclass(frozen=True)
class Postgres:
    """One server: its folder (the cluster lies in `data`), programs, port and superuser password."""

    folder: Path
    home: Path
    port: int
    password: str
    log: Path
    durable: bool = True

    @property
    def address(self) -> str:
        return f"{HOST}:{self.port}"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def url(self, role: str = "postgres", password: str | None = None, database: str = DATABASE) -> str:
        return f"postgresql://{role}:{password or self.password}@{HOST}:{self.port}/{database}?sslmode=disable"

    def prepare(self) -> None:
        """Make the cluster the first time; write this start's settings. Raises Refused when initdb fails."""
        self.folder.mkdir(parents=True, exist_ok=True)
        who = someone.choose(self.data)
        if who.user is not None:
            someone.open_way(self.folder)
        if not (self.data / "PG_VERSION").exists():
            self.initdb(who)
        settings = SETTINGS.format(port=self.port, fsync="on" if self.durable else "off")
        (self.data / "postgresql.auto.conf").write_text(settings, encoding="utf-8")
        who.give(self.data)

    def programs(self, who: Someone) -> Path:
        """Where the server's programs are; another user may not reach our cache and gets a copy beside the data."""
        if who.user is None:
            return self.home / "bin"
        copy = self.folder / self.home.name
        if not copy.exists():
            shutil.copytree(self.home, copy.with_suffix(".part"), symlinks=True, dirs_exist_ok=True)
            copy.with_suffix(".part").rename(copy)
        return copy / "bin"

    def initdb(self, who: Someone) -> None:
        """Into a fresh folder that is renamed at the end: a torn cluster is never taken for a whole one."""
        shutil.rmtree(self.data, ignore_errors=True)
        fresh, secret = self.folder / "fresh", self.folder / "fresh.pwfile"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        with os.fdopen(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            out.write(self.password)
        who.give(fresh)
        who.give(secret)
        tool = (str(self.programs(who) / "initdb"), "-D", str(fresh), "-U", "postgres", "-E", "UTF8", *LOCALE)
        command = (*who.prefix, *tool, "-A", "scram-sha-256", f"--pwfile={secret}")
        self.run(command, who)
        secret.unlink()
        fresh.rename(self.data)

    @staticmethod
    def run(command: tuple[str, ...], who: Someone) -> None:
        more: list[int] | None = [] if who.user is not None else None
        done = subprocess.run(
            command,
            env=environment(),
            cwd="/",
            user=who.user,
            group=who.group,
            extra_groups=more,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            words = done.stdout[-2000:] + done.stderr[-2000:]
            raise Refused("Không tạo được cơ sở dữ liệu PostgreSQL.", "initdb failed.", tail=words)

    def part(self, keep_open: tuple[int, ...] = ()) -> Part:
        who = someone.choose(self.data)
        return Part(
            name="postgres",
            command=(*who.prefix, str(self.programs(who) / "postgres"), "-D", str(self.data)),
            env=environment(),
            log=self.log,
            ready=lambda: answers(self.url(database="postgres")),
            stop_signal=signal.SIGINT,  # "fast": SIGTERM would wait for every client
            keep_open=keep_open,
            user=who.user,
            group=who.group,
            hint=HINTS,
        )


def environment() -> dict[str, str]:
    """Next to nothing: a caller's PGDATA or PGPORT must not reach the server."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C", "TZ": "UTC"}


def answers(url: str, timeout_s: float = 2.0) -> bool:
    """Whether `select 1` succeeds there."""
    import asyncpg  # noqa: PLC0415 - the commands that only look at files start faster without it

    async def ask() -> bool:
        connection = await asyncpg.connect(url, timeout=timeout_s)
        try:
            return bool(await connection.fetchval("select 1", timeout=timeout_s) == 1)
        finally:
            connection.terminate()

    try:
        return run_aside(ask())
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False


def new_passwords() -> dict[str, str]:
    """One for each service's role, without letters that a URL would escape."""
    return {role: secrets.token_hex(16) for role in ROLES}


async def bootstrap(server: Postgres, passwords: Mapping[str, str], database: str = DATABASE) -> None:
    """The database with its roles, schemas and rights; may be run again. `passwords` names all eight roles."""
    import asyncpg  # noqa: PLC0415

    postgres = await asyncpg.connect(server.url(database="postgres"))
    try:
        if not await postgres.fetchval("select true from pg_database where datname = $1", database):
            await postgres.execute(f'create database "{database}"')
    finally:
        await postgres.close()
    connection = await asyncpg.connect(server.url(database=database))
    try:
        for role in ROLES:
            await connection.execute("select set_config($1, $2, false)", f"bootstrap.{role}", passwords[role])
        await connection.execute(BOOTSTRAP.read_text(encoding="utf-8"))
    finally:
        await connection.close()
