"""The platform's own processes: the four services, their one-shot commands, the demonstration's world."""

import http.client
import os
import socket
import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.home import PROJECT, Home
from deploy.local.ports import HOST
from deploy.local.process import Part
from deploy.local.supervisor import SERVICES

PREFERRED_PORTS: Mapping[str, int] = {
    "ingest": 18101,
    "triage": 18102,
    "notify": 18103,
    "stats": 18104,
    "zalo": 18109,
    "kafka": 19092,
    "controller": 19093,
    "postgres": 25432,
}
PROVINCE_FOLDER = PROJECT / "deploy" / "provinces" / "66-dak-lak"
OF_ONE_SERVICE: Mapping[str, Mapping[str, str]] = {
    # the demonstration lives some three days of 2020 a second: at the usual 15 minutes a poll would see only its end
    "ingest": {"poll_interval_seconds": "30"},
}
READY_S = 1.5
HINTS: Mapping[str, tuple[str, str]] = {
    "address already in use": (
        "Cổng vừa bị chương trình khác chiếm trong lúc khởi động; hãy chạy lại.",
        "Another program took its port while we were starting; run it again.",
    ),
}
ONE_SHOT_S = 300.0
SERVICE_START_S = 180.0  # a busy machine is slow, not broken
Url = Callable[[str], str]


@dataclass(frozen=True)
class Platform:
    """Everything a part must be told: addresses, database URLs by role, secrets folders, the demo's settings."""

    home: Home
    ports: Mapping[str, int]
    database_url: Url
    secrets: Mapping[str, Path]
    province: Path = PROVINCE_FOLDER
    demo: Mapping[str, str] = field(default_factory=dict)  # SEED, REPLAY_SCALE, ZALO_SIM_…: as its processes read them

    def url(self, name: str) -> str:
        return f"http://{HOST}:{self.ports[name]}"

    @property
    def addresses(self) -> dict[str, str]:
        """As platform.json tells them."""
        web = {name: self.url(name) for name in (*SERVICES, "zalo")}
        return web | {name: f"{HOST}:{self.ports[name]}" for name in ("kafka", "postgres")}


def base_environment() -> dict[str, str]:
    """What any of our Python processes needs of the caller's environment, and no more."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TERM", "COLUMNS") if name in os.environ}
    # one arena: the allocator would keep one a thread, and a service is one busy thread
    return kept | {"LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1", "MALLOC_ARENA_MAX": "1", "OMP_NUM_THREADS": "1"}


def published_period(province: Path) -> dict[str, str]:
    """The days whose results the province has published: what its live page opens on."""
    headline = tomllib.loads((province / "province.toml").read_text(encoding="utf-8"))["headline"]
    return {"headline_from": headline["from"].isoformat(), "headline_to": headline["to"].isoformat()}


def service_environment(platform: Platform, service: str) -> dict[str, str]:
    """The service's settings; its secrets are files in a folder of its own."""
    settings = {
        "port": str(platform.ports[service]),
        "kafka": platform.addresses["kafka"],
        "database_url": platform.database_url(f"{service}_run"),
        "secrets_dir": str(platform.secrets[service]),
        "trace_file": str(platform.home.folder / "traces" / f"{service}.jsonl"),
        "zalo_api_url": platform.url("zalo"),
        "zalo_oauth_url": platform.url("zalo"),
        **{f"{name}_url": platform.url(name) for name in SERVICES},
    }
    settings |= OF_ONE_SERVICE.get(service, {})
    if service == "stats":
        settings |= published_period(platform.province)
    return base_environment() | {f"BINHYEN_{name.upper()}": value for name, value in settings.items()}


def module(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", *arguments)


def service(platform: Platform, name: str) -> Part:
    port = platform.ports[name]
    return Part(
        name=name,
        command=module(f"services.{name}"),
        env=service_environment(platform, name),
        cwd=PROJECT,
        log=platform.home.log(name),
        ready=lambda: says_ready(port),
        start_s=SERVICE_START_S,
    )


def one_shot(platform: Platform, name: str, *arguments: str, more: Mapping[str, str] | None = None) -> Part:
    """A service's command that ends by itself; its output goes to a log of its own."""
    return Part(
        name=f"{name} {arguments[0]}",
        command=module(f"services.{name}", *arguments),
        env=service_environment(platform, name) | dict(more or {}),
        cwd=PROJECT,
        log=platform.home.log(f"{name}-{arguments[0]}"),
        ready=lambda: True,
        start_s=ONE_SHOT_S,
        ends=True,
        new_log=True,
    )


def migrate(platform: Platform, name: str) -> Part:
    """Only this command is told the schema owner's password."""
    owner = {"BINHYEN_OWNER_DATABASE_URL": platform.database_url(f"{name}_owner")}
    return one_shot(platform, name, "migrate", more=owner)


def provision(platform: Platform, name: str) -> Part:
    accounts = ("--accounts-file", str(platform.home.accounts)) if name == "triage" else ()
    return one_shot(platform, name, "provision", str(platform.province), *accounts)


def topics(platform: Platform) -> Part:
    """The one table of topics, applied; a process of its own, so that the supervisor stays small."""
    return Part(
        name="topics",
        command=module("deploy.local", "topics", platform.addresses["kafka"]),
        env=base_environment(),
        cwd=PROJECT,
        log=platform.home.log("topics"),
        ready=lambda: True,
        start_s=ONE_SHOT_S,
        ends=True,
        new_log=True,
    )


def zalo(platform: Platform) -> Part:
    port, state = platform.ports["zalo"], platform.home.folder / "zalo"
    seed = platform.demo.get("SEED", "1")
    return Part(
        name="zalo",
        command=module("deploy.demo.zalo", "--port", str(port), "--state", str(state), "--seed", seed),
        env=base_environment() | dict(platform.demo),
        cwd=PROJECT,
        log=platform.home.log("zalo"),
        ready=lambda: accepts(port),
        port=port,
        hint=HINTS,
    )


def demo(platform: Platform, step: str, *, terminal: bool = False) -> Part:
    """A step of the demonstration. It knows the platform by its addresses alone, as the outside world would."""
    home = platform.home
    told = {
        "BINHYEN_PLATFORM": str(home.platform),
        "BINHYEN_ACCOUNTS": str(home.accounts),
        "BINHYEN_DEMO_SECRETS": str(home.secrets / "demo"),
        "BINHYEN_PROVINCE_DIR": str(platform.province),
        "BINHYEN_HISTORY": str(home.folder / "history"),
    }
    return Part(
        name=step,
        command=module(f"deploy.demo.{step}"),
        env=base_environment() | told | dict(platform.demo),
        cwd=PROJECT,
        log=home.log(step),
        ready=lambda: True,
        start_s=ONE_SHOT_S,
        terminal=terminal,
        ends=step != "trickle",
    )


def says_ready(port: int) -> bool:
    """Whether /health/ready answers 200 there."""
    link = http.client.HTTPConnection(HOST, port, timeout=READY_S)
    try:
        link.request("GET", "/health/ready")
        return link.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()


def accepts(port: int) -> bool:
    try:
        with socket.create_connection((HOST, port), READY_S):
            return True
    except OSError:
        return False
