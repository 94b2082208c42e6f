"""Casework: what came in any order, in any batches, makes the same cases."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.triage.domain import casework
from services.triage.domain.case import Case, Change, Identity, events_of
from services.triage.domain.casework import File, lay_out, settle
from services.triage.domain.conversation import Turn
from services.triage.domain.heard import Heard, Matter
from services.triage.domain.routing import Page
from services.triage.domain.summary import Corrections
from shared.events import CaseFacts
from tests.unit.triage.make import (
    CONVERSATION,
    START,
    a_desk,
    a_message,
    a_reading,
    an_answer,
    identities,
    thanks,
)

DESK = a_desk()
PAGE = Page("page-1", "commune-2020-24118", "24118", "24121")


class Book:
    """A conversation kept as the store keeps it: loaded from the case in force at the earliest news on."""

    def __init__(self) -> None:
        self.cases: dict[Any, Case] = {}
        self.turns: dict[Any, Turn] = {}
        self.changes: list[Change] = []
        self._identities: Iterator[Identity] = identities()

    def take(self, batch: Sequence[Turn]) -> "Book":
        news = {turn.id: turn for turn in batch if turn.id not in self.turns}
        if not news:
            return self
        earliest = min(turn.at for turn in news.values())
        begun = [case.facts.opened_at for case in self.cases.values() if case.facts.opened_at < earliest]
        since = max(begun, default=None)
        cases = sorted(self.cases.values(), key=lambda case: case.facts.opened_at)
        file = File(
            CONVERSATION,
            PAGE,
            tuple(case for case in cases if since is None or case.facts.opened_at >= since),
            (*self._turns_from(since), *news.values()),
            frozenset(news),
        )
        settled = settle(lay_out(file, DESK), self._identities, DESK)
        self.turns |= news
        for turn, case in settled.case_of.items():
            self.turns[turn] = replace(self.turns[turn], case=case)
        self.cases |= {change.after.id: change.after for change in settled.changes}
        self.changes += settled.changes
        return self

    def _turns_from(self, since: datetime | None) -> list[Turn]:
        """Of those at the very moment, only what is the case's own: another may end where it begins."""
        mine = {case.id for case in self.cases.values() if since is None or case.facts.opened_at >= since}
        later = [turn for turn in self.turns.values() if since is None or turn.at >= since]
        return [turn for turn in later if turn.case is None or turn.case in mine]

    @property
    def facts(self) -> list[tuple[CaseFacts, str | None, int, list[str]]]:
        """What the cases are in the end, whichever code each has."""
        told = [(case.facts, case.first_message_key, case.messages, self.keys_of(case)) for case in self.cases.values()]
        return sorted(told, key=lambda each: (each[0].opened_at, each[1] or ""))

    def keys_of(self, case: Case) -> list[str]:
        return sorted(turn.key for turn in self.turns.values() if turn.case == case.id)

    @property
    def only(self) -> Case:
        (case,) = self.cases.values()
        return case


READINGS = st.sampled_from(
    [
        a_reading(),
        a_reading(category="admin_question", topic="residence", place="page", commune_2020=None, commune_2025=None),
        a_reading(category="emergency", urgency="critical"),
        a_reading(category="spam", topic="advert", urgency="low", place="page"),
        a_reading(place="ambiguous", commune_2020=None, commune_2025=None, review=("commune_unclear",)),
        thanks(),
    ]
)
HEARD = st.sampled_from(
    [
        Heard(),
        Heard(Matter("report")),
        Heard(Matter("report", "theft")),
        Heard(Matter("report", "deceit")),
        Heard(Matter("question")),
        Heard(Matter("question", "residence")),
        Heard(Matter("question", "vehicle", another=True)),
        Heard(feedback="helped"),
        Heard(feedback="not_helped"),
        Heard(feedback="person"),
    ]
)
MOMENTS = st.integers(0, 30).map(lambda half_days: half_days / 2)
"""Half a day apart within a fortnight, with a window of seven days: beginnings and windows often meet exactly."""


@st.composite
def turns(draw: st.DrawFn) -> list[Turn]:
    said = draw(st.lists(st.tuples(MOMENTS, st.one_of(READINGS, st.none()), HEARD), min_size=1, max_size=9))
    return [
        an_answer(at, name=n) if reading is None else a_message(at, name=n, reading=reading, heard=heard)
        for n, (at, reading, heard) in enumerate(said)
    ]


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[list[Turn], list[list[Turn]]]:
    """Turns, and the same in another order, cut into batches, some of them twice."""
    said = draw(turns())
    order = draw(st.permutations(said + draw(st.lists(st.sampled_from(said), max_size=3))))
    cuts = sorted(draw(st.sets(st.integers(1, len(order)), max_size=4)))
    batches = [order[a:b] for a, b in zip([0, *cuts], [*cuts, len(order)], strict=True)]
    return said, [batch for batch in batches if batch]


