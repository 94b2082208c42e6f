"""The guide's table of places, the traps of the data, and laws that hold whatever is typed."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.triage.domain.understanding import Category, Message, Place, Speaker, Turn, Understanding
from services.triage.domain.understanding.place import Located, Places, Villages
from services.triage.understanding_data import load_places
from shared.gazetteer import Gazetteer, Structure, structure_on
from shared.text import fold
from tests.unit.triage_understanding.make import IN_2020, TODAY, a_message
from tests.unit.triage_understanding.place_messages import CASES, Case

GAZETTEER = Gazetteer.load(province="66")
PLACES = load_places(GAZETTEER)
MOST_CHANGED = 0.03  # share of the table's answers that another way of typing may change
_LETTERS = {Place.TEXT: "t", Place.CONVERSATION: "c"}
_SIGNS = {Place.PAGE: "p", Place.AMBIGUOUS: "?", Place.OUTSIDE: "o", Place.NONE: "n"}


def locate(
    text: str,
    *,
    on: date = IN_2020,
    page: str | None = None,
    before: tuple[Turn, ...] = (),
    points: tuple[tuple[float, float], ...] = (),
    category: Category = Category.TIP,
    topic: str = "theft",
    places: Places = PLACES,
) -> Located:
    """Where a text sent to the page of a commune of 2020 is; the page has its commune of today if one follows."""
    old = GAZETTEER.commune(Structure.OF_2020, page)
    new = GAZETTEER.both(old).of_2025 if old else None
    message = Message("m", text, "zalo", page, new.code if new else None, on, before, points)
    return places.locate(message, category, topic)


def located(case: Case, changed: Callable[[str], str] = str) -> Located:
    return locate(
        changed(case.text),
        on=IN_2020 if case.on == 20 else TODAY,
        page=case.page or None,
        category=Category(case.category),
        topic=case.topic,
    )


def written(case: Case, found: Located) -> str:
    """An answer as the table writes it."""
    structure = structure_on(IN_2020 if case.on == 20 else TODAY)
    if found.place in _LETTERS:
        assert found.spot is not None
        return f"{_LETTERS[found.place]}{found.spot.code(structure)}"
    first = found.candidates[0].code(structure) if found.candidates and case.place != "?" else ""
    province = found.province or "" if found.place is Place.OUTSIDE else ""
    return f"{_SIGNS[found.place]}{first or ''}{province}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.on} {case.text}")
def test_the_place_of_a_message(case: Case) -> None:
    assert written(case, located(case)) == case.place


@pytest.mark.parametrize(
    ("on", "text", "old", "new"),
    [
        (IN_2020, "trộm ở xã Hòa Thắng", "24166", "24121"),
        (IN_2020, "trộm xe ở Ea D'Rơng", "24292", None),
        (TODAY, "trộm xe ở phường Tân An", None, "24163"),
        (TODAY, "trộm xe ở xã Ea Tu", "24163", "24163"),
        (TODAY, "trộm xe ở Ea Kao", None, "24169"),
        (TODAY, "trộm xe ở phường Tân Tiến", "24145", "24133"),
        (TODAY, "trộm xe ở xã Tân Tiến", None, "24526"),
        (TODAY, "trộm ở xã Ea Yông, nay là xã Krông Pắc", "24508", "24490"),
        (TODAY, "trộm xe ở xã Hòa Quang Bắc", "22303", "22303"),
    ],
)
def test_a_commune_is_answered_in_both_structures_where_one_follows(
    on: date, text: str, old: str | None, new: str | None
) -> None:
    spot = locate(text, on=on).spot
    assert spot is not None
    assert (spot.commune_2020, spot.commune_2025) == (old, new)


def test_the_structure_changes_at_midnight_of_the_first_of_july() -> None:
    eve = locate("trộm xe ở phường Tân Tiến", on=date(2025, 6, 30)).spot
    day = locate("trộm xe ở xã Tân Tiến", on=date(2025, 7, 1)).spot
    assert eve
    assert day
    assert (eve.commune_2020, day.commune_2025) == ("24145", "24526")


def test_the_former_phu_yen_is_outside_until_the_first_of_july() -> None:
    eve = locate("trộm xe ở xã Hòa Kiến", on=date(2025, 6, 30))
    day = locate("trộm xe ở xã Hòa Kiến", on=date(2025, 7, 1))
    assert (eve.place, eve.province) == (Place.OUTSIDE, "54")
    assert day.spot
    assert day.spot.commune_2025 == "22045"


def test_candidates_have_chances_that_sum_to_one_and_a_person_is_asked() -> None:
    found = locate("trộm xe ở Tân Lập")
    assert [each.commune_2020 for each in found.candidates] == ["24118", "24317"]
    assert found.unclear
    assert sum(found.chances) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize(
    ("category", "text", "page", "unclear"),
    [
        (Category.TIP, "nhà em bị trộm", None, True),
        (Category.EMERGENCY, "cháy nhà", None, True),
        (Category.TIP, "trộm ở Tân Lập", None, True),
        (Category.TIP, "trộm ở Ea Tu", None, False),
        (Category.TIP, "có trộm", "24163", False),
        (Category.TIP, "đánh nhau ở Gia Lai", None, False),
        (Category.ADMIN_QUESTION, "làm căn cước cần gì", None, False),
        (Category.ADMIN_QUESTION, "làm căn cước ở huyện Krông Pắc cần gì", None, False),
        (Category.ADMIN_QUESTION, "cho xin số điện thoại công an Tân Lập", None, True),
        (Category.OTHER, "chào ad", None, False),
        (Category.FEEDBACK, "công an Tân Lập nhiệt tình quá", None, False),
        (Category.SPAM, "bán đất Buôn Ma Thuột", None, False),
    ],
)
def test_a_person_settles_the_commune_only_where_it_is_due(
    category: Category, text: str, page: str | None, unclear: bool
) -> None:
    assert locate(text, page=page, category=category).unclear is unclear


ASKED = Turn(Speaker.PAGE, "Dạ anh chị cho biết việc xảy ra ở xã nào ạ?")


@pytest.mark.parametrize(
    ("before", "text", "place", "commune"),
    [
        (("Trộm vào nhà em ở xã Ea Tu", "Lúc mấy giờ anh?"), "khoảng 2h sáng ạ", Place.CONVERSATION, "24163"),
        (("Trộm vào nhà em ở xã Ea Tu", "Lúc mấy giờ anh?"), "à ở Ea Kao mới đúng ạ", Place.TEXT, "24169"),
        (("Nhà em bị trộm", "Việc ở xã nào ạ?"), "hoà thắng", Place.TEXT, "24166"),
        (("nha em bi trom", "o dau vay ban"), "cu bao", Place.TEXT, "24340"),
        (("Trộm ở Tân Lập", "Tân Lập thuộc Krông Búk hay Buôn Ma Thuột ạ?"), "dạ Krông Búk", Place.TEXT, "24317"),
        (("Nhà em bị trộm", "Anh ở xã Ea Tu phải không?"), "dạ đúng rồi", Place.CONVERSATION, "24163"),
        (("Nhà em bị trộm", "Lúc mấy giờ anh?"), "khoảng 2h sáng ạ", Place.PAGE, "24118"),
        (("Trộm ở Tân Lập", "Bao giờ ạ?"), "tối qua", Place.CONVERSATION, "24118"),
    ],
)
def test_what_was_said_before_tells_the_place(before: tuple[str, str], text: str, place: Place, commune: str) -> None:
    turns = (Turn(Speaker.PERSON, before[0]), Turn(Speaker.PAGE, before[1]))
    found = locate(text, page="24118", before=turns)
    assert (found.place, found.spot and found.spot.commune_2020) == (place, commune)


EA_KAO, NHA_TRANG, AT_SEA = (12.6000, 108.0400), (12.2451, 109.1943), (12.0, 115.0)


def test_a_shared_location_tells_the_commune_of_today() -> None:
    found = locate("chỗ này nè", on=TODAY, page="24118", points=(EA_KAO,))
    assert (found.place, found.spot and found.spot.commune_2025) == (Place.TEXT, "24169")


def test_a_text_and_a_point_that_agree_are_surer_than_the_text_alone() -> None:
    together = locate("đánh nhau ở Ea Kao", on=TODAY, points=(EA_KAO,))
    assert together.spot
    assert together.spot.commune_2025 == "24169"
    assert together.sureness > locate("đánh nhau ở Ea Kao", on=TODAY).sureness


def test_the_text_beats_a_point_elsewhere_and_a_point_beats_home() -> None:
    event = locate("đánh nhau ở xã Hòa Phú", on=TODAY, points=(EA_KAO,))
    home = locate("em ở Hòa Phú, thấy đánh nhau", on=TODAY, page="24118", points=(EA_KAO,))
    assert event.spot
    assert home.spot
    assert (event.spot.commune_2025, home.spot.commune_2025) == ("24175", "24169")


def test_a_point_in_2020_leaves_the_old_communes_of_todays_open() -> None:
    found = locate("chỗ này nè", page="24169", points=(EA_KAO,))
    assert (found.place, found.candidates[0].commune_2020) == (Place.AMBIGUOUS, "24169")


def test_a_point_in_another_province_is_outside_and_one_at_sea_says_nothing() -> None:
    away = locate("chỗ này nè", on=TODAY, page="24118", points=(NHA_TRANG,))
    assert (away.place, away.province) == (Place.OUTSIDE, "56")
    assert locate("chỗ này nè", on=TODAY, page="24118", points=(AT_SEA,)).place is Place.PAGE


def share_changed(changed: Callable[[str], str]) -> tuple[float, list[str]]:
    """The share of the table's cases whose commune or place changes with the way they are typed."""
    other = [case.text for case in CASES if written(case, located(case, changed)) != written(case, located(case))]
    return len(other) / len(CASES), other


