"""Whether a name that was found is meant as a place at all, or is a word, a title, a school of the name."""

import re

from services.triage.domain.understanding.place.mention import Mention
from services.triage.domain.understanding.place.roles import Role
from services.triage.domain.understanding.place.search import Likeness
from services.triage.domain.understanding.place.spelling import spelling
from services.triage.domain.understanding.place.text import PlaceText
from services.triage.domain.understanding.place.words import PlaceWords

WITH_AT = ("ở ", "bên ")  # names of countries that alone are words: "ở Hàn"
_TITLE = 5  # words from "group" to a name in its title
_WHOLE = 3  # words beside a name in a message that is little else
# Parts that make a name a place although no word of place stands before it.
_BEFALLS = frozenset({"bi", "co", "chay", "chim", "dang", "ngap", "lut", "nuoc", "mua", "mat"})
_GOES_ON = frozenset(
    {"a", "ad", "ban", "bi", "chim", "cho", "co", "dang", "dem", "hay", "hom", "mat", "may", "moi", "nay", "ne"}
    | {"nha", "nhe", "ngap", "oi", "roi", "sang", "toan", "toi", "vua", "xay", "chay", "mua"}
)
# Before a name that is a word too, these say nothing: "ra hoa đồng loạt" is no Hòa Đông.
_LOOSE = frozenset({"ra", "qua", "cua", "trong", "ngoai", "khap", "cach", "noi", "den", "sang", "tu", "ca"})
_OURS = (["minh"], ["ta"], ["cu"])  # "Tân Lập mình"
# "Báo phường 2 lần": a number of something, not a ward's.
_COUNTED = frozenset(
    {"lan", "nguoi", "thang", "dua", "ong", "ba", "cai", "chiec", "con", "ngay", "tuan", "gio", "nam", "anh", "chi"}
    | {"tieng", "phut", "xe", "vu", "buoi"}
)
_ONESELF = (["dang"], ["em"], ["con"], ["toi"], ["đang"], ["tôi"])
# Parts that make a name a place although no word of place stands before it.
_PLACED = frozenset(
    {Role.EVENT, Role.NOW, Role.VISITED, Role.HOME, Role.LODGING, Role.WORK, Role.THEIRS, Role.PASSED, Role.OFFICE}
    | {Role.FROM}
)


def stands(mention: Mention, others: list[Mention], text: PlaceText, words: PlaceWords, *, asked: bool) -> bool:
    """Whether the name is meant as a place at all."""
    name = mention.name
    lowland_school = mention.at_school and not mention.typed and bool(name.spots) and not name.highland
    counted = name.written.isdigit() and not _COUNTED.isdisjoint(text.bare[mention.end : mention.end + 1])
    if mention.role is Role.DENIED or lowland_school or counted or _is_a_title(mention, text, words):
        return False
    if name.beyond and not (name.spots or name.district):
        return _stands_beyond(mention, others, text, words)
    beside = beside_its_district(mention, others)
    a_number = name.written.isdigit() and mention.end - mention.start == 1  # "p1" is a page, a part, a person too
    if a_number or mention.certain or mention.typed or mention.nested or asked or beside:
        return not a_number or mention.pointed or beside
    capital = all(text.capital[mention.start : mention.end])
    if name.everyday or (mention.likeness is Likeness.ODD and not name.highland):
        return mention.strictly or (mention.pointed and capital)
    loosely = not mention.strictly and mention.role is not Role.EVENT
    if name.bare_word and loosely and mention.lead.rpartition(" ")[2] in _LOOSE:
        return capital or text.bare[mention.end : mention.end + 1] in _OURS
    return mention.pointed or _is_shown(mention, text, capital=capital)


def _is_a_title(mention: Mention, text: PlaceText, words: PlaceWords) -> bool:
    """Whether it is a group's or account's name, and nothing points to it: "group sinh viên BMT"."""
    if mention.pointed or mention.typed or mention.role is not Role.TOLD or mention.name.landmark:
        return False
    return not words.titles.isdisjoint(text.bare[max(0, mention.start - _TITLE) : mention.start])


