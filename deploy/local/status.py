"""`make status`: each part up or not, its port, memory and lag, as a table or JSON."""

import asyncio
import http.client
import json
import logging
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

import psutil

from deploy.local.home import Home, read_json
from deploy.local.process import Identity
from deploy.local.supervisor import DEMO, SERVERS, SERVICES

ASK_S = 3.0


@dataclass(frozen=True)
class Row:
    """One part. `memory_mb`: its proportional share (PSS), children included. `lag`: records not yet worked off."""

    part: str
    up: bool
    ready: bool | None
    port: int | None
    pid: int | None
    memory_mb: int | None
    lag: int | None
    restarts: int


def memory_mb(process: psutil.Process) -> int:
    """PSS in MB of a process and its children; what has ended meanwhile counts nothing."""
    total = 0
    for one in (process, *process.children(recursive=True)):
        try:
            total += one.memory_full_info().pss
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return round(total / 1e6)


def port_of(address: str | None) -> int | None:
    if address is None:
        return None
    return urlsplit(address if "://" in address else f"tcp://{address}").port


def ready_document(url: str) -> dict[str, Any] | None:
    """What /health/ready says, None when nobody answers."""
    parts = urlsplit(url)
    link = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=ASK_S)
    try:
        link.request("GET", "/health/ready")
        document = json.loads(link.getresponse().read())
        return document if isinstance(document, dict) else None
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        link.close()


async def group_lags(bootstrap: str) -> dict[str, int]:
    """Consumer group → records between its committed offsets and the ends. Empty when Kafka is away."""
    from aiokafka import AIOKafkaConsumer  # noqa: PLC0415 - status alone asks Kafka
    from aiokafka.admin import AIOKafkaAdminClient  # noqa: PLC0415
    from aiokafka.errors import KafkaError  # noqa: PLC0415

    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # Kafka away is an answer here, not a warning
    admin, reader = AIOKafkaAdminClient(bootstrap_servers=bootstrap), AIOKafkaConsumer(bootstrap_servers=bootstrap)
    lags: dict[str, int] = {}
    try:
        await admin.start()
        await reader.start()
        for group, *_ in await admin.list_consumer_groups():
            offsets = await admin.list_consumer_group_offsets(group)
            ends = await reader.end_offsets(list(offsets))
            lags[group] = sum(max(0, ends[at] - committed.offset) for at, committed in offsets.items())
    except (KafkaError, OSError):
        return lags
    finally:
        await reader.stop()
        await admin.close()
    return lags


def lag_of(service: str, document: dict[str, Any] | None, groups: dict[str, int]) -> int | None:
    """What the service tells of each of its consumers; where it cannot tell, its groups in Kafka do."""
    told: dict[str, int | None] = (document or {}).get("lag") or {}
    known = [lag for lag in told.values() if lag is not None]
    if known and len(known) == len(told):
        return sum(known)
    own = [lag for group, lag in groups.items() if group == service or group.startswith((f"{service}.", f"{service}-"))]
    return sum(own) if own else None


def rows(home: Home) -> list[Row]:
    """Every part that was started, in the order of the flow."""
    state, platform = read_json(home.state) or {"parts": {}}, read_json(home.platform) or {}
    kafka = platform.get("kafka")
    groups = asyncio.run(group_lags(kafka)) if kafka and "kafka" in state["parts"] else {}
    names = [name for name in (*SERVERS, *SERVICES, *reversed(DEMO)) if name in state["parts"]]
    return [row(name, state["parts"][name], platform.get(name), groups) for name in names]


def row(name: str, known: dict[str, Any], address: str | None, groups: dict[str, int]) -> Row:
    process = Identity(known["pid"], known["started"]).find()
    document = ready_document(address) if name in SERVICES and address and process else None
    return Row(
        part=name,
        up=process is not None,
        ready=bool((document or {}).get("ready")) if name in SERVICES else None,
        port=port_of(address),
        pid=known["pid"] if process else None,
        memory_mb=memory_mb(process) if process else None,
        lag=lag_of(name, document, groups) if name in SERVICES else None,
        restarts=known["restarts"],
    )


def as_json(home: Home) -> str:
    return json.dumps({"parts": [asdict(one) for one in rows(home)]}, indent=1)


def show(home: Home) -> int:
    """Print the table. Returns 0 when every part is up, else 1."""
    from rich.table import Table  # noqa: PLC0415

    from deploy.local.say import console, done  # noqa: PLC0415

    found = rows(home)
    if not found:
        done("Không có gì đang chạy", "nothing is running; `make run` starts it")
        return 1
    table = Table("Phần · part", "Chạy · up", "Cổng · port", "MB (PSS)", "Chờ · lag", "Khởi động lại · restarts")
    for one in found:
        up = ("[green]✓[/]" if one.ready in {True, None} else "[yellow]…[/]") if one.up else "[red]✗[/]"
        cells = (one.port, one.memory_mb, one.lag, one.restarts)
        table.add_row(one.part, up, *("" if cell is None else str(cell) for cell in cells))
    table.add_row("", "", "", str(sum(one.memory_mb or 0 for one in found)), "", "")
    console.print(table)
    return 0 if all(one.up and one.ready in {True, None} for one in found) else 1
