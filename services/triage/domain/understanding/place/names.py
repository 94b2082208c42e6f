"""The names of one structure: communes, former districts, landmarks, provinces and towns beyond.

Since 1 July 2025 both structures' names are looked for: people still write the old ones and will for years.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from services.triage.domain.understanding.place import spelling
from services.triage.domain.understanding.place.spots import Name, Spot
from services.triage.domain.understanding.place.words import PlaceWords, ProvinceWords
from shared.gazetteer.commune import Commune, District, Province
from shared.gazetteer.register import Register
from shared.gazetteer.structure import Structure


@dataclass(slots=True)
class _Draft:
    written: dict[str, None] = field(default_factory=dict)
    spots: list[Spot] = field(default_factory=list)
    district: str | None = None
    beyond: dict[str | None, None] = field(default_factory=dict)
    own: bool = False
    former_province: str | None = None
    landmark: bool = False
    known: bool = False


class PlaceNames:
    """Every name one structure knows, each with the ways it is written."""

    def __init__(self, register: Register, words: PlaceWords, province: ProvinceWords, structure: Structure) -> None:
        self.structure = structure
        self.register = register
        self._words, self._province = words, province
        self._drafts: dict[str, _Draft] = {}
        self._collect()
        self.written: tuple[tuple[str, Name], ...] = tuple(self._written())
        self.elsewhere_by_key = self._communes_elsewhere()

    def spots_of_district(self, district: str) -> tuple[Spot, ...]:
        """Where a former district's name may lead in this structure, once each."""
        spots = (spot for commune in self.register.communes_of_district(district) for spot in self._old(commune))
        return tuple({spot.code(self.structure): self._merged(spot) for spot in spots}.values())

    def spots_of_former_province(self, province: str) -> tuple[Spot, ...]:
        """The communes of today that hold those of a former province, once each."""
        old = self.register.communes_in(Structure.OF_2020, province)
        spots = (spot for commune in old for spot in self._old(commune))
        return tuple({spot.code(self.structure): self._merged(spot) for spot in spots}.values())

    def spot_of(self, commune: Commune) -> Spot:
        """A commune as the spot it is."""
        both = self.register.both(commune)
        old, new = both.of_2020, both.of_2025
        now = commune.structure is self.structure
        return Spot(
            old.code if old else None, new.code if new else None, commune.kind, now, self._districts_of(commune)
        )

    def in_force(self, old_province: str | None) -> str | None:
        """The code in this structure of a province of 2020; None (abroad) stays None."""
        if self.structure is Structure.OF_2020 or old_province is None:
            return old_province
        return self.register.province_after(old_province)

    def _collect(self) -> None:
        for name, spot in self._communes():
            self._draft(name).spots.append(spot)
        for district in self._districts():
            for name in _district_names(district.name):
                self._draft(name).district = district.code
        self._collect_beyond()
        for name in self._province.own_names:
            self._draft(name).own = True
        for code in self._own_provinces():
            if province := self.register.province_named_by(Structure.OF_2020, code):
                self._own_province(province)
        self._collect_landmarks()
        for written, name in self._province.spellings.items():
            if spelling.spelling(name) in self._drafts:
                self._drafts[spelling.spelling(name)].written[written] = None

    def _collect_beyond(self) -> None:
        for name, code, known in self._beyond():
            draft = self._draft(name)
            if known and not draft.known:
                draft.beyond.clear()  # Tân Uyên is in Bình Dương, whatever Lai Châu has
            draft.beyond[code] = None
            draft.known |= known

    def _collect_landmarks(self) -> None:
        """A landmark of what was another province then is beyond this one."""
        own = self._own_provinces()
        for landmark in self._province.landmarks:
            spots = self._spots_of_codes(landmark.commune_2020, landmark.commune_2025)
            old = self.register.commune(Structure.OF_2020, spots[0].commune_2020) if spots else None
            for name in landmark.names if spots else ():
                draft = self._draft(name)
                if draft.spots:
                    continue
                draft.landmark = draft.known = True
                if old and old.province_code not in own:
                    draft.beyond[old.province_code] = None
                else:
                    draft.spots.extend(spots)

    def _own_province(self, province: Province) -> None:
        draft = self._draft(province.name)
        if province.code == self.register.province:
            draft.own = True
        else:
            draft.former_province = province.code

    def _draft(self, name: str) -> _Draft:
        draft = self._drafts.setdefault(spelling.spelling(name), _Draft())
        draft.written[name] = None
        return draft

    def _written(self) -> Iterator[tuple[str, Name]]:
        for draft in self._drafts.values():
            inside = bool(draft.spots or draft.district)
            highland = inside and not draft.landmark and any(map(spelling.is_highland, draft.written))
            first = next(iter(draft.written))
            for written in draft.written:
                bare = spelling.bare_of(written)
                name = Name(
                    written=first,
                    spots=tuple(draft.spots),
                    district=draft.district,
                    beyond=tuple(draft.beyond),
                    own=draft.own,
                    former_province=draft.former_province,
                    landmark=draft.landmark,
                    highland=highland,
                    everyday=bare in self._words.everyday or bare in self._province.everyday,
                    bare_word=bare in self._words.bare_words or bare in self._province.bare_words,
                    tabled=bool(draft.beyond) and not draft.known,
                )
                for form in spelling.forms(written):
                    yield form, name

    def _merged(self, spot: Spot) -> Spot:
        commune = self.register.commune(self.structure, spot.code(self.structure))
        return self.spot_of(commune) if commune else spot

    def _communes(self) -> Iterator[tuple[str, Spot]]:
        own = self.register.province
        for commune in self.register.communes_in(self.structure, own):
            yield commune.name, self.spot_of(commune)
        if self.structure is Structure.OF_2025:
            for province in self.register.provinces_before(own):
                for commune in self.register.communes_in(Structure.OF_2020, province):
                    for spot in self._old(commune):
                        yield commune.name, spot

    def _old(self, commune: Commune) -> tuple[Spot, ...]:
        """A commune of 2020 in this structure: itself, or each of its heirs."""
        if self.structure is Structure.OF_2020:
            return (self.spot_of(commune),)
        district = self._districts_of(commune)
        shares = self.register.successors(commune.code)
        return tuple(Spot(commune.code, share.commune.code, commune.kind, False, district) for share in shares)

    def _spots_of_codes(self, old_code: str | None, new_code: str | None) -> tuple[Spot, ...]:
        """A landmark's commune: both codes where both are told, else what follows from the one."""
        old = self.register.commune(Structure.OF_2020, old_code)
        new = self.register.commune(Structure.OF_2025, new_code)
        if old and new:
            return (Spot(old.code, new.code, old.kind, False, self._districts_of(old)),)
        if old:
            return self._old(old)
        if new is None:
            return ()
        if self.structure is Structure.OF_2025:
            return (self.spot_of(new),)
        return tuple(self.spot_of(share.commune) for share in self.register.predecessors(new.code))

    def _districts_of(self, commune: Commune) -> frozenset[str]:
        if commune.district_code:
            return frozenset({commune.district_code})
        before = self.register.predecessors(commune.code)
        return frozenset(share.commune.district_code for share in before if share.commune.district_code)

    def _own_provinces(self) -> tuple[str, ...]:
        own = self.register.province
        return self.register.provinces_before(own) if self.structure is Structure.OF_2025 else (own,)

    def _districts(self) -> Iterator[District]:
        for province in self._own_provinces():
            yield from self.register.districts_of(province)

    def _beyond(self) -> Iterator[tuple[str, str | None, bool]]:
        """(name, code in force, known to everybody) of other provinces, their districts, and towns beyond."""
        own = set(self._own_provinces())
        for province in self.register.provinces(Structure.OF_2020):
            if province.code in own:
                continue
            code = self.in_force(province.code)
            yield province.name, code, True
            for district in self.register.districts_of(province.code):
                if not district.name.isdigit():
                    yield district.name, code, False
        for town in self._words.beyond:
            if town.province not in own:
                yield town.name, self.in_force(town.province), True

    def _communes_elsewhere(self) -> dict[str, frozenset[str]]:
        """Spelling of the name of every commune of the country → the provinces in force that have or had one."""
        found: dict[str, set[str]] = defaultdict(set)
        for commune in self.register.communes(Structure.OF_2020):
            found[spelling.spelling(commune.name)].add(self.in_force(commune.province_code) or commune.province_code)
        if self.structure is Structure.OF_2025:
            for commune in self.register.communes(Structure.OF_2025):
                found[spelling.spelling(commune.name)].add(commune.province_code)
        return {name: frozenset(codes) for name, codes in found.items() if self.register.province not in codes}


def _district_names(name: str) -> tuple[str, ...]:
    """A numbered district with its type word: "quận 3", "q3"."""
    return (f"quận {name}", f"q {name}", f"q{name}") if name.isdigit() else (name,)
