"""A point in a commune, by a border, and nowhere."""

import json
from pathlib import Path

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.gazetteer import Gazetteer
from shared.gazetteer.outlines import DOUBT_METRES
from shared.gazetteer.tables import DATA

GAZETTEER = Gazetteer.load()


def test_the_square_of_buon_ma_thuot_is_in_its_ward(gazetteer: Gazetteer) -> None:
    (here,) = gazetteer.communes_at(12.6797, 108.0447)
    assert (here.commune.full_name, here.metres) == ("Phường Buôn Ma Thuột", 0)


def test_a_point_on_a_border_has_both_sides_as_candidates(gazetteer: Gazetteer) -> None:
    shapes = {
        each["id"]: shapely.from_geojson(json.dumps(each["geometry"]))
        for each in json.loads((DATA / "daklak_2025.geojson").read_text(encoding="utf-8"))["features"]
    }
    border = shapely.intersection(shapely.boundary(shapes["24133"]), shapely.boundary(shapes["24154"]))
    point = shapely.get_point(shapely.get_geometry(border, 0), 0)
    point = point if not shapely.is_empty(point) else shapely.point_on_surface(border)
    found = {near.commune.code for near in gazetteer.communes_at(point.y, point.x)}
    assert {"24133", "24154"} <= found


def test_outside_the_province_the_nearest_is_told_with_its_distance(gazetteer: Gazetteer) -> None:
    (near,) = gazetteer.communes_at(13.98, 108.0)  # Pleiku
    assert near.metres > 10_000
    province = gazetteer.province_at(13.98, 108.0)
    assert province is not None
    assert province.full_name == "Tỉnh Gia Lai"


def test_the_sea_and_nonsense_are_in_no_province(gazetteer: Gazetteer) -> None:
    assert gazetteer.province_at(12.9, 112.0) is None
    assert gazetteer.communes_at(float("nan"), 108.0) == ()
    assert gazetteer.province_at(95.0, 400.0) is None


@settings(max_examples=60)
@given(st.floats(12.2, 13.7), st.floats(107.4, 109.5))
def test_any_point_near_has_candidates_in_order_of_distance(latitude: float, longitude: float) -> None:
    found = GAZETTEER.communes_at(latitude, longitude)
    metres = [near.metres for near in found]
    assert found
    assert metres == sorted(metres)
    assert len(found) == 1 or metres[-1] <= DOUBT_METRES


def test_a_province_without_outlines_says_so_by_no_answer(tmp_path: Path) -> None:
    assert Gazetteer.load(province="01").communes_at(21.03, 105.85) == ()
    with pytest.raises(OSError, match="communes_2020"):
        Gazetteer.load(folder=tmp_path)


def test_a_province_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="'54'"):
        Gazetteer.load(province="54")
