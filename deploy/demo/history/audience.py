"""Pages opening, people following, leaving and coming back, village groups made: what the audience did."""

import random
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from deploy.demo.figures import Figures
from deploy.demo.history.rhythm import DAY, HOUR, OFFICE, OFFICE_WEEK, PEOPLE, PEOPLE_WEEK, Rhythm, campaign
from deploy.demo.province import Page, Village

OPENING_DAYS: Final = 105
"""The last page opens in the middle of June."""
VERIFIED_AFTER_DAYS: Final = (4, 50)
LEFT_AFTER_DAYS: Final = 25.0
"""On average, for those who leave at all."""
SOURCES: Final = ("oa_profile", "oa_profile", "oa_profile", "message_invite", "social_plugin")


@dataclass(frozen=True, slots=True)
class Opening:
    """When a page began and when Zalo verified it; milliseconds since 1970, as every time here."""

    opened_at: int
    verified_at: int


@dataclass(frozen=True, slots=True)
class Follow:
    """One person's following of one page; `until` is None while it lasts. Who comes back has a second one."""

    page: int
    person: int
    at: int
    until: int | None


@dataclass(frozen=True, slots=True)
class Group:
    page: int
    village: Village
    at: int


def openings(pages: Sequence[Page], rhythm: Rhythm, chance: random.Random) -> list[Opening]:
    """The pages of the province and of some communes on the first day, the others over the spring."""
    found = []
    for page in pages:
        day = 0 if page.kind == "province" or chance.random() < 0.2 else chance.randrange(OPENING_DAYS)  # noqa: PLR2004
        opened = rhythm.start + day * DAY + (7 * HOUR if day else 0)
        found.append(Opening(opened, opened + chance.randint(*VERIFIED_AFTER_DAYS) * DAY + chance.randrange(9 * HOUR)))
    return found


class Crowd:
    """Draws pages for moments: each by its size, none before it opens."""

    def __init__(self, pages: Sequence[Page], opened: Sequence[Opening], chance: random.Random) -> None:
        sizes = {"commune": 1.0, "district": 2.2, "province": 0.5}
        weights = [sizes[page.kind] * chance.lognormvariate(0, 0.6) for page in pages]
        weights[next(n for n, page in enumerate(pages) if page.kind == "province")] = 14.0  # the police of the province
        order = sorted(range(len(pages)), key=lambda number: opened[number].opened_at)
        self._pages = order
        self._opened = [opened[number].opened_at for number in order]
        self._sums = list(accumulate(weights[number] for number in order))

    def page_at(self, moment: int, chance: random.Random) -> int:
        """A page that is open then. Raises IndexError before the first opens."""
        last = bisect_right(self._opened, moment) - 1
        return self._pages[bisect_right(self._sums, chance.random() * self._sums[last], 0, last)]


def follows(figures: Figures, crowd: Crowd, rhythm: Rhythm, chance: random.Random) -> list[Follow]:
    """Follows whose stock at the end is `figures.followers`, after `figures.unfollows` left and some came back."""
    persons = figures.followers + figures.unfollows - figures.returns
    moments = rhythm.draw(persons, chance)
    found = [Follow(crowd.page_at(at, chance), person, at, None) for person, at in enumerate(moments)]
    early = bisect_right(moments, rhythm.end - 3 * DAY)
    leaving = chance.sample(range(early), figures.unfollows)
    coming_back = set(leaving[: figures.returns])
    for person in leaving:
        follow = found[person]
        until = _later(follow.at, rhythm.end - DAY, chance)
        found[person] = Follow(follow.page, person, follow.at, until)
        if person in coming_back:
            found.append(Follow(follow.page, person, _later(until, rhythm.end, chance), None))
    return found


def _later(moment: int, end: int, chance: random.Random) -> int:
    """At least an hour later, most within weeks, before the end."""
    wait = HOUR + int(chance.expovariate(1 / LEFT_AFTER_DAYS) * DAY)
    return moment + wait if moment + wait < end else moment + HOUR + int(chance.random() * (end - moment - HOUR))


def groups(
    figures: Figures, pages: Sequence[Page], opened: Sequence[Opening], rhythm: Rhythm, chance: random.Random
) -> list[Group]:
    """The first `figures.village_groups` of the villages, drawn by chance, each after its page opened."""
    all_villages = [(number, village) for number, page in enumerate(pages) for village in page.villages]
    moments = rhythm.draw(figures.village_groups, chance)
    found = []
    for at, (page, village) in zip(moments, chance.sample(all_villages, figures.village_groups), strict=True):
        opening = opened[page].opened_at + 2 * HOUR
        found.append(Group(page, village, at if at > opening else opening + int(chance.random() * 30 * DAY)))
    return found


def audience_rhythm(figures: Figures) -> Rhythm:
    return Rhythm(figures.first, figures.last, PEOPLE, PEOPLE_WEEK, campaign)


def office_rhythm(figures: Figures) -> Rhythm:
    return Rhythm(figures.first, figures.last, OFFICE, OFFICE_WEEK)