@settings(max_examples=600, deadline=None)
@given(arrivals())
def test_any_order_and_any_batches_make_the_same_cases(arrived: tuple[list[Turn], list[list[Turn]]]) -> None:
    said, batches = arrived
    at_once = Book().take(said)
    piecemeal = Book()
    for batch in batches:
        piecemeal.take(batch)
    assert piecemeal.facts == at_once.facts


@settings(max_examples=200, deadline=None)
@given(arrivals())
def test_no_two_cases_ever_become_one_and_every_message_has_its_case(
    arrived: tuple[list[Turn], list[list[Turn]]],
) -> None:
    book = Book()
    for batch in arrived[1]:
        before = len(book.cases)
        book.take(batch)
        assert len(book.cases) >= before
    assert all(turn.case in book.cases for turn in book.turns.values() if turn.speaker == "person")
    assert all(case.messages for case in book.cases.values())


@settings(max_examples=200, deadline=None)
@given(arrivals())
def test_the_acts_of_a_case_are_a_chain_without_gaps(arrived: tuple[list[Turn], list[list[Turn]]]) -> None:
    book = Book()
    for batch in arrived[1]:
        book.take(batch)
    for case in book.cases.values():
        events = [e for change in book.changes if change.after.id == case.id for e in events_of(change, "66")]
        assert [event.version for event in events] == list(range(1, case.version + 1))
        assert [event.before for event in events] == [None, *(event.after for event in events[:-1])]
        assert events[0].act == "opened"
        assert events[-1].after == case.facts


def test_a_message_opens_a_case_at_its_own_time() -> None:
    case = Book().take([a_message()]).only
    assert (case.version, case.facts.status, case.facts.opened_at) == (1, "open", START)
    assert (case.facts.unit, case.first_message_key) == ("commune-2020-24154", "key-m")


def test_a_redelivered_message_changes_nothing() -> None:
    book = Book().take([a_message()])
    assert book.take([a_message()]).only.version == 1


def test_an_answer_that_comes_before_its_question_answers_it_all_the_same() -> None:
    book = Book().take([an_answer(1)])
    assert book.cases == {}
    case = book.take([a_message(0)]).only
    assert (case.facts.status, case.facts.answered_at) == ("answered", START + timedelta(days=1))


def test_an_answer_from_before_the_first_message_is_nobody_s() -> None:
    assert Book().take([an_answer(-1), a_message(0)]).only.facts.answered_at is None


def test_an_open_case_takes_whatever_comes() -> None:
    assert Book().take([a_message(0), a_message(60, "later")]).only.messages == 2


def test_an_answered_case_takes_more_within_its_window_and_thanks_at_any_time() -> None:
    book = Book().take([a_message(0), an_answer(1), a_message(8, "within"), a_message(40, "ok", reading=thanks())])
    assert book.only.messages == 3


def test_after_the_window_a_new_subject_opens_a_new_case() -> None:
    book = Book().take([a_message(0), an_answer(1), a_message(8.5, "after")])
    assert [case.messages for case in book.cases.values()] == [1, 1]


def test_the_strongest_message_gives_the_category_and_a_told_place_beats_the_page_s() -> None:
    question = a_reading(category="admin_question", topic="residence", place="page", commune_2020="24118")
    tip = a_reading(place="page", commune_2020="24118", commune_2025=None)
    where = a_reading(category="other", topic="other", place="text", commune_2020="24154", closes=True)
    case = (
        Book()
        .take([a_message(0, 1, reading=question), a_message(0.1, 2, reading=tip), a_message(0.2, 3, reading=where)])
        .only
    )
    assert (case.facts.category, case.facts.commune_2020, case.facts.unit) == ("tip", "24154", "commune-2020-24154")


def test_an_earlier_message_that_comes_late_moves_the_beginning_and_is_told_in_an_event() -> None:
    book = Book().take([a_message(1, "second")]).take([a_message(0, "first")])
    event = events_of(book.changes[-1], "66")[-1]
    assert event.before is not None
    assert (event.before.opened_at, event.after.opened_at) == (START + timedelta(days=1), START)
    assert book.only.first_message_key == "key-first"


def test_each_message_is_an_act_of_its_own_also_when_several_come_at_once() -> None:
    book = Book().take([a_message(0, 1), a_message(0.1, 2), an_answer(1), a_message(1.1, 3)])
    assert [act.act for act in book.changes[0].acts] == ["opened", "message_added", "message_added", "answered"]


