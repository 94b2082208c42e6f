"""Where shared locations and pictures lie: the commune of a point, by the outlines of today."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.triage.domain.understanding.place.names import PlaceNames
from services.triage.domain.understanding.place.spots import Spot, distinct
from shared.gazetteer.commune import Province
from shared.gazetteer.gazetteer import CommuneNear
from shared.gazetteer.register import Register
from shared.gazetteer.structure import Structure

FARTHEST_METRES = 2_000.0  # beside all outlines: a gap between them is never so wide, the sea and a neighbour are


@dataclass(frozen=True, slots=True)
class Atlas:
    """The two look-ups of the gazetteer that need outlines."""

    communes_at: Callable[[float, float], Sequence[CommuneNear]]
    province_at: Callable[[float, float], Province | None]


NO_ATLAS = Atlas(lambda _lat, _lon: (), lambda _lat, _lon: None)


@dataclass(frozen=True, slots=True)
class Pointed:
    """What the points say: spots (one is settled), or another province; `province` None: none, or unknown then."""

    spots: tuple[Spot, ...] = ()
    outside: bool = False
    province: str | None = None
    metres: float = 0.0


def pointed_at(points: Sequence[tuple[float, float]], atlas: Atlas, names: PlaceNames) -> Pointed:
    """The first point that lies on land we know; NOWHERE where none does."""
    for latitude, longitude in points:
        found = _one(latitude, longitude, atlas, names)
        if found.spots or found.outside:
            return found
    return Pointed()


def _one(latitude: float, longitude: float, atlas: Atlas, names: PlaceNames) -> Pointed:
    near = atlas.communes_at(latitude, longitude)
    province = atlas.province_at(latitude, longitude)
    inside = bool(near) and (near[0].metres == 0 or (near[0].metres <= FARTHEST_METRES and _ours(province, names)))
    if inside:
        spots = tuple(spot for each in near for spot in _spots(each, names))
        return Pointed(distinct(spots, names.structure), metres=near[0].metres)
    if province is not None and province.code != names.register.province:
        return Pointed(outside=True, province=_in_force(province.code, names))
    return Pointed()


def _ours(province: Province | None, names: PlaceNames) -> bool:
    return province is None or province.code == names.register.province


def _spots(near: CommuneNear, names: PlaceNames) -> tuple[Spot, ...]:
    if names.structure is Structure.OF_2025:
        return (names.spot_of(near.commune),)
    return tuple(names.spot_of(share.commune) for share in names.register.predecessors(near.commune.code))


def _in_force(province: str, names: PlaceNames) -> str | None:
    if names.structure is Structure.OF_2025:
        return province
    before = register_before(names.register, province)
    return before[0] if len(before) == 1 else None


def register_before(register: Register, province: str) -> tuple[str, ...]:
    """The provinces of 2020 that one of today is made of."""
    return register.provinces_before(province)