@pytest.mark.parametrize(
    "changed",
    [
        str.upper,
        lambda text: text.replace(" ", "  "),
        lambda text: text + "!!!",
        lambda text: f"dạ chào ad, {text} ạ",
        lambda text: text.replace("Hòa", "Hoà"),
    ],
    ids=["capitals", "spaces", "exclamation", "greeting", "tone mark"],
)
def test_the_way_it_is_typed_seldom_changes_the_place(changed: Callable[[str], str]) -> None:
    share, other = share_changed(changed)
    assert share <= MOST_CHANGED, other


def test_without_diacritics_the_place_seldom_changes() -> None:
    share, other = share_changed(fold)
    assert share <= 2 * MOST_CHANGED, other


any_text = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(sorted({word for case in CASES for word in case.text.split()})), max_size=40).map(
        " ".join
    ),
)


@settings(max_examples=300, deadline=None)
@given(any_text, st.sampled_from([None, "24118", "24292", "99999"]), st.sampled_from([IN_2020, TODAY]))
def test_any_text_has_one_commune_or_candidates_and_a_probability(text: str, page: str | None, on: date) -> None:
    found = locate(text, page=page, on=on)
    assert not (found.spot and found.candidates)
    assert 0 < found.sureness < 1
    assert len(found.chances) == len(found.candidates)
    assert found.why


def test_a_village_that_officers_know_settles_what_the_text_leaves_open(understanding: Understanding) -> None:
    message = a_message("có đánh bạc ở buôn Kmrơng Prong, các anh xuống coi")
    assert understanding.decide([message])[0].commune_2020 is None
    knowing = understanding.knowing(Villages.of([("Buôn Kmrơng Prong", "24166", "24121")]))
    assert knowing.decide([message])[0].commune_2020 == "24166"
    assert understanding.decide([message])[0].commune_2020 is None
