"""Which corrections place the villages a person named, and which take them back."""

from services.triage.domain.case import Change
from services.triage.domain.casework import File, correct, lay_out, settle
from services.triage.domain.intake import Past
from services.triage.domain.routing import Page
from services.triage.domain.summary import Corrections
from services.triage.domain.villages import placed_by
from tests.unit.triage.make import CONVERSATION, START, a_desk, a_message, an_answer, identities

PAGE = Page("page-1", "commune-2020-24154", "24154", "24163")
TURNS = [a_message(0, 0), an_answer(0.1, 1)]
PAST = [Past(TURNS[0], "trộm ở buôn Ea Tul"), Past(TURNS[1], "bạn ở thôn Tân Hòa phải không")]


def corrected(corrections: Corrections) -> Change:
    file = File(CONVERSATION, PAGE, (), tuple(TURNS), frozenset(turn.id for turn in TURNS))
    (opened,) = settle(lay_out(file, a_desk()), identities(), a_desk()).changes
    return correct(opened.after, TURNS[:1], corrections, page=PAGE, desk=a_desk(), at=START, officer="ca.ea-tu")


def test_a_corrected_commune_places_what_the_person_named_and_not_the_page() -> None:
    assert placed_by(corrected(Corrections(commune_2020="24118")), PAST) == ["buon ea", "buon ea tul"]


def test_a_correction_of_something_else_leaves_what_was_told_of_the_place() -> None:
    assert placed_by(corrected(Corrections(category="feedback")), PAST) is None


def test_of_a_sealed_case_nothing_is_told() -> None:
    assert placed_by(corrected(Corrections(commune_2020="24118", conflict="yes")), PAST) == []
    assert placed_by(corrected(Corrections(conflict="yes")), PAST) == []
