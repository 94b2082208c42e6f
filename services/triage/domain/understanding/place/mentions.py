"""Where a message names a place, and how: with which type word, after which words, in what part of the story."""

from collections.abc import Collection

from services.triage.domain.understanding.place.after import (
    befalls,
    is_site,
    is_university,
    with_what_follows,
    words_after,
)
from services.triage.domain.understanding.place.around import lead_of, says, step_back
from services.triage.domain.understanding.place.mention import Mention
from services.triage.domain.understanding.place.roles import Role, role_by_lead
from services.triage.domain.understanding.place.search import Hit, Likeness, NameSearch
from services.triage.domain.understanding.place.spots import Name
from services.triage.domain.understanding.place.standing import WITH_AT, stands
from services.triage.domain.understanding.place.text import HARD, PlaceText
from services.triage.domain.understanding.place.type_words import DISTRICT_WORDS, KIND_WORDS, PROVINCE_WORDS, type_word
from services.triage.domain.understanding.place.words import PlaceWords
from shared.gazetteer.commune import Kind

_MARKED = {
    "xa": "xã", "phuong": "phường", "huyen": "huyện", "tinh": "tỉnh", "quan": "quận", "thi tran": "thị trấn",
    "thi xa": "thị xã", "thanh pho": "thành phố", "dac khu": "đặc khu",
}  # fmt: skip
_DISTANCE = 6  # words from "ở" to the province that a place is set in
_ONE_SYLLABLE = 5  # letters
_UNLIKE_WORDS = 3  # words of a name that nobody writes by chance


def mentions_in(text: PlaceText, search: NameSearch, words: PlaceWords, *, asked: bool = False) -> list[Mention]:
    """The places named, in the text's order, without villages, roads, persons and common words of the same letters.

    `asked`: the page has just asked where, so a bare name is an answer.
    """
    hits = _with_mended(text, search)
    ends = {hit.end: hit for hit in hits}
    ours = {hit.start for hit in hits if hit.name.spots or hit.name.district}
    named = (_mention(hit, text, words, ends.get(hit.start), ours) for hit in hits)
    found = [with_what_follows(mention, text, words) for mention in named if mention]
    return [each for each in found if stands(each, found, text, words, asked=asked)]


def _with_mended(text: PlaceText, search: NameSearch) -> list[Hit]:
    """The names found, and those with one letter wrong where a type word announces a name and none is there."""
    hits = search.find(text)
    taken = {index for hit in hits for index in range(hit.start, hit.end)}
    for start in range(1, len(text)):
        if text.bare[start - 1] not in _ANNOUNCE or start in taken or text.gap[start] == HARD:
            continue
        begin, typed = type_word(text, start)
        strange = text.bare[start] in _STRANGE_HEADS
        if (typed and begin not in taken) or strange:
            whole = typed in _WHOLE_KINDS and (not text.is_marked or not text.words[start - 1].isascii())
            if text.gap[start]:
                continue
            hit = _strange(text, start, search, is_kind=whole, is_typed=typed not in _SHORT_KINDS)
            if hit and not taken.intersection(range(hit.start, hit.end)):
                hits.append(hit)
                taken.update(range(hit.start, hit.end))
    return sorted(hits, key=lambda hit: hit.start)


_WHOLE_KINDS = frozenset({"xa", "phuong", "thi tran"})
_SHORT_KINDS = frozenset({"x", "p", "f", "h", "q", "quan", "tt"})


def _strange(text: PlaceText, start: int, search: NameSearch, *, is_kind: bool, is_typed: bool) -> Hit | None:
    """A commune that only other provinces have, else one of ours with a letter wrong."""
    if is_kind and search.is_elsewhere(text, start):
        return search.elsewhere(text, start)
    hit = search.mended(text, start)
    return hit if hit and (is_typed or hit.name.highland) else None


_STRANGE_HEADS = frozenset({"ea", "ia", "krong", "dlie", "dray", "cuor"})


_ANNOUNCE = {word.split(" ")[-1] for word in (*KIND_WORDS, *DISTRICT_WORDS)} | {"o", "tai", "thuoc", "gan"}


def _mention(
    hit: Hit, text: PlaceText, words: PlaceWords, previous: Hit | None, ours: Collection[int]
) -> Mention | None:
    """`previous` is the name that ends where this one begins, if there is one; `ours`: where names of ours begin."""
    name = hit.name
    begin, typed = type_word(text, hit.start)
    kind = KIND_WORDS.get(typed) if typed else _own_kind(text.bare[hit.start : hit.end], name)
    if typed is None and previous is None and _is_a_namesake(hit, text, words):
        return None
    far = bool(name.beyond) and not (name.spots or name.district)
    before = step_back(text, begin, words)
    lead = lead_of(text, before.begin)
    if name.written.startswith(WITH_AT):  # "ở Hàn": alone the name is a word
        before.pointed, lead = True, f"{lead} {text.words[hit.start]}"
    distant = _at_a_distance(text, before.begin) if name.beyond and not before.pointed else None
    at_home = distant is not None and text.bare[distant - 1] in {"o", "tai"}
    role = role_by_lead(lead_of(text, distant) if distant and at_home else lead, words, marked=text.is_marked)
    if far and is_university(name.written) and role in {Role.TOLD, Role.GONE_TO}:
        role = Role.WORK
    if role is Role.END and before.nested:
        role = Role.TOLD  # the road into a village of the commune is in the commune
    if role is Role.ORIGIN and before.begin != begin:
        role = Role.TOLD  # "người trong xã Ea Tu" are those who live there
    if previous and not _LINES.isdisjoint(text.bare[max(0, previous.start - 2) : previous.start]):
        role = Role.END  # "xe khách Sài Gòn - Tuy Hòa"
    return Mention(
        start=begin,
        end=hit.end,
        name=name,
        written=name.written,
        likeness=hit.likeness,
        kind=kind,
        as_district=typed in DISTRICT_WORDS,
        as_province=typed in PROVINCE_WORDS,
        pointed=before.pointed or distant is not None or (far and _is_pointed_itself(name)),
        strictly=before.strictly,
        nested=before.nested,
        at_seat=before.seat,
        at_school=before.school,
        at_site=before.site,
        certain=_certain(hit),
        role=role,
        lead=lead,
        after=words_after(text, hit.end) if name.beyond else "",
        befallen=far and befalls(text, hit.end, role, ours),
    )


