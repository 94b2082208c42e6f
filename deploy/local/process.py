"""Start, know again and end processes: each by pid and start time, in a session of its own."""

import contextlib
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from deploy.local.errors import Refused

LOG_KEPT_BYTES = 32 * 1024 * 1024
POLL_S = 0.05


@dataclass(frozen=True, kw_only=True)
class Part:
    """One process of the platform: how it starts, when it is ready, how it is asked to stop."""

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str]
    log: Path
    ready: Callable[[], bool]
    cwd: Path = Path("/")
    stop_signal: signal.Signals = signal.SIGTERM
    start_s: float = 120.0
    stop_s: float = 25.0
    keep_open: tuple[int, ...] = ()  # descriptors it inherits: the folder's lock lives as long as the process
    user: int | None = None
    group: int | None = None
    terminal: bool = False  # what it prints is for the person watching; only its errors go to the log
    ends: bool = False  # it ends by itself, and with 0 that is well
    new_log: bool = False  # its log begins anew each time: what a step said last time helps nobody
    port: int | None = None  # ready only once it listens there itself: a stranger that took the port may answer as well
    hint: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # words in its log → what they mean (vi, en)


@dataclass(frozen=True)
class Identity:
    """A process for certain: pids are used again, a pid with its start time is not."""

    pid: int
    started: float  # seconds since 1970, as the kernel tells

    @classmethod
    def of(cls, pid: int) -> "Identity":
        return cls(pid, psutil.Process(pid).create_time())

    def find(self) -> psutil.Process | None:
        """The process, if it still lives."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < 1.0
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None


class FolderLock:
    """One owner a data folder. The process that writes there inherits `fd`: the lock outlives a killed supervisor."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.fd = os.open(folder / "owner.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self.fd)
            raise Refused(
                f"Thư mục {folder} đang do một tiến trình khác dùng.",
                f"The folder {folder} is in use by another process.",
            ) from None

    def release(self) -> None:
        os.close(self.fd)


def spawn(part: Part) -> subprocess.Popen[bytes]:
    """Start the part in its own session, its output appended to its log."""
    part.log.parent.mkdir(parents=True, exist_ok=True)
    if part.log.exists() and part.log.stat().st_size > LOG_KEPT_BYTES:
        part.log.replace(part.log.with_suffix(".1.log"))
    with part.log.open("wb" if part.new_log else "ab") as log:
        return subprocess.Popen(
            part.command,
            env=dict(part.env),
            cwd=part.cwd,
            stdin=subprocess.DEVNULL,
            stdout=None if part.terminal else log,
            stderr=log,
            start_new_session=True,
            pass_fds=part.keep_open,
            user=part.user,
            group=part.group,
            extra_groups=[] if part.user is not None else None,
        )


def tail(log: Path, lines: int = 15) -> str:
    """The end of a log, at most `lines` lines."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 16_384))
        return "\n".join(file.read().decode("utf-8", "replace").splitlines()[-lines:])


def will_not_start(part: Part, code: int | None) -> Refused:
    """Why a part is not up: a known phrase of its log in our words, else its exit code; its log's end in any case."""
    end = tail(part.log)
    for phrase, (vi, en) in part.hint.items():
        if phrase in end:
            return Refused(vi, en, tail=end)
    if code is None:
        how_vi, how_en = "không kịp sẵn sàng", "was not ready in time"
    else:
        how_vi, how_en = f"thoát với mã {code}", f"exited with {code}"
    if part.ends:
        return Refused(
            f"Bước {part.name} không xong: {how_vi}.", f"The step {part.name} failed: it {how_en}.", tail=end
        )
    return Refused(
        f"{part.name} không đứng lên được: {how_vi}.", f"{part.name} will not stay up: it {how_en}.", tail=end
    )


def wait_ready(
    part: Part, process: subprocess.Popen[bytes], *, asked_to_stop: Callable[[], bool] = lambda: False
) -> None:
    """Return once the part is ready. Raises Refused when it exits before, or not within its time."""
    deadline = time.monotonic() + part.start_s
    while not asked_to_stop():
        code = process.poll()
        if code is not None:
            raise will_not_start(part, code)
        if part.ready() and (part.port is None or listens(process.pid, part.port)):
            return
        if time.monotonic() > deadline:
            raise will_not_start(part, None)
        time.sleep(POLL_S)


def listens(pid: int, port: int) -> bool:
    """Whether that very process has the port."""
    try:
        return any(
            link.laddr.port == port for link in psutil.Process(pid).net_connections("tcp") if link.status == "LISTEN"
        )
    except psutil.NoSuchProcess:
        return False


def stop(part: Part, process: subprocess.Popen[bytes]) -> None:
    """Ask the part to stop, wait, and end its whole session if it will not."""
    ask_to_stop(part, process)
    finish(part, process)


def ask_to_stop(part: Part, process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(part.stop_signal)


def finish(part: Part, process: subprocess.Popen[bytes]) -> None:
    """Wait for a part that was asked to stop; kill what is left of its session."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(part.stop_s)
    end_group(process.pid)
    process.wait()


def end_group(pid: int) -> None:
    """Kill what is left of a process's own session."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def end(identity: Identity, stop_signal: signal.Signals = signal.SIGTERM, timeout_s: float = 25.0) -> bool:
    """End a process we started in an earlier run, if it is still that one. Returns whether it was there."""
    process = identity.find()
    if process is None:
        return False
    process.send_signal(stop_signal)
    if not gone(identity, timeout_s):
        end_group(identity.pid)
    return True


def gone(identity: Identity, timeout_s: float) -> bool:
    """Wait for a process that is no child of ours; one that nobody reaped is gone too."""
    deadline = time.monotonic() + timeout_s
    while identity.find() is not None:
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True
