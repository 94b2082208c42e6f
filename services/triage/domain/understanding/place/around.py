"""The words around a name: the village, site and position stepped over, and the words that say its part."""

from dataclasses import dataclass

from services.triage.domain.understanding.place.text import HARD, PlaceText
from services.triage.domain.understanding.place.words import Marked, PlaceWords

_LEAD = 7  # words looked back for the part a place plays
_STEPS = 4  # villages, landmarks and positions stepped over before that
_VILLAGE_NAME = 3  # words of a village's name at most


@dataclass(slots=True)
class Before:
    """What was stepped over before a name, and where the words begin that say its part."""

    begin: int
    pointed: bool = False
    strictly: bool = False
    nested: bool = False
    seat: bool = False
    school: bool = False
    site: bool = False


def says(text: PlaceText, end: int, length: int, phrases: Marked, words: PlaceWords) -> bool:
    """Whether one of the phrases ends at a word, its diacritics agreeing; a bare one where it is seldom another."""
    start = end - length
    bare = " ".join(text.bare[start:end]) if start >= 0 else ""
    forms = phrases.get(bare)
    if not forms:
        return False
    typed = " ".join(text.words[start:end])
    if typed == bare and bare in words.doubtful:
        return typed in forms and text.is_marked
    return typed in forms or (typed == bare and not text.is_marked)


def step_back(text: PlaceText, begin: int, words: PlaceWords) -> Before:
    """Over "chợ", "gần", "thôn 3", "trường tiểu học": what they say, and where the part's words begin."""
    before = Before(begin)
    for _ in range(_STEPS):
        at = before.begin
        if not at or text.gap[at] == HARD:
            break
        step = _one_step(text, at, words, before)
        if not step:
            break
        before.begin = at - step
    last = before.begin
    one = text.bare[last - 1] if last and text.gap[last] != HARD else ""
    two = " ".join(text.bare[max(0, last - 2) : last]) if one else ""
    if two == "xe tai":  # xe tải, not "xe tại"
        return before
    before.strictly |= one in words.at_only or two in words.at_only or before.nested
    before.pointed |= before.strictly or one in words.at or two in words.at
    return before


def _one_step(text: PlaceText, at: int, words: PlaceWords, before: Before) -> int:
    for length in (3, 2, 1):
        phrase = " ".join(text.bare[max(0, at - length) : at])
        if at < length:
            continue
        if phrase in words.school:
            before.school = before.pointed = True
            return length
        if phrase in words.site and _typed_as_site(text, at - length, at):
            before.pointed = before.strictly = before.site = True
            before.seat |= phrase in words.seat
            return length
        if phrase in words.position:
            before.pointed |= phrase in words.at or " " in phrase  # "đầu" and "sau" alone are said of anything
            before.strictly |= phrase in words.at_only
            return length
    for length in range(1, _VILLAGE_NAME + 1):
        named = (
            at > length and not any(text.gap[at - length : at]) and _NO_NAMES.isdisjoint(text.bare[at - length : at])
        )
        if named and _is_village(text, at - length - 1, words):
            before.nested = before.pointed = True
            return length + 1
    return 0


# Words no village is named by: "thôn tôi bị" ends in no name.
_NO_NAMES = frozenset(
    {"toi", "minh", "em", "tui", "con", "chau", "bi", "co", "nay", "do", "nao", "o", "la", "va", "ma", "thi", "khong"}
    | {"cung", "dang", "dong", "ben", "ta", "nha", "cua", "voi", "ra", "vo", "vao", "di", "ve"}
)


def _typed_as_site(text: PlaceText, start: int, end: int) -> bool:
    """Of "chợ", "chỗ" and "cho" only the first is a site; a bare one counts."""
    if text.bare[start] != "cho" or end - start > 1:
        return True
    return text.words[start] == "chợ" or (text.words[start] == "cho" and not text.is_marked)


def _is_village(text: PlaceText, index: int, words: PlaceWords) -> bool:
    if not index or not text.bare[index + 1].isdigit():
        return says(text, index + 1, 1, words.village, words)
    return text.bare[index] in words.village


def lead_of(text: PlaceText, begin: int) -> str:
    """The words before, back to the sentence's beginning; a comma stands as a word. Bare where the sender types so."""
    said: list[str] = []
    for index in range(begin - 1, max(-1, begin - 1 - _LEAD), -1):
        gap = text.gap[index + 1]
        if gap == HARD:
            break
        if gap:
            said.append(",")
        said.append((text.said if text.is_marked else text.said_bare)[index])
    return " " + " ".join(reversed(said))
