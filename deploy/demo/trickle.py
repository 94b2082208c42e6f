"""A live trickle after the history: `python -m deploy.demo.trickle`, until SIGTERM.

People act at the simulated pages every few seconds (TRICKLE_SECONDS, on average), officers answer, half of them in
Zalo's own console and half in ours, and once a run an alert to one old district's village groups is written by one
account and approved by another. A platform that is away is waited for; nothing piles up meanwhile.
"""

import asyncio
import json
import os
import random
import signal
import sys
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp
import uvloop

from deploy.demo.api import Services
from deploy.demo.history.rhythm import VIET_NAM
from deploy.demo.province import Page, read_pages
from deploy.demo.showing import console, say
from deploy.demo.simulator import Simulator
from deploy.demo.surroundings import DemoError, Surroundings, sentence_of
from deploy.demo.today import Deed, Today, names_of_today
from deploy.demo.writing.writer import PHRASES

EVERY_SECONDS: Final = 3.0
LEAST_SECONDS: Final = 0.5
ANSWER_AFTER_SECONDS: Final = (15.0, 90.0)
ANSWERS_WAITING: Final = 60
"""More than so many unanswered at once are left to the morning: the trickle never floods."""
IN_CONSOLE: Final = 0.5
RESOLVED: Final = 0.5
ALERT_AFTER_SECONDS: Final = 30.0
ALERTS: Final = tomllib.loads((PHRASES / "alerts.toml").read_text(encoding="utf-8"))["alerts"]


