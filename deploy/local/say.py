"""One clear line a step, Vietnamese first, English beside; bars where something takes long."""

import contextlib
import sys
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.markup import escape

from deploy.local.errors import Refused

console = Console(highlight=False, soft_wrap=True)


def done(vi: str, en: str) -> None:
    console.print(f"[green]✓[/] {escape(vi)} [dim]· {escape(en)}[/]")


def note(vi: str, en: str) -> None:
    console.print(f"[yellow]![/] {escape(vi)} [dim]· {escape(en)}[/]")


def refused(error: Refused) -> None:
    """What is wrong, whole sentences on their own lines, and the end of the log that tells more."""
    console.print(f"[red]✗[/] {escape(error.vi)}\n  [dim]{escape(error.en)}[/]")
    for line in error.tail.splitlines():
        console.print(f"  [dim]│ {escape(line)}[/]")
    sys.stdout.flush()


@contextlib.contextmanager
def bar(title: str, total: int) -> Iterator[Callable[[], None]]:
    """A progress bar of `total` steps; call what it gives once a step."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(title, total=total)
        yield lambda: progress.advance(task)
