"""What a walk through a page's posts tells that was not known before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


class Counts(NamedTuple):
    """What a post had when it was last looked at."""

    views: int
    shares: int


@dataclass(frozen=True)
class Post:
    """One post as the channel shows it. `at`: the answer's HTTP Date; `published_at`: the channel's creation time."""

    id: str
    title: str
    published_at: datetime
    counts: Counts
    at: datetime


class News(NamedTuple):
    """`published`: posts never seen before. `counted`: posts whose counts are others than the last ones stored."""

    published: tuple[Post, ...]
    counted: tuple[Post, ...]


def news(known: Mapping[str, Counts], walked: Sequence[Post]) -> News:
    """A post that moved to the next slice during the walk is there twice: the later look counts."""
    posts = {post.id: post for post in walked}
    published = tuple(post for post in posts.values() if post.id not in known)
    counted = tuple(post for post in posts.values() if known.get(post.id) != post.counts)
    return News(published, counted)
