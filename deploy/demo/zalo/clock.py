"""Two clocks: history's, which the province lives by, and the wall's, which tokens, windows and limits live by."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

VIET_NAM = timezone(timedelta(hours=7))  # no daylight saving since 1975
SECOND = 1000
DAY = 86_400 * SECOND


class Clocks:
    """All times are milliseconds since 1970, as in Zalo's own payloads."""

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        self._wall = wall
        self._history: int | None = None

    def wall(self) -> int:
        return int(self._wall() * SECOND)

    def history(self) -> int:
        """History's clock while one is set, else the wall clock."""
        return self.wall() if self._history is None else self._history

    def set_history(self, moment: int | None) -> None:
        """None follows the wall clock again. A set clock stands still until it is set anew."""
        self._history = moment

    @property
    def frozen(self) -> bool:
        return self._history is not None


def to_ms(moment: datetime | int) -> int:
    """Milliseconds since 1970. Raises ValueError for a time that names no zone."""
    if isinstance(moment, int):
        return moment
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} names no time zone")
    return round(moment.timestamp() * SECOND)


def to_iso(moment: int | None) -> str | None:
    return None if moment is None else datetime.fromtimestamp(moment / SECOND, UTC).isoformat(timespec="milliseconds")


def http_date(moment: int) -> str:
    """RFC 9110 Date: whole seconds, GMT."""
    return format_datetime(datetime.fromtimestamp(moment // SECOND, UTC), usegmt=True)


def vietnamese_date(moment: int) -> str:
    """dd/MM/yyyy, as Zalo writes days."""
    return datetime.fromtimestamp(moment / SECOND, VIET_NAM).strftime("%d/%m/%Y")
