"""`make bench-triage`: how fast triage understands on one core, and how its service drains a backlog.

The draining is held against a bare loop (bench/triage/bare.py), turn about in one run, on durable Kafka and PostgreSQL.
BENCH_WRITE=1 writes its part of docs/benchmarks.md.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench.page import machine, row, write_part
from bench.stage import PROJECT, write_secrets
from bench.triage.drain import Drained, drain, ground
from bench.triage.understanding import BATCH, ONE_THREAD, PASSES, Understood
from deploy.local.pair import Pair, running
from tests.servers import Databases

MESSAGES = int(os.environ.get("BENCH_MESSAGES", "12000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))


@dataclass
class Figures:
    """What each round gave."""

    understood: list[Understood] = field(default_factory=list)
    service: list[Drained] = field(default_factory=list)
    bare: list[Drained] = field(default_factory=list)

    @property
    def ratio(self) -> str:
        """Service to bare, round by round: the median, and how far apart the rounds are."""
        each = [s.rate / b.rate for s, b in zip(self.service, self.bare, strict=True)]
        return f"{median(each):.2f} ({min(each):.2f} to {max(each):.2f})"


async def rounds(pair: Pair, folder: Path, progress: Progress) -> Figures:
    """The first one warms up: it is not counted, but tells the bare loop how much there is to say."""
    figures, databases = Figures(), Databases(pair)
    for number in range(ROUNDS + 1):
        name = f"round {number} of {ROUNDS}" if number else "warming up"
        done = bar(progress, f"{name}: understanding")
        understood = await asyncio.to_thread(understand)
        done(MESSAGES)
        service = await once(pair, databases, folder, "services.triage", bar(progress, f"{name}: service"))
        more = {"BENCH_REPLIES": str(service.replied), "BENCH_OWN_TURNS": str(_of(service.own_turns, service.replied))}
        bare = await once(pair, databases, folder, "bench.triage.bare", bar(progress, f"{name}: bare loop"), **more)
        if number:
            figures.understood.append(understood)
            figures.service.append(service)
            figures.bare.append(bare)
    await asyncio.to_thread(databases.close)
    return figures


def understand() -> Understood:
    """In a process of its own, so that its arithmetic has one thread. Raises CalledProcessError."""
    command = (sys.executable, "-m", "bench.triage.understanding")
    env = dict(os.environ) | ONE_THREAD
    done = subprocess.run(command, env=env, cwd=PROJECT, check=True, stdout=subprocess.PIPE)  # noqa: S603
    return Understood(**json.loads(done.stdout))


async def once(
    pair: Pair, databases: Databases, folder: Path, module: str, told: Callable[[int], None], **more: str
) -> Drained:
    async with ground(pair, databases, folder, MESSAGES) as on:
        return await drain(on, module, told, **more)


def bar(progress: Progress, name: str) -> Callable[[int], None]:
    """A bar of its own for one drain, told how many messages are kept."""
    task = progress.add_task(name, total=MESSAGES)
    return lambda kept: progress.update(task, completed=kept)


def _of(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def report(figures: Figures, load: float) -> str:
    """The part of the page, in Markdown."""
    known = figures.understood
    where = f"{machine()}; load {load:.1f} when it began; medians of {ROUNDS} rounds."
    read = (
        f"Understanding: {known[0].messages // PASSES:,} messages, {PASSES} times, in batches of {BATCH}, "
        f"{known[0].letters:.0f} letters each, {known[0].with_conversation:.0%} within a conversation."
    )
    kept = f"Draining: {MESSAGES:,} messages of as many persons; to {figures.service[0].replied:.0%} something is said."
    return "\n\n".join((where, f"{read} {kept}", _understanding(known), _draining(figures))) + "\n"


def _understanding(known: Sequence[Understood]) -> str:
    lines = [
        row("understanding, one core", "messages a second", *SHARES),
        "|---|---|---|---|---|---|---|",
        row("CPU time", f"{median(each.rate for each in known):,.0f}", *(_share(known, name) for name in SHARES)),
    ]
    return "\n".join(lines)


SHARES = ("reading", "hearing", "judging", "placing", "telling")


def _share(known: Sequence[Understood], name: str) -> str:
    return f"{median(getattr(each, name) for each in known):.0%}"


def _draining(figures: Figures) -> str:
    """Rates, CPU by process, and what is written: it is near the same in both."""
    bare, service = figures.bare, figures.service
    lines = [
        row("draining", "bare loop", "service", "ratio"),
        "|---|---|---|---|",
        row("messages kept and published a second", *_both(bare, service, _rate, ",.0f"), figures.ratio),
        row("seconds from start to first commit", *_both(bare, service, lambda run: run.started, ".1f"), ""),
        row("CPU of the process, µs a message", *_both(bare, service, _own_cpu, ",.0f"), ""),
        row("CPU of PostgreSQL, µs a message", *_both(bare, service, lambda run: run.cpu["postgres"], ",.0f"), ""),
        row("CPU of Kafka, µs a message", *_both(bare, service, lambda run: run.cpu["kafka"], ",.0f"), ""),
        row("case events a message", *_both(bare, service, lambda run: run.events, ".2f"), ""),
        row("replies a message", *_both(bare, service, lambda run: run.replied, ".2f"), ""),
    ]
    return "\n".join(lines)


def _both(
    bare: Sequence[Drained], service: Sequence[Drained], what: Callable[[Drained], float], form: str
) -> tuple[str, str]:
    return format(median(map(what, bare)), form), format(median(map(what, service)), form)


def _rate(run: Drained) -> float:
    return run.rate


def _own_cpu(run: Drained) -> float:
    return next(seconds for name, seconds in run.cpu.items() if name not in {"kafka", "postgres"})


def main() -> None:
    console = Console()
    load = os.getloadavg()[0]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with tempfile.TemporaryDirectory(prefix="binhyen-bench-") as temporary:
        folder = Path(temporary)
        write_secrets(folder / "secrets")
        with running(folder, durable=True) as pair, Progress(*columns, console=console) as progress:
            figures = asyncio.run(rounds(pair, folder, progress))
    text = report(figures, load)
    console.print(text, markup=False, soft_wrap=True)
    if os.environ.get("BENCH_WRITE"):
        write_part("bench-triage", text)


if __name__ == "__main__":
    main()
