"""How names are written: spaced, joined, by ear. Pure functions over letters."""

import re
from collections.abc import Iterable
from functools import lru_cache

from services.triage.domain.understanding.phrases import as_read
from shared.text import fold
from shared.text.words import APOSTROPHES

SHORTEST_JOINED = 4  # letters: "eatu" and "tanan" are typed so, "eao" is too many other things
SHORTEST_BY_EAR = 5
_TWO_SYLLABLES = re.compile("[aeiouy]+[^aeiouy]+[aeiouy]")  # "tuan" is tuần more often than Tự An
_APOSTROPHE_GAP = str.maketrans(dict.fromkeys(APOSTROPHES, " "))
# First syllables of highland names, and how else they are written.
HEADS = {
    "ea": "ea", "ia": "ea",
    "cu": "cu", "chu": "cu", "tru": "cu",
    "krong": "krong", "kr": "krong", "kong": "krong", "crong": "krong", "grong": "krong",
    "dlie": "dlie", "dli": "dlie", "lie": "dlie",
    "dray": "dray", "drai": "dray", "drei": "dray", "jrai": "dray",
    "dur": "dur", "yang": "yang", "iang": "yang", "dak": "dak", "dac": "dak", "dat": "dak", "dack": "dak",
    "cuor": "cuor", "cuo": "cuor", "cour": "cuor", "kuor": "cuor", "quor": "cuor", "coor": "cuor",
    "pong": "pong", "pon": "pong", "bong": "bong", "bang": "bang", "dang": "dang",
    "plei": "plei", "kon": "kon", "m": "m", "nam": "nam",
}  # fmt: skip
_NOT_BY_EAR = frozenset({"buon", "ya"})  # also words of villagers: "của buôn cất" is no Buôn Trấp
BEGINNINGS = frozenset(head[:2] for head in HEADS)
JOINED_HEADS = tuple(sorted((head for head in HEADS if len(head) > 1), key=len, reverse=True))
_HEARD = (
    (re.compile("ck|ch|c|q|kh"), "k"),
    (re.compile("ph"), "f"),
    (re.compile("x"), "s"),
    (re.compile("z"), "d"),
    (re.compile("y"), "i"),
    (re.compile("w"), "u"),
    (re.compile("(?<=[bdt])h|h(?=[^aeiou])"), ""),
    (re.compile(r"(.)\1+"), r"\1"),
    (re.compile("(?<=[aeiou])g$"), "k"),
)


def spelling(name: str) -> str:
    """What tells two names apart where diacritics are typed: Ea D'Rơng and Ea Drông are two, M'Drắk and M'Đrắk one."""
    return as_read(name).replace(" ", "").replace("đ", "d")


def bare_of(written: str) -> str:
    """The letters of a written form, words apart by one space."""
    return fold(as_read(written))


def forms(written: str) -> Iterable[str]:
    """The ways a name is spaced: as written, its apostrophe as a gap, all in one; a number with its type word."""
    if written.isdigit():
        numbers = dict.fromkeys((written, str(int(written))))  # "05" is written 5
        return [f"{word}{number}" for number in numbers for word in ("phường ", "p ", "p", "f ")]
    found = dict.fromkeys((written, written.translate(_APOSTROPHE_GAP)))
    joined = as_read(written).replace(" ", "")
    if len(joined) >= SHORTEST_JOINED and _TWO_SYLLABLES.search(fold(joined)):
        found[joined] = None
    return found


def is_highland(name: str) -> bool:
    """Whether the name is of a highland language: spelt by ear, and no Vietnamese word."""
    first, _, rest = bare_of(name).partition(" ")
    return bool(rest) and (first in HEADS or first in _NOT_BY_EAR) and first not in {"nam", "bong", "bang", "dang"}


@lru_cache(maxsize=8192)  # the same names come again and again
def by_ear(bare: str) -> str:
    """What is heard of a highland name, its syllables joined: "ea knuêk" and "Ea Knuếc" sound alike."""
    first, _, rest = bare.partition(" ")
    heard = HEADS.get(first, first) + rest.replace(" ", "")
    for sound, letter in _HEARD:
        heard = sound.sub(letter, heard)
    return heard


def apart(joined: str) -> str | None:
    """A joined name with its first syllable apart: "cumgar" → "cu mgar"; None where none of ours begins so."""
    for head in JOINED_HEADS if joined[:2] in BEGINNINGS else ():
        if joined.startswith(head) and len(joined) > len(head) + 1:
            return f"{head} {joined[len(head) :]}"
    return None


def deletions(word: str) -> set[str]:
    """The word, and it with any one letter left out: two words within one edit share one of these."""
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


def one_edit(a: str, b: str) -> bool:
    """Whether one letter more, less, other, or two neighbours exchanged makes one word of the other."""
    if abs(len(a) - len(b)) > 1 or a == b:
        return a == b
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    x, y = a[start:], b[start:]
    return x[1:] == y[1:] or x[1:] == y or x == y[1:] or (x[1::-1] == y[:2] and x[2:] == y[2:])
