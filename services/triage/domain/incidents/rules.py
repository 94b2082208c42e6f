"""Families of topics, their windows and the weights of the signs: data/incidents.toml as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

SHARES = ("words", "time", "spot")


@dataclass(frozen=True, slots=True)
class Family:
    """Topics under which one event is told. `window`: how far apart two people tell it."""

    slug: str
    title: str
    topics: frozenset[str]
    window: timedelta


@dataclass(frozen=True, slots=True)
class Rules:
    """`words`, `time`, `spot`: each sign's share of the score; proposed from `threshold` on. `chance`: how alike the
    words of unrelated reports are. `villages` exclude each other, `spots` do not; both are folded, longest first.
    """

    version: str
    families: Mapping[str, Family]
    words: float
    time: float
    spot: float
    threshold: float
    elsewhere: float
    chance: float
    empty: frozenset[str]
    villages: tuple[str, ...]
    spots: tuple[str, ...]

    def families_of(self, topics: frozenset[str]) -> frozenset[str]:
        """The slugs of the families that any of the topics is in."""
        return frozenset(family.slug for family in self.families.values() if topics & family.topics)

    def window(self, shared: frozenset[str]) -> timedelta:
        """The longest window of the families that two cases share; `shared` is not empty."""
        return max(self.families[slug].window for slug in shared)


def rules_from(fields: Mapping[str, Any]) -> Rules:
    """From data/incidents.toml. Raises KeyError, ValueError for a file that cannot be right."""
    families = [_family(each) for each in fields["family"]]
    score = fields["score"]
    if len({family.slug for family in families}) != len(families):
        raise ValueError("a family stands twice")
    if abs(sum(float(score[name]) for name in SHARES) - 1) > 1e-9:  # noqa: PLR2004 - a sum of floats
        raise ValueError("the shares of the score do not make 1")
    words = fields["words"]
    return Rules(
        version=str(fields["version"]),
        families={family.slug: family for family in families},
        words=float(score["words"]),
        time=float(score["time"]),
        spot=float(score["spot"]),
        threshold=float(score["from"]),
        elsewhere=float(score["elsewhere"]),
        chance=float(score["chance"]),
        empty=frozenset(words["empty"].split()),
        villages=_longest_first(words["villages"]),
        spots=_longest_first(words["spots"]),
    )


def _family(fields: Mapping[str, Any]) -> Family:
    if fields["hours"] <= 0 or not fields["topics"]:
        raise ValueError(f"family {fields['slug']} has no window or no topic")
    topics = frozenset(map(str, fields["topics"]))
    return Family(str(fields["slug"]), str(fields["title"]), topics, timedelta(hours=fields["hours"]))


def _longest_first(words: list[str]) -> tuple[str, ...]:
    return tuple(sorted(set(words), key=lambda word: (-len(word.split()), word)))
