"""A stock of who (or what) is there, exact whatever order its events arrive in.

There at a moment = the last event at or before it says so. Kept as changes in the buckets of the events themselves: a
late event corrects the bucket it belongs to, and the one of the event that follows it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class Happening(NamedTuple):
    """Came (`present`) or went. Sorts by time, then by id, which settles two of one moment the same way for ever."""

    at: datetime
    id: UUID
    present: bool


class Subject(NamedTuple):
    """Who is counted where: a person's pseudonym or a group, at a page."""

    account: str
    subject: str


class Change(NamedTuple):
    """At `at` the stock of `account` moves by `amount`, and its leavers by `left` (either may be 0, not both).

    A leaver is who goes without having come: they were there before anybody counted.
    """

    account: str
    at: datetime
    amount: int
    left: int


def changes(known: Mapping[Subject, Sequence[Happening]], fresh: Mapping[Subject, Sequence[Happening]]) -> list[Change]:
    """What must be added to the buckets when `fresh` joins what is `known` (of the same subjects, in any order)."""
    found: list[Change] = []
    for subject, happenings in fresh.items():
        before = known.get(subject, ())
        moved = _steps(before, -1)
        for at, (amount, left) in _steps({*before, *happenings}, +1).items():
            was = moved.pop(at, (0, 0))
            moved[at] = (was[0] + amount, was[1] + left)
        found += [Change(subject.account, at, *step) for at, step in moved.items() if step != (0, 0)]
    return found


def _steps(happenings: Sequence[Happening] | set[Happening], sign: int) -> dict[datetime, tuple[int, int]]:
    steps: dict[datetime, tuple[int, int]] = {}
    for at, amount, left in _walk(happenings):
        was = steps.get(at, (0, 0))
        steps[at] = (was[0] + sign * amount, was[1] + sign * left)
    return steps


def _walk(happenings: Sequence[Happening] | set[Happening]) -> Iterator[tuple[datetime, int, int]]:
    there = False
    first = True
    for at, _, present in sorted(happenings):
        yield at, present - there, int(first and not present)
        there, first = present, False
