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
_REMEMBERED = 50_000  # spellings of phrases
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

    def judged(self, typed: tuple[str, ...], marked: bool) -> bool | None:
        """True: it is surely meant; False: it may be; None: it is not. `marked`: the sender types diacritics."""
        if " ".join(typed) == self.marked and (marked or not (self.phrase.exact and self.marked.isascii())):
            return True  # an exact phrase without any ("ngay") is itself only where others are typed ("ngày" would be)
        return False if self._agrees(typed, marked) else None

    def _agrees(self, typed: tuple[str, ...], marked: bool) -> bool:
        """Whether words that fold to this phrase, but are not written as it, may be meant as it."""
        if self.phrase.lenient:
            return True
        if self.phrase.exact:
            return False
        if not all(word in forms for word, forms in zip(typed, self.forms, strict=True)):
            return False
        return not marked or any(not word.isascii() for word in typed)


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
        self._lengths = [patterns[0].length for patterns in self._patterns]
        self._known: dict[tuple[int, tuple[str, ...], bool], tuple[tuple[Phrase[T], bool], ...]] = {}
        self._search = AhoCorasick([f" {bare} " for bare in by_bare]) if by_bare else None

    def find(self, reading: Reading) -> list[Found[T]]:
        """Every phrase in the reading, nested and overlapping ones too, in order of their last word."""
        found: list[Found[T]] = []
        if self._search is None:
            return found
        marked = reading.marked_share >= TYPES_DIACRITICS
        for index, start, _ in self._search.find_matches_as_indexes(reading.haystack, overlapping=True):
            first = reading.word_at[start + 1]
            last = first + self._lengths[index]
            for phrase, sure in self._meant(index, tuple(reading.words[first:last]), marked):
                found.append(Found(first, last, phrase, sure))
        return found

    def _meant(self, index: int, typed: tuple[str, ...], marked: bool) -> tuple[tuple[Phrase[T], bool], ...]:
        """Which phrases of the same bare letters may be meant, and whether surely; remembered, for people repeat."""
        key = index, typed, marked
        meant = self._known.get(key)
        if meant is None:
            judged = ((pattern.phrase, pattern.judged(typed, marked)) for pattern in self._patterns[index])
            meant = tuple((phrase, sure) for phrase, sure in judged if sure is not None)
            if len(self._known) < _REMEMBERED:
                self._known[key] = meant
        return meant


def as_read(written: str) -> str:
    """A phrase of the data files as a reading would hold it: words apart by one space, apostrophes gone."""
    return " ".join(word.text.translate(_NO_APOSTROPHE) for word in words(same_tone(unify(written))))
