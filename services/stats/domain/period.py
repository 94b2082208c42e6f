"""From and to, both inclusive, as days in Viet Nam, and the instants they stand for."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from shared.gazetteer.structure import VIETNAM


class PeriodInvalid(ValueError):  # noqa: N818 - says what is so
    """`from` is after `to`, or a day is one no calendar here has. Its text says which."""


EARLIEST = date(1900, 1, 1)
LATEST = date(2999, 12, 31)


@dataclass(frozen=True)
class Period:
    """Whole days. Raises PeriodInvalid."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if not EARLIEST <= self.first <= self.last <= LATEST:
            raise PeriodInvalid(f"{self.first} – {self.last}")

    @property
    def start(self) -> datetime:
        """The first moment of the first day in Viet Nam."""
        return day_start(self.first)

    @property
    def end(self) -> datetime:
        """The first moment after the last day."""
        return day_start(self.last + timedelta(days=1))

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def day_start(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)
