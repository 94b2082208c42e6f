"""The whole platform as `make run` brings it up, on a folder of the test's own: real servers, real processes."""

import asyncio
import contextlib
import hashlib
import json
import os
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from deploy.demo.figures import figures
from deploy.demo.surroundings import Surroundings
from deploy.demo.webhook_client import Door, Reply
from deploy.local.pair import random_ports
from deploy.local.parts import PREFERRED_PORTS

PROJECT = Path(__file__).parents[1]


def own_ports() -> dict[str, str]:
    """Ports that no other run beside this one is likely to ask for."""
    return {
        f"{n.upper()}_PORT": str(p) for n, p in zip(PREFERRED_PORTS, random_ports(len(PREFERRED_PORTS)), strict=True)
    }


@dataclass(frozen=True)
class Platform:
    """A running platform: its folder and what it wrote into platform.json."""

    folder: Path
    scale: str
    ports: Mapping[str, str] = field(default_factory=own_ports)

    @property
    def addresses(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads((self.folder / "platform.json").read_text(encoding="utf-8"))
        return read

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "XDG_CACHE_HOME") if name in os.environ}
        return kept | {
            "BINHYEN_LOCAL": str(self.folder),
            "BINHYEN_PLATFORM": str(self.folder / "platform.json"),
            "REPLAY_SCALE": self.scale,
            "DETACH": "1",
            **self.ports,
        }

    def command(self, *arguments: str, seconds: float = 600, **more: str) -> "subprocess.CompletedProcess[str]":
        """One of the local platform's commands, as the Makefile calls it."""
        return subprocess.run(  # noqa: S603 - our own module
            (sys.executable, "-m", "deploy.local", *arguments),
            env=self.environment | more,
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def wait_for_history(self, seconds: float = 300) -> bool:
        """Whether the replay's ten figures came right in time; it goes on after `run` has returned."""
        wanted = figures(Decimal(self.scale)).headline
        query = "province=66&from=2020-03-01&to=2020-10-19"
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                url = f"{self.addresses['stats']}/api/v1/headline?{query}"
                with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - loopback
                    shown = json.load(answer)
                if {key: shown[key] for key in wanted} == wanted:
                    return True
            time.sleep(1)
        return False

    def end_of(self, part: str, lines: int = 40) -> str:
        """The end of a part's log."""
        log = self.folder / "logs" / f"{part}.log"
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    def surroundings(self) -> Surroundings:
        """The demonstration's own view of it."""
        os.environ["BINHYEN_PLATFORM"] = str(self.folder / "platform.json")
        return Surroundings.read()

    def app_and_page(self, commune: str) -> tuple[str, str]:
        """The app and the page of a commune of 2020."""
        lines = (PROJECT / "deploy/provinces/66-dak-lak/pages.csv").read_text(encoding="utf-8").splitlines()
        head = lines[0].split(",")
        rows = (dict(zip(head, line.split(","), strict=True)) for line in lines[1:])
        row = next(r for r in rows if r["unit"].endswith(commune))
        return row["app_id"], row["page"]

    async def push(self, body: dict[str, Any], **headers: str) -> Reply:
        """One webhook signed as Zalo signs it, through ingest's door."""
        raw = json.dumps(body, ensure_ascii=False).encode()
        keys = {k.app_id: k.oa_secret_key for k in self.surroundings().apps()}
        signed = body["app_id"].encode() + raw + body["timestamp"].encode() + keys[body["app_id"]].encode()
        door = Door.of(f"{self.addresses['ingest']}/webhooks/zalo")
        connection = await door.connect()
        mac = f"mac={hashlib.sha256(signed).hexdigest()}"
        reply = await connection.send(door.request(raw, {"X-ZEvent-Signature": mac, **headers}))
        connection.close()
        return reply


def a_text(app: str, page: str, person: str, text: str) -> dict[str, Any]:
    """`user_send_text`, now."""
    return {
        "app_id": app,
        "sender": {"id": person},
        "user_id_by_app": f"8{person[1:]}",
        "recipient": {"id": page},
        "event_name": "user_send_text",
        "message": {"text": text, "msg_id": uuid.uuid4().hex[:19]},
        "timestamp": str(int(time.time() * 1000)),
    }


def a_follow(app: str, page: str, person: str) -> dict[str, Any]:
    """`follow`, now."""
    return {
        "oa_id": page,
        "follower": {"id": person},
        "user_id_by_app": f"8{person[1:]}",
        "event_name": "follow",
        "source": "oa_profile",
        "app_id": app,
        "timestamp": str(int(time.time() * 1000)),
    }


async def eventually(ask: Callable[[], Awaitable[Any]], *, seconds: float = 30, what: str = "it") -> Any:
    """The first answer of `ask` that is true. Raises AssertionError with the last answer after `seconds`."""
    until = time.monotonic() + seconds
    answer = await ask()
    while not answer:
        assert time.monotonic() < until, f"{what} did not come about in {seconds} s: {answer!r}"
        await asyncio.sleep(0.2)
        answer = await ask()
    return answer
