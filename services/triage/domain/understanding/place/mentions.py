"""Where a message names a place, and how: with which type word, as what, and in what part of the story."""

from dataclasses import dataclass
from enum import Enum

from services.triage.domain.understanding.phrases import TYPES_DIACRITICS, Found
from services.triage.domain.understanding.place.names import Name, PlaceNames
from services.triage.domain.understanding.place.words import PlaceWords
from services.triage.domain.understanding.reading import Reading
from shared.gazetteer.commune import Kind

_KIND_WORDS = {"xa": Kind.XA, "x": Kind.XA, "phuong": Kind.PHUONG, "p": Kind.PHUONG, "f": Kind.PHUONG}
_KIND_WORDS |= {"tt": Kind.THI_TRAN, "thi tran": Kind.THI_TRAN}
_DISTRICT_WORDS = frozenset({"huyen", "h", "tx", "thi xa", "tp", "thanh pho"})
_PROVINCE_WORDS = frozenset({"tinh"})
_MARKED = {"xa": "xả", "phuong": "phường", "huyen": "huyện", "tinh": "tỉnh", "x": "x", "p": "p", "f": "f", "tt": "tt"}
_BEFORE = 4  # words looked back for the part a place plays


class Part(Enum):
    """What the place is in the story."""

    EVENT = "where it happens"
    HOME = "where the sender is from"
    AWAY = "where someone fled, or a road leads"


@dataclass(frozen=True, slots=True)
class Mention:
    """A place name in a message.

    `kind`: the type word of a commune before it; `as_district`, `as_province`: so called. `certain`: its letters alone
    make it a place; else ("van hoa" may be văn hóa) it must be pointed to. `pointed`: a word of place stands before
    it; `at_seat`: a landmark of a former district's seat does.
    """

    start: int
    end: int
    name: Name
    written: str
    kind: Kind | None
    as_district: bool
    as_province: bool
    certain: bool
    pointed: bool
    at_seat: bool
    part: Part


def mentions_in(reading: Reading, names: PlaceNames, words: PlaceWords) -> list[Mention]:
    """The places named, in the text's order, without villages, roads, persons and common words of the same letters."""
    longest = _longest(names.phrases.find(reading))
    mentions = [mention for found in longest if (mention := _mention(found, reading, words)) is not None]
    districts = [mention for mention in mentions if mention.name.district]
    return [
        mention
        for mention in mentions
        if mention.certain or mention.pointed or mention.kind or _beside(mention, districts)
    ]


def _longest(found: list[Found[Name]]) -> list[Found[Name]]:
    kept: list[Found[Name]] = []
    reach = 0
    for each in sorted(found, key=lambda one: (one.start, -one.end, not one.sure)):
        if each.start >= reach:
            kept.append(each)
            reach = each.end
        elif kept and (each.start, each.end) == (kept[-1].start, kept[-1].end) and each.sure == kept[-1].sure:
            kept[-1] = _both(kept[-1], each)
    return kept


def _both(one: Found[Name], other: Found[Name]) -> Found[Name]:
    """Two names of the same letters (Ea D'Rơng, Ea Drông typed bare) as one that may mean either."""
    if one.phrase.means == other.phrase.means:
        return one
    a, b = one.phrase.means, other.phrase.means
    name = Name(
        spots=tuple(dict.fromkeys((*a.spots, *b.spots))),
        district=a.district or b.district,
        is_elsewhere=a.is_elsewhere or b.is_elsewhere,
        province=a.province or b.province,
        is_common_word=a.is_common_word or b.is_common_word,
    )
    return Found(
        one.start,
        one.end,
        type(one.phrase)(one.phrase.written, name, lenient=one.phrase.lenient and other.phrase.lenient),
        one.sure,
    )


def _mention(found: Found[Name], reading: Reading, words: PlaceWords) -> Mention | None:
    bare, start = reading.bare, found.start
    kind_at, kind = _type_word(reading, start)
    before = bare[kind_at - 1] if kind_at else ""
    pointed = (
        kind is not None or before in words.locative or " ".join(bare[max(0, kind_at - 2) : kind_at]) in words.locative
    )
    if kind is None and (before in words.village or (not pointed and _is_person(found, before, words))):
        return None
    lead = " " + " ".join(bare[max(0, kind_at - _BEFORE) : kind_at])
    type_kind = _KIND_WORDS.get(kind) if kind else _own_kind(bare[start : found.end])
    return Mention(
        start=start,
        end=found.end,
        name=found.phrase.means,
        written=found.phrase.written,
        kind=type_kind,
        as_district=kind in _DISTRICT_WORDS,
        as_province=kind in _PROVINCE_WORDS,
        certain=not found.phrase.means.is_common_word and (found.sure or found.phrase.lenient),
        pointed=pointed,
        at_seat=lead.endswith(words.seat),
        part=_part(lead, words),
    )


def _type_word(reading: Reading, start: int) -> tuple[int, str | None]:
    """(where the name begins with its type word, the type word), the word's own diacritics agreeing."""
    bare = reading.bare
    pair = " ".join(bare[max(0, start - 2) : start])
    if pair in _KIND_WORDS or pair in _DISTRICT_WORDS:
        return start - 2, pair
    last = bare[start - 1] if start else ""
    if last in _KIND_WORDS or last in _DISTRICT_WORDS or last in _PROVINCE_WORDS:
        typed = reading.words[start - 1]
        meant = _MARKED.get(last, last)
        if typed == meant or (typed == last and reading.marked_share < TYPES_DIACRITICS):
            return start - 1, last
    return start, None


def _own_kind(words: list[str]) -> Kind | None:
    """Numbered wards carry their type word inside the name: "phuong 1", "p1"."""
    numbered = words[-1].isdigit() or words[-1][1:].isdigit()
    return Kind.PHUONG if numbered and words[0][0] in "pf" else None


def _is_person(found: Found[Name], before: str, words: PlaceWords) -> bool:
    return found.phrase.means.is_common_word and before in words.person


def _part(lead: str, words: PlaceWords) -> Part:
    for suffix in ("", " o", " tai"):
        cut = lead.removesuffix(suffix) if suffix else lead
        if cut != lead or not suffix:
            if cut.endswith(words.home):
                return Part.HOME
            if cut.endswith(words.away):
                return Part.AWAY
    return Part.EVENT


def _beside(mention: Mention, districts: list[Mention]) -> bool:
    """Whether a district that the name lies in is named next to it: "Thành Công, BMT"."""
    return any(
        district is not mention
        and -1 <= district.start - mention.end <= 2  # noqa: PLR2004 - a type word may stand between
        and any(district.name.district in spot.districts for spot in mention.name.spots)
        for district in districts
    )
