"""What every part of the simulator is given: settings, clocks, memory, chance, limits, faults, outgoing webhooks."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.demo.zalo.chance import Chance
from deploy.demo.zalo.clock import Clocks
from deploy.demo.zalo.faults import Faults
from deploy.demo.zalo.followers import Followers
from deploy.demo.zalo.limits import Limits
from deploy.demo.zalo.polls import Polls
from deploy.demo.zalo.settings import Settings
from deploy.demo.zalo.state import State
from deploy.demo.zalo.webhooks import Webhooks

CLOCK = "history_clock"


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose access token it is."""

    app_id: str
    oa_id: str


@dataclass(frozen=True, slots=True)
class Call:
    """One request to Zalo, read. `now` is history's clock, the one the answer's Date tells."""

    caller: Caller
    query: dict[str, str]
    body: dict[str, Any]
    now: int

    @property
    def oa_id(self) -> str:
        return self.caller.oa_id


@dataclass(frozen=True, slots=True)
class World:
    settings: Settings
    clocks: Clocks
    state: State
    chance: Chance
    limits: Limits
    faults: Faults
    followers: Followers
    polls: Polls
    webhooks: Webhooks
    requests: list[int] = field(default_factory=lambda: [0])

    def next_request(self) -> int:
        """A number for each request, for seeded delays; it starts anew with the process."""
        self.requests[0] += 1
        return self.requests[0]

    def set_clock(self, moment: int | None) -> None:
        self.clocks.set_history(moment)
        self.state.set_fact(CLOCK, None if moment is None else str(moment))


def build(settings: Settings, wall: Callable[[], float] = time.time) -> World:
    """The world as its state file left it."""
    state, clocks, chance = State(Path(settings.state)), Clocks(wall), Chance(settings.seed)
    moment = state.fact(CLOCK)
    clocks.set_history(None if moment is None else int(moment))
    return World(
        settings=settings, clocks=clocks, state=state, chance=chance,
        limits=Limits(settings, clocks, state), faults=Faults(chance), followers=Followers(state),
        polls=Polls(state), webhooks=Webhooks(settings, clocks, state),
    )  # fmt: skip
