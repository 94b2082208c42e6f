"""How many free replies a person may still be sent: one budget for acknowledgements, questions, answers and notices.

A channel gives a page so many free messages in the hours after a person's act (Zalo: 8 in 48 h). Whether a further act
begins a new count its manual does not say, so all that was asked for within the hours counts. See docs/decisions/0012.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Free:
    """A channel's free replies to one person: `count` of them `within` the time before each."""

    count: int
    within: timedelta


@dataclass(frozen=True, slots=True)
class Budget:
    """`reserve`: how many of the free ones are an officer's; only an emergency may draw on them."""

    free: Mapping[str, Free]
    reserve: int

    @property
    def longest(self) -> timedelta:
        """How far back what was asked for may matter."""
        return max((one.within for one in self.free.values()), default=timedelta(0))


class Spent(NamedTuple):
    """One reply that was asked for, by whomever. `quota_left`: what the channel told at `told_at`, where it told."""

    at: datetime
    quota_left: int | None = None
    told_at: datetime | None = None


MOST_LEFT = 1_000_000
"""More than any channel grants; what is kept of a quota stays a number that we and PostgreSQL can count with."""


def quota_told(left: int | None) -> int | None:
    """What a channel says is left, within 0 and `MOST_LEFT`."""
    return None if left is None else min(max(left, 0), MOST_LEFT)


def may_speak(channel: str, spent: Iterable[Spent], *, now: datetime, budget: Budget, emergency: bool) -> bool:
    """Whether the machine may send one more. A channel without a limit has no budget.

    An emergency may spend the officer's reserve, and goes by the channel's own word where that allows more.
    """
    free = budget.free.get(channel)
    if free is None:
        return True
    recent = [one for one in spent if one.at > now - free.within]
    counted, told = free.count - len(recent), _told(recent)
    if emergency:
        return max(counted, counted if told is None else told) > 0
    return min(counted, counted if told is None else told) > budget.reserve


def _told(recent: Iterable[Spent]) -> int | None:
    """What the channel last said was left, less what was asked for since."""
    kept = list(recent)
    last = max((one for one in kept if one.told_at and one.quota_left is not None), key=_told_at, default=None)
    if last is None or last.quota_left is None:
        return None
    return last.quota_left - sum(one.at > _told_at(last) for one in kept)


def _told_at(one: Spent) -> datetime:
    return one.told_at or one.at
