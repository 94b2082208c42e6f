"""Pushes to the app's webhook: signed, queued in the state file, sent again only when no connection could be opened.

Zalo's manual: an answer other than 200, or one later than 2 s, counts against the webhook and is not sent again; a push
that could not be delivered is tried after 30 s, 5 min, 15 min, 30 min and 1 h with `num_retry`; then the webhook is
switched off until a person switches it on again.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any

import aiohttp
import msgspec

from deploy.demo.zalo.clock import SECOND, Clocks
from deploy.demo.zalo.settings import Settings
from deploy.demo.zalo.state import State

ADD = "INSERT INTO pushes (app_id, oa_id, event, body, late, due) VALUES (?, ?, ?, ?, ?, ?)"
WAITING = "SELECT count(*) FROM pushes"
DUE = "SELECT id, app_id, oa_id, event, body, late, attempts FROM pushes WHERE due <= ? ORDER BY due, id LIMIT ?"
NEXT_DUE = "SELECT min(due) FROM pushes WHERE due > ?"
KEEP_BODY = "UPDATE pushes SET body = ? WHERE id = ?"
LATER = "UPDATE pushes SET due = ?, attempts = attempts + 1 WHERE id = ?"
DONE = "DELETE FROM pushes WHERE id = ?"
DROP_OF_APP = "DELETE FROM pushes WHERE app_id = ?"
COUNT = (
    "INSERT INTO push_results (app_id, result, pushes) VALUES (?, ?, 1)"
    " ON CONFLICT (app_id, result) DO UPDATE SET pushes = pushes + 1"
)
FAULT = "INSERT INTO push_faults (app_id, event, result, wall) VALUES (?, ?, ?, ?)"
FORGET_FAULTS = "DELETE FROM push_faults WHERE id <= (SELECT max(id) FROM push_faults) - 1000"
APP = "SELECT webhook, oa_secret_key, events, webhook_on FROM apps WHERE app_id = ?"
PAGE_SECRET = "SELECT oa_secret_key FROM pages WHERE oa_id = ?"  # noqa: S105 - a statement
SWITCH_OFF = "UPDATE apps SET webhook_on = 0 WHERE app_id = ?"
RESULTS = "SELECT app_id, result, pushes FROM push_results ORDER BY app_id, result"
FAULTS = "SELECT app_id, event, result, wall FROM push_faults ORDER BY id DESC LIMIT 50"

IDLE_SECONDS = 5.0
OPEN_FAILED = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
BodyBuilder = Callable[[dict[str, Any], int], dict[str, Any] | None]


def signature(app_id: str, body: bytes, timestamp: str, oa_secret_key: str) -> str:
    """X-ZEvent-Signature: a plain SHA-256 over app id, raw body, the body's timestamp and the OA secret key."""
    return "mac=" + sha256(app_id.encode() + body + timestamp.encode() + oa_secret_key.encode()).hexdigest()


