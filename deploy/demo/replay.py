"""Replays the history of 2020 into a running platform: `python -m deploy.demo.replay`.

One signed POST a webhook through ingest's own door, polls answered by the simulated Zalo, officers over triage's API.
A history that has finished says so and does nothing; one that was cut short goes on where it stopped.
"""

import asyncio
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Final

import aiohttp
import uvloop

from deploy.demo import headline, officers, world
from deploy.demo.api import Services
from deploy.demo.figures import OFFENCES, Figures, figures
from deploy.demo.headline import Line
from deploy.demo.history.plan import Plan
from deploy.demo.history.rhythm import start_of
from deploy.demo.outbox import Outbox
from deploy.demo.player import Player
from deploy.demo.province import read_pages
from deploy.demo.showing import Sending, console, say
from deploy.demo.simulator import Simulator
from deploy.demo.surroundings import DemoError, Surroundings, sentence_of
from deploy.demo.webhook_client import Door

PROVINCE: Final = "66"
CLOCK_SECONDS: Final = 0.5
POLLS_PATIENCE_SECONDS: Final = 600.0
"""For every page to be polled once more at the end of history."""
HEADLINE_PATIENCE_SECONDS: Final = 180.0
"""Without any figure moving, before we call the totals missed."""
SETTLED_SECONDS: Final = 3.0


class Replay:
    def __init__(self, surroundings: Surroundings, session: aiohttp.ClientSession, outbox: Outbox) -> None:
        self._around, self._outbox = surroundings, outbox
        self._services = Services(session, surroundings)
        self._simulator = Simulator(session, surroundings.url("zalo"))
        self._figures: Figures = figures(surroundings.scale)
        self._history_end = start_of(self._figures.last + timedelta(days=1)) - 30_000  # 23:59:30 of the last day

    async def run(self) -> list[Line]:
        """All steps, each done once. Returns the headline's lines as counted at the end."""
        self._write_history()
        await self._build_world()
        sent_at = await self._send()
        await self._simulator.set_clock(self._history_end)
        async with asyncio.TaskGroup() as tasks:
            settled = tasks.create_task(self._settled(sent_at))
            tasks.create_task(self._last_polls())
            await self._officers(settled)
        lines = await self._wait_for_headline()
        if all(line.right for line in lines):
            await self._simulator.set_clock(None)
            self._outbox.note(finished=True)
        return lines

    def _write_history(self) -> None:
        if "pushes" in self._outbox.about:
            return
        say("Viết lại lịch sử 2020 …", f"writing the history of 2020, seed {self._around.seed}")
        keys = {app.app_id: app.oa_secret_key for app in self._around.apps()}
        self._outbox.write(self._plan(), keys)

    def _plan(self) -> Plan:
        return Plan(read_pages(self._around.province), seed=self._around.seed, scale=self._around.scale)

    async def _build_world(self) -> None:
        """The clock first: nobody may see in today's light what belongs to 2020."""
        if self._outbox.about.get("world_built"):
            return
        say("Dựng Zalo năm 2020 …", "followers, posts and groups for the simulated Zalo")
        plan = self._plan()
        await self._simulator.set_clock(plan.start)
        await world.build(self._simulator, plan)
        self._outbox.note(world_built=True)

    async def _send(self) -> float | None:
        """Send what is pending. Returns when the first was sent (monotonic seconds), None if nothing was left."""
        self._outbox.open()
        try:
            if not self._outbox.left:
                return None
            with Sending(self._outbox.left) as sending:
                player = Player(self._outbox, Door.of(f"{self._around.url('ingest')}/webhooks/zalo"), sending.show)
                clock = asyncio.create_task(self._move_clock(player))
                try:
                    progress = await player.play()
                finally:
                    clock.cancel()
            return progress.started_at
        finally:
            self._outbox.close()

    async def _move_clock(self, player: Player) -> None:
        while True:
            await asyncio.sleep(CLOCK_SECONDS)
            if player.progress.history_at:
                with suppress(DemoError):  # it is set again in half a second
                    await self._simulator.set_clock(min(player.progress.history_at, self._history_end))

    async def _settled(self, sent_at: float | None) -> None:
        """Wait until no counter moves; say how fast the whole way was, from the first POST to the last commit."""
        last: Mapping[str, object] = {}
        moved_at = time.monotonic()
        while time.monotonic() - moved_at < SETTLED_SECONDS or not last.get("followers"):
            told = await headline.ask(self._services, self._figures, PROVINCE)
            by_webhook = {key: told.get(key) for key in (*headline.BY_WEBHOOK, *headline.BY_CASE)}
            if by_webhook != last:
                last, moved_at = by_webhook, time.monotonic()
            if time.monotonic() - moved_at > HEADLINE_PATIENCE_SECONDS:
                break
            await asyncio.sleep(headline.LOOK_AGAIN_SECONDS)
        if sent_at is not None:
            self._say_rate(moved_at - sent_at)

    def _say_rate(self, seconds: float) -> None:
        count = sum(self._outbox.acknowledged)
        say(
            f"{headline.number(count)} webhook, {seconds:.0f} giây từ lần gửi đầu đến lần đếm cuối",
            f"{count / seconds:,.0f} webhooks a second, first POST to last counter commit",
        )

    async def _officers(self, settled: "asyncio.Task[None]") -> None:
        """Corrections once the counters stand, so that the rate is the webhooks' own; then the two imports."""
        await settled
        dispatchers, administrators = self._around.accounts("dispatcher"), self._around.accounts("administrator")
        truth = {str(row["key"]): row for row in self._outbox.truth()}
        cases = await officers.all_cases(self._services, dispatchers[0], self._figures, truth)
        done = await officers.correct(self._services, dispatchers, cases, truth)
        say(
            f"Cán bộ đã sửa phân loại {headline.number(done.corrected)} trên {headline.number(done.cases)} vụ việc",
            f"officers corrected the category of {done.corrected} of {done.cases} cases",
        )
        for (said, true), count in sorted(done.by_kind.items(), key=lambda item: -item[1]):
            console.print(f"    [dim]{said} → {true}: {count}[/]")
        register = officers.register_of_outcomes(cases, truth.values())
        new, known = await officers.enter_outcomes(self._services, administrators[0], register)
        say(f"Kết quả giải quyết tin báo: {new} mới, {known} đã có", "register of outcomes imported")
        await self._import_offences(administrators[0])

    async def _import_offences(self, account: str) -> None:
        table = OFFENCES.read_text(encoding="utf-8")
        answer = await self._services.post_csv("stats", "/api/v1/imports/offences", account=account, table=table)
        if not answer.ok:
            raise DemoError(f"stats refuses the monthly offences: {answer.why()}")

    async def _last_polls(self) -> None:
        """Hold history's clock until every page has been asked for its followers and walked through its posts."""
        deadline = time.monotonic() + POLLS_PATIENCE_SECONDS
        while (behind := await self._simulator.behind(self._history_end)) != (0, 0):
            if time.monotonic() > deadline:
                raise DemoError(
                    f"{behind[0]} pages were not asked getoa and {behind[1]} not getslice at the end of 2020"
                )
            await asyncio.sleep(1.0)

    async def _wait_for_headline(self) -> list[Line]:
        return await headline.wait_for(
            self._services,
            self._figures,
            PROVINCE,
            keys=tuple(self._figures.headline),
            patience_seconds=HEADLINE_PATIENCE_SECONDS,
        )


