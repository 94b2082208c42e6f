"""Whose a case is: the unit of the day, a desk where nothing may be guessed, never the commune complained about."""

from datetime import date
from typing import Any

import pytest

from services.triage.domain.routing import Page, Units, route
from services.triage.domain.summary import Summary
from tests.unit.triage.make import UNITS

DAY = date(2020, 5, 4)
TODAY = date(2026, 5, 4)
PAGE = Page("page-1", "commune-2020-24118", "24118", "24121")
PROVINCE_UNITS = Units(UNITS)


def a_summary(**changes: Any) -> Summary:
    """A tip told to be in Ea Tu."""
    plain: dict[str, Any] = {
        "category": "tip",
        "topic": "violence",
        "urgency": "normal",
        "place": "text",
        "commune_2020": "24154",
        "commune_2025": "24163",
        "review": (),
        "reasons": (),
    }
    return Summary(**plain | changes)


NOWHERE: dict[str, Any] = {"commune_2020": None, "commune_2025": None}


@pytest.mark.parametrize(
    ("day", "unit"),
    [(DAY, "commune-2020-24154"), (date(2025, 6, 30), "commune-2020-24154"), (date(2025, 7, 1), "commune-2025-24163")],
)
def test_a_place_told_goes_to_the_unit_in_force_on_the_day(day: date, unit: str) -> None:
    assert route(a_summary(), PAGE, PROVINCE_UNITS, day).unit == unit


def test_a_conflict_goes_to_the_inspectorate_whatever_else_is_told() -> None:
    to = route(a_summary(review=("conflict",)), PAGE, PROVINCE_UNITS, DAY)
    assert (to.unit, to.review) == ("inspectorate", ("conflict",))


def test_what_lies_outside_goes_to_the_unit_for_other_provinces() -> None:
    assert route(a_summary(place="outside", **NOWHERE), PAGE, PROVINCE_UNITS, DAY).unit == "other-province"


@pytest.mark.parametrize("place", ["ambiguous", "none"])
def test_a_report_without_a_sure_place_goes_to_the_duty_desk_for_a_person_to_look_at(place: str) -> None:
    to = route(a_summary(place=place, **NOWHERE), PAGE, PROVINCE_UNITS, DAY)
    assert (to.unit, to.review) == ("duty-desk", ("commune_unclear",))


def test_a_question_without_a_place_stays_with_the_page_it_was_asked_and_needs_no_look() -> None:
    page = Page("page-2", "office-traffic")
    to = route(a_summary(category="admin_question", place="none", **NOWHERE), page, PROVINCE_UNITS, DAY)
    assert (to.unit, to.review) == ("office-traffic", ())


def test_a_page_whose_unit_has_ended_leaves_it_to_the_duty_desk() -> None:
    page = Page("page-3", "district-643")
    question = a_summary(category="admin_question", place="none", **NOWHERE)
    assert route(question, page, PROVINCE_UNITS, DAY).unit == "district-643"
    assert route(question, page, PROVINCE_UNITS, TODAY).unit == "duty-desk"


def test_a_commune_known_only_in_the_other_structure_is_not_guessed() -> None:
    to = route(a_summary(commune_2025=None), PAGE, PROVINCE_UNITS, TODAY)
    assert (to.unit, to.review) == ("duty-desk", ("commune_unclear",))


def test_requests_about_data_go_to_the_unit_of_the_setting_else_to_the_duty_desk() -> None:
    assert Units(UNITS, data_requests="office-traffic").data_requests(DAY) == "office-traffic"
    assert Units(UNITS, data_requests="no-such-unit").data_requests(DAY) == "duty-desk"
    assert Units(UNITS).data_requests(DAY) == "duty-desk"
