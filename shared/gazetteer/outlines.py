"""Outlines of communes and provinces: in which one does a point lie, and how far is the nearest.

The communes' outlines were simplified one by one to about 80 m, so neighbours overlap or gape in slivers
(data/SOURCES.md): a point by a border may fall in two or in none. All within 100 m are answered, nearest first;
who decides is the reader.
"""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import shapely

METRES_PER_DEGREE = (
    111_195.0  # of latitude, on a sphere of 6,371 km; half a per cent is less than the outlines' own error
)
DOUBT_METRES = 100.0


@dataclass(frozen=True, slots=True)
class Near:
    """An outline close to a point. `metres` is 0 inside it."""

    code: str
    metres: float


class Outlines:
    """The outlines of one file in an R-tree, measured in metres on a plane true at the file's own latitude."""

    def __init__(self, codes: Iterable[str], shapes: Iterable[object]) -> None:
        self._codes = tuple(codes)
        degrees = np.array(list(shapes), dtype=object)
        south, north = shapely.total_bounds(degrees)[[1, 3]]
        self._east = METRES_PER_DEGREE * math.cos(math.radians((south + north) / 2))
        self._tree = shapely.STRtree(shapely.transform(degrees, self._to_metres))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a GeoJSON feature collection whose ids are codes. Raises OSError, KeyError for one without id."""
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        return cls((str(each["id"]) for each in features), (_shape(each["geometry"]) for each in features))

    def near(self, latitude: float, longitude: float, *, within_metres: float = DOUBT_METRES) -> tuple[Near, ...]:
        """The outlines that hold the point or lie within the distance, nearest first; none: the nearest one alone."""
        point = shapely.Point(longitude * self._east, latitude * METRES_PER_DEGREE)
        found = self._tree.query(point, predicate="dwithin", distance=within_metres)
        if not len(found):
            found = self._tree.query_nearest(point)
        measured = (Near(self._codes[i], float(shapely.distance(point, self._tree.geometries[i]))) for i in found)
        return tuple(sorted(measured, key=lambda near: (near.metres, near.code)))

    def _to_metres(self, degrees: "np.ndarray[tuple[int, int], np.dtype[np.float64]]") -> object:
        return degrees * (self._east, METRES_PER_DEGREE)


def _shape(geometry: object) -> object:
    return shapely.from_geojson(json.dumps(geometry))
