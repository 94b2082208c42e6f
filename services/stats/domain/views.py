"""Views of a post: a gauge, never summed over time. Of each day the last observation stands.

The stock of a page is the sum over its posts of the last observation; kept as changes from day to day.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from services.stats.domain.counts import Count

METRIC = "post_views"


class Post(NamedTuple):
    account: str
    post: str


class Observation(NamedTuple):
    """What the channel showed. Of two of one moment the higher id stands, whichever came first."""

    at: datetime
    id: UUID
    views: int
    shares: int = 0


Days = Mapping[date, Observation]
"""The last observation of each day."""


def last_of_days(known: Days, fresh: Iterable[tuple[date, Observation]]) -> dict[date, Observation]:
    """`known` with `fresh` taken in, in any order."""
    days = dict(known)
    for day, observation in fresh:
        if day not in days or days[day][:2] < observation[:2]:
            days[day] = observation
    return days


def changes(post: Post, before: Days, after: Days) -> list[Count]:
    """What the buckets need when the days of a post become `after`."""
    moved = dict(_steps(after))
    for day, step in _steps(before):
        moved[day] = moved.get(day, 0) - step
    return [Count(METRIC, step, day, None, post.account) for day, step in moved.items() if step]


def _steps(days: Days) -> Iterator[tuple[date, int]]:
    standing = 0
    for day in sorted(days):
        yield day, days[day].views - standing
        standing = days[day].views
