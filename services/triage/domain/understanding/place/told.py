"""Where it is: what the text tells, else the conversation, else the page; never by chance.

The rules are the guide's table of places, in its order. Where evidence leaves several communes, none is answered and
the candidates are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.triage.domain.understanding.message import Category, Message, Place, Speaker
from services.triage.domain.understanding.place.mentions import Mention, Part, mentions_in
from services.triage.domain.understanding.place.names import PlaceNames, Spot
from services.triage.domain.understanding.place.words import PlaceWords
from services.triage.domain.understanding.reading import Reading
from shared.gazetteer.register import Register
from shared.gazetteer.structure import Structure

# The victim's own place counts for these, wherever the other side sits.
_AT_THE_VICTIMS = frozenset({"fraud", "cyber", "trafficking", "missing_person", "extortion_threat", "rumour"})
_LAST_NAMED = frozenset({"traffic", "missing_person"})
_MOST_CANDIDATES = 12


@dataclass(frozen=True, slots=True)
class Told:
    """What a text tells of a place. `spots`: one is settled, more are candidates; `why` is a sentence in Vietnamese."""

    spots: tuple[Spot, ...] = ()
    only_district: bool = False
    outside: bool = False
    province: str | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Located:
    """The answer: where from, and one spot or none with candidates. `province` is of the structure in force."""

    place: Place
    province: str | None
    spot: Spot | None
    candidates: tuple[Spot, ...]
    only_district: bool
    sureness: float
    why: str


NOTHING = Told()


def told_by(reading: Reading, names: PlaceNames, words: PlaceWords, page: Spot | None, topic: str) -> Told:
    """What one text tells: a settled spot, candidates, another province, or nothing."""
    mentions = mentions_in(reading, names, words)
    if not mentions:
        return NOTHING
    communes = [mention for mention in mentions if _means_commune(mention)]
    districts = _districts(mentions, communes)
    acted = _those_of_the_event(communes, topic)
    if acted:
        return _settled(acted, districts, names, page)
    if districts:
        return _district(districts, names, page)
    return _elsewhere(mentions, topic)


def locate(told: Told, remembered: Told, page: tuple[Spot, ...], category: Category, own_province: str) -> Located:
    """Text beats conversation beats page. `page` has several spots where its old commune was split, none if unknown."""
    if told.outside and category in {Category.EMERGENCY, Category.TIP}:
        return Located(Place.OUTSIDE, told.province, None, (), False, 0.85, told.why)
    for source, found, sure in ((Place.TEXT, told, 0.95), (Place.CONVERSATION, remembered, 0.9)):
        if len(found.spots) == 1:
            return Located(source, own_province, found.spots[0], (), False, sure, found.why)
        if found.spots and category not in {Category.SPAM, Category.OTHER, Category.FEEDBACK}:
            candidates = found.spots[:_MOST_CANDIDATES]
            return Located(Place.AMBIGUOUS, own_province, None, candidates, found.only_district, 0.8, found.why)
    return _by_page(page, category, own_province)


def page_spots(message: Message, register: Register, names: PlaceNames) -> tuple[Spot, ...]:
    """The receiving page's commune; its parts where the old one was split; nothing where the page has none."""
    old = register.commune(Structure.OF_2020, message.page_commune_2020)
    new = register.commune(Structure.OF_2025, message.page_commune_2025)
    if old and not new and names.structure is Structure.OF_2025:
        parts = (share.commune for share in register.successors(old.code))
        return tuple(replace(names.spot_of(part), commune_2020=old.code) for part in parts)
    if old:
        spot = names.spot_of(old)
        return (replace(spot, commune_2025=new.code) if new else spot,)
    return (names.spot_of(new),) if new else ()


def remembered_of(
    readings: Sequence[tuple[Speaker, Reading]], names: PlaceNames, words: PlaceWords, page: Spot | None
) -> Told:
    """The place the person told before in this conversation, the latest first."""
    for speaker, reading in reversed(readings):
        told = told_by(reading, names, words, page, "") if speaker is Speaker.PERSON else NOTHING
        if told.spots:
            return replace(told, why=f"Trước đó trong cuộc trò chuyện: {told.why}")
    return NOTHING


def _means_commune(mention: Mention) -> bool:
    return bool(mention.name.spots) and not (mention.as_district or mention.as_province)


def _districts(mentions: list[Mention], communes: list[Mention]) -> frozenset[str]:
    """Former districts named as such, or beside another commune that lies in them."""
    found = set()
    for mention in mentions:
        district = mention.name.district
        if district and (
            mention.as_district or not mention.name.spots or (not mention.kind and _lies_in(communes, mention))
        ):
            found.add(district)
    return frozenset(found)


def _lies_in(communes: list[Mention], district: Mention) -> bool:
    return any(
        other is not district and any(district.name.district in spot.districts for spot in other.name.spots)
        for other in communes
    )


def _those_of_the_event(communes: list[Mention], topic: str) -> list[Mention]:
    """The communes of the event; the sender's home only where nothing else is told; a road's end never alone."""
    for part in (Part.EVENT, Part.HOME, Part.AWAY):
        named = [mention for mention in communes if mention.part is part]
        if named:
            return named[-1:] if topic in _LAST_NAMED else named
    return []