def _is_pointed_itself(name: Name) -> bool:
    return is_site(name.written) or is_university(name.written)


def _at_a_distance(text: PlaceText, begin: int) -> int | None:
    """Where a word of place some words before a far name ends: "ở vịnh Vân Phong, Khánh Hòa"; None without one."""
    for index in range(begin - 1, max(-1, begin - 1 - _DISTANCE), -1):
        if text.gap[index + 1] == HARD or text.bare[index] in {"ve", "tu", "nguoi", "que"}:
            return None
        if text.bare[index] in _AT and text.words[index] not in {"dì", "tài", "tái"}:
            return index + 1
    return None


_AT = frozenset({"o", "tai", "di", "ben", "phia", "duoi", "tren", "gan", "doan"})


def _own_kind(bare: list[str], name: Name) -> Kind | None:
    """Numbered wards carry their type word inside the name: "phuong 1", "p1"."""
    return Kind.PHUONG if name.written.isdigit() and bare[0][0] in "pf" else None


def _certain(hit: Hit) -> bool:
    """Whether the letters alone make it a place; else ("van hoa" may be văn hóa) it must be pointed to."""
    name = hit.name
    if name.beyond and not (name.spots or name.district):
        return False
    if hit.likeness is Likeness.EXACT:
        bare_by_nature = name.bare_word and name.written.isascii()
        return not name.everyday and not bare_by_nature and not _short(name)
    if hit.likeness is Likeness.MENDED or (hit.likeness is Likeness.BY_EAR and name.written.startswith(_CU)):
        return False
    length = hit.end - hit.start
    joined = length == 1 and " " in name.written  # "hoathang" is no word
    unlike_words = name.highland or joined or length >= _UNLIKE_WORDS
    return unlike_words and not name.bare_word and not name.everyday


_GUESTS = frozenset({"khach san", "nha nghi", "nha hang", "quan an", "quan nhau", "quan com"})
_LINES = frozenset({"xe", "khach", "tuyen", "tau"})
_CU = ("Cư ", "Chư ")  # heard as cứ, cũ, chú and chủ too


def _short(name: Name) -> bool:
    """One syllable is too little to be sure of: "Lắk", "Hàn"."""
    return " " not in name.written and len(name.written) <= _ONE_SYLLABLE


def _is_a_namesake(hit: Hit, text: PlaceText, words: PlaceWords) -> bool:
    """A village, road, company or person of the name is not the commune."""
    unmistakable = hit.name.landmark and hit.end - hit.start >= _UNLIKE_WORDS
    inside = text.bare[max(0, hit.start - 3) : hit.start]
    if hit.name.beyond and inside[:1] in (["o"], ["tai"]) and " ".join(inside[1:]) in _GUESTS:
        return False  # "ở khách sạn Phú Quốc" is a hotel there
    if unmistakable or not hit.start or text.gap[hit.start] == HARD:
        return False
    two = " ".join(text.bare[max(0, hit.start - 2) : hit.start])
    three = " ".join(text.bare[max(0, hit.start - 3) : hit.start])
    if not words.site.isdisjoint((two, three)):
        return False
    for length in (1, 2, 3):
        if says(text, hit.start, length, words.namesake, words) or says(text, hit.start, length, words.village, words):
            return True
    if hit.name.highland or text.gap[hit.start]:
        return False
    person = says(text, hit.start, 1, words.person, words)
    return person or (hit.likeness is not Likeness.EXACT and says(text, hit.start, 1, words.surname, words))


def unknown_commune(text: PlaceText, mentions: list[Mention], words: PlaceWords) -> str | None:
    """A commune that is told by name and type word and is in no table of ours: "xã Hòa Xuyên"; None where none is."""
    known = {index for mention in mentions for index in range(mention.start, mention.end)}
    for at in range(1, len(text) - 1):
        if text.bare[at - 1] not in _WHOLE_KINDS or at in known or not _is_a_name(text, at, words):
            continue
        if type_word(text, at)[1] in _WHOLE_KINDS:
            return " ".join(text.words[at : at + 2])
    return None


def _is_a_name(text: PlaceText, at: int, words: PlaceWords) -> bool:
    """Two words written large, of which the first is no surname and no way to address somebody."""
    if text.gap[at] or text.gap[at + 1] or not (text.capital[at] and text.capital[at + 1]):
        return False
    return text.bare[at] not in words.surname and text.bare[at] not in words.person and text.bare[at] not in _ADDRESS


_ADDRESS = frozenset(
    {"ad", "anh", "cac", "cho", "chu", "em", "hien", "nho", "toi", "xin", "cong", "chao", "con", "doan"}
)
