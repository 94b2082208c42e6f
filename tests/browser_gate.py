"""Browser tests run where a Chromium is found; elsewhere the summary says NOT RUN, or REQUIRE_BROWSER=1 fails."""

import os
import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
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


def pytest_configure() -> None:
    """Where a browser is required, its absence ends the run before it begins."""
    if os.environ.get("REQUIRE_BROWSER") == "1" and not chromium():
        raise pytest.UsageError("REQUIRE_BROWSER=1 and no Chromium: the browser tests cannot run")


def without_browser(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Takes the browser tests out where they cannot run."""
    wanted = [item for item in items if item.get_closest_marker("browser")]
    if wanted and not chromium():
        config.hook.pytest_deselected(items=wanted)
        items[:] = [item for item in items if item not in wanted]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says so where it will be read: at the end."""
    if not chromium():
        terminalreporter.write_line("browser tests NOT RUN: no Chromium found", yellow=True, bold=True)