def _settled(named: list[Mention], districts: frozenset[str], names: PlaceNames, page: Spot | None) -> Told:
    each = [(mention, _narrow(mention, districts, names, page)) for mention in named]
    each = [pair for pair in each if not _is_only_a_district(pair[0], districts)] or each
    if len({_target(spots, names) for _, spots in each}) > 1:
        pointed = [pair for pair in each if pair[0].pointed and len(pair[1]) == 1]
        each = pointed if len({_target(spots, names) for _, spots in pointed}) == 1 else each
    spots = _distinct([spot for _, found in each for spot in found], names.structure)
    quoted = ", ".join(dict.fromkeys(f"“{mention.written}”" for mention, _ in each))
    if len(spots) == 1:
        return Told(spots, why=f"lời nhắn nêu {quoted}")
    return Told(_page_first(spots, page, names), why=f"{quoted} có thể là {len(spots)} nơi")


def _is_only_a_district(mention: Mention, districts: frozenset[str]) -> bool:
    return mention.name.district in districts and not mention.kind


def _target(spots: Sequence[Spot], names: PlaceNames) -> frozenset[str | None]:
    return frozenset(spot.code(names.structure) for spot in spots)


def _narrow(mention: Mention, districts: frozenset[str], names: PlaceNames, page: Spot | None) -> tuple[Spot, ...]:
    """The spots that type word, district and page leave of a name. A district that contradicts leaves all in doubt."""
    spots = own = _by_type_word(mention, names)
    district = mention.name.district
    if district and not (mention.kind or _names_the_seat(mention, names)) and district not in districts:
        spots = (*spots, *names.spots_of_district(district))
    if districts:
        inside = tuple(spot for spot in spots if spot.districts & districts)
        spots = inside or (*spots, *(spot for code in districts for spot in names.spots_of_district(code)))
    spots = _distinct(spots, names.structure)
    return _by_the_page(spots, own, page, names) if len(spots) > 1 else spots


def _by_type_word(mention: Mention, names: PlaceNames) -> tuple[Spot, ...]:
    """The name's own spots, by its type word, or by a landmark of the seat that bears a former district's name."""
    spots = mention.name.spots
    if mention.kind:
        typed = tuple(spot for spot in spots if spot.kind is mention.kind)
        return tuple(spot for spot in typed if spot.now) or typed or spots
    in_force = tuple(spot for spot in spots if spot.now)
    return in_force if in_force and _names_the_seat(mention, names) else spots


def _names_the_seat(mention: Mention, names: PlaceNames) -> bool:
    """Since 1 July 2025 "chợ Krông Pắc" is in the xã that bears the former district's name."""
    return mention.at_seat and mention.name.district is not None and names.structure is Structure.OF_2025


def _by_the_page(
    spots: tuple[Spot, ...], own: tuple[Spot, ...], page: Spot | None, names: PlaceNames
) -> tuple[Spot, ...]:
    """A page that bears the name settles it, or one whose district only one of them lies in."""
    if page is None:
        return spots
    here, named = page.code(names.structure), {spot.code(names.structure) for spot in own}
    same = tuple(spot for spot in spots if spot.code(names.structure) == here and here in named)
    near = tuple(spot for spot in spots if spot.districts & page.districts)
    return same or (near if len(near) == 1 else spots)


def _distinct(spots: Sequence[Spot], structure: Structure) -> tuple[Spot, ...]:
    """One spot for each commune in force; which old commune it is stays open where several, or none, are told."""
    merged: dict[str | None, Spot] = {}
    for spot in spots:
        code = spot.code(structure)
        known = merged.get(code)
        if known is None or (spot.now and not known.now):
            merged[code] = spot
        elif not known.now and known.commune_2020 != spot.commune_2020:
            merged[code] = replace(known, commune_2020=None, districts=known.districts | spot.districts)
    return tuple(merged.values())


def _district(districts: frozenset[str], names: PlaceNames, page: Spot | None) -> Told:
    spots = _distinct([spot for code in sorted(districts) for spot in names.spots_of_district(code)], names.structure)
    why = "lời nhắn chỉ nêu tên huyện, chưa rõ xã"
    return Told(_page_first(spots, page, names), only_district=True, why=why)


def _page_first(spots: tuple[Spot, ...], page: Spot | None, names: PlaceNames) -> tuple[Spot, ...]:
    here = page.code(names.structure) if page else None
    return tuple(sorted(spots, key=lambda spot: (spot.code(names.structure) != here, not spot.now)))


def _elsewhere(mentions: list[Mention], topic: str) -> Told:
    """Another province or country where it happens; not where the sender is from, nor where a swindler sits."""
    if topic in _AT_THE_VICTIMS:
        return NOTHING
    for mention in reversed(mentions):
        if mention.name.is_elsewhere and not mention.name.spots and mention.part is Part.EVENT:
            return Told(
                outside=True, province=mention.name.province, why=f"việc xảy ra ở “{mention.written}”, ngoài tỉnh"
            )
    return NOTHING


def _by_page(page: tuple[Spot, ...], category: Category, own_province: str) -> Located:
    if len(page) == 1:
        return Located(Place.PAGE, own_province, page[0], (), False, 0.92, "lời nhắn không nêu nơi, lấy xã của trang")
    if page and category not in {Category.SPAM, Category.OTHER, Category.FEEDBACK}:
        why = "xã cũ của trang đã tách, lời nhắn không nêu nơi"
        return Located(Place.AMBIGUOUS, own_province, None, page, False, 0.8, why)
    return Located(
        Place.NONE, own_province, None, (), False, 0.9, "không rõ nơi: lời nhắn không nêu, trang không của xã nào"
    )
