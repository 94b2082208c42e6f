"""What a province's tables promise to the services that are provisioned from them."""

import csv
import tomllib
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

FOLDER = Path("deploy/provinces/66-dak-lak")
GAZETTEER = Path("shared/gazetteer/data")


def table(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def in_force(row: dict[str, str], day: date) -> bool:
    ends = date.fromisoformat(row["valid_to"]) if row["valid_to"] else date.max
    return date.fromisoformat(row["valid_from"]) <= day <= ends


def units_of(kind: str, day: date) -> list[dict[str, str]]:
    return [row for row in table("units.csv") if row["kind"] == kind and in_force(row, day)]


@pytest.mark.parametrize(
    ("name", "key"),
    [("units.csv", "unit"), ("pages.csv", "page"), ("villages.csv", "village"), ("officers.csv", "account")],
)
def test_no_id_is_given_twice(name: str, key: str) -> None:
    ids = [row[key] for row in table(name)]
    assert all(ids)
    assert len(ids) == len(set(ids))


def test_no_group_belongs_to_two_villages() -> None:
    groups = [row["group"] for row in table("villages.csv")]
    assert len(groups) == len(set(groups)) == 975


def test_there_are_225_pages_each_of_a_unit_and_an_app_of_the_province() -> None:
    province = tomllib.loads((FOLDER / "province.toml").read_text(encoding="utf-8"))
    units = {row["unit"] for row in table("units.csv")}
    pages = table("pages.csv")
    kinds = Counter(row["unit"].split("-")[0] if row["district"] else "province" for row in pages)
    assert kinds == {"commune": 184, "district": 15, "province": 26}
    assert {row["unit"] for row in pages} <= units
    assert {row["app_id"] for row in pages} == set(province["zalo"]["app_ids"])
    assert all(len(row["page"]) == 19 and row["page"].isdigit() for row in pages)
    assert len({row["name"] for row in pages}) == 225


def test_every_commune_of_2020_has_one_page() -> None:
    communes = Counter(row["commune_2020"] for row in table("pages.csv") if row["commune_2020"])
    assert set(communes) == {
        row["commune"] for row in table("units.csv") if row["structure"] == "2020" and row["commune"]
    }
    assert set(communes.values()) == {1}


def test_only_pages_of_split_communes_leave_today_s_commune_open() -> None:
    open_pages = {row["commune_2020"] for row in table("pages.csv") if row["commune_2020"] and not row["commune_2025"]}
    assert open_pages == {"24292", "24550"}


@pytest.mark.parametrize(
    ("day", "communes", "districts"),
    [
        (date(2020, 3, 1), 184, 15),
        (date(2025, 2, 28), 184, 15),
        (date(2025, 3, 1), 184, 0),
        (date(2025, 6, 30), 184, 0),
        (date(2025, 7, 1), 102, 0),
        (date(2026, 11, 24), 102, 0),
    ],
)
def test_units_follow_the_structure_in_force(day: date, communes: int, districts: int) -> None:
    assert len(units_of("commune_police", day)) == communes
    assert len(units_of("district_police", day)) == districts
    assert [len(units_of(kind, day)) for kind in ("duty_desk", "inspectorate", "investigating_body")] == [1, 1, 1]
    assert len(units_of("other_province", day)) == 1


def test_villages_are_spread_over_all_communes_and_named_once_in_each() -> None:
    villages = table("villages.csv")
    page_of = {row["commune_2020"]: row["page"] for row in table("pages.csv") if row["commune_2020"]}
    counts = Counter(row["commune_2020"] for row in villages)
    assert set(counts) == set(page_of)
    assert min(counts.values()) >= 3
    assert len({(row["commune_2020"], row["name"]) for row in villages}) == 975
    assert all(row["page"] == page_of[row["commune_2020"]] for row in villages)
    assert {row["kind"] for row in villages} == {"buon", "thon", "to_dan_pho"}


def test_every_role_has_accounts_and_every_commune_of_today_an_officer() -> None:
    officers = table("officers.csv")
    units = {row["unit"]: row for row in table("units.csv")}
    roles = {row["role"] for row in officers}
    assert roles == {"viewer", "commune_officer", "dispatcher", "approver", "administrator", "inspector"}
    assert {row["scope"] for row in officers} == {"province", "unit"}
    served = {units[row["unit"]]["commune"] for row in officers if row["role"] == "commune_officer"}
    assert served == {row["commune"] for row in units_of("commune_police", date(2026, 1, 1))}


def test_codes_are_the_gazetteer_s() -> None:
    with (GAZETTEER / "communes_before_to_after_july_2025.csv").open(encoding="utf-8", newline="") as file:
        heirs = {(row["old_code"], row["new_code"]) for row in csv.DictReader(file)}
    villages = {(row["commune_2020"], row["commune_2025"]) for row in table("villages.csv")}
    assert villages <= heirs


def test_the_tables_are_what_the_generator_writes(tmp_path: Path) -> None:
    from deploy.provinces.generate import tables, write  # noqa: PLC0415 (the other tests need no generator)

    write(tmp_path, tables(GAZETTEER))
    for name in ("units.csv", "pages.csv", "villages.csv", "officers.csv"):
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), name
