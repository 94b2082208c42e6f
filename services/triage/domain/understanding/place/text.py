"""A message as the search for places reads it: its words with their diacritics, without, and what stood between.

Unlike the other reading it spells nothing out ("k pac" is Krông Pắc, not "không pắc") and keeps capitals and commas,
which tell names from words.
"""

import re
import unicodedata
from dataclasses import dataclass

from shared.text import fold, same_tone, unify
from shared.text.words import APOSTROPHES

MAX_LETTERS = 4_000  # a Zalo message holds 2,000; what is longer is read so far, in bounded time
SOFT, HARD = 1, 2  # a comma, dash or bracket; the end of a sentence

_LETTER = r"(?:[^\W_]|[\u0300-\u036f])"
_PIECE = re.compile(rf"({_LETTER}+(?:[{APOSTROPHES}]{_LETTER}+)*)|([.!?;:\n…]+)|([,()/–—-]+)")
_ELONGATED = re.compile(r"([^\W\d_])\1{2,}")
_NO_APOSTROPHE = str.maketrans(dict.fromkeys(APOSTROPHES))
_SHORT_FORMS = frozenset({"x", "p", "f", "q", "h", "t", "tt", "tx", "tp", "ql", "tl", "ca", "cax", "km"})
# What a single letter stands for where it is a person: "e o Ea Tu" is "em ở Ea Tu".
_PEOPLE = {"e": "em", "a": "anh", "c": "chị", "t": "tôi", "tui": "tôi", "m": "mình", "mk": "mình", "b": "bạn"}
_PEOPLE_BARE = {short: fold(full) for short, full in _PEOPLE.items()}
TYPES_DIACRITICS = 0.4  # from this share of marked words on, a bare word is bare by intent


@dataclass(frozen=True, slots=True)
class PlaceText:
    """The words of a message. `gap[i]`: what stands before word i (0, SOFT, HARD); `capital[i]`: it is written large.

    `haystack` is the bare words with a space around each; `word_at` finds the word that begins at an offset of it.
    `said` and `said_bare` have people spelt out. `marked_share` is the share of words typed with diacritics, 0 to 1.
    """

    words: list[str]
    bare: list[str]
    said: list[str]
    said_bare: list[str]
    gap: list[int]
    capital: list[bool]
    haystack: str
    word_at: dict[int, int]
    marked_share: float
    asks: bool

    @property
    def is_marked(self) -> bool:
        """Whether the sender types diacritics."""
        return self.marked_share >= TYPES_DIACRITICS

    def __len__(self) -> int:
        return len(self.words)


def read_places(text: str) -> PlaceText:
    """Any text, ready for the search. Raises nothing."""
    composed = _ELONGATED.sub(r"\1", unicodedata.normalize("NFC", text[:MAX_LETTERS]))
    typed, gap = _pieces(composed)
    words = _lowered(typed)
    bare = _bare(words)
    word_at, offset = {}, 1
    for index, word in enumerate(bare):
        word_at[offset] = index
        offset += len(word) + 1
    marked = sum(not word.isascii() for word in words)
    shouted = composed.isupper()
    capital = [word[0].isupper() and not shouted for word in typed]
    said = [_PEOPLE.get(word, word) for word in words]
    said_bare = [_PEOPLE_BARE.get(word, word) for word in bare]
    share = marked / len(words) if words else 0.0
    return PlaceText(words, bare, said, said_bare, gap, capital, f" {' '.join(bare)} ", word_at, share, "?" in composed)


def _pieces(text: str) -> tuple[list[str], list[int]]:
    words: list[str] = []
    gap: list[int] = []
    between = 0
    for word, hard, soft in _PIECE.findall(text):
        if word:
            words.append(word)
            gap.append(between)
            between = 0
        elif hard == "." and words and words[-1].lower() in _SHORT_FORMS:
            continue
        elif hard or soft:
            between = max(between, HARD if hard else SOFT)
    return words, gap


def _lowered(typed: list[str]) -> list[str]:
    joined = same_tone(unify(" ".join(typed).translate(_NO_APOSTROPHE)))
    words = joined.split(" ")
    if len(words) == len(typed) and all(words):
        return words
    return [same_tone(unify(word)).translate(_NO_APOSTROPHE).replace(" ", "") or "_" for word in typed]


def _bare(words: list[str]) -> list[str]:
    bare = fold(" ".join(words)).split(" ")
    if len(bare) == len(words) and all(bare):
        return bare
    # A letter of a rare script that decomposes to nothing or to spaces: keep one bare word for each word.
    return [fold(word).replace(" ", "") or "_" for word in words]
