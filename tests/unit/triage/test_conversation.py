"""A conversation cut into cases: whatever is added to it, no two cases become one, and each message has its case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.triage.domain.conversation import OWN_KEY, Automatic, Segment, Settling, Turn, closing, cut
from services.triage.domain.heard import Heard, Matter
from tests.unit.triage.make import START, WINDOW, a_message, a_reading, an_answer, thanks

MATTERS = [
    Matter(),
    Matter("report"),
    Matter("report", "theft"),
    Matter("report", "deceit"),
    Matter("question"),
    Matter("question", "residence"),
    Matter("question", "vehicle"),
    Matter("report", "theft", another=True),
]
QUESTION = Automatic("question", "commune", "Ở xã nào ạ?")
ANSWER = Automatic("answer", "passport", "2026-11-24/00000000", 0.99)


@dataclass(frozen=True)
class Said:
    """Turns and resolutions, and one thing more of either."""

    turns: tuple[Turn, ...]
    resolutions: tuple[Settling, ...]

    def cases(self) -> list[Segment]:
        return cut(self.turns, self.resolutions, window=WINDOW)


@st.composite
def things_said(draw: st.DrawFn) -> tuple[Said, Said]:
    """What was said, without and with its last turn or resolution."""
    count = draw(st.integers(1, 9))
    keys = [f"key-{n}" for n in range(count)]
    turns: list[Turn] = []
    resolutions: list[Settling] = []
    more: list[Turn | Settling] = []
    for n in range(count):
        day = draw(st.integers(0, 30)) / 2
        to = draw(st.sampled_from(keys))
        kind = draw(st.sampled_from(["message"] * 4 + ["typed", "own", "asked", "answered", "resolved"]))
        one = _one(draw, kind, n, day, to)
        more.append(one)
    draw_last = draw(st.integers(0, count - 1))
    for at, one in enumerate(more):
        if at != draw_last:
            (resolutions if isinstance(one, Settling) else turns).append(one)  # type: ignore[arg-type]  # by its kind
    before = Said(tuple(turns), tuple(resolutions))
    last = more[draw_last]
    if isinstance(last, Settling):
        return before, Said(before.turns, (*before.resolutions, last))
    return before, Said((*before.turns, last), before.resolutions)


def _one(draw: st.DrawFn, kind: str, n: int, day: float, to: str) -> Turn | Settling:
    if kind == "message":
        reading = draw(st.sampled_from([a_reading(), thanks()]))
        return a_message(day, n, reading=reading, heard=Heard(draw(st.sampled_from(MATTERS))))
    if kind == "resolved":
        return Settling(START + timedelta(days=day), to)
    if kind == "typed":
        return an_answer(day, n)
    automatic = {"asked": QUESTION, "answered": ANSWER}.get(kind)
    return an_answer(day, n, key=f"{OWN_KEY}{n}", to=to, automatic=automatic)


@settings(max_examples=1_500, deadline=None)
@given(things_said())
def test_nothing_that_is_added_ever_lowers_the_number_of_cases(said: tuple[Said, Said]) -> None:
    before, after = said
    assert len(after.cases()) >= len(before.cases())


@settings(max_examples=300, deadline=None)
@given(things_said())
def test_every_message_is_in_one_case_and_every_case_begins_with_its_first(said: tuple[Said, Said]) -> None:
    _, after = said
    in_cases = [turn for case in after.cases() for turn in case.messages]
    assert in_cases == sorted((t for t in after.turns if t.speaker == "person"), key=lambda turn: turn.order)
    assert all(turn.to in {m.key for m in case.messages} for case in after.cases() for turn in case.automatic)


def cases_of(*turns: Turn, resolutions: Sequence[Settling] = ()) -> list[list[str]]:
    return [[turn.key for turn in case.messages] for case in cut(turns, resolutions, window=WINDOW)]


def a_matter(kind: str, subject: str | None = None, **more: bool) -> Heard:
    return Heard(Matter(kind, subject, **more))  # type: ignore[arg-type]  # plain words stand for the literals


def test_a_question_after_a_report_is_a_case_of_its_own() -> None:
    report, question = a_matter("report", "theft"), a_matter("question", "residence")
    assert cases_of(a_message(0, 1, heard=report), a_message(0.1, 2, heard=question)) == [["key-1"], ["key-2"]]


def test_a_second_unrelated_report_is_a_case_of_its_own_and_a_related_one_is_not() -> None:
    theft, deceit, unplaced = a_matter("report", "theft"), a_matter("report", "deceit"), a_matter("report")
    assert len(cases_of(a_message(0, 1, heard=theft), a_message(0.1, 2, heard=deceit))) == 2
    assert len(cases_of(a_message(0, 1, heard=theft), a_message(0.1, 2, heard=unplaced))) == 1


def test_whoever_says_that_it_is_another_matter_is_believed() -> None:
    theft, another = a_matter("report", "theft"), a_matter("report", "theft", another=True)
    assert len(cases_of(a_message(0, 1, heard=theft), a_message(0.1, 2, heard=another))) == 2


def test_what_says_nothing_of_its_matter_joins() -> None:
    assert len(cases_of(a_message(0, 1, heard=a_matter("report", "theft")), a_message(0.1, 2))) == 1


def test_an_answer_by_our_own_door_settles_its_own_case_and_no_other() -> None:
    first, second = a_message(0, 1, heard=a_matter("report")), a_message(1, 2, heard=a_matter("question"))
    to_the_first = an_answer(2, key=f"{OWN_KEY}a", to="key-1")
    report, question = cut([first, second, to_the_first], (), window=WINDOW)
    assert (report.answered_at, question.answered_at) == (to_the_first.at, None)


def test_a_resolution_closes_its_own_case_and_no_other() -> None:
    first, second = a_message(0, 1, heard=a_matter("report")), a_message(1, 2, heard=a_matter("question"))
    later = a_message(20, 3)
    resolved = [Settling(START + timedelta(days=2), "key-1")]
    assert cases_of(first, second, later, resolutions=resolved) == [["key-1"], ["key-2", "key-3"]]


def test_an_automatic_answer_is_no_answer_until_it_is_said_to_have_helped() -> None:
    asked, told = a_message(0, 1), an_answer(0.1, key=f"{OWN_KEY}a", to="key-1", automatic=ANSWER)
    assert cut([asked, told], (), window=WINDOW)[0].answered_at is None
    helped = a_message(0.2, 2, reading=thanks(), heard=Heard(feedback="helped"))
    assert cut([asked, told, helped], (), window=WINDOW)[0].answered_at == helped.at


def test_it_is_settled_is_the_person_s_word_until_they_ask_for_more() -> None:
    settled = a_message(1, 2, reading=a_reading(act="settle", closes=True))
    assert cut([a_message(0, 1), settled], (), window=WINDOW)[0].person_says == "settle"
    assert cut([a_message(0, 1), settled, a_message(2, 3)], (), window=WINDOW)[0].person_says is None


def test_a_long_message_that_has_no_name_closes_nothing() -> None:
    assert closing("other", "other", None, words=2)
    assert closing("other", "thanks", "thank", words=12)
    assert closing("tip", "theft", "settle", words=9)
    assert not closing("other", "other", "report", words=7)
    assert not closing("tip", "theft", "report", words=3)
