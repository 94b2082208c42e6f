"""Browser tests run where a Chromium is found; elsewhere the summary says NOT RUN, or REQUIRE_BROWSER=1 fails."""

import os
import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
NOT_RUN = pytest.StashKey[int]()
ARGUMENTS = (
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--disable-dev-shm-usage",
)


def chromium() -> str | None:
    """Where the browser is: CHROMIUM, else the first of its usual names on PATH."""
    return os.environ.get("CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)


def arguments() -> list[str]:
    """Chromium's arguments; as root its sandbox cannot be had."""
    return [*ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = [item for item in items if item.get_closest_marker("browser")]
    if not wanted or chromium():
        return
    if os.environ.get("REQUIRE_BROWSER") == "1":
        raise pytest.UsageError(f"REQUIRE_BROWSER=1 and no Chromium: {len(wanted)} browser tests cannot run")
    config.stash[NOT_RUN] = len(wanted)
    config.hook.pytest_deselected(items=wanted)
    items[:] = [item for item in items if item not in wanted]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    count = config.stash.get(NOT_RUN, 0)
    if count:
        terminalreporter.write_line(f"browser tests NOT RUN: {count}, no Chromium found", yellow=True, bold=True)
