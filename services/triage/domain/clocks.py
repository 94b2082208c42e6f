"""Legal clocks: limits by day of law, counted as the law counts. The limits and the holidays are data, given in."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from shared.gazetteer import VIETNAM, vietnamese_date

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Clock:
    """One limit and the days on which it is law (both included). `source`: the text that sets it."""

    key: str
    amount: int
    unit: Literal["hours", "working_days"]
    valid_from: date
    valid_to: date | None
    source: str

    def in_force(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Clocks:
    """`holidays`: days off beside Saturdays and Sundays. Working Saturdays change nothing (our cautious reading)."""

    limits: tuple[Clock, ...]
    holidays: frozenset[date]

    def due(self, key: str, since: datetime) -> datetime | None:
        """When a limit that began at `since` ends; None where no law sets one on that day."""
        day = vietnamese_date(since)
        clock = next((each for each in self.limits if each.key == key and each.in_force(day)), None)
        if clock is None:
            return None
        if clock.unit == "hours":
            return since + timedelta(hours=clock.amount)  # hours run through nights and days off
        return _end_of(_working_day(day, clock.amount, self.holidays))


def _working_day(day: date, count: int, holidays: Collection[date]) -> date:
    """The count-th working day after `day`."""
    while count:
        day += timedelta(days=1)
        if day.weekday() < SATURDAY and day not in holidays:
            count -= 1
    return day


def _end_of(day: date) -> datetime:
    """Days end at 24:00 of the last day."""
    return datetime.combine(day + timedelta(days=1), time(), VIETNAM)


def clocks_from(limits: Iterable[dict[str, str]], holidays: Iterable[dict[str, str]]) -> Clocks:
    """From the rows of data/legal_clocks.csv and data/holidays.csv. Raises KeyError, ValueError for a bad row."""
    return Clocks(
        tuple(
            Clock(
                key=row["key"],
                amount=int(row["amount"]),
                unit="hours" if row["unit"] == "hours" else "working_days",
                valid_from=date.fromisoformat(row["valid_from"]),
                valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                source=row["source"],
            )
            for row in limits
        ),
        frozenset(date.fromisoformat(row["day"]) for row in holidays),
    )
