"""One movement of one count, and the buckets it moves: a minute, a day in Viet Nam, a page's day."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from shared.gazetteer.structure import VIETNAM


class Count(NamedTuple):
    """`metric` moves by `amount`. `minute` None: it is known by the day only. `account`: the page it is counted for."""

    metric: str
    amount: int
    day: date
    minute: datetime | None = None
    account: str | None = None


def counted(metric: str, at: datetime, amount: int = 1, *, account: str | None = None) -> Count:
    """A count in the bucket of its own time: the minute (UTC) and the day in Viet Nam."""
    return Count(metric, amount, at.astimezone(VIETNAM).date(), at.replace(second=0, microsecond=0), account)


@dataclass(frozen=True)
class Buckets:
    """The sums of many counts by bucket, each sorted, without zeros: what one statement each writes."""

    minutes: list[tuple[str, datetime, int]]
    days: list[tuple[str, date, int]]
    page_days: list[tuple[str, str, date, int]]


def in_buckets(counts: Iterable[Count]) -> Buckets:
    """Sorted, so that two copies of the service take the rows' locks in one order and cannot deadlock."""
    minutes: Counter[tuple[str, datetime]] = Counter()
    days: Counter[tuple[str, date]] = Counter()
    page_days: Counter[tuple[str, str, date]] = Counter()
    for metric, amount, day, minute, account in counts:
        days[metric, day] += amount
        if minute is not None:
            minutes[metric, minute] += amount
        if account is not None:
            page_days[metric, account, day] += amount
    return Buckets(
        [(*key, amount) for key, amount in sorted(minutes.items()) if amount],
        [(*key, amount) for key, amount in sorted(days.items()) if amount],
        [(*key, amount) for key, amount in sorted(page_days.items()) if amount],
    )
