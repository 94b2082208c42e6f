"""Where a message names a place, and how: with which type word, after which words, in what part of the story."""

import re
from dataclasses import dataclass, replace

from services.triage.domain.understanding.place.roles import Role, role_by_lead
from services.triage.domain.understanding.place.search import Hit, Likeness, NameSearch
from services.triage.domain.understanding.place.spelling import spelling
from services.triage.domain.understanding.place.spots import Name
from services.triage.domain.understanding.place.text import HARD, PlaceText
from services.triage.domain.understanding.place.words import Marked, PlaceWords
from shared.gazetteer.commune import Kind

KIND_WORDS = {
    "xa": Kind.XA, "x": Kind.XA, "phuong": Kind.PHUONG, "p": Kind.PHUONG, "f": Kind.PHUONG, "tt": Kind.THI_TRAN,
    "thi tran": Kind.THI_TRAN, "dac khu": Kind.DAC_KHU,
}  # fmt: skip
DISTRICT_WORDS = frozenset({"huyen", "h", "tx", "thi xa", "tp", "thanh pho", "quan", "q"})
PROVINCE_WORDS = frozenset({"tinh"})
# How a type word is typed with its diacritics: "xả", "phương" and "tính" are other words (same_tone: ngã as hỏi).
_MARKED = {
    "xa": "xã", "phuong": "phường", "huyen": "huyện", "tinh": "tỉnh", "quan": "quận", "thi tran": "thị trấn",
    "thi xa": "thị xã", "thanh pho": "thành phố", "dac khu": "đặc khu",
}  # fmt: skip
_LEAD = 7  # words looked back for the part a place plays
_STEPS = 4  # villages, landmarks and positions stepped over before that
_DISTANCE = 6  # words from "ở" to the province that a place is set in
_TITLE = 5  # words from "group" to a name in its title
_ONE_SYLLABLE = 5  # letters
_VILLAGE_NAME = 3  # words of a village's name at most
_UNLIKE_WORDS = 3  # words of a landmark that nobody writes by chance
_WHOLE = 3  # words beside a name in a message that is little else


@dataclass(frozen=True, slots=True)
class Mention:
    """A place name in a message.

    `kind`: the type word of a commune before it; `as_district`, `as_province`: so called. `pointed`: a word of place
    stands before it, `strictly` one that is nothing else; `nested`: a village of it does; `at_seat`: a market,
    hospital or bus station, `at_school` a school, `at_site` any such. `certain`: its letters alone make it a place.
    """

    start: int
    end: int
    name: Name
    written: str
    likeness: Likeness
    kind: Kind | None
    as_district: bool
    as_province: bool
    pointed: bool
    strictly: bool
    nested: bool
    at_seat: bool
    at_school: bool
    at_site: bool
    certain: bool
    role: Role
    lead: str

    @property
    def typed(self) -> bool:
        """Whether a type word of any level stands before it."""
        return self.kind is not None or self.as_district or self.as_province


@dataclass(slots=True)
class _Before:
    """What was stepped over before a name, and where the words begin that say its part."""

    begin: int
    pointed: bool = False
    strictly: bool = False
    nested: bool = False
    seat: bool = False
    school: bool = False
    site: bool = False


def mentions_in(text: PlaceText, search: NameSearch, words: PlaceWords, *, asked: bool = False) -> list[Mention]:
    """The places named, in the text's order, without villages, roads, persons and common words of the same letters.

    `asked`: the page has just asked where, so a bare name is an answer.
    """
    hits = _with_mended(text, search, words)
    ends = {hit.end for hit in hits}
    found = [mention for hit in hits if (mention := _mention(hit, text, words, after_name=hit.start in ends))]
    return [each for each in found if _stands(each, found, text, words, asked=asked)]


def _with_mended(text: PlaceText, search: NameSearch, words: PlaceWords) -> list[Hit]:
    """The names found, and those with one letter wrong where a type word announces a name and none is there."""
    hits = search.find(text)
    taken = {index for hit in hits for index in range(hit.start, hit.end)}
    for start in range(1, len(text)):
        if start in taken or text.gap[start] == HARD:
            continue
        begin, typed = type_word(text, start)
        strange = text.bare[start] in _STRANGE_HEADS and text.bare[start - 1] in words.at
        if (typed and begin not in taken) or strange:
            whole = typed in _WHOLE_KINDS and (not text.is_marked or not text.words[start - 1].isascii())
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


