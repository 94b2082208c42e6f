"""The guide's table of places, and the traps of the data."""

from datetime import date

import pytest

from services.triage.domain.understanding import Decision, Place, Review, Speaker, Turn, Understanding
from tests.unit.triage_understanding.make import IN_2020, TODAY, a_message

TOLD, PAGE, ASKED, OUTSIDE, NOWHERE = Place.TEXT, Place.PAGE, Place.AMBIGUOUS, Place.OUTSIDE, Place.NONE


def decide(understanding: Understanding, text: str, **kwargs: object) -> Decision:
    return understanding.decide([a_message(text, **kwargs)])[0]  # type: ignore[arg-type]  # a_message's own arguments


@pytest.mark.parametrize(
    ("on", "text", "page", "place", "old", "new"),
    [
        # What the text tells, in both structures where one follows from the other.
        (IN_2020, "Bị trộm xe ở xã Ea Tu", None, TOLD, "24163", "24163"),
        (IN_2020, "bi trom xe o ea tu", "24118", TOLD, "24163", "24163"),
        (IN_2020, "bi trom xe o eatu", None, TOLD, "24163", "24163"),
        (IN_2020, "trộm chó ở x. Ea H’leo", None, TOLD, "24184", "24184"),
        (IN_2020, "danh bac o xa ea h leo", None, TOLD, "24184", "24184"),
        (IN_2020, "đánh bạc ở thôn 3 xã Ea Tu", None, TOLD, "24163", "24163"),
        (IN_2020, "đổ rác ở Hoà Thắng", None, TOLD, "24166", "24121"),
        # Nothing told: the page's commune; without one, nowhere.
        (IN_2020, "Tối qua bị trộm mất xe máy", "24163", PAGE, "24163", "24163"),
        (IN_2020, "Tối qua bị trộm mất xe máy", None, NOWHERE, None, None),
        # Common words are no places; with a word of place before them they may be.
        (IN_2020, "thay trom thi cu bao cong an", "24163", PAGE, "24163", "24163"),
        (IN_2020, "có trộm cứ báo công an nhé", "24163", PAGE, "24163", "24163"),
        (IN_2020, "danh bac o xa cu bao", "24163", TOLD, "24340", "24340"),
        (IN_2020, "nó toàn tự ăn trộm đồ nhà", "24163", PAGE, "24163", "24163"),
        (IN_2020, "trom xe o phuong tu an", None, TOLD, "24148", "24133"),
        (IN_2020, "co trom sau nha van hoa buon minh", "24163", PAGE, "24163", "24163"),
        (TODAY, "co trom sau nha van hoa buon minh", None, NOWHERE, None, None),
        # A village, road or person that bears a commune's name is not that commune.
        (IN_2020, "trộm cà phê ở thôn Tân Hòa", "24163", PAGE, "24163", "24163"),
        (IN_2020, "danh bac o buon ea tul", "24163", PAGE, "24163", "24163"),
        (IN_2020, "đua xe đường Thống Nhất", "24163", PAGE, "24163", "24163"),
        # A name that several bear: settled by type word, district, or page; else asked.
        (IN_2020, "trộm xe ở Tân Lập", None, ASKED, None, None),
        (IN_2020, "trộm xe ở phường Tân Lập", None, TOLD, "24118", "24121"),
        (IN_2020, "trộm xe ở xã Tân Lập", None, TOLD, "24317", "24316"),
        (IN_2020, "trộm xe ở Tân Lập, Krông Búk", None, TOLD, "24317", "24316"),
        (IN_2020, "trom xe o tan lap bmt", None, TOLD, "24118", "24121"),
        (IN_2020, "trộm xe ở Tân Lập", "24317", TOLD, "24317", "24316"),
        (IN_2020, "trộm xe ở Tân Lập", "24310", TOLD, "24317", "24316"),
        (IN_2020, "trộm xe ở phường Thống Nhất", None, ASKED, None, None),
        (IN_2020, "trộm xe ở phường Thống Nhất thị xã Buôn Hồ", None, TOLD, "24331", "24305"),
        (IN_2020, "trộm xe ở Ea D'Rơng", None, TOLD, "24292", None),
        (IN_2020, "trộm xe ở Ea Drông", None, TOLD, "24328", "24328"),
        (IN_2020, "trom xe o ea drong", None, ASKED, None, None),
        (IN_2020, "trom xe o ea drong", "24328", TOLD, "24328", "24328"),
        # A type word or district that contradicts is no evidence for a guess.
        (IN_2020, "trộm xe ở xã Ea Tu huyện Krông Pắc", None, ASKED, None, None),
        # Only a district.
        (IN_2020, "trộm xe ở huyện Krông Pắc", "24496", ASKED, None, None),
        (IN_2020, "danh bac o bmt", None, ASKED, None, None),
        # Two places: the event's, not the home's nor the road's end.
        (IN_2020, "Em ở Ea Kao, hôm qua đi chợ ở Ea Tiêu bị móc túi", None, TOLD, "24547", "24544"),
        (IN_2020, "cướp giật ở Ea Kao rồi chạy về hướng Ea Tiêu", None, TOLD, "24169", "24169"),
        # 2025: the unit in force by its type word, the old name by its own.
        (TODAY, "trộm xe ở phường Tân An", None, TOLD, None, "24163"),
        (TODAY, "trộm xe ở xã Ea Tu", None, TOLD, "24163", "24163"),
        (TODAY, "trộm xe ở Ea Kao", None, TOLD, None, "24169"),
        (TODAY, "trộm xe ở xã Ea Kao", None, TOLD, "24169", "24169"),
        (TODAY, "trộm xe ở Tân Tiến", None, ASKED, None, None),
        (TODAY, "trộm xe ở xã Tân Tiến", None, TOLD, None, "24526"),
        (TODAY, "trộm xe ở phường Tân Tiến", None, TOLD, "24145", "24133"),
        (TODAY, "trộm xe ở Hòa Hiệp", None, ASKED, None, None),
        (TODAY, "trộm xe ở phường Hòa Hiệp", None, TOLD, None, "22261"),
        (TODAY, "trộm xe ở xã Hòa Hiệp", None, TOLD, "24562", "24561"),
        # The bare name of a former district, and its seat.
        (TODAY, "trộm xe ở Krông Pắc", None, ASKED, None, None),
        (TODAY, "trom xe o krong pac", "24496", ASKED, None, None),
        (TODAY, "trộm xe ở xã Krông Pắc", None, TOLD, None, "24490"),
        (TODAY, "móc túi ở bến xe Krông Pắc", None, TOLD, None, "24490"),
        (TODAY, "trộm xe ở Buôn Ma Thuột", None, ASKED, None, None),
        (TODAY, "trộm xe ở phường Buôn Ma Thuột", None, TOLD, None, "24133"),
        # Split communes.
        (TODAY, "Tối qua bị trộm mất xe máy", "24292", ASKED, None, None),
        (TODAY, "trộm xe ở xã Ea BHốk", None, ASKED, None, None),
        # The former Phú Yên belongs to the province today.
        (TODAY, "trộm xe ở phường Xuân Đài", None, TOLD, None, "22076"),
        (TODAY, "trộm xe ở xã Hòa Quang Bắc", None, TOLD, "22303", "22303"),
        # Another province.
        (IN_2020, "đánh nhau ở Gia Lai", "24163", OUTSIDE, None, None),
        (IN_2020, "có trộm xe ở Tuy Hòa tỉnh Phú Yên", "24163", OUTSIDE, None, None),
        (IN_2020, "em từ Sài Gòn về, hàng xóm hát karaoke ồn quá", "24163", PAGE, "24163", "24163"),
        (IN_2020, "bị lừa tiền, nó nói ở Hà Nội", "24163", PAGE, "24163", "24163"),
    ],
)
def test_where_it_is(
    understanding: Understanding,
    on: date,
    text: str,
    page: str | None,
    place: Place,
    old: str | None,
    new: str | None,
) -> None:
    decision = decide(understanding, text, on=on, page=page)
    assert (decision.place, decision.commune_2020, decision.commune_2025) == (place, old, new)


