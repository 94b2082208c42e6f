"""`make logs`: the end of every part's log, then what comes, each line with its part's name."""

import sys
import time
from pathlib import Path

from deploy.local.home import Home
from deploy.local.process import tail

LINES = 15
POLL_S = 0.5


def files(home: Home, part: str | None) -> list[Path]:
    return sorted((home.folder / "logs").glob(f"{part}*.log" if part else "*.log"))


def show(home: Home, part: str | None, *, follow: bool) -> None:
    """Print the last lines of each; with `follow`, go on until Ctrl-C."""
    ends: dict[Path, int] = {}
    for file in files(home, part):
        ends[file] = file.stat().st_size
        write(file, tail(file, LINES))
    while follow:
        time.sleep(POLL_S)
        for file in files(home, part):
            ends[file] = grown(file, ends.get(file, 0))


def grown(file: Path, seen: int) -> int:
    """Write what was added after `seen` bytes, all of a log that was turned over; returns the new end."""
    with file.open("rb") as log:
        log.seek(seen if file.stat().st_size >= seen else 0)
        added = log.read()
        write(file, added.decode("utf-8", "replace"))
        return log.tell()


def write(file: Path, text: str) -> None:
    for line in text.splitlines():
        sys.stdout.write(f"{file.stem:>16} │ {line}\n")
    sys.stdout.flush()
