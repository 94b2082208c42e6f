"""What a name may mean: spots (communes in both structures), a former district, a province beyond, a landmark."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.gazetteer.commune import Kind
from shared.gazetteer.structure import Structure


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
    """All that one name may mean. `beyond`: codes of other provinces in force that have it, None for abroad.

    `district`: the former district so called; `own`: the installation's province itself, which tells no commune;
    `former_province`: the code of 2020 of one that is part of it now;
    `highland`: a name everybody spells by ear; `everyday`: also an ordinary word ("thống nhất"); `bare_word`: an
    ordinary word once its diacritics are gone ("cu bao"). `tabled`: of `beyond`, a district that only the
    table names: one of 700, many of which are words, streets and villages here.
    """

    written: str
    spots: tuple[Spot, ...] = ()
    district: str | None = None
    beyond: tuple[str | None, ...] = ()
    own: bool = False
    former_province: str | None = None
    landmark: bool = False
    highland: bool = False
    everyday: bool = False
    bare_word: bool = False
    tabled: bool = False


def one_name(names: Sequence[Name]) -> Name:
    """Names of the same letters as one that may mean any of them: Ea D'Rơng and Ea Drông typed bare."""
    # Phú Yên before Phù Yên of Sơn La
    names = [name for name in names if not name.tabled or name.spots or name.district] or names
    if len(names) == 1:
        return names[0]
    first = names[0]
    return replace(
        first,
        spots=tuple(dict.fromkeys(spot for name in names for spot in name.spots)),
        district=next((name.district for name in names if name.district), None),
        beyond=tuple(dict.fromkeys(code for name in names for code in name.beyond)),
        own=any(name.own for name in names),
        former_province=next((name.former_province for name in names if name.former_province), None),
        landmark=all(name.landmark for name in names),
        highland=all(name.highland for name in names),
        everyday=any(name.everyday for name in names),
        bare_word=any(name.bare_word for name in names),
        tabled=all(name.tabled or not name.beyond for name in names),
    )


def distinct(spots: Sequence[Spot], structure: Structure) -> tuple[Spot, ...]:
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


def narrowest(spots: Sequence[Spot], structure: Structure) -> Spot:
    """One spot of several that are the same commune in force, told by several words: the old commune if one is told."""
    told = dict.fromkeys(spot.commune_2020 for spot in spots if spot.commune_2020)
    if structure is Structure.OF_2025 and len(told) == 1:
        return next(spot for spot in spots if spot.commune_2020)
    return distinct(spots, structure)[0]
