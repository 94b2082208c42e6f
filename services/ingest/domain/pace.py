"""How fast polls may ask: by what the channel's headers say is left of the minute.

Zalo counts an app's requests anew each minute and tells what remains (X-RateLimit-Remain, so spelt). Sends use the
same allowance and come first (design, promise 9), so polls leave a share of it alone.
"""

from dataclasses import dataclass, field

MINUTE = 60.0


@dataclass
class Pace:
    """Seconds since 1970 in and out; the clock is the caller's."""

    reserve: float
    _held_until: dict[str, float] = field(default_factory=dict)

    def note(self, whose: str, *, limit: int, remain: int, now: float) -> None:
        """What an answer's headers told of one app and interface."""
        if limit > 0 and remain <= limit * self.reserve:
            self.hold(whose, now=now)

    def hold(self, whose: str, *, now: float) -> None:
        """Until the next minute begins."""
        self._held_until[whose] = (now // MINUTE + 1) * MINUTE

    def wait(self, whose: str, *, now: float) -> float:
        """Seconds to wait before the next request."""
        return max(0.0, self._held_until.get(whose, 0.0) - now)


FIRST_RETRY_SECONDS = 15.0


def again_after(failures: int, interval_seconds: float) -> float:
    """Seconds to the next try after so many failures in a row: doubling, never rarer than what did not fail."""
    return min(interval_seconds, FIRST_RETRY_SECONDS * 2.0 ** min(failures - 1, 10))