def as_begun(surroundings: Surroundings, about: Mapping[str, object]) -> Surroundings:
    """A history once begun keeps its seed and scale; another needs an empty platform."""
    return surroundings.going_on(about) if "pushes" in about else surroundings


async def replay() -> int:
    """Returns the exit code. Raises DemoError."""
    asked = Surroundings.read()
    outbox = Outbox(asked.history)
    surroundings = as_begun(asked, outbox.about)
    if (surroundings.seed, surroundings.scale) != (asked.seed, asked.scale):
        say(
            f"Giữ lịch sử đã bắt đầu: SEED={surroundings.seed} REPLAY_SCALE={surroundings.scale}",
            "the history once begun goes on; make clean for another",
        )
    if outbox.about.get("finished"):
        say("Lịch sử 2020 đã phát xong từ trước", "the history was replayed before; nothing to do")
        return 0
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
        lines = await Replay(surroundings, session, outbox).run()
    console.print(headline.table(lines))
    wrong = [line for line in lines if not line.right]
    if wrong:
        told = ", ".join(f"{line.key} is {line.counted}, not {line.expected}" for line in wrong)
        raise DemoError(f"the totals were not reached: {told}")
    return 0


def main() -> int:
    try:
        return uvloop.run(replay())
    except* DemoError as group:
        console.print(f"  [red]✗[/] {sentence_of(group)}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
