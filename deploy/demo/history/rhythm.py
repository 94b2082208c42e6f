"""When things happen: by the hour, the day of the week and the months' growth, in Vietnam's time."""

import random
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta, timezone
from itertools import accumulate
from typing import Final

VIET_NAM: Final = timezone(timedelta(hours=7))
HOUR: Final = 3_600_000
DAY: Final = 24 * HOUR
"""Milliseconds, as in Zalo's payloads."""

PEOPLE: Final = (2, 1, 1, 1, 2, 6, 16, 24, 26, 24, 22, 21, 17, 14, 16, 19, 21, 23, 26, 33, 36, 29, 16, 6)
"""Share of each hour for what people do: up with the light, a rest at noon, most after supper."""
OFFICE: Final = (0, 0, 0, 0, 0, 0, 1, 14, 30, 34, 30, 12, 2, 16, 30, 32, 26, 10, 5, 6, 6, 4, 1, 0)
"""The same for officers at their desks, who also look in the evening."""
PEOPLE_WEEK: Final = (1.1, 1.05, 1.0, 1.0, 1.05, 0.95, 0.85)
OFFICE_WEEK: Final = (1.2, 1.1, 1.1, 1.1, 1.1, 0.6, 0.15)
HOLIDAYS: Final = {date(2020, 4, 2), date(2020, 4, 30), date(2020, 5, 1), date(2020, 9, 2)}
LAST_HOUR: Final = 22
"""On the last day nothing happens after 22:00, so that polls can still see all of it on that day."""

Trend = Callable[[float], float]


def start_of(day: date) -> int:
    """Midnight in Vietnam, milliseconds since 1970."""
    return int(datetime.combine(day, time(), VIET_NAM).timestamp() * 1000)


def even(_share: float) -> float:
    return 1.0


def growing(share: float) -> float:
    """`share` of the period gone, 0 to 1 → how busy: from a third to full over the months."""
    return 0.33 + 0.67 * min(1.0, share * 1.5)


def campaign(share: float) -> float:
    """Follows: pages are opened and made known in waves, and each wave fades."""
    waves = ((0.08, 0.9), (0.22, 1.4), (0.38, 1.7), (0.55, 1.2), (0.7, 1.5), (0.88, 1.0))
    return 0.25 + sum(height * 2 ** -(((share - middle) / 0.06) ** 2) for middle, height in waves)


class Rhythm:
    """Moments of a period that keep a rhythm. Days count from `first`; the last day ends at 22:00."""

    def __init__(
        self, first: date, last: date, hours: Sequence[int], week: Sequence[float], trend: Trend = even
    ) -> None:
        self.start = start_of(first)
        self.end = start_of(last) + LAST_HOUR * HOUR
        days = (last - first).days + 1
        weights = [
            hours[hour] * week[(first + timedelta(day)).weekday()] * trend((day + hour / 24) / days)
            * (0.5 if first + timedelta(day) in HOLIDAYS else 1.0)
            for day in range(days)
            for hour in range(24)
            if day < days - 1 or hour < LAST_HOUR
        ]  # fmt: skip
        self._cells = range(len(weights))
        self._shares = list(accumulate(weights))

    def draw(self, count: int, chance: random.Random) -> list[int]:
        """So many moments, sorted, milliseconds since 1970."""
        cells = chance.choices(self._cells, cum_weights=self._shares, k=count)
        return sorted(self.start + cell * HOUR + int(chance.random() * HOUR) for cell in cells)
