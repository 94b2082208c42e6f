"""`make run` and `make stop`: one supervisor a home, in the foreground or detached."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from types import FrameType
from typing import BinaryIO

import psutil

from deploy.local import parts, say
from deploy.local.errors import Refused
from deploy.local.home import PROJECT, Home, read_json
from deploy.local.parts import Platform
from deploy.local.process import FolderLock, Identity, gone
from deploy.local.startup import Startup
from deploy.local.supervisor import Stopped, Supervisor, end_leftovers, supervisor_of

DETACH_WAIT_S = 900.0
STOP_WAIT_S = 90.0
POLL_S = 0.2


def already_running(home: Home) -> bool:
    """Say so, where a live supervisor has this home."""
    if supervisor_of(home) is None:
        return False
    addresses = read_json(home.platform) or {}
    say.done("Bình Yên đang chạy rồi", "already running; `make status` shows it, `make stop` ends it")
    if "stats" in addresses:
        say.console.print(f"  {addresses['stats']}/")
    return True


def run(home: Home, *, demo: Mapping[str, str], with_history: bool) -> int:
    """Bring everything up, keep it up until Ctrl-C or SIGTERM, end everything. Returns the exit code."""
    try:
        lock = FolderLock(home.folder)
    except Refused:
        already_running(home)
        return 0
    supervisor = Supervisor(home)
    listen_for_stop(supervisor)
    clear_leftovers(home)
    supervisor.write_down()
    try:
        platform = Startup(supervisor, demo).bring_up()
        invite(platform)
        if with_history:
            supervisor.follow(
                parts.demo(platform, step, terminal=sys.stdout.isatty()) for step in ("replay", "trickle")
            )
        supervisor.watch()
    except Stopped:
        pass
    except Refused as error:
        say.refused(error)
        return 1
    finally:
        if supervisor.stop_all():
            say.done(f"Đã dừng tất cả, dữ liệu còn trong {home.folder}", "all stopped; the data stays")
        lock.release()
    return 0


def clear_leftovers(home: Home) -> None:
    ended = end_leftovers(home)
    if ended:
        say.note(
            f"Lần chạy trước bị ngắt: đã dừng {ended} tiến trình còn sót",
            f"an earlier run was cut off: {ended} left processes ended",
        )


def listen_for_stop(supervisor: Supervisor) -> None:
    def asked(_number: int, _frame: FrameType | None) -> None:
        supervisor.stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, asked)


def invite(platform: Platform) -> None:
    """Where to look, and who may sign in."""
    say.console.print()
    say.console.print(
        f"  [bold]{platform.url('stats')}/[/]  Bình Yên · trang số liệu trực tiếp [dim]· the live page[/]"
    )
    say.console.print(
        f"  {platform.home.accounts}  tài khoản dùng thử và mật khẩu [dim]· demo accounts and passwords[/]"
    )
    say.console.print("  [dim]Ctrl-C / make stop · make status · make logs · make trace[/]\n")


def detach(home: Home) -> int:
    """Start a supervisor of its own session, show its lines until it is ready, leave it. Returns the exit code."""
    if already_running(home):
        return 0
    log = home.log("supervisor")
    log.parent.mkdir(parents=True, exist_ok=True)
    environment = dict(os.environ) | {"PYTHONUNBUFFERED": "1"}
    environment.pop("DETACH", None)
    with log.open("wb") as out:
        child = subprocess.Popen(
            (sys.executable, "-m", "deploy.local", "run"),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env=environment,
            cwd=PROJECT,
            start_new_session=True,
        )
    with log.open("rb") as lines:
        return show_until_ready(home, child, lines)


def show_until_ready(home: Home, child: "subprocess.Popen[bytes]", lines: BinaryIO) -> int:
    deadline = time.monotonic() + DETACH_WAIT_S
    while time.monotonic() < deadline:
        code = child.poll()
        phase = phase_of(home, child.pid)
        sys.stdout.write(lines.read().decode("utf-8", "replace"))
        sys.stdout.flush()
        if code is not None:
            return code
        if phase == "ready":
            return 0
        time.sleep(POLL_S)
    say.note("Vẫn đang khởi động; xem `make status`", "still starting; see `make status`")
    return 1


def phase_of(home: Home, supervisor_pid: int) -> str | None:
    """How far that supervisor is; None while the file is still an earlier one's."""
    state = read_json(home.state)
    return str(state["phase"]) if state and state["supervisor"]["pid"] == supervisor_pid else None


def stop(home: Home) -> int:
    """End the running platform, or what an interrupted one left. Returns the exit code."""
    deadline = time.monotonic() + STOP_WAIT_S
    while time.monotonic() < deadline:
        supervisor = supervisor_of(home)
        if supervisor is not None:
            return ask(supervisor)
        try:
            lock = FolderLock(home.folder)
        except Refused:  # one is just starting and has not written itself down yet
            time.sleep(POLL_S)
            continue
        return nothing_ran(home, lock)
    return 1


def ask(supervisor: Identity) -> int:
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(supervisor.pid).terminate()
    if gone(supervisor, STOP_WAIT_S):
        say.done("Đã dừng", "stopped")
        return 0
    say.note("Vẫn đang dừng; xem `make status`", "still stopping; see `make status`")
    return 1


def nothing_ran(home: Home, lock: FolderLock) -> int:
    ended = end_leftovers(home)
    lock.release()
    left = (f"; đã dừng {ended} tiến trình sót", f"; {ended} leftovers ended") if ended else ("", "")
    say.done(f"Không có gì đang chạy{left[0]}", f"nothing was running{left[1]}")
    return 0


def clean(home: Home) -> int:
    """Delete the installation, the cache of fetched files apart. Returns the exit code; refuses while it runs."""
    if supervisor_of(home) is not None:
        raise Refused("Bình Yên đang chạy: hãy `make stop` trước.", "The platform is running: `make stop` first.")
    end_leftovers(home)
    for entry in home.folder.glob("*"):
        if entry.name != "cache":
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    say.done(f"Đã xóa dữ liệu trong {home.folder}", "data deleted; fetched files and the environment stay")
    return 0