def corrected(case: Case, messages: Sequence[Turn] = (), **fields: str) -> Case:
    corrections = Corrections(**fields)  # type: ignore[arg-type]  # plain words stand for the literals
    change = casework.correct(case, messages, corrections, page=PAGE, desk=DESK, at=START, officer="truc-ban.1")
    return change.after


def test_a_correction_stands_against_later_messages() -> None:
    book = Book().take([a_message(0)])
    case = corrected(book.only, [a_message(0)], category="feedback")
    assert (case.version, case.facts.category) == (2, "feedback")
    book.cases[case.id] = case
    again = book.take([a_message(1, "again", reading=a_reading(category="emergency", urgency="critical"))]).only
    assert (again.version, again.facts.category, again.facts.urgency) == (3, "feedback", "high")


def test_a_corrected_commune_moves_the_case_to_its_unit_and_ends_the_doubt() -> None:
    unclear = a_reading(place="ambiguous", commune_2020=None, commune_2025=None, review=("commune_unclear",))
    message = a_message(0, reading=unclear)
    case = Book().take([message]).only
    assert (case.facts.unit, case.facts.review) == ("duty-desk", ("commune_unclear",))
    moved = corrected(case, [message], commune_2020="24118")
    assert (moved.facts.unit, moved.facts.review, moved.place) == ("commune-2020-24118", (), "officer")


def resolved(case: Case, messages: Sequence[Turn], days: float) -> Case:
    at = START + timedelta(days=days)
    return casework.resolve(case, messages, "fined", None, at=at, officer="ca.ea-tu").after


def test_a_resolved_case_stays_resolved_through_thanks_and_opens_again_for_new_work() -> None:
    book = Book().take([a_message(0)])
    case = resolved(book.only, [a_message(0)], 2)
    assert (case.facts.status, case.facts.outcome) == ("resolved", "fined")
    book.cases[case.id] = case
    assert book.take([a_message(3, "ok", reading=thanks())]).only.facts.status == "resolved"
    again = book.take([a_message(4, "again")]).only
    assert (again.facts.status, again.facts.resolved_at) == ("open", START + timedelta(days=2))
    assert book.changes[-1].acts[-1].act == "reopened"


def a_wish(days: float, name: object = "wish") -> Turn:
    """What by itself is about nothing: "gặp cán bộ"."""
    return a_message(days, name, reading=a_reading(category="other", topic="other"), heard=Heard(feedback="person"))


def test_whoever_asks_for_a_person_is_open_whoever_answered_until_an_officer_answers_again() -> None:
    book = Book().take([a_message(0)]).take([an_answer(1)])
    assert book.only.facts.status == "answered"
    asked = book.take([a_wish(2)]).only
    assert (asked.facts.status, asked.facts.review) == ("open", ("no_answer",))
    assert asked.facts.answered_at == START + timedelta(days=1), "what was answered then stays counted there"
    assert book.take([an_answer(3, "b")]).only.facts.status == "answered"
    assert book.take([a_wish(4, "again")]).only.facts.status == "open"


def test_an_officer_s_answer_by_our_own_door_is_for_the_wish_before_it_and_for_none_after() -> None:
    book = Book().take([a_message(0)]).take([an_answer(1)]).take([a_wish(2)])
    messages = [turn for turn in book.turns.values() if turn.speaker == "person"]
    answered = casework.answer(book.only, messages, at=START + timedelta(days=3), officer="ca.ea-tu").after
    assert answered.facts.status == "answered"
    earlier = casework.answer(book.only, messages, at=START + timedelta(days=1.5), officer="ca.ea-tu").after
    assert earlier.facts.status == "open"


def test_a_resolved_case_opens_again_for_whoever_asks_for_a_person() -> None:
    book = Book().take([a_message(0)])
    case = resolved(book.only, [a_message(0)], 2)
    book.cases[case.id] = case
    assert book.take([a_wish(3)]).only.facts.status == "open"
    assert book.changes[-1].acts[-1].act == "reopened"
    assert book.take([an_answer(4)]).only.facts.status == "resolved"


def test_after_the_window_whoever_asks_for_a_person_has_a_new_case() -> None:
    assert len(Book().take([a_message(0)]).take([an_answer(1)]).take([a_wish(10)]).cases) == 2


def test_after_the_window_of_its_resolution_a_new_subject_is_a_new_case() -> None:
    book = Book().take([a_message(0)])
    case = resolved(book.only, [a_message(0)], 2)
    book.cases[case.id] = case
    assert len(book.take([a_message(10, "new")]).cases) == 2
