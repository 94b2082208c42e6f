"""What the data files promise: the checks of shared/gazetteer/data/SOURCES.md, made again on what is in the project."""

import json
import unicodedata
from collections import Counter
from time import process_time

import pytest

from shared.gazetteer import Extent, Gazetteer, Structure
from shared.gazetteer import tables as read

FILES = ["communes_2020.csv", "communes_2025.csv", "communes_before_to_after_july_2025.csv"]


@pytest.mark.parametrize("name", FILES)
def test_a_table_is_composed_utf8_without_a_mark(name: str) -> None:
    text = (read.DATA / name).read_bytes().decode("utf-8")
    assert text == unicodedata.normalize("NFC", text)
    assert not text.startswith("\ufeff")


def test_every_file_has_its_source() -> None:
    told = (read.DATA / "SOURCES.md").read_text(encoding="utf-8")
    assert all(file.name in told for file in read.DATA.iterdir() if file.name != "SOURCES.md")


def test_the_counts_are_the_published_ones() -> None:
    assert (len(read.communes_of_2020()), len(read.communes_of_2025()), len(read.mapping())) == (10_614, 3_321, 10_607)


def test_codes_are_five_digits_and_borne_once_in_a_structure() -> None:
    for communes in (read.communes_of_2020(), read.communes_of_2025()):
        codes = [commune.code for commune in communes]
        assert len(set(codes)) == len(codes)
        assert all(len(code) == 5 and code.isdigit() for code in codes)


def test_names_are_clean_after_reading() -> None:
    for commune in read.communes_of_2020() + read.communes_of_2025():
        assert commune.name == " ".join(commune.name.split())
        assert "' " not in commune.name


def test_every_line_of_the_mapping_leads_to_a_commune_of_today_and_parts_are_several() -> None:
    new = {commune.code for commune in read.communes_of_2025()}
    lines = read.mapping()
    assert {code for _, _, code, _ in lines} <= new
    times = Counter(old for old, _, _, _ in lines)
    assert all((times[old] > 1) == (extent is Extent.PARTIAL) for old, _, _, extent in lines)


def test_the_outlines_are_those_of_the_communes_and_provinces_of_today() -> None:
    def ids(name: str) -> set[str]:
        return {each["id"] for each in json.loads((read.DATA / name).read_text(encoding="utf-8"))["features"]}

    gazetteer = Gazetteer.load()
    assert ids("daklak_2025.geojson") == {each.code for each in gazetteer.communes_in(Structure.OF_2025, "66")}
    assert ids("provinces_2025.geojson") == {each.code for each in gazetteer.provinces(Structure.OF_2025)}


def test_loading_is_cheap() -> None:
    start = process_time()
    Gazetteer.load()
    assert process_time() - start < 1.0  # 0.13 s on a quiet core; the bound only catches another order of magnitude
