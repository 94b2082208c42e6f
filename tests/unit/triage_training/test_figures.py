"""The figures of the evaluation, on decisions whose worth one can count by hand."""

from datetime import date
from typing import Any

import pytest

from services.triage.domain.understanding import Category, Decision, Message, Place, Review, Urgency
from services.triage.training.figures import Judged, calibration, calibration_error, f1, figures, macro_f1, worst


def judged(
    right: str,
    said: str,
    *,
    told: str | None = "24163",
    answered: str | None = "24163",
    place: str = "text",
    confidence: float = 0.9,
    review: tuple[Review, ...] = (),
    wanted: tuple[str, ...] = (),
) -> Judged:
    message = Message("m", "mất xe", "zalo", "24118", "24118", date(2020, 6, 1))
    truth: dict[str, Any] = {
        "category": right,
        "topic": "theft",
        "urgency": "normal",
        "act": "report",
        "procedure": None,
        "place": place,
        "province": "66",
        "commune_2020": told,
        "commune_2025": None,
        "review": list(wanted),
    }
    decision = Decision(
        *("m", Category(said), (), "theft", ("theft",), Urgency.NORMAL, None, None, "vi", False),
        *(Place.TEXT if answered else Place.AMBIGUOUS, "66", answered, None, (), confidence, review, ()),
    )
    return Judged(message, truth, decision)


def test_macro_f1_is_the_mean_over_the_categories_that_occur() -> None:
    some = [judged("tip", "tip"), judged("tip", "tip"), judged("tip", "spam"), judged("spam", "spam")]
    assert f1(some, Category.TIP) == pytest.approx(0.8)
    assert f1(some, Category.SPAM) == pytest.approx(2 / 3)
    assert macro_f1(some) == pytest.approx((0.8 + 2 / 3) / 2)


def test_a_wrong_commune_is_silent_unless_somebody_is_asked_to_look() -> None:
    assert judged("tip", "tip", answered="24121").silently_wrong
    assert not judged("tip", "tip", answered="24121", review=(Review.LOW_CONFIDENCE,)).silently_wrong
    assert not judged("tip", "tip", answered=None).silently_wrong
    assert not judged("tip", "tip").silently_wrong


def test_spam_may_have_the_pages_commune_or_none() -> None:
    assert judged("spam", "spam", told=None, answered="24118").commune_right
    assert judged("spam", "spam", told=None, answered=None).commune_right
    assert not judged("spam", "spam", told=None, answered="24163").commune_right


def test_calibration_is_what_is_stated_against_how_often_it_is_right() -> None:
    some = [judged("tip", "tip"), judged("tip", "spam"), judged("tip", "tip", confidence=0.31)]
    assert [(round(stated, 2), true, count) for stated, true, count in calibration(some)] == [
        (0.31, 1, 1),
        (0.9, 0.5, 2),
    ]
    assert calibration_error(some) == pytest.approx((0.69 + 0.8) / 3)


def test_the_gravest_mistake_comes_first() -> None:
    missed, wrong_place = judged("emergency", "tip"), judged("tip", "tip", answered="24121")
    mild = judged("feedback", "tip", confidence=0.99)
    assert worst([mild, wrong_place, missed, judged("tip", "tip")], 3) == [missed, wrong_place, mild]


def test_what_less_is_better_of_is_reached_from_above() -> None:
    table = {each.name: each for each in figures([judged("tip", "tip")], (1, 10))}
    assert table["changed without diacritics"].value == pytest.approx(0.1)
    assert not table["changed without diacritics"].reached
    assert table["silent wrong commune"].reached
    assert table["commune, told by text"].value == 1
