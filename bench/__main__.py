"""`make bench`: the whole path, from webhook to committed counter, against a bare handler that only produces.

Both in one run, turn about, on the same durable Kafka. BENCH_WRITE=1 writes docs/benchmarks.md.
"""

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import psutil
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.bare import TOPIC
from bench.load import post_all
from bench.page import machine, row, write_part
from bench.stage import PROJECT, PROVINCE, Process, bare, follow_pushes, service, write_secrets
from deploy.local.pair import Pair, running
from shared.broker import Cluster, ensure_topics
from tests.servers import Database, Databases, service_environment

PUSHES = int(os.environ.get("BENCH_PUSHES", "12000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
COUNTED_SECONDS = 120
FOLLOWERS = "select coalesce(sum(value), 0)::bigint from stats.day_counts where metric = 'followers'"


@dataclass(frozen=True)
class Run:
    """One round: pushes a second until the last answer and until the last count; CPU a push by process, µs."""

    answered: float
    counted: float
    cpu: dict[str, float]


async def measure(processes: Sequence[Process], url: str, round_number: int, counted: Database | None) -> Run:
    """Posts one round's pushes and, where there is a counter, waits until the last one is in it."""
    pushes = follow_pushes(PUSHES, round_number)
    before = await follows(counted) if counted else 0
    cpu = {p.name: p.cpu_seconds for p in processes}
    started = time.monotonic()
    answered = await post_all(url, pushes)
    if counted:
        await until_counted(counted, before + PUSHES)
    seconds = time.monotonic() - started
    spent = {p.name: (p.cpu_seconds - cpu[p.name]) / PUSHES * 1e6 for p in processes}
    return Run(PUSHES / answered, PUSHES / seconds, spent)


async def follows(database: Database) -> int:
    connection = await asyncpg.connect(database.admin_url)
    try:
        return int(await connection.fetchval(FOLLOWERS))
    finally:
        await connection.close()


async def until_counted(database: Database, wanted: int) -> None:
    """Raises TimeoutError when the counter does not arrive."""
    async with asyncio.timeout(COUNTED_SECONDS):
        while await follows(database) < wanted:  # noqa: ASYNC110 - it watches a table
            await asyncio.sleep(0.02)


def provision(database: Database, folder: Path) -> None:
    """The province's pages in ingest's register."""
    import subprocess  # noqa: PLC0415 - once a run
    import sys  # noqa: PLC0415

    env = service_environment("ingest", database, secrets_dir=str(folder / "secrets"))
    command = (sys.executable, "-m", "services.ingest", "provision", str(PROVINCE))
    subprocess.run(command, env=env, cwd=PROJECT, check=True, capture_output=True)  # noqa: S603


async def compare(pair: Pair, folder: Path) -> tuple[list[Run], list[Run]]:
    """Rounds of both, turn about."""
    await ensure_topics(Cluster(pair.kafka))
    await make_bare_topic(pair.kafka)
    databases = Databases(pair)
    # asyncio is running: the makers of databases run aside
    database = await asyncio.to_thread(databases.create, "ingest", "stats")
    await asyncio.to_thread(provision, database, folder)
    only, whole = [], []
    kafka, postgres = psutil.Process(pair.kafka_pid), psutil.Process(pair.postgres_pid)
    servers = [Process("kafka", "", kafka)]
    del postgres  # its work is done by children that come and go; the table shows what can be told
    with (
        bare(pair, folder) as handler,
        service("ingest", database, folder) as ingest,
        service("stats", database, folder) as stats,
    ):
        for number in track(range(ROUNDS + 1), description="rounds"):
            a = await measure([handler, *servers], handler.url, number, None)
            door = f"{ingest.url}/webhooks/zalo"
            b = await measure([ingest, stats, *servers], door, 500 + number, database)
            if number:  # the first warms up
                only.append(a)
                whole.append(b)
    return only, whole


async def make_bare_topic(bootstrap: str) -> None:
    from aiokafka.admin import AIOKafkaAdminClient, NewTopic  # noqa: PLC0415 - once a run

    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(TOPIC, 12, 1)])
    await admin.close()


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def report(only: Sequence[Run], whole: Sequence[Run]) -> tuple[Table, str]:
    """The table for the eye and the same for docs/benchmarks.md."""
    ratio_answered = median([b.answered / a.answered for a, b in zip(only, whole, strict=True)])
    ratio_counted = median([b.counted / a.answered for a, b in zip(only, whole, strict=True)])
    table = Table("what", "only produces", "whole path", "ratio", title="webhook → committed counter")
    rows = [
        ("pushes answered a second", only, [r.answered for r in whole], ratio_answered),
        ("pushes counted a second", only, [r.counted for r in whole], ratio_counted),
    ]
    lines = ["| what | only produces | whole path | ratio |", "|---|---|---|---|"]
    for what, a, b, ratio in rows:
        cells = (what, f"{median([r.answered for r in a]):,.0f}", f"{median(b):,.0f}", f"{ratio:.2f}")
        table.add_row(*cells)
        lines.append(row(*cells))
    for name in ("bare", "ingest", "stats", "kafka"):
        cells = (f"CPU of {name}, µs a push", _cpu(only, name), _cpu(whole, name), "")
        table.add_row(*cells)
        lines.append(row(*cells))
    return table, "\n".join(lines)


def _cpu(runs: Sequence[Run], name: str) -> str:
    found = [run.cpu[name] for run in runs if name in run.cpu]
    return f"{median(found):.0f}" if found else "–"


def main() -> None:
    console = Console()
    with tempfile.TemporaryDirectory(prefix="binhyen-bench-") as temporary:
        folder = Path(temporary)
        write_secrets(folder / "secrets")
        with running(folder, durable=True) as pair:
            only, whole = asyncio.run(compare(pair, folder))
    table, markdown = report(only, whole)
    console.print(table)
    console.print(f"{machine()}; {PUSHES:,} pushes a round, {ROUNDS} rounds, Kafka fsyncs every batch")
    if os.environ.get("BENCH_WRITE"):
        about = f"{machine()}; {PUSHES:,} pushes a round, medians of {ROUNDS} rounds."
        write_part("bench", f"{about}\n\n{markdown}\n")


if __name__ == "__main__":
    main()
