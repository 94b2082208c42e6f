"""One text that many send: near-identical words from many persons. Many who tell one event in their own words do not.

A text is kept as a sketch, the smallest hashes of its runs of words (MinHash, bottom-k: Broder, 1997): no word can be
read from it, and how alike two texts are is the share of hashes they have in common. `VERSION` stands beside each
stored sketch; one made otherwise is never compared.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid5
from zlib import crc32

from shared.events.base import NAMESPACE
from shared.text import fold

VERSION = "crc32-3-24"
RUN = 3
"""Words in a run."""
SIZE = 24
"""Hashes in a sketch."""
KEYS = 6
"""The smallest of them, by which a chain is looked up: of two texts nine tenths alike, one in a million shares none."""
ALIKE = 0.8
FEWEST_WORDS = 12
"""Shorter texts are sent by many by themselves: greetings, thanks, "is anybody there"."""
LONGEST = 4_000
_NOT_A_WORD = re.compile(r"[^a-z]+")
_LINK = re.compile(r"https?://\S+|www\.\S+")

Sketch = tuple[int, ...]


class Sent(NamedTuple):
    """A text as it was sent. Two persons or pages that send it are counted, not how often."""

    sketch: Sketch
    person: str
    account: str
    case: UUID
    at: datetime
    sealed: bool


@dataclass(frozen=True, slots=True)
class Chain:
    """A text and when it was sent. `id` of a new one follows from its first sender and time."""

    id: UUID
    sketch: Sketch
    sealed: bool
    first_at: datetime
    last_at: datetime

    def takes(self, sent: Sent, window: timedelta) -> bool:
        """Near-identical, and all of it within one window. Sealed and open ones are counted apart."""
        whole = self.with_one(sent)
        within = whole.last_at - whole.first_at <= window
        return self.sealed == sent.sealed and within and resemblance(self.sketch, sent.sketch) >= ALIKE

    def with_one(self, sent: Sent) -> "Chain":
        return replace(self, first_at=min(self.first_at, sent.at), last_at=max(self.last_at, sent.at))


def sketch_of(text: str) -> Sketch | None:
    """None for a text too short to be told from others. Numbers, links, signs and diacritics make no difference."""
    words = _NOT_A_WORD.split(fold(_LINK.sub(" ", text[:LONGEST])).strip())
    words = [word for word in words if word]
    if len(words) < FEWEST_WORDS:
        return None
    runs = {" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}
    return tuple(sorted({crc32(run.encode()) for run in runs})[:SIZE])


def resemblance(one: Sketch, other: Sketch) -> float:
    """The share of common runs, as the smallest hashes of both together tell it."""
    together = sorted({*one, *other})[:SIZE]
    return len(set(one).intersection(other, together)) / len(together)


def joined(sent: Sequence[Sent], chains: Sequence[Chain], window: timedelta) -> list[tuple[Sent, Chain]]:
    """Each text with its chain as it then stands: one of those known, or a new one."""
    by_key: dict[int, list[UUID]] = {}
    standing: dict[UUID, Chain] = {}

    def keep(chain: Chain) -> Chain:
        if chain.id not in standing:
            for key in chain.sketch[:KEYS]:
                by_key.setdefault(key, []).append(chain.id)
        standing[chain.id] = chain
        return chain

    for chain in chains:
        keep(chain)
    found = []
    for one in sent:
        near = dict.fromkeys(each for key in one.sketch[:KEYS] for each in by_key.get(key, ()))
        taking = next((standing[each] for each in near if standing[each].takes(one, window)), None)
        found.append((one, keep(taking.with_one(one) if taking else _begun(one))))
    return [(one, standing[chain.id]) for one, chain in found]


def _begun(sent: Sent) -> Chain:
    name = f"chain|{VERSION}|{sent.person}|{sent.case}|{sent.at.isoformat()}|{sent.sketch[0]}"
    return Chain(uuid5(NAMESPACE, name), sent.sketch, sent.sealed, sent.at, sent.at)


def chain_reason(persons: int, pages: int, first_at: datetime, last_at: datetime) -> str:
    """What the officer reads beside the case."""
    hours = max(1, round((last_at - first_at).total_seconds() / 3600))
    spoken = f"{hours} giờ" if hours <= 48 else f"{round(hours / 24)} ngày"  # noqa: PLR2004
    return f"Tin lan truyền: {persons} người, {pages} trang gửi cùng một nội dung trong {spoken}."