def test_the_structure_changes_at_midnight_of_the_first_of_july(understanding: Understanding) -> None:
    eve = decide(understanding, "trộm xe ở phường Tân Tiến", on=date(2025, 6, 30))
    day = decide(understanding, "trộm xe ở xã Tân Tiến", on=date(2025, 7, 1))
    assert (eve.commune_2020, day.commune_2025) == ("24145", "24526")


def test_the_candidates_are_shown_and_a_person_is_asked(understanding: Understanding) -> None:
    decision = decide(understanding, "trộm xe ở Tân Lập")
    assert [each.commune_2020 for each in decision.candidates] == ["24118", "24317"]
    assert Review.COMMUNE_UNCLEAR in decision.review
    assert sum(each.p for each in decision.candidates) == pytest.approx(1, abs=0.01)


def test_the_pages_own_commune_is_the_first_candidate(understanding: Understanding) -> None:
    decision = decide(understanding, "trộm xe ở huyện Krông Pắc", page="24496")
    assert decision.candidates[0].commune_2020 == "24496"


def test_a_question_with_only_a_district_needs_no_review(understanding: Understanding) -> None:
    decision = decide(understanding, "Cho hỏi làm căn cước ở huyện Krông Pắc cần gì ạ?")
    assert decision.place is Place.AMBIGUOUS
    assert Review.COMMUNE_UNCLEAR not in decision.review


def test_a_tip_from_nowhere_needs_review_and_a_greeting_does_not(understanding: Understanding) -> None:
    assert Review.COMMUNE_UNCLEAR in decide(understanding, "nhà em bị trộm").review
    assert Review.COMMUNE_UNCLEAR not in decide(understanding, "chào ad").review


def test_another_province_is_answered_by_its_code_of_that_day(understanding: Understanding) -> None:
    then = decide(understanding, "có đánh nhau ở Pleiku", on=IN_2020)
    now = decide(understanding, "có đánh nhau ở Gia Lai", on=TODAY)
    assert (then.place, then.province) == (Place.OUTSIDE, "64")
    assert (now.place, now.province) == (Place.OUTSIDE, "52")
    assert then.review == ()


def test_what_was_said_before_tells_the_place(understanding: Understanding) -> None:
    before = (Turn(Speaker.PERSON, "Trộm vào nhà em ở xã Ea Tu"), Turn(Speaker.PAGE, "Anh cho biết lúc mấy giờ?"))
    decision = decide(understanding, "khoảng 2h sáng ạ", before=before, page="24118")
    assert (decision.place, decision.commune_2020) == (Place.CONVERSATION, "24163")


def test_the_page_of_today_settles_too(understanding: Understanding) -> None:
    decision = decide(understanding, "bị trộm mất xe máy", on=TODAY, page_2025="24163")
    assert (decision.place, decision.commune_2020, decision.commune_2025) == (Place.PAGE, None, "24163")
