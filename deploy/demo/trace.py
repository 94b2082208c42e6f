"""Follows one message from webhook to counter and reply: `python -m deploy.demo.trace` (make trace).

Sends one signed message whose traceparent asks to be kept, then reads the services' span files
(`.local/traces/<service>.jsonl`) and prints the way it took as a tree.
"""

import asyncio
import json
import random
import secrets
import sys
import time
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import aiohttp
import uvloop
from rich.tree import Tree

from deploy.demo.history.ids import Ids
from deploy.demo.history.plan import ASKED
from deploy.demo.province import Page, read_pages
from deploy.demo.showing import console, say
from deploy.demo.simulator import Simulator
from deploy.demo.spans import Span, read_spans, way_of
from deploy.demo.surroundings import DemoError, Surroundings, sentence_of

WAIT_SECONDS: Final = 30.0
QUIET_SECONDS: Final = 4.0
"""With the counter reached and no new span for so long, the way is whole."""
COUNTER: Final = "stats"
TEXT: Final = "Chào các anh, cho em hỏi làm lại thẻ căn cước bị mất thì cần giấy gì ạ?"


async def send(around: Surroundings, session: aiohttp.ClientSession, page: Page, trace_id: str) -> None:
    """A new person asks; Zalo knows of it (so a reply can go out), and we deliver its webhook with our traceparent."""
    person = Ids(int(time.time())).person(1)
    done = await Simulator(session, around.url("zalo")).act(
        oa_id=page.id, person=person, kind="text", text=TEXT, push=False
    )
    body = (
        ASKED
        % (
            page.app_id,
            person,
            done["user_id_by_app"],
            page.id,
            json.dumps(TEXT, ensure_ascii=False),
            done["msg_id"],
            int(done["timestamp"]),
        )
    ).encode()
    key = next(app.oa_secret_key for app in around.apps() if app.app_id == page.app_id)
    signed = sha256(page.app_id.encode() + body + str(done["timestamp"]).encode() + key.encode()).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "X-ZEvent-Signature": f"mac={signed}",
        "traceparent": f"00-{trace_id}-{secrets.token_hex(8)}-01",
    }
    async with session.post(f"{around.url('ingest')}/webhooks/zalo", data=body, headers=headers) as answer:
        if answer.status != 200:  # noqa: PLR2004
            raise DemoError(f"ingest answers HTTP {answer.status}: {(await answer.text())[:300]}")


async def whole_way(folder: Path, trace_id: str) -> list[Span]:
    """The spans of the way, once it has reached the counter and is quiet, or what there is after 30 s."""
    deadline, last, changed_at = time.monotonic() + WAIT_SECONDS, 0, time.monotonic()
    while True:
        found = way_of(read_spans(folder), trace_id)
        if len(found) != last:
            last, changed_at = len(found), time.monotonic()
        reached = any(span.service == COUNTER for span in found)
        if time.monotonic() > deadline or (reached and time.monotonic() - changed_at > QUIET_SECONDS):
            return found
        await asyncio.sleep(0.5)


def tree_of(spans: Iterable[Span], trace_id: str) -> Tree:
    """Each span below the one that caused it (its parent, or the first it links to), with its start and length."""
    ordered = sorted(spans, key=lambda span: span.start_ns)
    begin = ordered[0].start_ns
    root = Tree(f"[bold]trace {trace_id}[/]")
    nodes: dict[str, Tree] = {}
    for span in ordered:
        cause = next((nodes[one] for one in span.causes() if one in nodes), root)
        nodes[span.span_id] = cause.add(line_of(span, begin, trace_id))
    return root


def line_of(span: Span, begin_ns: int, trace_id: str) -> str:
    after, took = (span.start_ns - begin_ns) / 1e6, (span.end_ns - span.start_ns) / 1e6
    batch = "" if span.trace_id == trace_id else f" · lô {len(span.links)} tin / batch of {len(span.links)}"
    name = span.name.removeprefix(f"{span.service} ")
    return f"[cyan]{span.service}[/] {name} [dim]+{after:.1f} ms, {took:.1f} ms{batch}{_topic(span.attributes)}[/]"


def _topic(attributes: Mapping[str, Any]) -> str:
    topic = attributes.get("messaging.destination.name")
    return f" · {topic}" if topic else ""


async def trace() -> int:
    """Returns the exit code: 0 where the message reached the counter. Raises DemoError."""
    around = Surroundings.read()
    page = random.choice([page for page in read_pages(around.province) if page.villages])  # noqa: S311 (any)
    trace_id = secrets.token_hex(16)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
        say(f"Gửi một tin đến {page.name}", "one message sent, following it")
        await send(around, session, page, trace_id)
        found = await whole_way(around.local / "traces", trace_id)
    if not found:
        raise DemoError(f"no span of trace {trace_id} in {around.local / 'traces'}; is a service not writing traces?")
    console.print(tree_of(found, trace_id))
    if any(span.service == COUNTER for span in found):
        return 0
    raise DemoError("the message did not reach a counter within 30 s")


def main() -> int:
    try:
        return uvloop.run(trace())
    except* DemoError as group:
        console.print(f"  [red]✗[/] {sentence_of(group)}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
