"""The commands as a person gives them: run, run again, status, stop, clean, and a supervisor that was killed."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from deploy.local import pair
from deploy.local.process import Identity
from tests.integration.local import stand_in

PARTS = {"kafka", "postgres", "ingest", "triage", "notify", "stats", "zalo"}


class Project:
    """A project of stand-ins and its commands."""

    def __init__(self, folder: Path) -> None:
        self.folder = stand_in.build(folder)
        named = (*PARTS, "controller")
        self.ports = {f"{n.upper()}_PORT": str(p) for n, p in zip(named, pair.random_ports(len(named)), strict=True)}

    def command(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run one, to its end."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return subprocess.run(  # noqa: S603 - our own module
            (sys.executable, "-m", "deploy.local", *words),
            cwd=self.folder,
            env=kept | {"COLUMNS": "200"} | self.ports | environment,
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
        )

    def read(self, name: str) -> Any:
        return json.loads((self.folder / ".local" / name).read_text())

    def identities(self) -> list[Identity]:
        state = self.read("supervisor.json")
        every = (state["supervisor"], *state["parts"].values())
        return [Identity(one["pid"], one["started"]) for one in every]


@pytest.fixture
def project() -> Iterator[Project]:
    with tempfile.TemporaryDirectory(prefix="binhyen-project-") as folder:
        made = Project(Path(folder))
        yield made
        made.command("stop")


def test_run_brings_all_up_writes_the_addresses_and_a_second_run_says_so(project: Project) -> None:
    done = project.command("run", DETACH="1")
    assert done.returncode == 0, done.stdout + done.stderr
    platform = project.read("platform.json")
    assert set(platform) == PARTS | {"pids"}
    assert set(platform["pids"]) >= PARTS
    before = project.identities()
    again = project.command("run")
    assert (again.returncode, "already running" in again.stdout) == (0, True)
    assert project.identities()[0] == before[0]


def test_status_tells_each_part_and_stop_leaves_no_process(project: Project) -> None:
    project.command("run", DETACH="1", DEMO="0")
    told = {row["part"]: row for row in json.loads(project.command("status", STATUS="json").stdout)["parts"]}
    assert set(told) == PARTS
    assert all(row["up"] and row["memory_mb"] > 0 and row["port"] for row in told.values())
    assert told["stats"]["lag"] == 0
    ours = project.identities()
    assert project.command("stop").returncode == 0
    assert [one for one in ours if one.find()] == []
    assert project.command("status").returncode == 1


def test_a_second_start_keeps_data_secrets_and_ports(project: Project) -> None:
    local = project.folder / ".local"

    def kept() -> dict[str, str]:
        files = [local / "ports.json", local / "kafka" / "cluster.id", *local.rglob("secrets/**/*.*")]
        return {str(file): file.read_text() for file in files}

    project.command("run", DETACH="1", DEMO="0")
    before = kept()
    project.command("stop")
    assert project.command("run", DETACH="1", DEMO="0").returncode == 0
    assert kept() == before


def test_only_migrations_know_the_schema_owners_password(project: Project) -> None:
    project.command("run", DETACH="1", DEMO="0")
    logs = {log.stem: log.read_text() for log in (project.folder / ".local" / "logs").glob("*-*.log")}
    assert "OWNER_DATABASE_URL" in logs["stats-migrate"]
    assert "OWNER" not in logs["triage-provision"]


def test_after_a_killed_supervisor_the_next_run_ends_what_was_left_and_starts_anew(project: Project) -> None:
    project.command("run", DETACH="1", DEMO="0")
    supervisor, *left = project.identities()
    os.kill(supervisor.pid, signal.SIGKILL)
    done = project.command("run", DETACH="1", DEMO="0")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "7 left processes ended" in done.stdout
    assert [one for one in left if one.find()] == []


def test_a_demanded_port_that_is_taken_is_said_and_nothing_stays_up(project: Project) -> None:
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", int(project.ports["STATS_PORT"])))
        stranger.listen()
        done = project.command("run", DETACH="1")
    assert (done.returncode, f"Port {project.ports['STATS_PORT']} (stats) is taken" in done.stdout) == (1, True)
    assert not (project.folder / ".local" / "platform.json").exists()


def test_a_service_that_will_not_start_is_told_with_the_end_of_its_log(project: Project) -> None:
    stand_in.write(project.folder / "services" / "notify" / "__main__.py", "raise SystemExit('no tokens here')")
    done = project.command("run", DETACH="1")
    assert done.returncode == 1
    assert "notify" in done.stdout
    assert "no tokens here" in done.stdout
    assert [one for one in psutil.process_iter(["cwd"]) if one.info["cwd"] == str(project.folder)] == []


def test_clean_is_refused_while_it_runs(project: Project) -> None:
    project.command("run", DETACH="1", DEMO="0")
    assert project.command("clean").returncode == 1
    project.command("stop")
    assert project.command("clean").returncode == 0
    assert list((project.folder / ".local").iterdir()) == []


def test_ctrl_c_ends_everything(project: Project) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    running = subprocess.Popen(
        (sys.executable, "-m", "deploy.local", "run"),
        cwd=project.folder,
        env=kept | project.ports,
        stdout=subprocess.DEVNULL,
    )
    state = project.folder / ".local" / "supervisor.json"
    deadline = time.monotonic() + 100
    while not (state.exists() and project.read("supervisor.json")["phase"] == "ready"):
        assert time.monotonic() < deadline, "it was not ready in time"
        time.sleep(0.1)
    ours = project.identities()
    running.send_signal(signal.SIGINT)
    assert running.wait(30) == 0
    assert [one for one in ours if one.find()] == []
