"""The environment from the hash-pinned locks: `python deploy/local/venv.py run|test|check-locks`.

Runs before anything is installed: standard library only. It makes `.venv`, installs the locked `uv` by pip, and with it
exactly what the lock names, each file checked by its SHA-256. A stamp makes the second time take no time.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
LOCKS = PROJECT / "deploy" / "locks"
VENV = PROJECT / ".venv"
STAMP = VENV / "binhyen.stamp"
NAMES = {"run": "requirements", "test": "requirements-test"}
SUPPORTED = ((3, 11), (3, 13))
MARK = "# made from "
TAIL_LINES = 12


class Wrong(Exception):  # noqa: N818 - what is wrong, in both languages
    """A sentence in Vietnamese and one in English, for the person at the keyboard."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.vi, self.en = vi, en


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def sources(kind: str) -> str:
    """What a lock was made from, as its first line tells: the hash of its `.in` files."""
    files = [LOCKS / "requirements.in"] + ([LOCKS / "requirements-test.in"] if kind == "test" else [])
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def check_lock(kind: str) -> None:
    """Raise Wrong when what is wanted has changed since the lock was made."""
    lock = LOCKS / f"{NAMES[kind]}.lock"
    with lock.open(encoding="utf-8") as file:
        first = file.readline().strip()
    if first != MARK + sources(kind):
        raise Wrong(
            f"{lock.name} đã cũ so với tệp .in của nó: hãy chạy `make relock`.",
            f"{lock.name} is stale: its .in file has changed since. Run `make relock`.",
        )


def up_to_date(kind: str) -> bool:
    """Whether `.venv` already holds what this kind needs; the test environment holds the other's too."""
    if not STAMP.exists() or not (VENV / "bin" / "python").exists():
        return False
    stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    wanted = [NAMES["run"]] + ([NAMES["test"]] if kind == "test" else [])
    return all(stamp.get(name) == digest(LOCKS / f"{name}.lock") for name in wanted)


def make(kind: str) -> None:
    """Create or extend `.venv`. Raises Wrong."""
    if not (VENV / "bin" / "pip").exists():
        create()
    say("Cài các gói đã khóa", "installing the locked packages")
    quiet = ("--quiet", "--disable-pip-version-check")
    step([str(VENV / "bin" / "pip"), "install", *quiet, "--require-hashes", "-r", str(LOCKS / "uv.requirements.lock")])
    kind = "test" if kind == "run" and holds_tests() else kind
    sync = [str(VENV / "bin" / "uv"), "pip", "sync", "--require-hashes", "--python", str(VENV / "bin" / "python")]
    step([*sync, str(LOCKS / f"{NAMES[kind]}.lock")])
    names = [NAMES["run"]] + ([NAMES["test"]] if kind == "test" else [])
    STAMP.write_text(json.dumps({name: digest(LOCKS / f"{name}.lock") for name in names}), encoding="utf-8")


def holds_tests() -> bool:
    """An environment that was made for tests stays one: `make run` does not take pytest away."""
    return (VENV / "bin" / "pytest").exists()


def create() -> None:
    if not SUPPORTED[0] <= sys.version_info[:2] <= SUPPORTED[1]:
        found = ".".join(map(str, sys.version_info[:2]))
        raise Wrong(f"Cần Python 3.11, 3.12 hoặc 3.13; đây là {found}.", f"Python 3.11 to 3.13 is needed, not {found}.")
    base = getattr(sys, "_base_executable", sys.executable)  # never the environment that is being replaced
    say(f"Tạo môi trường Python {sys.version_info[0]}.{sys.version_info[1]}", f"making {VENV.name}")
    done = subprocess.run([base, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Wrong(
            "Python này thiếu ensurepip: hãy cài gói python3-venv (apt install python3-venv).",
            f"This Python cannot make environments: install python3-venv. ({last_lines(done.stdout + done.stderr)})",
        )


def step(command: list[str]) -> None:
    """Run one installer's command, its words shown as they come. Raises Wrong, with what its words mean."""
    environment = dict(os.environ) | {"UV_SYSTEM_CERTS": "1", "UV_NO_PROGRESS": "1"} | cache_of_ours()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as kept:
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for line in process.stdout or ():
            kept.write(line)
            if not line.startswith((" + ", " - ", " ~ ")):
                print(f"  {line.rstrip()}", flush=True)
        code = process.wait()
        kept.seek(0)
        if code:
            raise meaning(kept.read())


def cache_of_ours() -> dict[str, str]:
    """Without a home to write to, uv keeps its cache beside the data."""
    home = os.environ.get("XDG_CACHE_HOME") or os.environ.get("HOME", "")
    writable = bool(home) and os.access(home, os.W_OK)
    return (
        {} if writable or "UV_CACHE_DIR" in os.environ else {"UV_CACHE_DIR": str(PROJECT / ".local" / "cache" / "uv")}
    )


def meaning(output: str) -> Wrong:
    """An installer's failure in our words; its own end beside it."""
    end = last_lines(output)
    folded = output.lower()
    if "hash mismatch" in folded or "do not match the hashes" in folded:
        found = re.search(r"[\w.-]+==[\w.]+", output)
        name = found.group() if found else "?"
        return Wrong(
            f"Gói {name} tải về không đúng mã SHA-256 trong khóa: đã từ chối.",
            f"The hash of {name} differs from the lock: refused.",
        )
    if "no space left" in folded:
        return Wrong("Đĩa đầy.", f"The disk is full.\n{end}")
    return Wrong(
        "Không cài được gói: kho gói không trả lời? Hãy kiểm tra mạng hoặc proxy.",
        f"Packages could not be installed: is the registry out of reach? Check network or proxy.\n{end}",
    )


def last_lines(text: str) -> str:
    return "\n".join(f"  │ {line}" for line in text.strip().splitlines()[-TAIL_LINES:])


def say(vi: str, en: str) -> None:
    print(f"✓ {vi} · {en}", flush=True)


def relock() -> None:
    """Resolve both locks again, keeping the pins that still fit, and mark what they were made from."""
    for kind, name in NAMES.items():
        lock = LOCKS / f"{name}.lock"
        python = ("--universal", "--python-version", "3.11", "--generate-hashes", "--no-annotate", "--no-header")
        with_run = ["-c", str(LOCKS / "requirements.lock")] if kind == "test" else []
        step(
            [
                str(VENV / "bin" / "uv"),
                "pip",
                "compile",
                *python,
                *with_run,
                str(LOCKS / f"{name}.in"),
                "-o",
                str(lock),
                "--quiet",
            ]
        )
        lock.write_text(f"{MARK}{sources(kind)}\n" + lock.read_text(encoding="utf-8"), encoding="utf-8")


def main(kind: str) -> int:
    try:
        if kind == "relock":
            relock()
            return 0
        check_lock(kind)
        if not up_to_date(kind):
            make(kind)
    except Wrong as wrong:
        print(f"✗ {wrong.vi}\n  {wrong.en}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
