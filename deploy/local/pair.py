"""Both servers together on one folder, for tests and for whoever wants only them."""

import contextlib
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from deploy.local import fetch, ports, postgres, process
from deploy.local.aside import run_aside
from deploy.local.kafka import Kafka
from deploy.local.postgres import Postgres

TEMPLATE = "binhyen_template"
START_PORT = 20000
SESSION_MS = 18_000  # Kafka's own: nobody kills this one, and tests may starve it


@dataclass(frozen=True)
class Pair:
    """The addresses of two running servers, and the way in. A file of it (0600) shares them between test runs."""

    kafka: str  # host:port
    postgres: str  # host:port
    password: str  # the superuser's
    roles: dict[str, str]  # role → password
    kafka_pid: int
    postgres_pid: int

    def write(self, file: Path) -> None:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            json.dump(asdict(self), out)

    @classmethod
    def read(cls, file: Path) -> "Pair":
        return cls(**json.loads(file.read_text(encoding="utf-8")))


def random_ports(count: int) -> list[int]:
    """Free ports from a random place on: two test runs that start together seldom ask for the same."""
    found: list[int] = []
    while len(found) < count:
        found.append(ports.first_free(START_PORT + secrets.randbelow(ports.LAST - START_PORT), found))
    return found


@contextlib.contextmanager
def running(folder: Path, *, durable: bool = False) -> Iterator[Pair]:
    """Start both on `folder`, bootstrap the template database, and end both on leaving. Raises Refused."""
    port, controller, database = random_ports(3)
    kafka = Kafka(folder / "kafka", fetch.kafka(), port, controller, folder / "kafka.log", durable, SESSION_MS)
    server = Postgres(
        folder / "postgres", fetch.postgres(), database, secrets.token_hex(16), folder / "postgres.log", durable
    )
    kafka.prepare()
    server.prepare()
    with started(kafka.part()) as kafka_pid, started(server.part()) as postgres_pid:
        roles = postgres.new_passwords()
        run_aside(postgres.bootstrap(server, roles, TEMPLATE))
        yield Pair(kafka.address, server.address, server.password, roles, kafka_pid, postgres_pid)


@contextlib.contextmanager
def started(part: process.Part) -> Iterator[int]:
    running_process = process.spawn(part)
    try:
        process.wait_ready(part, running_process)
        yield running_process.pid
    finally:
        process.stop(part, running_process)
