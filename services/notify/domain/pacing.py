"""How fast a page and an app may send. Pure: the clock is the caller's.

Zalo counts requests anew each minute (4,000 an app; a page's own limit depends on its package and is unconfirmed), and
tells in every answer what is left. We count in a sliding minute instead of a token bucket: a bucket that never passes
the limit in any minute must idle at half of it, and the first seconds of an alert are those that count.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

MINUTE = 60.0
EMERGENCY = 0
LOWEST = 3
RESERVE = 10
"""One in so many of a page's minute is kept for emergency replies: life first, even after a fan-out took the rest."""


@dataclass(frozen=True)
class Told:
    """What an answer's headers say: the limit a minute, and what is left of this one."""

    limit: int
    remain: int


@dataclass
class Pace:
    """At most `limit` takes in any 60 seconds. Seconds since 1970 in."""

    limit: int
    _taken: deque[float] = field(default_factory=deque)
    _held_until: float = 0.0
    _told_minute: float = -1.0
    _told_left: int = 0

    def room(self, now: float) -> int:
        """How many may go now."""
        if now < self._held_until:
            return 0
        self._forget(now)
        room = self.limit - len(self._taken)
        if now // MINUTE == self._told_minute:
            room = min(room, self._told_left)
        return max(0, room)

    def take(self, count: int, now: float) -> None:
        """`count` go now."""
        self._taken.extend([now] * count)
        self._told_left -= count

    def tell(self, left: int, now: float) -> None:
        """The channel says that `left` (our share of it) is left of the minute that runs."""
        self._told_minute, self._told_left = now // MINUTE, max(0, left)

    def hold(self, now: float, *, extra: float = 0.0) -> None:
        """The channel refused: nothing until the next minute, and `extra` seconds for clocks that differ."""
        self._held_until = (now // MINUTE + 1) * MINUTE + extra

    def _forget(self, now: float) -> None:
        while self._taken and self._taken[0] <= now - MINUTE:
            self._taken.popleft()


@dataclass(frozen=True)
class Held:
    """An account we hold the lease of."""

    account: str
    app: str


@dataclass(frozen=True)
class Room:
    """What may be claimed for one account now: so many, of priorities up to `lowest` (0 is the most urgent)."""

    account: str
    count: int
    lowest: int


def share(limit: int, mine: int, all_leases: int) -> int:
    """Our part of an app's limit, by leases: all copies together never pass it. At least one while we hold any."""
    if mine == 0:
        return 0
    return max(1, limit * mine // max(mine, all_leases))


class Paces:
    """The paces of all pages and apps this copy sends for."""

    def __init__(self, *, page_limit: int, app_limit: int) -> None:
        self._page_limit = page_limit
        self._app_limit = app_limit
        self._pages: dict[str, Pace] = {}
        self._apps: dict[str, Pace] = {}
        self._share: dict[str, tuple[int, int]] = {}

    def share_out(self, leases: Mapping[str, tuple[int, int]]) -> None:
        """App → (leases we hold, leases all copies hold)."""
        self._share = dict(leases)
        for app, (mine, everyone) in leases.items():
            self._app(app).limit = share(self._app_limit, mine, everyone)

    def room(self, held: Held, now: float) -> Room | None:
        """What the page's own pace allows; its last tenth is for emergencies. None: nothing now."""
        pace = self._page(held.account)
        room = pace.room(now)
        reserve = max(1, pace.limit // RESERVE)
        if room > reserve:
            return Room(held.account, room - reserve, LOWEST)
        return Room(held.account, room, EMERGENCY) if room > 0 else None

    def app_room(self, app: str, now: float) -> int:
        return self._app(app).room(now)

    def take(self, held: Held, now: float) -> None:
        """One request goes, whatever it asks: it counts against the page and the app."""
        self._page(held.account).take(1, now)
        self._app(held.app).take(1, now)

    def tell(self, held: Held, told: Told, now: float, *, in_flight: int) -> None:
        """Corrects by an answer's headers. The tighter limit is told: below the app's it is the page's own."""
        if told.limit < self._app_limit:
            page = self._page(held.account)
            page.limit = max(1, told.limit)
            page.tell(told.remain, now)
            return
        mine, everyone = self._share.get(held.app, (1, 1))
        self._app(held.app).tell(share(told.remain, mine, everyone) - in_flight if told.remain else 0, now)

    def refused(self, held: Held, told: Told | None, now: float, *, extra: float) -> None:
        """Zalo's −32: the app's minute is used up, or the page's where the headers say so."""
        of_page = told is not None and told.limit < self._app_limit
        (self._page(held.account) if of_page else self._app(held.app)).hold(now, extra=extra)

    def _page(self, account: str) -> Pace:
        return self._pages.setdefault(account, Pace(self._page_limit))

    def _app(self, app: str) -> Pace:
        return self._apps.setdefault(app, Pace(self._app_limit))
