"""Real Kafka and PostgreSQL for the tests: once a session, or shared by BINHYEN_TEST_SERVERS; a database a test."""

import contextlib
import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.local.aside import run_aside
from deploy.local.pair import TEMPLATE, Pair, running

PROJECT = Path(__file__).parents[1]


@contextlib.contextmanager
def shared_or_started() -> Iterator[Pair]:
    """The servers a file names (BINHYEN_TEST_SERVERS), else a pair of this session's own on a temporary folder."""
    file = os.environ.get("BINHYEN_TEST_SERVERS")
    if file:
        yield Pair.read(Path(file))
        return
    with tempfile.TemporaryDirectory(prefix="binhyen-tests-") as folder, running(Path(folder)) as pair:
        yield pair


@dataclass(frozen=True)
class Database:
    """One test's own database: all schemas and roles are there, migrated for the services it was asked for."""

    name: str
    pair: Pair

    def url(self, role: str) -> str:
        password = self.pair.password if role == "postgres" else self.pair.roles[role]
        return f"postgresql://{role}:{password}@{self.pair.postgres}/{self.name}?sslmode=disable"

    def owner_url(self, service: str) -> str:
        """For migrations: the owner of the service's schema."""
        return self.url(f"{service}_owner")

    def run_url(self, service: str) -> str:
        """For the running service: rows of its own schema and nothing else."""
        return self.url(f"{service}_run")

    @property
    def admin_url(self) -> str:
        """The superuser, to look from outside; no service ever has it."""
        return self.url("postgres")


def service_environment(service: str, database: Database, **settings: str) -> dict[str, str]:
    """A service process's environment: where its servers are, plus `settings` by their names without the prefix."""
    values = {
        "kafka": database.pair.kafka,
        "database_url": database.run_url(service),
        "owner_database_url": database.owner_url(service),
        "port": "1",  # commands that do not serve need none
        "secrets_dir": tempfile.gettempdir(),
        **settings,
    }
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {f"BINHYEN_{name.upper()}": value for name, value in values.items()}


@dataclass
class Databases:
    """Makes and drops databases. A migrated one is cloned from a template that was migrated once a session."""

    pair: Pair
    session: str = field(default_factory=lambda: uuid.uuid4().hex[:8])
    templates: dict[tuple[str, ...], str] = field(default_factory=dict)

    def create(self, *services: str) -> Database:
        """A fresh database, migrated for `services` (none: only roles, schemas and extensions)."""
        template = self.template(tuple(sorted(services)))
        return self.clone(template, f"test_{self.session}_{uuid.uuid4().hex[:8]}")

    def template(self, services: tuple[str, ...]) -> str:
        if not services:
            return TEMPLATE
        if services not in self.templates:
            database = self.clone(TEMPLATE, f"template_{self.session}_{'_'.join(services)}")
            for service in services:
                self.migrate(service, database)
            self.templates[services] = database.name
        return self.templates[services]

    def migrate(self, service: str, database: Database) -> None:
        """Run the service's own `migrate` command. Raises AssertionError with what it printed."""
        command = (sys.executable, "-m", f"services.{service}", "migrate")
        done = subprocess.run(  # noqa: S603 - our own module
            command,
            env=service_environment(service, database),
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{service} migrate: {done.stdout}{done.stderr}"

    def clone(self, template: str, name: str) -> Database:
        self.admin(f'create database "{name}" template "{template}"')
        return Database(name, self.pair)

    def drop(self, database: Database) -> None:
        self.admin(f'drop database if exists "{database.name}" with (force)')

    def close(self) -> None:
        for name in self.templates.values():
            self.drop(Database(name, self.pair))

    def admin(self, statement: str) -> None:
        run_aside(self.execute(statement))

    async def execute(self, statement: str) -> None:
        connection = await asyncpg.connect(Database("postgres", self.pair).admin_url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@contextlib.asynccontextmanager
async def admin_client(bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


@dataclass
class Topics:
    """One test's own topics: every name begins with a prefix no other test has; deleted when the test ends."""

    bootstrap: str
    prefix: str = field(default_factory=lambda: f"t{uuid.uuid4().hex[:10]}.")
    made: list[str] = field(default_factory=list)

    def name(self, topic: str) -> str:
        return f"{self.prefix}{topic}"

    async def create(self, topic: str, partitions: int = 12, **configs: str) -> str:
        """Make the topic (`cleanup_policy="compact"` and the like as keywords) and return its full name."""
        full = self.name(topic)
        settings = {name.replace("_", "."): value for name, value in configs.items()}
        async with admin_client(self.bootstrap) as admin:
            await admin.create_topics([NewTopic(full, partitions, 1, topic_configs=settings)])
        self.made.append(full)
        return full

    async def delete(self) -> None:
        if self.made:
            async with admin_client(self.bootstrap) as admin:
                await admin.delete_topics(self.made)
