"""Processes: known by pid and start time, ended whole, and only ours."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local import process
from deploy.local.errors import Refused
from deploy.local.process import FolderLock, Identity, Part

SLEEP = "import time; time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
PARENT = f"""
import subprocess, sys, time
print(subprocess.Popen([sys.executable, '-c', {SLEEP!r}]).pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def part(tmp_path: Path) -> Callable[..., Part]:
    def make(code: str, **more: object) -> Part:
        settings = {"ready": lambda: False, "stop_s": 2.0, "start_s": 5.0} | more
        return Part(name="part", command=(sys.executable, "-c", code), env={}, log=tmp_path / "part.log", **settings)  # type: ignore[arg-type]

    return make


def wait_for(log: Path) -> str:
    for _ in range(200):
        text = log.read_text()
        if text.endswith("\n"):
            return text
        signal.sigtimedwait([], 0.02)
    raise AssertionError("nothing was written")


def test_a_pid_with_another_start_time_is_not_ours(part: Callable[..., Part]) -> None:
    running = process.spawn(part(SLEEP))
    ours = Identity.of(running.pid)
    assert ours.find() is not None
    assert Identity(ours.pid, ours.started - 100).find() is None
    assert not process.end(Identity(ours.pid, ours.started - 100))
    assert running.poll() is None
    process.stop(part(SLEEP), running)


def test_a_part_that_ignores_the_signal_is_ended_all_the_same(part: Callable[..., Part], tmp_path: Path) -> None:
    stubborn = part(STUBBORN, stop_s=0.3)
    running = process.spawn(stubborn)
    wait_for(tmp_path / "part.log")
    process.stop(stubborn, running)
    assert running.returncode == -signal.SIGKILL


def test_stopping_a_part_ends_its_children(part: Callable[..., Part], tmp_path: Path) -> None:
    parent = part(PARENT)
    running = process.spawn(parent)
    child = Identity.of(int(wait_for(tmp_path / "part.log")))
    process.stop(parent, running)
    assert process.gone(child, 2.0)


def test_a_part_that_exits_before_it_is_ready_shows_the_end_of_its_log(part: Callable[..., Part]) -> None:
    dying = part("print('no such host'); raise SystemExit(3)")
    with pytest.raises(Refused, match="exited with 3") as refusal:
        process.wait_ready(dying, process.spawn(dying))
    assert "no such host" in refusal.value.tail


def test_a_known_phrase_of_the_log_becomes_a_sentence(part: Callable[..., Part]) -> None:
    dying = part(
        "raise SystemExit('Address already in use')", hint={"Address already in use": ("cổng", "the port is taken")}
    )
    with pytest.raises(Refused, match="the port is taken"):
        process.wait_ready(dying, process.spawn(dying))


def test_a_part_that_is_never_ready_is_refused_in_time(part: Callable[..., Part]) -> None:
    slow = part(SLEEP, start_s=0.2)
    running = process.spawn(slow)
    with pytest.raises(Refused, match="not ready in time"):
        process.wait_ready(slow, running)
    process.stop(slow, running)


def test_a_stranger_that_answers_on_the_parts_port_does_not_make_it_ready(part: Callable[..., Part]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        robbed = part(SLEEP, ready=lambda: True, start_s=0.3, port=port)
        running = process.spawn(robbed)
        with pytest.raises(Refused, match="not ready in time"):
            process.wait_ready(robbed, running)
        process.stop(robbed, running)
    listening = f"import socket, time; s = socket.create_server(('127.0.0.1', {port})); time.sleep(60)"
    owner = part(listening, ready=lambda: True, port=port)
    running = process.spawn(owner)
    process.wait_ready(owner, running)
    process.stop(owner, running)


def test_a_folder_has_one_owner(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path)
    with pytest.raises(Refused, match="in use"):
        FolderLock(tmp_path)
    lock.release()
    FolderLock(tmp_path).release()


def test_the_lock_lives_as_long_as_the_process_that_inherited_it(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path)
    heir = subprocess.Popen([sys.executable, "-c", SLEEP], pass_fds=(lock.fd,))  # noqa: S603 - our own Python
    lock.release()
    with pytest.raises(Refused):
        FolderLock(tmp_path)
    os.kill(heir.pid, signal.SIGKILL)
    heir.wait()
    FolderLock(tmp_path).release()