class Webhooks:
    def __init__(self, settings: Settings, clocks: Clocks, state: State) -> None:
        self._settings, self._clocks, self._state = settings, clocks, state
        self._wake = asyncio.Event()
        self._stopping = False
        self._flying: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._late: BodyBuilder = lambda _late, _due: None

    def build_late_with(self, builder: BodyBuilder) -> None:
        """Who makes the body of a push that is only known when it is due (receipts)."""
        self._late = builder

    def full(self) -> bool:
        return int(self._state.value(WAITING)) >= self._settings.queue_limit

    def push(self, *, app_id: str, oa_id: str, body: dict[str, Any], wait: float = 0.0) -> None:
        """Queue one push, `wait` seconds from now; within the caller's transaction."""
        self._add(app_id, oa_id, body["event_name"], msgspec.json.encode(body), None, wait)

    def push_late(self, *, app_id: str, oa_id: str, event: str, late: dict[str, Any], wait: float) -> None:
        """Queue a push whose body is made when it is due."""
        self._add(app_id, oa_id, event, None, json.dumps(late), wait)

    def _add(self, app_id: str, oa_id: str, event: str, body: bytes | None, late: str | None, wait: float) -> None:
        app = self._state.one(APP, app_id)
        if app is None or not app[3] or (app[2] is not None and event not in json.loads(app[2])):
            return  # no webhook, switched off, or this event not switched on in the app's settings
        if self.full():
            self._state.run(COUNT, app_id, "dropped")
            return
        self._state.run(ADD, app_id, oa_id, event, body, late, self._clocks.wall() + int(wait * SECOND))
        self._wake.set()

    async def run(self) -> None:
        """Send what is due until `stop`. Each push opens a connection: one kept open may be closed unseen."""
        timeout = aiohttp.ClientTimeout(
            total=None, sock_connect=self._settings.webhook_seconds, sock_read=self._settings.webhook_seconds
        )
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
            while not self._stopping:
                self._wake.clear()
                now = self._clocks.wall()
                self._start_due(session, now)
                await self._rest(now)
            for task in self._tasks:
                task.cancel()  # not settled, so it is sent again after a restart
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()

    def _start_due(self, session: aiohttp.ClientSession, now: int) -> None:
        free = self._settings.webhook_parallel - len(self._flying)
        if free <= 0:
            return
        rows = self._state.all(DUE, now, free + len(self._flying))
        for row in [row for row in rows if row[0] not in self._flying][:free]:
            self._flying.add(row[0])
            task = asyncio.create_task(self._deliver(session, *row))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _rest(self, now: int) -> None:
        """Until the next push is due, a new one is queued, or one that was in flight has ended."""
        due = self._state.value(NEXT_DUE, now)
        wait = IDLE_SECONDS if due is None else min(IDLE_SECONDS, max(0.0, (due - self._clocks.wall()) / SECOND))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await self._wake.wait()

    async def _deliver(
        self, session: aiohttp.ClientSession, push: int, app_id: str, oa_id: str, event: str, body: bytes | None,
        late: str | None, attempts: int,
    ) -> None:  # fmt: skip
        try:
            body = body or self._body(push, late)
            result = "nothing" if body is None else await self._post(session, app_id, oa_id, body, attempts)
            with self._state.transaction():
                self._settle(push, app_id, event, result, attempts)
        finally:
            self._flying.discard(push)
            self._wake.set()

    def _body(self, push: int, late: str | None) -> bytes | None:
        """Made once: a retry carries the same bytes."""
        with self._state.transaction():
            made = self._late(json.loads(late or "{}"), self._clocks.history())
            if made is None:
                return None
            body = msgspec.json.encode(made)
            self._state.run(KEEP_BODY, body, push)
        return body

    async def _post(self, session: aiohttp.ClientSession, app_id: str, oa_id: str, body: bytes, attempts: int) -> str:
        """ok, unopened (to be tried again), or what counts against the webhook: `status N`, late, broken."""
        app = self._state.one(APP, app_id)
        if app is None or not app[3]:
            return "dropped"
        secret = self._state.value(PAGE_SECRET, oa_id) or app[1]
        timestamp = str(msgspec.json.decode(body)["timestamp"])
        headers = {"Content-Type": "application/json", "X-ZEvent-Signature": signature(app_id, body, timestamp, secret)}
        if attempts:
            headers["num_retry"] = str(attempts)
        try:
            async with session.post(app[0], data=body, headers=headers, allow_redirects=False) as answer:
                return "ok" if answer.status == 200 else f"status {answer.status}"  # noqa: PLR2004 - Zalo's word is 200
        except OPEN_FAILED:
            return "unopened"
        except TimeoutError:
            return "late"
        except (aiohttp.ClientError, OSError):
            return "broken"

    def _settle(self, push: int, app_id: str, event: str, result: str, attempts: int) -> None:
        if result not in {"ok", "nothing", "dropped"}:
            self._state.run(FAULT, app_id, event, result, self._clocks.wall())
            self._state.run(FORGET_FAULTS)
        self._state.run(COUNT, app_id, result)
        if result == "unopened" and attempts < len(self._settings.retry_seconds):
            wait = int(self._settings.retry_seconds[attempts] * SECOND)
            self._state.run(LATER, self._clocks.wall() + wait, push)
            return
        self._state.run(DONE, push)
        if result == "unopened":
            self._state.run(SWITCH_OFF, app_id)
            self._state.run(DROP_OF_APP, app_id)

    def report(self) -> dict[str, object]:
        """Waiting, results by app, and the last 50 pushes that counted against a webhook."""
        results: dict[str, dict[str, int]] = {}
        for app_id, result, pushes in self._state.all(RESULTS):
            results.setdefault(app_id, {})[result] = pushes
        keys: Iterable[str] = ("app_id", "event", "result", "wall_ms")
        faults = [dict(zip(keys, row, strict=True)) for row in self._state.all(FAULTS)]
        return {"waiting": self._state.value(WAITING), "results": results, "faults": faults}
