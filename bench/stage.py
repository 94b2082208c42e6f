"""Where a measurement happens: real servers on a temporary folder, real services as processes, signed pushes."""

import base64
import contextlib
import hashlib
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
from cryptography.hazmat.primitives import serialization as pem
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.local.pair import Pair, random_ports
from tests.servers import Database, service_environment

PROJECT = Path(__file__).parents[1]
PROVINCE = PROJECT / "deploy" / "provinces" / "66-dak-lak"
OA_SECRET = "bench-oa-secret"  # noqa: S105 - of a page that exists in this run only


@dataclass(frozen=True)
class Process:
    """A measured process and its CPU seconds so far."""

    name: str
    url: str
    handle: psutil.Process

    @property
    def cpu_seconds(self) -> float:
        times = self.handle.cpu_times()
        return float(times.user + times.system)


def pages() -> list[tuple[str, str]]:
    """(page, app) of every page of the province."""
    lines = (PROVINCE / "pages.csv").read_text(encoding="utf-8").splitlines()
    head = lines[0].split(",")
    rows = [dict(zip(head, line.split(","), strict=False)) for line in lines[1:]]
    return [(row["page"], row["app_id"]) for row in rows]


def write_secrets(folder: Path) -> None:
    """What ingest, triage and stats need, made for this run."""
    folder.mkdir(parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(pem.Encoding.PEM, pem.PrivateFormat.PKCS8, pem.NoEncryption())
    public = key.public_key().public_bytes(pem.Encoding.PEM, pem.PublicFormat.SubjectPublicKeyInfo)
    random_key = base64.b64encode(os.urandom(32)).decode()
    apps = {app: {"oa_secret_key": OA_SECRET} for _, app in pages()}
    (folder / "access.private.pem").write_bytes(private)
    (folder / "access.public.pem").write_bytes(public)
    (folder / "pseudonym.key").write_text(random_key)
    (folder / "sealing.json").write_text(json.dumps({"current": "k1", "keys": {"k1": random_key}}))
    (folder / "zalo_apps.json").write_text(json.dumps(apps))
    (folder / "webhook_senders.json").write_text("{}")


def follow_pushes(count: int, round_number: int) -> list[tuple[bytes, str]]:
    """(body, signature) of `count` follows by as many persons, spread over the pages."""
    known = pages()
    made = []
    for i in range(count):
        page, app = known[i % len(known)]
        stamp = str(1_598_918_400_000 + i * 100)
        body = json.dumps(
            {
                "oa_id": page,
                "follower": {"id": f"{round_number:03d}{i:016d}"},
                "user_id_by_app": f"9{round_number:03d}{i:015d}",
                "event_name": "follow",
                "source": "oa_profile",
                "app_id": app,
                "timestamp": stamp,
            }
        ).encode()
        mac = hashlib.sha256(app.encode() + body + stamp.encode() + OA_SECRET.encode()).hexdigest()
        made.append((body, f"mac={mac}"))
    return made


@contextlib.contextmanager
def process(name: str, command: Sequence[str], env: dict[str, str], url: str, log: Path) -> Iterator[Process]:
    """A child process, ready when its URL answers; ended by its pid."""
    with log.open("ab") as out:
        child = subprocess.Popen(command, env=env, cwd=PROJECT, stdout=out, stderr=out)  # noqa: S603
    try:
        wait_for(url, child, log)
        yield Process(name, url, psutil.Process(child.pid))
    finally:
        child.terminate()
        child.wait(30)


def wait_for(url: str, child: "subprocess.Popen[bytes]", log: Path, seconds: float = 60) -> None:
    """Until the URL answers 200. Raises SystemExit with the end of the log."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and child.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310
            if answer.status == 200:  # noqa: PLR2004
                return
        time.sleep(0.1)
    sys.exit(f"{url} did not become ready:\n" + "\n".join(log.read_text(errors="replace").splitlines()[-15:]))


@contextlib.contextmanager
def service(name: str, database: Database, folder: Path, **settings: str) -> Iterator[Process]:
    """One of the four, ready for its work."""
    (port,) = random_ports(1)
    env = service_environment(
        name, database, port=str(port), secrets_dir=str(folder / "secrets"), log_level="WARNING", **settings
    )
    command = (sys.executable, "-m", f"services.{name}")
    url = f"http://127.0.0.1:{port}"
    with process(name, command, env, f"{url}/health/ready", folder / f"{name}.log") as running:
        yield Process(name, url, running.handle)


@contextlib.contextmanager
def bare(pair: Pair, folder: Path) -> Iterator[Process]:
    """The handler that only produces, under the same server as ingest."""
    (port,) = random_ports(1)
    command = (sys.executable, "-m", "uvicorn", "bench.bare:app", "--port", str(port), "--no-access-log")
    env = {"PATH": os.environ["PATH"], "BENCH_KAFKA": pair.kafka}
    url = f"http://127.0.0.1:{port}"
    options = ("--loop", "uvloop", "--http", "httptools", "--log-level", "warning")
    with process("bare", (*command, *options), env, url, folder / "bare.log") as running:
        yield Process("bare", url, running.handle)
