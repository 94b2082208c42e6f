"""The table of messages, decided as the guide decides them."""

import pytest

from services.triage.domain.understanding import Category, Decision, Place, Review, Understanding
from tests.unit.triage_understanding.make import a_message
from tests.unit.triage_understanding.messages import CASES, HARD, Case


def place(decision: Decision) -> str:
    if decision.place is Place.TEXT:
        return decision.commune_2020 or ""
    return {Place.AMBIGUOUS: "?", Place.OUTSIDE: "out"}.get(decision.place, "")


@pytest.mark.parametrize("case", CASES, ids=[case.text[:40] for case in CASES])
def test_a_message_is_understood(understanding: Understanding, case: Case) -> None:
    (decision,) = understanding.decide([a_message(case.text)])
    assert (decision.category, decision.topic, place(decision)) == (case.category, case.topic, case.place)


def test_of_what_is_not_wholly_understood_most_still_has_its_category(understanding: Understanding) -> None:
    decisions = understanding.decide([a_message(case.text) for case in HARD])
    right = sum(decision.category == case.category for decision, case in zip(decisions, HARD, strict=True))
    assert right >= 0.6 * len(HARD)


def test_the_table_has_every_category_in_many_hands() -> None:
    assert len(CASES) >= 200
    assert {case.category for case in CASES} == set(Category)
    assert sum(case.text.isascii() for case in CASES) >= len(CASES) // 4


def test_few_of_the_table_are_sent_to_a_person_as_doubtful(understanding: Understanding) -> None:
    decisions = understanding.decide([a_message(case.text) for case in CASES])
    assert sum(Review.LOW_CONFIDENCE in decision.review for decision in decisions) <= 0.08 * len(CASES)
