"""A message read into words: what every rule looks at."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from services.triage.domain.understanding.telex import untyped
from shared.text import fold, same_tone, unify
from shared.text.words import APOSTROPHES

MAX_LETTERS = 4_000  # a Zalo message holds 2,000; what is longer is read so far, in bounded time

_LETTER = r"(?:[^\W_]|[\u0300-\u036f])"
_PIECE = re.compile(rf"({_LETTER}+(?:[{APOSTROPHES}]{_LETTER}+)*)|[.!?;,:\n…]+")
_ELONGATED = re.compile(r"([^\W\d_c])\1{2,}")  # "cứuuuu" is "cứu"; but CCCD and PCCC are papers
_TAIL = 6  # words in which a question shows its end
_ENDS_ASKING = re.compile(
    r"\b(khong|chua|nao|sao|dau|gi|may gio|bao nhieu|bao lau|the nao|hong)"
    r"( (a|ad|admin|vay|anh|oi|nhi|ta|em|chi|the|ha|shop|cac|may|chu|da|nhe|hen|vay ta))*$"
)
_NO_APOSTROPHE = str.maketrans(dict.fromkeys(APOSTROPHES))


@dataclass(frozen=True, slots=True)
class Reading:
    """The words of a message, unified (ngã as hỏi) in `words` and without diacritics in `bare`.

    `clause[i]` numbers the clause of word i. `haystack` is the bare words with a space around each; `word_at` finds
    the word that begins at an offset of it. `marked_share` is the share of words typed with diacritics, 0 to 1.
    """

    words: list[str]
    bare: list[str]
    clause: list[int]
    haystack: str
    word_at: dict[int, int]
    marked_share: float
    asks: bool

    def __len__(self) -> int:
        return len(self.words)


def read(text: str, shorthand: Mapping[str, tuple[str, ...]]) -> Reading:
    """Any text as a reading; `shorthand` gives the words an abbreviation stands for. Raises nothing."""
    lower = _ELONGATED.sub(r"\1", unify(text[:MAX_LETTERS]))
    typed, clause = _pieces(same_tone(lower))
    marked = sum(not word.isascii() for word in typed)
    words, clause = _spelt_out(typed, clause, shorthand)
    bare = _bare(words)
    word_at, offset = {}, 1
    for index, word in enumerate(bare):
        word_at[offset] = index
        offset += len(word) + 1
    share = marked / len(typed) if typed else 0.0
    asks = "?" in lower or _ENDS_ASKING.search(" ".join(bare[-_TAIL:])) is not None
    return Reading(words, bare, clause, f" {' '.join(bare)} ", word_at, share, asks)


def _pieces(lower: str) -> tuple[list[str], list[int]]:
    words: list[str] = []
    clause: list[int] = []
    number = 0
    for word in _PIECE.findall(lower):
        if word:
            words.append(word)
            clause.append(number)
        else:
            number += 1
    if "'" in lower or "’" in lower:
        words = [word.translate(_NO_APOSTROPHE) for word in words]
    return [untyped(word) for word in words], clause


def _spelt_out(
    typed: list[str], clause: list[int], shorthand: Mapping[str, tuple[str, ...]]
) -> tuple[list[str], list[int]]:
    """Abbreviations as the words they stand for; "500k" and "500 k" stay money."""
    if shorthand.keys().isdisjoint(typed):
        return typed, clause
    words: list[str] = []
    clauses: list[int] = []
    for index, word in enumerate(typed):
        full = shorthand.get(word) if not (index and typed[index - 1].isdigit()) else None
        words.extend(full or (word,))
        clauses.extend([clause[index]] * len(full or (word,)))
    return words, clauses


def _bare(words: list[str]) -> list[str]:
    bare = fold(" ".join(words)).split(" ")
    if len(bare) == len(words) and all(bare):
        return bare
    # A letter of a rare script that decomposes to nothing or to spaces: keep one bare word for each word.
    return [fold(word).replace(" ", "") or "_" for word in words]
