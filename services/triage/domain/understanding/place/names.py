"""The names to look for in one structure: communes, former districts, provinces, and the spellings people use.

Since 1 July 2025 both structures' names are looked for: people still write the old ones and will for years.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from services.triage.domain.understanding.phrases import Phrase, Phrases, as_read
from services.triage.domain.understanding.place.words import PlaceWords
from shared.gazetteer.commune import Commune, Kind
from shared.gazetteer.register import Register
from shared.gazetteer.structure import Structure
from shared.text import fold
from shared.text.words import APOSTROPHES

_HIGHLAND = (
    "ea",
    "ia",
    "ya",
    "cu",
    "krong",
    "dlie",
    "dray",
    "dur",
    "yang",
    "dak",
    "chu",
    "cuor",
    "pong",
    "bong",
    "bang",
    "dang",
    "buon",
    "mdrak",
)
_SHORTEST_JOINED = 4  # letters: "eatu" and "tanan" are typed so, "eao" is too many other things
_TWO_SYLLABLES = re.compile("[aeiouy]+[^aeiouy]+[aeiouy]")  # "tuan" is tuần more often than Tự An
_APOSTROPHE_GAP = str.maketrans(dict.fromkeys(APOSTROPHES, " "))


@dataclass(frozen=True, slots=True)
class Spot:
    """One place a name may mean, in both structures as far as one follows from the other.

    `kind` is the type word the name has there; `now`: it is the name of a commune in force; `districts`: the former
    districts it lies in.
    """

    commune_2020: str | None
    commune_2025: str | None
    kind: Kind
    now: bool
    districts: frozenset[str]

    def code(self, structure: Structure) -> str | None:
        """The code in one structure."""
        return self.commune_2025 if structure is Structure.OF_2025 else self.commune_2020


@dataclass(frozen=True, slots=True)
class Name:
    """All that one name may mean: communes, a former district, another province (None abroad)."""

    spots: tuple[Spot, ...] = ()
    district: str | None = None
    is_elsewhere: bool = False
    province: str | None = None
    is_common_word: bool = False


@dataclass(slots=True)
class _Draft:
    spots: list[Spot] = field(default_factory=list)
    written: dict[str, None] = field(default_factory=dict)
    district: str | None = None
    is_elsewhere: bool = False
    province: str | None = None


class PlaceNames:
    """The names of one structure, ready to be found in readings."""

    def __init__(self, register: Register, words: PlaceWords, structure: Structure) -> None:
        self.structure = structure
        self._register = register
        drafts: dict[str, _Draft] = {}
        for name, spot in self._communes():
            _draft(drafts, name).spots.append(spot)
        for name, code in self._districts():
            _draft(drafts, name).district = code
        for name, province in self._elsewhere(words):
            elsewhere = _draft(drafts, name)
            elsewhere.is_elsewhere, elsewhere.province = True, province
        for spelling, name in words.spellings.items():
            if _spelling(name) in drafts:
                drafts[_spelling(name)].written[spelling] = None
        self.phrases = Phrases(phrase for draft in drafts.values() for phrase in _phrases(draft, words))

    def spots_of_district(self, district: str) -> tuple[Spot, ...]:
        """Where a former district's name may lead in this structure, once each."""
        spots = (spot for commune in self._register.communes_of_district(district) for spot in self._old(commune))
        return tuple({spot.code(self.structure): self._merged(spot) for spot in spots}.values())

    def spot_of(self, commune: Commune) -> Spot:
        """A commune as the spot it is."""
        both = self._register.both(commune)
        old, new = both.of_2020, both.of_2025
        now = commune.structure is self.structure
        return Spot(
            old.code if old else None, new.code if new else None, commune.kind, now, self._districts_of(commune)
        )

    def _merged(self, spot: Spot) -> Spot:
        commune = self._register.commune(self.structure, spot.code(self.structure))
        return self.spot_of(commune) if commune else spot

    def _communes(self) -> Iterator[tuple[str, Spot]]:
        own = self._register.province
        for commune in self._register.communes_in(self.structure, own):
            yield commune.name, self.spot_of(commune)
        if self.structure is Structure.OF_2025:
            for province in self._register.provinces_before(own):
                for commune in self._register.communes_in(Structure.OF_2020, province):
                    for spot in self._old(commune):
                        yield commune.name, spot

    def _old(self, commune: Commune) -> tuple[Spot, ...]:
        """A commune of 2020 in this structure: itself, or each of its heirs."""
        if self.structure is Structure.OF_2020:
            return (self.spot_of(commune),)
        district = self._districts_of(commune)
        shares = self._register.successors(commune.code)
        return tuple(Spot(commune.code, share.commune.code, commune.kind, False, district) for share in shares)

    def _districts_of(self, commune: Commune) -> frozenset[str]:
        if commune.district_code:
            return frozenset({commune.district_code})
        before = self._register.predecessors(commune.code)
        return frozenset(share.commune.district_code for share in before if share.commune.district_code)

    def _districts(self) -> Iterator[tuple[str, str]]:
        own = self._register.province
        before = self._register.provinces_before(own) if self.structure is Structure.OF_2025 else (own,)
        for province in before:
            for district in self._register.districts_of(province):
                yield district.name, district.code

    def _elsewhere(self, words: PlaceWords) -> Iterator[tuple[str, str | None]]:
        for province in self._register.provinces(Structure.OF_2020):
            code = self._in_force(province.code)
            if code != self._register.province:
                yield province.name, code
        if self.structure is Structure.OF_2025:
            for province in self._register.provinces(Structure.OF_2025):
                if province.code != self._register.province:
                    yield province.name, province.code
        for name, code in words.elsewhere.items():
            yield name, self._in_force(code) if code else None

    def _in_force(self, old_province: str) -> str | None:
        if self.structure is Structure.OF_2020:
            return old_province
        return self._register.province_after(old_province)


def _spelling(name: str) -> str:
    """What tells two names apart where diacritics are typed: Ea D'Rơng and Ea Drông are two, M'Drắk and M'Đrắk one."""
    return as_read(name).replace(" ", "").replace("đ", "d")


def _draft(drafts: dict[str, _Draft], name: str) -> _Draft:
    draft = drafts.setdefault(_spelling(name), _Draft())
    draft.written[name] = None
    return draft


def _phrases(draft: _Draft, words: PlaceWords) -> Iterator[Phrase[Name]]:
    for written in draft.written:
        bare = fold(as_read(written))
        common = bare in words.common or draft.is_elsewhere
        name = Name(tuple(draft.spots), draft.district, draft.is_elsewhere, draft.province, common)
        lenient = bool(draft.spots or draft.district) and bare.startswith(_HIGHLAND) and bare not in words.common
        for form in _forms(written):
            yield Phrase(form, name, lenient=lenient)


def _forms(written: str) -> Iterable[str]:
    """The ways a name is spaced: as written, its apostrophe as a gap, all in one; a number with its type word."""
    if written.isdigit():
        return dict.fromkeys((f"phường {written}", f"p {written}", f"p{written}", f"f{written}"))
    forms = dict.fromkeys((written, written.translate(_APOSTROPHE_GAP)))
    joined = as_read(written).replace(" ", "")
    if len(joined) >= _SHORTEST_JOINED and _TWO_SYLLABLES.search(fold(joined)):
        forms[joined] = None
    return forms