def type_word(text: PlaceText, start: int) -> tuple[int, str | None]:
    """(where a name begins with its type word, the type word), the word's own diacritics agreeing."""
    if start and text.gap[start] == HARD:
        return start, None
    pair = " ".join(text.bare[max(0, start - 2) : start])
    if (pair in KIND_WORDS or pair in DISTRICT_WORDS) and _as_meant(text, start - 2, start, pair):
        return start - 2, pair
    last = text.bare[start - 1] if start else ""
    known = last in KIND_WORDS or last in DISTRICT_WORDS or last in PROVINCE_WORDS
    if known and _as_meant(text, start - 1, start, last) and not _cooperative(text, start - 1):
        return start - 1, last
    return start, None


def _cooperative(text: PlaceText, at: int) -> bool:
    """A cooperative, hợp tác xã Ea Tu, ends in the type word of a commune and is none."""
    return text.bare[at] == "xa" and text.bare[max(0, at - 2) : at] == ["hop", "tac"]


def _as_meant(text: PlaceText, start: int, end: int, bare: str) -> bool:
    typed = " ".join(text.words[start:end])
    if typed == "quan":  # quán, quan, quản far more often
        return text.is_marked is False and text.bare[end : end + 1] != ["ly"]
    return typed == bare or typed == _MARKED_AS_READ.get(bare, bare)


_MARKED_AS_READ = {bare: marked.replace("ã", "ả") for bare, marked in _MARKED.items()}


def _mention(hit: Hit, text: PlaceText, words: PlaceWords, *, after_name: bool) -> Mention | None:
    name = hit.name
    begin, typed = type_word(text, hit.start)
    kind = KIND_WORDS.get(typed) if typed else _own_kind(text.bare[hit.start : hit.end], name)
    if typed is None and not after_name and _is_a_namesake(hit, text, words):
        return None
    before = _step_back(text, begin, words)
    lead = _lead(text, before.begin)
    if name.written.startswith(_WITH_AT):  # "ở Hàn": alone the name is a word
        before.pointed, lead = True, f"{lead} {text.words[hit.start]}"
    role = role_by_lead(lead, words, marked=text.is_marked)
    if role is Role.ORIGIN and before.begin != begin:
        role = Role.TOLD  # "người trong xã Ea Tu" are those who live there
    mention = Mention(
        start=begin,
        end=hit.end,
        name=name,
        written=name.written,
        likeness=hit.likeness,
        kind=kind,
        as_district=typed in DISTRICT_WORDS,
        as_province=typed in PROVINCE_WORDS,
        pointed=before.pointed or (bool(name.beyond) and _at_a_distance(text, before.begin)),
        strictly=before.strictly,
        nested=before.nested,
        at_seat=before.seat,
        at_school=before.school,
        at_site=before.site,
        certain=_certain(hit),
        role=role,
        lead=lead,
    )
    return _after(mention, text, words)


def _at_a_distance(text: PlaceText, begin: int) -> bool:
    """A word of place some words before a far name: "ở vịnh Vân Phong, Khánh Hòa"."""
    for index in range(begin - 1, max(-1, begin - 1 - _DISTANCE), -1):
        if text.gap[index + 1] == HARD or text.bare[index] in {"ve", "tu", "nguoi", "que"}:
            return False
        if text.bare[index] in {"o", "tai", "di"} and text.words[index] not in {"dì", "tài", "tái"}:
            return True
    return False


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
    unlike_words = name.highland or joined or (name.landmark and length >= _UNLIKE_WORDS)
    return unlike_words and not name.bare_word and not name.everyday


_WITH_AT = ("ở ", "bên ")
_ONESELF = (["dang"], ["em"], ["con"], ["toi"], ["đang"], ["tôi"])
_CU = ("Cư ", "Chư ")  # heard as cứ, cũ, chú and chủ too


def _short(name: Name) -> bool:
    """One syllable is too little to be sure of: "Lắk", "Hàn"."""
    return " " not in name.written and len(name.written) <= _ONE_SYLLABLE


