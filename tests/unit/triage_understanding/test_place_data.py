"""The place data files hold what they promise: officers edit them, and a wrong code must not wait for a message."""

import csv
import tomllib
from typing import Any

import pytest

from services.triage.domain.understanding.place.roles import Role
from services.triage.understanding_data import DATA
from shared.gazetteer import Gazetteer, Structure

GAZETTEER = Gazetteer.load(province="66")
with (DATA / "places" / "66" / "landmarks.csv").open(encoding="utf-8", newline="") as file:
    LANDMARKS = list(csv.DictReader(file))
with (DATA / "towns.csv").open(encoding="utf-8", newline="") as file:
    TOWNS = list(csv.DictReader(file))


def toml(name: str) -> dict[str, Any]:
    with (DATA / name).open("rb") as file:
        return tomllib.load(file)


@pytest.mark.parametrize("row", LANDMARKS, ids=lambda row: row["name"])
def test_a_landmark_lies_in_a_commune_of_today_that_follows_from_that_of_2020(row: dict[str, str]) -> None:
    today = GAZETTEER.commune(Structure.OF_2025, row["commune_2025"])
    assert today is not None
    assert today.province_code == "66"
    assert row["reason"]
    if row["commune_2020"]:
        assert today in [share.commune for share in GAZETTEER.successors(row["commune_2020"])]


def test_no_two_landmarks_share_a_name() -> None:
    names = [name.casefold() for row in LANDMARKS for name in (row["name"], *row["also"].split("|")) if name]
    assert len(names) == len(set(names))


def test_a_town_beyond_lies_in_a_province_of_2020_or_abroad() -> None:
    provinces = {province.code for province in GAZETTEER.provinces(Structure.OF_2020)}
    assert {row["province_2020"] for row in TOWNS} <= provinces | {""}


def test_every_part_a_place_plays_has_its_phrases() -> None:
    computed = {Role.TOLD, Role.VISITED}
    assert set(toml("places.toml")["roles"]) == {role.name.lower() for role in Role if role not in computed}


def test_each_spelling_leads_to_a_name_of_the_tables() -> None:
    own = ("66", "54")
    names = {
        commune.name for structure in Structure for code in own for commune in GAZETTEER.communes_in(structure, code)
    }
    names |= {district.name for code in own for district in GAZETTEER.districts_of(code)}
    assert set(toml("places/66/places.toml")["spellings"].values()) <= names
