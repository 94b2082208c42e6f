"""How the demonstration tells what it does: a progress bar for a person who looks, plain lines for a file."""

import sys
import time
from datetime import datetime
from typing import Final, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from deploy.demo import player
from deploy.demo.history.rhythm import VIET_NAM

LINE_SECONDS: Final = 5.0
FILE_WIDTH: Final = 140
"""Columns of a line in a log, where nobody has a window."""

console = Console(highlight=False, width=None if sys.stdout.isatty() else FILE_WIDTH)


def say(vi: str, en: str) -> None:
    console.print(f"  {vi} [dim]· {en}[/]")


class Sending:
    """The replay's progress: day of history, how many of how many, webhooks a second."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._bar = _bar() if console.is_terminal else None
        self._task = self._bar.add_task("", total=total, day="", rate="") if self._bar else TaskID(0)
        self._last_line = 0.0

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def show(self, progress: player.Progress) -> None:
        seconds = max(0.001, time.monotonic() - progress.started_at)
        at = datetime.fromtimestamp(progress.history_at / 1000, VIET_NAM)
        day = at.strftime("%d/%m/%Y") if progress.taken else "…"
        rate = f"{progress.taken / seconds:,.0f}/s"
        if self._bar:
            self._bar.update(self._task, completed=progress.taken, day=day, rate=rate)
        elif time.monotonic() - self._last_line >= LINE_SECONDS or progress.taken == self._total:
            self._last_line = time.monotonic()
            again = f", {progress.tried_again} tried again ({progress.trouble})" if progress.tried_again else ""
            console.print(f"  {day}  {progress.taken:,} / {self._total:,} webhooks, {rate}{again}")


def _bar() -> Progress:
    return Progress(
        TextColumn("  2020 → {task.fields[day]}"),
        BarColumn(40),
        MofNCompleteColumn(),
        TextColumn("webhooks · {task.fields[rate]}"),
        TimeRemainingColumn(),
        console=console,
        refresh_per_second=4,
    )
