"""Two forms in which Vietnamese is compared.

`unify` keeps the diacritics and makes equal what only looks different: letter case, NFC and NFD, and the two official
tone places (Hòa and Hoà, thủy and thuỷ; both are in use, shared/gazetteer/data/SOURCES.md). `fold` throws the
diacritics away too, as half the senders do ("hoa", "duong"). Both are pure and take any Unicode text.
"""

import re
import unicodedata
from dataclasses import dataclass

# Letters that carry a stroke and therefore have no decomposition: đ of Vietnamese, ƀ of Ê Đê and Gia Rai.
_STROKED = {"đ": "d", "ð": "d", "ɖ": "d", "ƀ": "b"}
_DROPPED = frozenset({"Mn", "Me", "Cf"})  # marks, and what nobody sees (zero-width space and joiners)


class _BareLetters(dict[int, str]):
    """Code point → what is left of it. Filled as letters are met: a text of any script folds by a look-up."""

    def __missing__(self, code: int) -> str:
        bare = self[code] = _bare(chr(code))
        return bare


class _Unseen(dict[int, int | None]):
    """Code point → itself, or nothing where it has no width on the screen."""

    def __missing__(self, code: int) -> int | None:
        kept = self[code] = None if unicodedata.category(chr(code)) == "Cf" else code
        return kept


def _bare(letter: str) -> str:
    """The letters under the diacritics of one code point, in lower case; nothing for a mark alone."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", letter).casefold())
    return "".join(_STROKED.get(part, part) for part in apart if unicodedata.category(part) not in _DROPPED)


_BARE = _BareLetters()
_SEEN = _Unseen()


def fold(text: str) -> str:
    """`text` in lower case without diacritics: "Đường Hoà Bình" → "duong hoa binh".

    NFC and NFD give the same, and so does folding twice. The length may differ from the text's (marks vanish,
    a ligature becomes its letters): use `fold_with_positions` to find the way back.
    """
    return text.translate(_BARE)


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text that knows where each of its letters stood.

    `positions[i]` is the index in `original` of the code point that gave `text[i]`.
    """

    original: str
    text: str
    positions: tuple[int, ...] | range

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` stands in the original, the marks that follow its last letter included."""
        if start >= end:
            here = self.positions[start] if start < len(self.positions) else len(self.original)
            return here, here
        last = self.positions[end - 1] + 1
        while last < len(self.original) and not _BARE[ord(self.original[last])]:
            last += 1
        return self.positions[start], last

    def quote(self, start: int, end: int) -> str:
        """The sender's own letters behind `text[start:end]`."""
        first, last = self.span(start, end)
        return self.original[first:last]


def fold_with_positions(text: str) -> Folded:
    """`fold`, with the map back from each folded letter to its place in `text`."""
    parts = [_BARE[ord(letter)] for letter in text]
    if all(len(part) == 1 for part in parts):  # composed Vietnamese: letter for letter
        return Folded(text, "".join(parts), range(len(text)))
    positions = tuple(index for index, part in enumerate(parts) for _ in part)
    return Folded(text, "".join(parts), positions)


def _open_syllables() -> dict[str, str]:
    """New tone place → old one, for the open syllables in which the two differ: hoà → hòa, khoẻ → khỏe, thuỷ → thủy."""
    pairs = {}
    for glide, vowel in ("oa", "oe", "uy"):
        for tone in "\u0300\u0301\u0309\u0303\u0323":
            new = glide + unicodedata.normalize("NFC", vowel + tone)
            pairs[new] = unicodedata.normalize("NFC", glide + tone) + vowel
    return pairs


_OLD_PLACE = _open_syllables()
_AFTER_Q = {old: new for new, old in _OLD_PLACE.items() if new.startswith("u")}  # "qúy" is "quý": there u is no vowel
_NEW_PLACE_FOUND = re.compile(r"(?:o[àáảãạèéẻẽẹ]|(?<!q)u[ỳýỷỹỵ])(?![^\W\d_])")
_WRONG_AFTER_Q = re.compile(r"(?<=q)[ùúủũụ]y")


def unify(text: str) -> str:
    """`text` in lower case, NFC, with one tone place and without invisible characters; the diacritics stay."""
    if text.isascii():
        return text.lower()
    lower = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold().translate(_SEEN))
    lower = _NEW_PLACE_FOUND.sub(lambda found: _OLD_PLACE[found[0]], lower)
    return _WRONG_AFTER_Q.sub(lambda found: _AFTER_Q[found[0]], lower)
