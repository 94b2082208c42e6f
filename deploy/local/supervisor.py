"""Keeps the parts up: starts, watches, restarts within a limit, writes down what runs, stops in order."""

import os
import subprocess
import threading
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from deploy.local import process, say
from deploy.local.errors import Refused
from deploy.local.home import Home, read_json, write_json
from deploy.local.limiter import RestartLimiter
from deploy.local.process import Identity, Part

TICK_S = 0.25
SERVICES = ("ingest", "triage", "notify", "stats")
SERVERS = ("kafka", "postgres")
DEMO = ("provision", "replay", "trickle", "zalo")
STOP_ORDER: Sequence[Sequence[str]] = (SERVICES, DEMO, ("kafka",), ("postgres",))


class Stopped(Exception):  # noqa: N818 - what happened: someone asked to stop while we were starting
    """A stop was asked for before everything was up."""


@dataclass
class Watched:
    """A part and the process that is it just now."""

    part: Part
    running: subprocess.Popen[bytes]
    identity: Identity
    given_up: bool = False
    limiter: RestartLimiter = field(default_factory=RestartLimiter)


class Supervisor:
    """One a home. `stop` may be set from a signal handler; everything else is called by the one thread that runs it."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.stop = threading.Event()
        self.watched: dict[str, Watched] = {}
        self.chain: deque[Part] = deque()  # the demo's steps yet to come; each begins when the one before has ended
        self.addresses: dict[str, str] = {}
        self.phase = "starting"
        self._writing = threading.Lock()

    def start(self, part: Part) -> Watched:
        running = process.spawn(part)
        watched = Watched(part, running, Identity.of(running.pid))
        self.watched[part.name] = watched
        self.write_down()
        return watched

    def start_ready(self, part: Part) -> None:
        """Start the part and return once it is ready. Raises Refused, or Stopped."""
        self.await_ready(self.start(part))

    def await_ready(self, watched: Watched) -> None:
        process.wait_ready(watched.part, watched.running, asked_to_stop=self.stop.is_set)
        if self.stop.is_set():
            raise Stopped

    def run_to_end(self, part: Part) -> None:
        """Run a step that ends by itself. Raises Refused with its log's end when it fails, or Stopped."""
        running = process.spawn(part)
        try:
            deadline = time.monotonic() + part.start_s
            while running.poll() is None:
                if time.monotonic() > deadline:
                    raise process.will_not_start(part, None)
                if self.stop.wait(process.POLL_S):
                    raise Stopped
        finally:
            process.stop(part, running)
        if running.returncode:
            raise process.will_not_start(part, running.returncode)

    def follow(self, steps: Iterable[Part]) -> None:
        """Run these one after another beside the watching; the last may stay for good."""
        self.chain.extend(steps)
        self.next_step()

    def next_step(self) -> None:
        if self.chain:
            self.start(self.chain.popleft())

    def watch(self) -> None:
        """Until a stop is asked for: see to every part."""
        while not self.stop.wait(TICK_S):
            for watched in list(self.watched.values()):
                if not watched.given_up and watched.running.poll() is not None:
                    self.ended(watched)

    def ended(self, watched: Watched) -> None:
        code = watched.running.returncode
        if watched.part.ends and code == 0:
            del self.watched[watched.part.name]
            self.next_step()
        elif watched.limiter.allow(time.monotonic()):
            self.restart(watched, code)
        else:
            self.give_up(watched, code)
        self.write_down()

    def restart(self, watched: Watched, code: int) -> None:
        """The old session's remains go first: a killed PostgreSQL leaves backends that hold its memory."""
        name, count, limit = watched.part.name, watched.limiter.used, watched.limiter.limit
        process.end_group(watched.running.pid)
        say.note(
            f"{name} dừng ({code}), khởi động lại lần {count}/{limit} trong phút này",
            f"{name} ended ({code}), started again, {count} of {limit} this minute",
        )
        watched.running = process.spawn(watched.part)
        watched.identity = Identity.of(watched.running.pid)

    def give_up(self, watched: Watched, code: int) -> None:
        watched.given_up = True
        name, limit = watched.part.name, watched.limiter.limit
        say.refused(
            Refused(
                f"{name} dừng quá {limit} lần trong một phút (mã {code}): thôi khởi động lại, các phần khác vẫn chạy.",
                f"{name} ended more than {limit} times in a minute (code {code}): it is left down. The rest goes on.",
                tail=process.tail(watched.part.log),
            )
        )

    def stop_all(self) -> bool:
        """End everything we started and nothing else: services, demo, Kafka, PostgreSQL. Whether there was anything."""
        anything = bool(self.watched)
        for names in STOP_ORDER:
            group = [self.watched[name] for name in names if name in self.watched]
            for watched in group:
                process.ask_to_stop(watched.part, watched.running)
            for watched in group:
                process.finish(watched.part, watched.running)
        self.watched.clear()
        self.home.state.unlink(missing_ok=True)
        self.home.platform.unlink(missing_ok=True)
        return anything

    def write_down(self) -> None:
        """For status, stop and the next run, and platform.json once there are addresses."""
        with self._writing:
            parts = {name: self.describe(watched) for name, watched in dict(self.watched).items()}
            me = Identity.of(os.getpid())
            state = {"supervisor": {"pid": me.pid, "started": me.started}, "phase": self.phase, "parts": parts}
            write_json(self.home.state, state)
            if self.addresses:
                pids = {name: part["pid"] for name, part in parts.items() if not part["given_up"]}
                write_json(self.home.platform, {**self.addresses, "pids": pids})

    @staticmethod
    def describe(watched: Watched) -> dict[str, Any]:
        return {
            "pid": watched.identity.pid,
            "started": watched.identity.started,
            "stop_signal": int(watched.part.stop_signal),
            "given_up": watched.given_up,
            "restarts": watched.limiter.used,
        }


def supervisor_of(home: Home) -> Identity | None:
    """The living supervisor of this home, None when there is none."""
    state = read_json(home.state)
    if not state:
        return None
    identity = Identity(state["supervisor"]["pid"], state["supervisor"]["started"])
    return identity if identity.find() else None


def end_leftovers(home: Home) -> int:
    """End what a killed supervisor left running, in order and only ours (pid and start time); returns how many."""
    parts = (read_json(home.state) or {}).get("parts", {})
    ended = 0
    for names in STOP_ORDER:
        for name in names:
            if name in parts:
                known = Identity(parts[name]["pid"], parts[name]["started"])
                ended += process.end(known, parts[name]["stop_signal"])
    home.state.unlink(missing_ok=True)
    home.platform.unlink(missing_ok=True)
    return ended
