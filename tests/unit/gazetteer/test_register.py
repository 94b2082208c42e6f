"""Look-ups by code, name and date, and the traps of the data."""

from datetime import UTC, date, datetime

import pytest

from shared.gazetteer import Extent, Gazetteer, Kind, Structure, structure_on, vietnamese_date

OLD, NEW = Structure.OF_2020, Structure.OF_2025
IN_2020, EVE, TODAY = date(2020, 6, 1), date(2025, 6, 30), date(2025, 7, 1)


def codes(gazetteer: Gazetteer, structure: Structure, name: str, **narrow: str) -> list[str]:
    return sorted(commune.code for commune in gazetteer.named(structure, name, province="66", **narrow))  # type: ignore[arg-type]  # only str narrows are passed


def test_the_structure_changes_with_the_first_of_july_2025() -> None:
    assert (structure_on(EVE), structure_on(TODAY)) == (OLD, NEW)


def test_a_day_begins_at_midnight_in_viet_nam() -> None:
    assert vietnamese_date(datetime(2025, 6, 30, 16, 59, tzinfo=UTC)) == EVE
    assert vietnamese_date(datetime(2025, 6, 30, 17, 0, tzinfo=UTC)) == TODAY


def test_an_instant_without_a_zone_has_no_date() -> None:
    with pytest.raises(ValueError, match="time zone"):
        vietnamese_date(datetime(2025, 6, 30))  # noqa: DTZ001 - that is the case


def test_dak_lak_has_184_communes_in_15_districts_and_102_after(gazetteer: Gazetteer) -> None:
    old = gazetteer.communes_of("66", EVE)
    kinds = [sum(commune.kind is kind for commune in old) for kind in (Kind.XA, Kind.PHUONG, Kind.THI_TRAN)]
    assert (len(old), kinds, len(gazetteer.districts_of("66"))) == (184, [152, 20, 12], 15)
    new = gazetteer.communes_of("66", TODAY)
    assert (len(new), sum(commune.kind is Kind.PHUONG for commune in new)) == (102, 14)
    assert gazetteer.communes_of("54", TODAY) == ()
    assert (gazetteer.province_after("54"), gazetteer.provinces_before("66")) == ("66", ("54", "66"))


def test_a_code_means_nothing_without_its_date(gazetteer: Gazetteer) -> None:
    then, now = gazetteer.commune_on(IN_2020, "24133"), gazetteer.commune_on(TODAY, "24133")
    assert then is not None
    assert now is not None
    assert (then.full_name, now.full_name) == ("Phường Thắng Lợi", "Phường Buôn Ma Thuột")
    assert gazetteer.eve_name("24133") == "Phường Thành Công"
    assert (then.district, now.district) == ("Thành phố Buôn Ma Thuột", None)
    assert gazetteer.commune_on(TODAY, "24118") is None


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Tân Lập", ["24118", "24317"]),
        ("thong nhat", ["24127", "24331"]),
        ("tan tien", ["24145", "24526"]),
        ("EA TAM", ["24151", "24352"]),
        ("Tân Hoà", ["24121", "24244"]),
        ("Ea D'Rơng", ["24292", "24328"]),
        ("Hòa Hiệp", ["24562"]),
        ("ea h leo", ["24184"]),
        ("eahleo", ["24184"]),
        ("cudliemnong", ["24271"]),
        ("Ea M’Doal", ["24430"]),
        ("Atlantis", []),
    ],
)
def test_a_name_finds_every_commune_that_bears_it(gazetteer: Gazetteer, name: str, found: list[str]) -> None:
    assert codes(gazetteer, OLD, name) == found


def test_district_and_kind_settle_an_ambiguous_name(gazetteer: Gazetteer) -> None:
    assert codes(gazetteer, OLD, "Tân Lập", district="649") == ["24317"]
    assert codes(gazetteer, OLD, "Tân Lập", kind=Kind.PHUONG) == ["24118"]


def test_no_name_of_today_is_ambiguous_inside_the_province(gazetteer: Gazetteer) -> None:
    assert all(
        len(gazetteer.named(NEW, commune.name, province="66")) == 1 for commune in gazetteer.communes_of("66", TODAY)
    )


@pytest.mark.parametrize("name", ["Tân Tiến", "Tân Lập", "Hòa Xuân", "Hòa Phú", "Krông Búk"])
def test_the_same_name_then_and_now_need_not_be_the_same_place(gazetteer: Gazetteer, name: str) -> None:
    heirs = {
        share.commune.code
        for commune in gazetteer.named(OLD, name)
        if commune.province_code in {"54", "66"}
        for share in gazetteer.successors(commune.code)
    }
    assert heirs - set(codes(gazetteer, NEW, name))


def test_hoa_hiep_of_today_is_not_hoa_hiep_of_2020(gazetteer: Gazetteer) -> None:
    assert codes(gazetteer, OLD, "Hòa Hiệp") == ["24562"]
    assert codes(gazetteer, NEW, "Hòa Hiệp") == ["22261"]
    assert [share.commune.name for share in gazetteer.successors("24562")] == ["Dray Bhăng"]


@pytest.mark.parametrize(("old", "parts"), [("24292", ["24301", "24328"]), ("24550", ["24544", "24561"])])
def test_a_split_commune_follows_to_no_one_place(gazetteer: Gazetteer, old: str, parts: list[str]) -> None:
    shares = gazetteer.successors(old)
    assert sorted(share.commune.code for share in shares) == parts
    assert {share.extent for share in shares} == {Extent.PARTIAL}
    assert gazetteer.is_split(old)
    commune = gazetteer.commune(OLD, old)
    assert commune is not None
    assert gazetteer.both(commune).of_2025 is None


def test_a_whole_commune_follows_and_a_merged_one_does_not_lead_back(gazetteer: Gazetteer) -> None:
    then, now = gazetteer.commune(OLD, "24163"), gazetteer.commune(NEW, "24163")
    assert then is not None
    assert now is not None
    assert gazetteer.both(then).of_2025 == now
    assert len(gazetteer.predecessors("24163")) > 1
    assert gazetteer.both(now).of_2020 is None


def test_each_commune_of_the_province_is_found_from_its_heir(gazetteer: Gazetteer) -> None:
    for province in gazetteer.provinces_before("66"):
        for old in gazetteer.communes_in(OLD, province):
            shares = gazetteer.successors(old.code)
            assert shares
            assert all(share.commune.province_code == "66" for share in shares)
            assert all(old in [back.commune for back in gazetteer.predecessors(s.commune.code)] for s in shares)


def test_a_commune_merged_away_elsewhere_has_no_known_heir(gazetteer: Gazetteer) -> None:
    lost = [commune for commune in gazetteer.communes(OLD) if not gazetteer.successors(commune.code)]
    assert len(lost) == 575
    assert not {commune.province_code for commune in lost} & {"54", "66"}
