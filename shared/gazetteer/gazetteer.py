"""The gazetteer of an installation, read from the files beside it: call `Gazetteer.load` once, at start-up."""

import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

from shared.gazetteer import tables
from shared.gazetteer.commune import Commune, Province
from shared.gazetteer.outlines import DOUBT_METRES, Outlines
from shared.gazetteer.register import Register
from shared.gazetteer.structure import Structure

# Outlines of communes exist for one province so far; a point elsewhere is answered by its province alone.
OUTLINE_FILES = {"66": "daklak_2025.geojson"}


@dataclass(frozen=True, slots=True)
class CommuneNear:
    """A commune of today close to a point. `metres` is 0 inside its outline."""

    commune: Commune
    metres: float


class Gazetteer(Register):
    """A `Register` that can also say where a point lies. Outlines are read when a point first comes."""

    _folder: Path = tables.DATA

    @classmethod
    def load(cls, province: str = "66", folder: Path = tables.DATA) -> Self:
        """Read the tables (about 0.1 s). Raises OSError, ValueError for a bad line or a province that is not there."""
        communes = [*tables.communes_of_2020(folder), *tables.communes_of_2025(folder)]
        gazetteer = cls(communes, tables.mapping(folder), province=province)
        gazetteer._folder = folder
        if not all(gazetteer.communes_in(structure, province) for structure in Structure):
            raise ValueError(f"province {province!r} is not in both structures")
        return gazetteer

    def communes_at(self, latitude: float, longitude: float) -> tuple[CommuneNear, ...]:
        """The communes of today at a point (degrees, WGS 84): all within 100 m, nearest first; two are candidates.

        Where none is so near, the nearest alone with its distance, for the reader to judge: a point at sea or in
        another province has one too. Empty without outlines, or where the numbers are no place on earth.
        """
        if self._outlines is None or not on_earth(latitude, longitude):
            return ()
        near = self._outlines.near(latitude, longitude, within_metres=DOUBT_METRES)
        known = ((self.commune(Structure.OF_2025, each.code), each.metres) for each in near)
        return tuple(CommuneNear(commune, metres) for commune, metres in known if commune is not None)

    def province_at(self, latitude: float, longitude: float) -> Province | None:
        """The province of today in whose outline (simplified to about 1 km) the point lies; None abroad or at sea."""
        if not on_earth(latitude, longitude):
            return None
        nearest = self._provinces_drawn.near(latitude, longitude, within_metres=0.0)[0]
        return self.province_named_by(Structure.OF_2025, nearest.code) if nearest.metres == 0 else None

    @cached_property
    def _outlines(self) -> Outlines | None:
        name = OUTLINE_FILES.get(self.province)
        return Outlines.load(self._folder / name) if name else None

    @cached_property
    def _provinces_drawn(self) -> Outlines:
        return Outlines.load(self._folder / "provinces_2025.geojson")


def on_earth(latitude: float, longitude: float) -> bool:
    """Whether the two are finite and within ±90 and ±180 degrees."""
    return math.isfinite(latitude) and math.isfinite(longitude) and abs(latitude) <= 90 and abs(longitude) <= 180  # noqa: PLR2004