def _stands_beyond(mention: Mention, others: list[Mention], text: PlaceText, words: PlaceWords) -> bool:
    """A name beyond the province is meant only where words or its own diacritics say so."""
    name = mention.name
    goes_on = _goes_on(mention, text) and all(other.start != mention.end for other in others)
    if mention.typed or goes_on or spelling(name.written) in words.not_beyond:
        return mention.typed
    if name.written.startswith(WITH_AT):
        named = mention.likeness is Likeness.EXACT and text.capital[mention.end - 1]
        return named or mention.lead.split(" ")[-2:-1] in _ONESELF or _STUDIES.search(mention.lead) is not None
    if _NUMBERED.match(name.written):
        return mention.likeness >= Likeness.BARE
    if name.everyday or ((name.tabled or name.bare_word) and not _beside_its_province(mention, others)):
        return _is_no_word(mention, text)
    opens = (name.landmark or mention.likeness is Likeness.EXACT) and _opens(mention, text, _GOES_ON)
    shown = mention.pointed or mention.role in _PLACED or opens
    return mention.likeness >= Likeness.BARE and shown


def _is_no_word(mention: Mention, text: PlaceText) -> bool:
    """Whether a far name that is a word or street too is the place: by diacritics or capitals, and pointed to."""
    name, exact = mention.name, mention.likeness is Likeness.EXACT
    capital = all(text.capital[mention.start : mention.end])
    bare = mention.likeness is Likeness.BARE and not text.is_marked
    if name.everyday:
        gone_to = capital and mention.role is Role.GONE_TO
        return (exact or (bare and capital)) and (gone_to or (mention.strictly and not mention.at_site))
    if bare and name.tabled and mention.at_site and not capital:
        return False  # "cho" is seldom a market
    if bare:
        return mention.pointed and (capital or mention.befallen or (mention.strictly and " " in name.written))
    return exact and (capital or not name.bare_word or not name.written.isascii()) and mention.pointed


_STUDIES = re.compile(r" (đang|dang|em|con|tôi|toi) (đi )?(du học|du hoc|làm|lam|xkld|xklđ)( [^ ]+)?$")
_NUMBERED = re.compile(r"quận \d")


def _beside_its_province(mention: Mention, others: list[Mention]) -> bool:
    """Whether another name of the same province stands next to it: "ga diêu trì bình định"."""
    return any(
        other.start == mention.end or other.end == mention.start
        for other in others
        if other is not mention and not set(mention.name.beyond).isdisjoint(other.name.beyond)
    )


def _goes_on(mention: Mention, text: PlaceText) -> bool:
    """Whether it is but the beginning of another name: "nhà thờ Vinh Đức"."""
    end = mention.end
    return end < len(text) and not text.gap[end] and text.capital[end] and text.capital[mention.start]


def _is_shown(mention: Mention, text: PlaceText, *, capital: bool) -> bool:
    """Without a word of place: by its part in the story, by capitals, or because there is little else."""
    name = mention.name
    if mention.likeness <= Likeness.BY_EAR:
        return False
    written_large = capital and (mention.start > 0 or name.written.count(" ") > 0)
    if name.bare_word:
        at_home = mention.role is Role.HOME and mention.lead.endswith(" nha") and not name.written.startswith("Cư ")
        return written_large or at_home or (not name.highland and _opens(mention, text, _BEFALLS))
    alone = len(text) - (mention.end - mention.start) <= _WHOLE
    return mention.role is not Role.TOLD or alone or written_large or _opens(mention, text, _GOES_ON)


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


def _opens(mention: Mention, text: PlaceText, goes_on: frozenset[str]) -> bool:
    """A clause that begins with the name and goes on with what happens: "hoa thang co danh nhau"."""
    if mention.end >= len(text):
        return False
    first = mention.start == 0 or text.gap[mention.start]
    return bool(first) and text.bare[mention.end] in goes_on
