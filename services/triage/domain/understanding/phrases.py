"""Many phrases looked for at once, with what their diacritics say.

The search runs over the bare letters (Aho-Corasick), so that whoever types no diacritics is found too; where the
sender typed some, they must be the phrase's own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from ahocorasick_rs import AhoCorasick

from services.triage.domain.understanding.reading import Reading
from shared.text import fold, same_tone, toneless, unify, words
from shared.text.words import APOSTROPHES

T = TypeVar("T")
_NO_APOSTROPHE = str.maketrans(dict.fromkeys(APOSTROPHES))

# From this share of marked words on, a sender types diacritics: a bare word of theirs is bare by intent.
TYPES_DIACRITICS = 0.5


@dataclass(frozen=True, slots=True)
class Phrase(Generic[T]):
    """A phrase with its diacritics and what it stands for.

    `exact`: its diacritics must be typed. `lenient`: no diacritics speak against it (names of the highlands, which
    everybody writes as they hear them).
    """

    written: str
    means: T
    exact: bool = False
    lenient: bool = False


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A phrase found at the words `start` to `end` (exclusive). `sure`: its own marks are typed."""

    start: int
    end: int
    phrase: Phrase[T]
    sure: bool


class _Pattern(Generic[T]):
    """A phrase prepared: its words and, of each, the forms that may stand for it."""

    __slots__ = ("forms", "length", "marked", "phrase")

    def __init__(self, phrase: Phrase[T], marked: str) -> None:
        self.phrase, self.marked = phrase, marked
        single = " " not in marked  # alone, a word without its tone is too often another: thuế, thuê
        self.forms = tuple({word, fold(word), word if single else toneless(word)} for word in marked.split(" "))
        self.length = len(self.forms)

    def can_be_sure(self, reading: Reading) -> bool:
        """An exact phrase that has no diacritics ("ngay") is itself only where others are typed ("ngày" would be)."""
        return not (self.phrase.exact and self.marked.isascii()) or reading.marked_share >= TYPES_DIACRITICS

    def agrees(self, typed: list[str], reading: Reading) -> bool:
        """Whether words that fold to this phrase, but are not written as it, may be meant as it."""
        if self.phrase.lenient:
            return True
        if self.phrase.exact:
            return False
        if not all(word in forms for word, forms in zip(typed, self.forms, strict=True)):
            return False
        return reading.marked_share < TYPES_DIACRITICS or any(not word.isascii() for word in typed)


class Phrases(Generic[T]):
    """A set of phrases to look for in readings. Immutable once built."""

    def __init__(self, phrases: Iterable[Phrase[T]]) -> None:
        by_bare: dict[str, list[_Pattern[T]]] = {}
        for phrase in phrases:
            marked = as_read(phrase.written)
            bare = fold(marked)
            if bare:
                by_bare.setdefault(bare, []).append(_Pattern(phrase, marked))
        self._patterns = list(by_bare.values())
        self._search = AhoCorasick([f" {bare} " for bare in by_bare]) if by_bare else None

    def find(self, reading: Reading) -> list[Found[T]]:
        """Every phrase in the reading, nested and overlapping ones too, in order of their last word."""
        found: list[Found[T]] = []
        if self._search is None:
            return found
        for index, start, _ in self._search.find_matches_as_indexes(reading.haystack, overlapping=True):
            first = reading.word_at[start + 1]
            for pattern in self._patterns[index]:
                last = first + pattern.length
                typed = reading.words[first:last]
                sure = " ".join(typed) == pattern.marked and pattern.can_be_sure(reading)
                if sure or pattern.agrees(typed, reading):
                    found.append(Found(first, last, pattern.phrase, sure))
        return found


def as_read(written: str) -> str:
    """A phrase of the data files as a reading would hold it: words apart by one space, apostrophes gone."""
    return " ".join(word.text.translate(_NO_APOSTROPHE) for word in words(same_tone(unify(written))))
