"""What diacritics tell about a word that was found without them.

"cu bao" may be Cư Bao; "cứ báo" is not. A word typed bare says nothing, a word typed with marks says which it is.
"""

import unicodedata
from enum import Enum

from shared.text.fold import fold

_TONES = frozenset("\u0300\u0301\u0309\u0303\u0323")
_ROUNDED = {ord(a): b for a, b in zip("ãẵẫẽễĩõỗỡũữỹ", "ảẳẩẻểỉỏổởủửỷ", strict=True)}


class Agreement(Enum):
    """How the typed word stands to the meant one, where both fold to the same letters."""

    EXACT = "the same diacritics"
    BARE = "typed with fewer: it may be"
    AGAINST = "typed with others: it is another word"


def same_tone(unified: str) -> str:
    """The text with ngã written as hỏi: central and southern hands mix the two, and the words we look for do not."""
    return unified.translate(_ROUNDED)


def toneless(word: str) -> str:
    """The word without its tone, the other marks kept: "trộm" → "trôm"."""
    apart = unicodedata.normalize("NFD", word)
    return unicodedata.normalize("NFC", "".join(part for part in apart if part not in _TONES))


def agreement(typed: str, meant: str) -> Agreement:
    """Compare two unified words or phrases, word by word. Raises nothing; unequal lengths are AGAINST."""
    typed, meant = same_tone(typed), same_tone(meant)
    if typed == meant:
        return Agreement.EXACT
    here, there = typed.split(" "), meant.split(" ")
    if len(here) == len(there) and all(_may_be(a, b) for a, b in zip(here, there, strict=True)):
        return Agreement.BARE
    return Agreement.AGAINST


def _may_be(typed: str, meant: str) -> bool:
    return typed == meant or typed == fold(meant) or typed == toneless(meant)
