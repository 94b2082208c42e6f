"""Zalo's request rate: so many a wall-clock minute and app, counted anew each minute, the articles' interface apart."""

from dataclasses import dataclass
from typing import Literal

from deploy.demo.zalo.clock import SECOND, Clocks
from deploy.demo.zalo.settings import Settings
from deploy.demo.zalo.state import State

Family = Literal["oa", "article"]
MINUTE = 60 * SECOND
KEEP = "INSERT OR REPLACE INTO rates (name, minute, used) VALUES (?, ?, ?)"
LOAD = "SELECT name, minute, used FROM rates"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What X-RateLimit-Limit and X-RateLimit-Remain say of one request, and whether it may pass."""

    limit: int
    remain: int
    passed: bool


class Limits:
    def __init__(self, settings: Settings, clocks: Clocks, state: State) -> None:
        self._settings, self._clocks, self._state = settings, clocks, state
        self._used: dict[str, tuple[int, int]] = {name: (minute, used) for name, minute, used in state.all(LOAD)}

    def take(self, family: Family, app_id: str, oa_id: str) -> Allowance:
        """Count one request against the app and, where that is limited, the page; the tighter one is told."""
        limit = self._settings.article_per_minute if family == "article" else self._settings.oa_per_minute
        of_app = self._take(f"{family}|{app_id}", limit)
        if not self._settings.page_per_minute or not of_app.passed:
            return of_app
        of_page = self._take(f"page|{app_id}|{oa_id}", self._settings.page_per_minute)
        return of_page if of_page.remain < of_app.remain or not of_page.passed else of_app

    def _take(self, name: str, limit: int) -> Allowance:
        minute = self._clocks.wall() // MINUTE
        since, used = self._used.get(name, (minute, 0))
        used = used if since == minute else 0
        if used >= limit:
            return Allowance(limit, 0, passed=False)
        self._used[name] = (minute, used + 1)
        return Allowance(limit, limit - used - 1, passed=True)

    def keep(self) -> None:
        """Write the counters down; called at shutdown, so that a restart within a minute gives no second allowance."""
        self._state.run_many(KEEP, [(name, minute, used) for name, (minute, used) in self._used.items()])