def _is_a_namesake(hit: Hit, text: PlaceText, words: PlaceWords) -> bool:
    """A village, road, company or person of the name is not the commune."""
    if hit.name.landmark or not hit.start or text.gap[hit.start] == HARD:
        return False
    two = " ".join(text.bare[max(0, hit.start - 2) : hit.start])
    three = " ".join(text.bare[max(0, hit.start - 3) : hit.start])
    if not words.site.isdisjoint((two, three)):
        return False
    for length in (1, 2, 3):
        if _says(text, hit.start, length, words.namesake, words) or _says(
            text, hit.start, length, words.village, words
        ):
            return True
    if hit.name.highland or text.gap[hit.start]:
        return False
    person = _says(text, hit.start, 1, words.person, words)
    return person or (hit.likeness is not Likeness.EXACT and _says(text, hit.start, 1, words.surname, words))


def _says(text: PlaceText, end: int, length: int, phrases: Marked, words: PlaceWords) -> bool:
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


def _step_back(text: PlaceText, begin: int, words: PlaceWords) -> _Before:
    """Over "chợ", "gần", "thôn 3", "trường tiểu học": what they say, and where the part's words begin."""
    before = _Before(begin)
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
    before.strictly |= one in words.at_only or two in words.at_only or before.nested
    before.pointed |= before.strictly or one in words.at or two in words.at
    return before


def _one_step(text: PlaceText, at: int, words: PlaceWords, before: _Before) -> int:
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
            before.pointed = True
            before.strictly |= phrase in words.at_only
            return length
    for length in range(1, _VILLAGE_NAME + 1):
        if at > length and not any(text.gap[at - length : at]) and _is_village(text, at - length - 1, words):
            before.nested = before.pointed = True
            return length + 1
    return 0


def _typed_as_site(text: PlaceText, start: int, end: int) -> bool:
    """Of "chợ", "chỗ" and "cho" only the last, typed among diacritics, is no site."""
    if text.bare[start] != "cho" or end - start > 1:
        return True
    return text.words[start] != "cho" or not text.is_marked


def _is_village(text: PlaceText, index: int, words: PlaceWords) -> bool:
    if not index or not text.bare[index + 1].isdigit():
        return _says(text, index + 1, 1, words.village, words)
    return text.bare[index] in words.village


def _lead(text: PlaceText, begin: int) -> str:
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


def _after(mention: Mention, text: PlaceText, words: PlaceWords) -> Mention:
    """What follows may change the part: gone to and robbed there, or gone to and come back."""
    if mention.name.beyond and mention.role in _STAYS and _comes_from(text, mention.end):
        return replace(mention, role=Role.FROM)
    if mention.role is Role.GONE_TO and _ON_THE_WAY.search(mention.lead):
        return replace(mention, role=Role.END)
    if mention.role is Role.GONE_TO:
        following = text.bare[mention.end : mention.end + 9]
        if following[:1] == ["ve"] or following[:2] == ["choi", "ve"]:
            return replace(mention, role=Role.END)
        for index, word in enumerate(following):
            if text.gap[mention.end + index] == HARD or word == "ve":
                break
            if word in (_BEFALLS if mention.name.beyond else words.after_name):
                return replace(mention, role=Role.VISITED)
    return mention


def _comes_from(text: PlaceText, end: int) -> bool:
    """Whether the word after a far name says that one came here from it: "bên Campuchia về"."""
    if end >= len(text) or text.gap[end]:
        return False
    return text.words[end] in _COMES or (not text.is_marked and text.bare[end] in _COMES_BARE)


def _stands(mention: Mention, others: list[Mention], text: PlaceText, words: PlaceWords, *, asked: bool) -> bool:
    """Whether the name is meant as a place at all."""
    name = mention.name
    lowland_school = mention.at_school and not mention.typed and bool(name.spots) and not name.highland
    if mention.role is Role.DENIED or lowland_school or _is_a_title(mention, text, words):
        return False
    if name.beyond and not (name.spots or name.district):
        return _stands_beyond(mention, text, words)
    if mention.certain or mention.typed or mention.nested or asked or beside_its_district(mention, others):
        return True
    capital = all(text.capital[mention.start : mention.end])
    if name.everyday:
        return mention.strictly or (mention.pointed and capital)
    if mention.likeness is Likeness.ODD and not name.highland:
        return mention.strictly or (mention.pointed and capital)
    return mention.pointed or _is_shown(mention, text, capital=capital)


