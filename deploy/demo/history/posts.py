"""What the pages published: titles, moments, and views that add up to the published total."""

import random
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.demo.figures import Figures
from deploy.demo.history.audience import Crowd
from deploy.demo.history.rhythm import Rhythm
from deploy.demo.province import Page
from deploy.demo.writing.grammar import speak

TITLES: Final = Path(__file__).parent / "titles.toml"
SPREAD: Final = 1.1
"""Of the logarithm of a post's share of the views: a few are read by thousands, most by hundreds."""


@dataclass(frozen=True, slots=True)
class Post:
    """`views` and `shares` are what it has at the end of the history."""

    page: int
    id: str
    title: str
    at: int
    views: int
    shares: int


def shared_out(total: int, weights: Sequence[float]) -> list[int]:
    """The total in whole parts by weight, each at least 1, adding up. Raises ValueError if there is too little."""
    if total < len(weights):
        raise ValueError(f"{total} cannot be shared out among {len(weights)}")
    left, whole = total - len(weights), sum(weights)
    exact = [left * weight / whole for weight in weights]
    parts = [int(share) for share in exact]
    by_remainder = sorted(range(len(weights)), key=lambda number: parts[number] - exact[number])
    for number in by_remainder[: left - sum(parts)]:
        parts[number] += 1
    return [part + 1 for part in parts]


def posts(figures: Figures, pages: Sequence[Page], crowd: Crowd, rhythm: Rhythm, chance: random.Random) -> list[Post]:
    """`figures.posts` posts with `figures.post_views` views in all at the end."""
    templates: list[str] = tomllib.loads(TITLES.read_text(encoding="utf-8"))["titles"]
    views = shared_out(figures.post_views, [chance.lognormvariate(0, SPREAD) for _ in range(figures.posts)])
    found: list[Post] = []
    for at, seen in zip(rhythm.draw(figures.posts, chance), views, strict=True):
        page = crowd.page_at(at, chance)
        scene = pages[page].scene(len(found))
        slots = {"xa": scene.commune or "tỉnh Đắk Lắk", "thon": scene.village or "các thôn, buôn"}
        title = speak(chance.choice(templates), chance, slots)[:150]
        found.append(Post(page, f"{chance.getrandbits(80):020x}", title, at, seen, int(seen * chance.random() * 0.04)))
    return found
