"""How often a dead part is started again before a person is asked."""

from dataclasses import dataclass, field

LIMIT = 3
WINDOW_S = 60.0


@dataclass
class RestartLimiter:
    """At most `limit` restarts in any `window_s`. `now` in seconds of any clock that only goes forward."""

    limit: int = LIMIT
    window_s: float = WINDOW_S
    restarts: list[float] = field(default_factory=list)

    def allow(self, now: float) -> bool:
        """Whether to start again now; if so, it is counted."""
        self.restarts = [moment for moment in self.restarts if now - moment < self.window_s]
        if len(self.restarts) >= self.limit:
            return False
        self.restarts.append(now)
        return True

    @property
    def used(self) -> int:
        return len(self.restarts)
