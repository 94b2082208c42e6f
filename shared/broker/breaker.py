"""When most of a window dies it is a bad release: stop, instead of emptying a topic into the dead one."""

from collections import deque
from dataclasses import dataclass, field

WINDOW = 200
"""How many of the last records are looked at."""
AT_LEAST = 20
"""So few dead ones never stop a consumer: a lone poisoned record must not."""
SHARE = 0.5
"""The share of the window that may die."""


@dataclass
class Breaker:
    """Pure: told the fate of each record, answers whether to go on."""

    window: int = WINDOW
    at_least: int = AT_LEAST
    share: float = SHARE
    _fates: deque[bool] = field(default_factory=deque)

    def record(self, *, alive: int = 0, dead: int = 0) -> None:
        self._fates.extend([True] * min(alive, self.window))
        self._fates.extend([False] * min(dead, self.window))
        while len(self._fates) > self.window:
            self._fates.popleft()

    def would_trip(self, *, alive: int, dead: int) -> bool:
        """Whether `dead` more dead records beside `alive` more sound ones would be too many."""
        dying = sum(1 for fate in self._fates if not fate) + dead
        return dying >= self.at_least and dying > self.share * min(self.window, len(self._fates) + alive + dead)