class Trickle:
    def __init__(self, around: Surroundings, session: aiohttp.ClientSession, stop: asyncio.Event) -> None:
        self._around, self._stop = around, stop
        self._services, self._simulator = Services(session, around), Simulator(session, around.url("zalo"))
        self._pages = read_pages(around.province)
        self._today = Today(self._pages, names_of_today(around.province), around.seed)
        self._state = around.history / "trickle.json"
        self._chance = random.Random()  # noqa: S311 (when, not what)
        self._answers: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Act until told to stop."""
        state = _read(self._state)
        number, runs = int(state.get("next", 0)), int(state.get("runs", 0))
        alert = asyncio.create_task(self._alert(runs))
        try:
            while not self._stop.is_set():
                await self._safely(self._act(self._today.deed(number)))
                number += 1
                _write(self._state, {"next": number, "runs": runs + 1})
                await self._pause()
        finally:
            for task in (alert, *self._answers):
                task.cancel()
            await asyncio.gather(alert, *self._answers, return_exceptions=True)

    async def _pause(self) -> None:
        every = float(os.environ.get("TRICKLE_SECONDS") or EVERY_SECONDS)
        wait = max(LEAST_SECONDS, self._chance.expovariate(1 / every))
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), min(wait, 4 * every))

    async def _safely(self, doing: Any) -> None:
        """Whatever is away now may be there next time; it is said, and life goes on."""
        try:
            await doing
        except (DemoError, aiohttp.ClientError, TimeoutError) as error:
            console.print(f"  [yellow]…[/] {error or type(error).__name__}")

    async def _act(self, deed: Deed) -> None:
        what: dict[str, object] = {"oa_id": deed.page.id, "person": deed.person, "user_id_by_app": deed.by_app}
        if deed.written is None:
            await self._simulator.act(kind=deed.kind, **what)
        else:
            done = await self._simulator.act(kind="text", text=deed.written.text, **what)
            if deed.answer and len(self._answers) < ANSWERS_WAITING:
                self._later(self._answer(deed, done["msg_id"]))
        console.print(f"  {datetime.now(VIET_NAM):%H:%M:%S} {deed.kind} · {deed.page.name}")

    def _later(self, doing: Any) -> None:
        task = asyncio.create_task(self._safely(doing))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    async def _answer(self, deed: Deed, msg_id: str) -> None:
        """In Zalo's console or, where the case is found, in ours; some tips are settled too."""
        await asyncio.sleep(self._chance.uniform(*ANSWER_AFTER_SECONDS))
        case = None if self._chance.random() < IN_CONSOLE else await self._case_of(msg_id)
        if case is None:
            await self._simulator.answer(oa_id=deed.page.id, person=deed.person, text=deed.answer)
            return
        account, path = self._around.accounts("dispatcher")[0], f"/api/v1/cases/{case['code']}"
        body = {"version": case["version"], "text": deed.answer}
        answered = await self._services.post("triage", f"{path}/answer", account=account, body=body)
        if answered.ok and deed.kind != "question" and self._chance.random() < RESOLVED:
            version = _version(answered.body, case["version"] + 1)
            settle = {"version": version, "outcome": "resolved", "note": "Đã xử lý tại chỗ"}
            await self._services.post("triage", f"{path}/resolve", account=account, body=settle)

    async def _case_of(self, msg_id: str) -> Mapping[str, Any] | None:
        """The case that a message of today opened, None where it opened none (yet)."""
        today = datetime.now(VIET_NAM).date()
        query = {"from": (today - timedelta(days=1)).isoformat(), "to": today.isoformat(), "limit": "500"}
        account = self._around.accounts("dispatcher")[0]
        after: str | None = None
        for _ in range(20):
            more = {"after": after} if after else {}
            answer = await self._services.get("triage", "/api/v1/cases", account=account, **query, **more)
            if not answer.ok:
                return None
            for case in answer.body["cases"]:
                if case["first_message_key"] == msg_id:
                    return dict(case)
            after = answer.body.get("next")
            if not after:
                break
        return None

    async def _alert(self, run: int) -> None:
        """Once a run: drafted by a dispatcher, approved by an approver, sent to an old district's village groups."""
        await asyncio.sleep(ALERT_AFTER_SECONDS)
        await self._safely(self._send_alert(run))

    async def _send_alert(self, run: int) -> None:
        district, codes = await self._district(run)
        alert = ALERTS[run % len(ALERTS)]
        writer, approver = self._around.accounts("dispatcher")[0], self._around.accounts("approver")[0]
        draft: dict[str, object] = alert | {"communes": {"structure": "2020", "codes": codes}}
        drafted = await self._services.post("notify", "/api/v1/alerts", account=writer, body=draft)
        if not drafted.ok:
            raise DemoError(f"notify takes no alert: {drafted.why()}")
        path = f"/api/v1/alerts/{drafted.body['alert']}/approve"
        version = {"version": drafted.body["version"]}
        approved = await self._services.post("notify", path, account=approver, body=version)
        if not approved.ok:
            raise DemoError(f"the alert cannot be approved: {approved.why()}")
        groups = drafted.body["groups"]
        say(f"Cảnh báo “{alert['title']}” gửi {groups} nhóm, {district}", f"an alert on its way to {groups} groups")

    async def _district(self, run: int) -> tuple[str, list[str]]:
        """Another one each run, the first from there on whose villages have groups. Raises DemoError if none has."""
        districts, account = _districts(self._pages), self._around.accounts("dispatcher")[0]
        for step in range(len(districts)):
            name, codes = districts[(self._around.seed + run + step) % len(districts)]
            asked = {"structure": "2020", "codes": ",".join(codes)}
            preview = await self._services.get("notify", "/api/v1/alerts/preview", account=account, **asked)
            if preview.ok and preview.body["groups"]:
                return name, codes
        raise DemoError("no village group is known yet, so there is nobody to warn")


def _version(body: Any, otherwise: int) -> int:
    return int(body["version"]) if isinstance(body, dict) and "version" in body else otherwise


def _districts(pages: list[Page]) -> list[tuple[str, list[str]]]:
    """The districts of 2020 with their communes' codes."""
    found: dict[str, list[str]] = {}
    for page in pages:
        if page.commune_2020:
            found.setdefault(page.district, []).append(page.commune_2020)
    return sorted(found.items())


def _read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def _write(path: Path, state: Mapping[str, object]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(dict(state)), encoding="utf-8")
    part.replace(path)


async def trickle() -> int:
    """Until SIGTERM or SIGINT. Returns the exit code."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    around = Surroundings.read()
    say("Dòng tin trực tiếp đã mở", f"live trickle since {datetime.now(UTC):%H:%M:%S} UTC")
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
        await Trickle(around, session, stop).run()
    return 0


def main() -> int:
    try:
        return uvloop.run(trickle())
    except* DemoError as group:
        console.print(f"  [red]✗[/] {sentence_of(group)}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
