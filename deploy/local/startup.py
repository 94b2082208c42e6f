"""From an empty folder to a running platform, step by step. Read `bring_up` as a table of contents."""

import asyncio
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path

from deploy.local import fetch, locks, parts, postgres, say, secret_files
from deploy.local.errors import Refused
from deploy.local.home import Home
from deploy.local.kafka import Kafka
from deploy.local.parts import PREFERRED_PORTS, Platform
from deploy.local.ports import Ports
from deploy.local.postgres import Postgres
from deploy.local.process import FolderLock, Part
from deploy.local.supervisor import SERVICES, Stopped, Supervisor

DISK_NEEDED = 2_000_000_000
Step = Callable[[], None]


def check_python() -> None:
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        found = ".".join(map(str, sys.version_info[:2]))
        raise Refused(
            f"Cần Python 3.11, 3.12 hoặc 3.13; đây là {found}.", f"Python 3.11, 3.12 or 3.13 is needed, not {found}."
        )


def check_disk(home: Home) -> None:
    """Kafka and PostgreSQL stop hard on a full disk; say so before."""
    home.folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(home.folder).free
    if free < DISK_NEEDED:
        raise Refused(
            f"Đĩa chứa {home.folder} chỉ còn {free / 1e9:.1f} GB trống; cần ít nhất 2 GB.",
            f"Only {free / 1e9:.1f} GB free on the disk of {home.folder}; at least 2 GB is needed.",
        )


def choose_ports(home: Home) -> dict[str, int]:
    """Remembered ports, else free ones; `STATS_PORT=8080` demands one. Raises Refused when that is taken."""
    ports = Ports(home.folder / "ports.json")
    before = dict(ports.chosen)
    for name, preferred in PREFERRED_PORTS.items():
        demanded = os.environ.get(f"{name.upper()}_PORT")
        port = ports.choose(name, preferred, demanded=int(demanded) if demanded else None)
        if before.get(name, port) != port:
            say.note(
                f"Cổng {before[name]} đã có chương trình khác dùng: {name} chuyển sang {port}",
                f"port {before[name]} is taken: {name} moves to {port}",
            )
    ports.save()
    return dict(ports.chosen)


def fetch_servers() -> tuple[tuple[Path, ...], Path]:
    """Kafka's jars and PostgreSQL's folder, from the cache or the registry, with a bar."""
    wanted = locks.kafka_jars(locks.read())
    missing = fetch.missing(wanted, fetch.cache_folder() / "jars")
    if not missing:
        return fetch.kafka(), fetch.postgres()
    with say.bar("Kafka, PostgreSQL", len(missing) + 1) as advance:
        home = fetch.postgres(lambda _: advance())
        jars = fetch.kafka(lambda _: advance())
    say.done("Đã tải Kafka và PostgreSQL, đúng mã SHA-256", "Kafka and PostgreSQL fetched, hashes right")
    return jars, home


@contextmanager
def timed() -> Iterator[Callable[[], str]]:
    begun = time.monotonic()
    yield lambda: f"{time.monotonic() - begun:.1f} s"


def together(stop: Callable[[], None], steps: Iterable[Step]) -> None:
    """Run steps at once. The first failure calls `stop`, so that the others end soon, and is raised."""
    with ThreadPoolExecutor(8) as pool:
        futures: list[Future[None]] = [pool.submit(step) for step in steps]
        if any(future.exception() for future in wait(futures, return_when=FIRST_EXCEPTION).done):
            stop()
    failures = [error for error in (future.exception() for future in futures) if error is not None]
    if failures:
        raise min(failures, key=lambda error: isinstance(error, Stopped))  # the cause, not who was stopped by it


class Startup:
    """One start: what was found out on the way, and the steps that need it."""

    def __init__(self, supervisor: Supervisor, demo: Mapping[str, str]) -> None:
        """`demo`: the demonstration's settings (SEED, REPLAY_SCALE)."""
        self.supervisor = supervisor
        self.home = supervisor.home
        self.demo = demo

    def bring_up(self) -> Platform:
        """Everything up and ready. Raises Refused for what a person can mend, Stopped when asked to stop meanwhile."""
        check_python()
        check_disk(self.home)
        jars, programs = fetch_servers()
        self.prepare(jars, programs)
        with timed() as took:
            self.together(self.start_kafka, self.start_postgres)
            say.done(f"Kafka và PostgreSQL đã chạy ({took()})", "Kafka and PostgreSQL are up, schemas migrated")
        with timed() as took:
            self.together(*self.starting_services(), *self.provisioning())
            say.done(f"Bốn dịch vụ đã sẵn sàng ({took()})", "all four services are ready")
        with timed() as took:
            self.supervisor.run_to_end(parts.demo(self.platform, "provision"))
            say.done(f"Các trang đã nối với Zalo giả lập ({took()})", "pages connected to the simulated Zalo")
        self.supervisor.phase = "ready"
        self.supervisor.write_down()
        return self.platform

    def together(self, *steps: Step) -> None:
        together(self.supervisor.stop.set, steps)

    def prepare(self, jars: tuple[Path, ...], programs: Path) -> None:
        """Ports, passwords, secrets: what the parts are made of."""
        home, ports, self.passwords = self.home, choose_ports(self.home), secret_files.passwords(self.home)
        self.kafka = Kafka(home.folder / "kafka", jars, ports["kafka"], ports["controller"], home.log("kafka"))
        self.postgres = Postgres(
            home.folder / "postgres", programs, ports["postgres"], self.passwords["postgres"], home.log("postgres")
        )
        secrets = secret_files.ensure(home, secret_files.Province.read(parts.PROVINCE_FOLDER))
        (home.folder / "traces").mkdir(exist_ok=True)
        self.platform = Platform(home, ports, self.database_url, secrets, demo=self.demo)
        self.supervisor.addresses = self.platform.addresses
        self.locks = FolderLock(self.kafka.folder), FolderLock(self.postgres.folder)

    def database_url(self, role: str) -> str:
        return self.postgres.url(role, self.passwords[role])

    def start_kafka(self) -> None:
        self.kafka.prepare()
        self.supervisor.start_ready(self.kafka.part((self.locks[0].fd,)))
        self.supervisor.run_to_end(parts.topics(self.platform))

    def start_postgres(self) -> None:
        self.postgres.prepare()
        self.supervisor.start_ready(self.postgres.part((self.locks[1].fd,)))
        asyncio.run(postgres.bootstrap(self.postgres, self.passwords))
        self.together(*(self.ending(parts.migrate(self.platform, name)) for name in SERVICES))

    def ending(self, part: Part) -> Step:
        return lambda: self.supervisor.run_to_end(part)

    def starting(self, part: Part) -> Step:
        return lambda: self.supervisor.start_ready(part)

    def starting_services(self) -> list[Step]:
        services = (parts.service(self.platform, name) for name in SERVICES)
        return [self.starting(part) for part in (parts.zalo(self.platform), *services)]

    def provisioning(self) -> list[Step]:
        """The province's pages and officers. May be run again: it changes what differs."""
        return [self.ending(parts.provision(self.platform, name)) for name in ("ingest", "triage")]
