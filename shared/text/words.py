"""Words of a text, with their places.

A syllable with a space on each side is a word here: Vietnamese writes its syllables apart, and names of the highlands
(Ea H'leo) carry an apostrophe inside one.
"""

import re
from dataclasses import dataclass

APOSTROPHES = "'’ʼ‘`´ʹ"
_LETTER = r"(?:[^\W_]|[\u0300-\u036f])"  # the marks of a text that is not composed belong to their letter
_WORD = re.compile(rf"{_LETTER}+(?:[{APOSTROPHES}]{_LETTER}+)*")


@dataclass(frozen=True, slots=True)
class Word:
    """One word as it is written, `text[start:end]`."""

    text: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """Every run of letters and digits, in order; what stands between is not kept."""
    return [Word(found[0], found.start(), found.end()) for found in _WORD.finditer(text)]
