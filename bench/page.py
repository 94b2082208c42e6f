"""docs/benchmarks.md: each measurement writes its own part between two marks and leaves the others alone."""

import os
import platform
from pathlib import Path

import psutil

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"


def write_part(name: str, text: str, page: Path = PAGE) -> None:
    """Put `text` between `<!-- name -->` and `<!-- /name -->`. Raises ValueError for a page without these marks."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    head, found, tail = page.read_text(encoding="utf-8").partition(begin)
    rest = tail.partition(end)[2]
    if not found or end not in tail:
        raise ValueError(f"{page.name} has no part {name}")
    page.write_text(f"{head}{begin}\n{text}{end}{rest}", encoding="utf-8")


def machine() -> str:
    """The machine of the figures, in a few words."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    cpu = next((line.split(":")[1].strip() for line in lines if "model name" in line), platform.machine())
    memory = psutil.virtual_memory().total / 2**30
    return f"{os.cpu_count()} cores ({cpu}), {memory:.0f} GiB, Python {platform.python_version()}, {platform.system()}"


def row(*cells: str) -> str:
    """A line of a table."""
    return f"| {' | '.join(cells)} |"
