"""Every commune of both structures is found however it is written, in this province and in others; villages; time."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from time import process_time

import pytest

from services.triage.domain.understanding import Category, Message, Place
from services.triage.domain.understanding.place import Located, Places, Villages
from services.triage.domain.understanding.place.search import NameSearch
from services.triage.domain.understanding.place.spelling import apart, by_ear, one_edit
from services.triage.domain.understanding.place.text import read_places
from services.triage.understanding_data import load_places, load_understanding
from shared.gazetteer import Commune, Gazetteer, Structure
from shared.text import fold
from tests.unit.triage_understanding.make import IN_2020, TODAY, a_message

DAY = {Structure.OF_2020: IN_2020, Structure.OF_2025: TODAY}
SHORT = {"xã": "x.", "phường": "p.", "thị trấn": "tt", "đặc khu": "đặc khu"}
SENTENCES = (
    "trộm xe ở {}",
    "tối qua nhà em ở {} bị trộm",
    "tai nạn tại {}, có người bị thương",
    "công an {} ơi có đánh nhau",
    "thôn 3 {} có cháy",
    "đoạn qua {} có xe lật",
    "em đang ở {} cứu với",
)
PROVINCES = {code: Gazetteer.load(province=code) for code in ("66", "79", "01", "48")}
PLACES = {code: load_places(gazetteer) for code, gazetteer in PROVINCES.items()}
Communes = pytest.mark.parametrize("structure", list(Structure))


def locate(
    text: str, province: str = "66", on: date = TODAY, page: str | None = None, places: Places | None = None
) -> Located:
    return (places or PLACES[province]).locate(Message("m", text, "zalo", page, None, on), Category.TIP, "theft")


def outcomes(province: str, structure: Structure, written: str) -> Counter[str]:
    """How often each commune, written in one way, is found, asked about, missed or taken for another."""
    counted: Counter[str] = Counter()
    for commune in PROVINCES[province].communes_in(structure, province):
        for text in _texts(commune, written):
            counted[_outcome(locate(text, province, DAY[structure]), commune)] += 1
    return counted


def _texts(commune: Commune, written: str) -> Iterator[str]:
    full = f"{commune.kind} {commune.name}"
    name = {
        "full": full,
        "short": f"{SHORT[commune.kind]} {commune.name}",
        "name": commune.name if not commune.name.isdigit() else full,
        "district": f"{full}, {commune.district}",
    }[written]
    for sentence in SENTENCES:
        yield sentence.format(name)
        yield fold(sentence.format(name))


def _outcome(found: Located, commune: Commune) -> str:
    if found.spot is None:
        return "asked" if found.place is Place.AMBIGUOUS else "missed"
    return "found" if found.spot.code(commune.structure) == commune.code else "wrong"


@Communes
@pytest.mark.parametrize("written", ["full", "short"])
def test_every_commune_is_found_by_its_type_word_and_none_is_taken_for_another(
    structure: Structure, written: str
) -> None:
    counted = outcomes("66", structure, written)
    assert counted["wrong"] == counted["missed"] == 0, counted
    assert counted["asked"] <= 0.02 * counted.total(), counted  # the two Thống Nhất; Ea D'Rơng typed bare


@Communes
def test_a_bare_name_is_found_or_asked_about_never_taken_for_another(structure: Structure) -> None:
    counted = outcomes("66", structure, "name")
    assert counted["wrong"] == 0, counted
    assert counted["missed"] <= 0.03 * counted.total(), counted


def test_with_its_district_every_commune_of_2020_is_found() -> None:
    counted = outcomes("66", Structure.OF_2020, "district")
    assert counted["found"] == counted.total(), counted


@pytest.mark.parametrize("province", ["79", "01", "48"])
@Communes
def test_other_provinces_work_from_the_tables_alone(province: str, structure: Structure) -> None:
    counted = outcomes(province, structure, "full")
    assert counted["wrong"] <= 0.01 * counted.total(), counted  # bare, Thạnh An and Thanh An of Cần Giờ are one
    assert counted["missed"] <= 0.01 * counted.total(), counted


@pytest.mark.parametrize(
    ("province", "text", "place", "told"),
    [
        ("79", "trộm xe ở phường 5 quận 3", Place.TEXT, "27151"),
        ("79", "đánh nhau ở Buôn Ma Thuột, Đắk Lắk", Place.OUTSIDE, "66"),
        ("01", "trộm xe ở phường Phúc Xá", Place.TEXT, "00001"),
        ("01", "đánh nhau ở Sài Gòn", Place.OUTSIDE, "79"),
        ("48", "trộm xe ở Hòa Khánh Bắc, Liên Chiểu", Place.TEXT, "20197"),
        ("48", "đánh nhau ở huyện Hòa Vang", Place.AMBIGUOUS, None),
    ],
)
def test_what_is_here_and_what_is_beyond_turns_with_the_province(
    province: str, text: str, place: Place, told: str | None
) -> None:
    found = locate(text, province, IN_2020)
    assert found.place is place
    assert (found.spot.commune_2020 if found.spot else None if place is Place.AMBIGUOUS else found.province) == told


def test_understanding_loads_for_another_province() -> None:
    (decision,) = load_understanding(province="48").decide([a_message("trộm xe ở phường Hòa Khánh Bắc")])
    assert (decision.province, decision.commune_2020) == ("48", "20197")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ea knuec", "ea knuek"),
        ("cu mgar", "chu mgar"),
        ("krong pac", "kr pak"),
        ("dray sap", "drai xap"),
        ("ea hleo", "ia hleo"),
    ],
)
def test_spellings_by_ear_sound_alike(one: str, other: str) -> None:
    assert by_ear(one) == by_ear(other)


def test_a_joined_highland_name_comes_apart() -> None:
    assert (apart("cumgar"), apart("eahleo"), apart("binhthuan")) == ("cu mgar", "ea hleo", None)


def test_one_letter_more_less_other_or_exchanged_is_one_edit() -> None:
    assert all(one_edit("eakuang", other) for other in ("eakuan", "eakuangg", "eakuanh", "eakunag"))
    assert not one_edit("eakuang", "eaknagg")


VILLAGES = Villages.of(
    [
        ("Buôn Drah", "24307", "24310"),
        ("Buôn Tring", "24305", "24305"),
        ("Thôn Sơn Lộc", "24163", "24163"),
        ("Thôn Sơn Lộc", "24496", "24496"),
        ("Thôn 3", "24163", "24163"),
    ]
)


@pytest.mark.parametrize(
    ("text", "page", "place", "commune"),
    [
        ("trộm bò ở buôn Drah", None, Place.TEXT, "24307"),
        ("trom bo o buon drah", None, Place.TEXT, "24307"),
        ("trộm bò ở buôn Drah", "24307", Place.PAGE, "24307"),
        ("trộm bò ở thôn Sơn Lộc", None, Place.NONE, None),
        ("trộm bò ở thôn Sơn Lộc, huyện Krông Pắc", None, Place.TEXT, "24496"),
        ("trộm bò ở buôn Drah, xã Ea Tu", None, Place.TEXT, "24163"),
        ("trộm bò ở thôn 3", None, Place.NONE, None),
    ],
)
def test_a_known_village_settles_what_is_open(text: str, page: str | None, place: Place, commune: str | None) -> None:
    places = load_places(PROVINCES["66"], villages=VILLAGES)
    found = locate(text, on=IN_2020, page=page, places=places)
    assert (found.place, found.spot.commune_2020 if found.spot else None) == (place, commune)


def test_without_a_table_of_villages_one_lies_in_the_pages_commune() -> None:
    found = locate("trộm bò ở buôn Drah", on=IN_2020, page="24163")
    assert (found.place, found.spot and found.spot.commune_2020) == (Place.PAGE, "24163")


def test_names_are_found_in_bounded_time_in_any_text() -> None:
    for text in ("ea " * 200_000, "xã " * 100_000, "ở ea tu, " * 60_000, "a" * 500_000, "thôn 3 xã krông " * 20_000):
        start = process_time()
        locate(text)
        assert process_time() - start < 1.0


def test_a_name_does_not_go_on_over_the_end_of_a_sentence() -> None:
    assert locate("có trộm ở Ea. Tu mau lên", on=IN_2020).place is Place.NONE


def test_the_search_can_be_asked_alone() -> None:
    search = PLACES["66"]._search[Structure.OF_2020]
    assert isinstance(search, NameSearch)
    assert [hit.name.written for hit in search.find(read_places("từ Ea Kar qua Ea Phê"))] == ["Ea Kar", "Ea Phê"]
