"""The table of messages, decided as the guide decides them."""

import pytest

from services.triage.domain.understanding import Category, Decision, Place, Review, Understanding
from tests.unit.triage_understanding.make import a_message
from tests.unit.triage_understanding.messages import CASES, HARD, Case


def place(decision: Decision) -> str:
    if decision.place is Place.TEXT:
        return decision.commune_2020 or ""
    return {Place.AMBIGUOUS: "?", Place.OUTSIDE: "out"}.get(decision.place, "")


@pytest.fixture(scope="module")
def pairs(understanding: Understanding) -> list[tuple[Case, Decision]]:
    """None of these messages is in the training text."""
    return list(zip(CASES, understanding.decide([a_message(case.text) for case in CASES]), strict=True))


def test_nearly_all_have_their_category(pairs: list[tuple[Case, Decision]]) -> None:
    wrong = [case for case, decision in pairs if decision.category != case.category]
    assert len(wrong) <= 0.06 * len(pairs), wrong


def test_most_have_their_topic(pairs: list[tuple[Case, Decision]]) -> None:
    wrong = [case for case, decision in pairs if decision.topic != case.topic]
    assert len(wrong) <= 0.18 * len(pairs), wrong


def test_every_one_has_its_place(pairs: list[tuple[Case, Decision]]) -> None:
    assert [case for case, decision in pairs if place(decision) != case.place] == []


def test_no_emergency_is_missed(pairs: list[tuple[Case, Decision]]) -> None:
    assert [case for case, said in pairs if case.category == "emergency" != said.category] == []


def test_of_what_is_hard_to_understand_most_still_has_its_category(understanding: Understanding) -> None:
    decisions = understanding.decide([a_message(case.text) for case in HARD])
    right = sum(decision.category == case.category for decision, case in zip(decisions, HARD, strict=True))
    assert right >= 0.6 * len(HARD)


def test_the_table_has_every_category_in_many_hands() -> None:
    assert len(CASES) >= 200
    assert {case.category for case in CASES} == set(Category)
    assert sum(case.text.isascii() for case in CASES) >= len(CASES) // 4


def test_few_of_the_table_are_sent_to_a_person_as_doubtful(pairs: list[tuple[Case, Decision]]) -> None:
    assert sum(Review.LOW_CONFIDENCE in decision.review for _, decision in pairs) <= 0.08 * len(pairs)
