"""Processes of our own, the simulated Zalo among them, and the secret files they read."""

import asyncio
import base64
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.access import TokenSigner
from shared.identity import Sealer
from tests.make import PROVINCE
from tests.servers import PROJECT

APP, APP_SECRET = "3570977494304483078", "app-secret"
SINCE = "2020-03-01T00:00:00+07:00"
QUICK = {
    "answer_ms": "0,1",
    "delivery_seconds": "0,0",
    "seen_seconds": "0,0",
    "hold_seconds": "30",
}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def until(
    holds: Callable[[], Awaitable[Any]], *, seconds: float = 20.0, what: str = "it", every: float = 0.05
) -> Any:
    """Ask until the answer is truthy, and return it. Raises AssertionError after `seconds`."""
    end = asyncio.get_running_loop().time() + seconds
    while True:
        found = await holds()
        if found:
            return found
        assert asyncio.get_running_loop().time() < end, f"{what} did not come in {seconds} s; last: {found!r}"
        await asyncio.sleep(every)


@asynccontextmanager
async def process(*command: str, env: dict[str, str], log: Path) -> AsyncIterator["asyncio.subprocess.Process"]:
    """A process of our own, ended by its id when the block ends."""
    with log.open("ab") as out:
        started = await asyncio.create_subprocess_exec(*command, env=env, cwd=PROJECT, stdout=out, stderr=out)
    try:
        yield started
    finally:
        if started.returncode is None:
            started.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(started.wait(), 25)
            except TimeoutError:
                started.kill()
                await started.wait()


def write_secrets(folder: Path) -> tuple[Sealer, TokenSigner]:
    """The secret files notify reads, and what a test needs of them."""
    folder.mkdir()
    key = base64.b64encode(os.urandom(32)).decode()
    (folder / "sealing.json").write_text(json.dumps({"current": "k1", "keys": {"k1": key}}))
    (folder / "zalo_app_secrets.json").write_text(json.dumps({APP: {"secret_key": APP_SECRET}}))
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    (folder / "access.public.pem").write_bytes(public)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Sealer.from_file(folder / "sealing.json"), TokenSigner(pem, province=PROVINCE)


@asynccontextmanager
async def simulator(folder: Path, **settings: str) -> AsyncIterator[str]:
    """`python -m deploy.demo.zalo` on a free port, with one app whose webhooks are switched off."""
    port = free_port()
    chosen = QUICK | {"port": str(port), "state": str(folder / "zalo")} | settings
    command = [sys.executable, "-m", "deploy.demo.zalo"]
    command += [part for name, value in chosen.items() for part in (f"--{name.replace('_', '-')}", value)]
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    url = f"http://127.0.0.1:{port}"
    async with process(*command, env=kept, log=folder / "zalo.log"), aiohttp.ClientSession() as http:

        async def up() -> bool:
            try:
                async with http.get(f"{url}/health") as answer:
                    return answer.status == 200
            except aiohttp.ClientError:
                return False

        await until(up, what="the simulator", seconds=30)
        app = {"app_id": APP, "secret_key": APP_SECRET, "oa_secret_key": "oa", "webhook": f"{url}/none", "events": []}
        async with http.post(f"{url}/_control/apps", json=app) as answer:
            assert answer.status == 200, await answer.text()
        yield url