def _is_a_title(mention: Mention, text: PlaceText, words: PlaceWords) -> bool:
    """ "Group sinh viên BMT" is no place: a name that nothing points to, behind words for groups and accounts."""
    if mention.pointed or mention.typed or mention.role is not Role.TOLD:
        return False
    return not words.titles.isdisjoint(text.bare[max(0, mention.start - _TITLE) : mention.start])


def _stands_beyond(mention: Mention, text: PlaceText, words: PlaceWords) -> bool:
    """A name beyond the province is meant only where words or its own diacritics say so."""
    name = mention.name
    if mention.typed:
        return True
    if (
        mention.end < len(text)
        and text.capital[mention.end]
        and text.capital[mention.start]
        and not text.gap[mention.end]
    ):
        return False  # "nhà thờ Vinh Đức" goes on
    if name.written.startswith(_WITH_AT):
        return mention.likeness is Likeness.EXACT or mention.lead.split(" ")[-2:-1] in _ONESELF
    if spelling(name.written) in words.not_beyond:
        return False
    exact = mention.likeness is Likeness.EXACT
    if name.everyday:
        return exact and mention.strictly and not mention.at_site
    if name.tabled or name.bare_word:
        capital = all(text.capital[mention.start : mention.end])
        return exact and (capital or not name.bare_word) and mention.pointed
    return mention.likeness >= Likeness.BARE and (mention.pointed or mention.role in _PLACED)


def _is_shown(mention: Mention, text: PlaceText, *, capital: bool) -> bool:
    """Without a word of place: by its part in the story, by capitals, or because there is little else."""
    name = mention.name
    if mention.likeness <= Likeness.BY_EAR:
        return False
    written_large = capital and (mention.start > 0 or name.written.count(" ") > 0)
    if name.bare_word:
        return written_large
    alone = len(text) - (mention.end - mention.start) <= _WHOLE
    return mention.role is not Role.TOLD or alone or written_large or _opens(mention, text)


# Parts that make a name a place although no word of place stands before it.
_PLACED = frozenset(
    {Role.EVENT, Role.VISITED, Role.HOME, Role.LODGING, Role.WORK, Role.THEIRS, Role.PASSED, Role.OFFICE, Role.FROM}
)


def beside_its_district(mention: Mention, others: list[Mention]) -> bool:
    """Whether a district that the name lies in, or a commune that lies in it, is named next to it."""
    return any(
        other is not mention
        and 0 <= max(other.start - mention.end, mention.start - other.end) <= 1
        and (_lies_in(mention, other) or _lies_in(other, mention))
        for other in others
    )


def _lies_in(mention: Mention, district: Mention) -> bool:
    code = district.name.district
    return code is not None and any(code in spot.districts for spot in mention.name.spots)


def _opens(mention: Mention, text: PlaceText) -> bool:
    """A clause that begins with the name and goes on with what happens: "hoa thang co danh nhau"."""
    if mention.end >= len(text):
        return False
    first = mention.start == 0 or text.gap[mention.start]
    return bool(first) and text.bare[mention.end] in _GOES_ON


_STAYS = frozenset({Role.TOLD, Role.HOME, Role.WORK, Role.NOW, Role.THEIRS, Role.RESIDENTS})
_COMES = frozenset({"về", "qua", "sang", "lên", "vô", "vào", "ra", "xuống"})
_COMES_BARE = frozenset({"ve", "len", "vo", "vao", "xuong"})
_BEFALLS = frozenset({"bi", "gap", "mat", "giat", "cuop", "danh", "tong", "moc"})
_ON_THE_WAY = re.compile(r" (đường|đoạn|tuyến|quảng|xe|khách|duong|doan|tuyen|quang|khach) (từ|tu) ")
_GOES_ON = frozenset(
    {"a", "ad", "ban", "bi", "chim", "cho", "co", "dang", "dem", "hay", "hom", "mat", "may", "moi", "nay", "ne"}
    | {"nha", "nhe", "ngap", "oi", "roi", "sang", "toan", "toi", "vua", "xay", "chay", "mua"}
)
