"""A case about the police or the officials of a place: what leaves the service, what seals it, what lifts the seal."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from services.triage.api.visibility import may_lift_seal, may_work_on, scope_of, sees
from services.triage.domain.case import Case, Change, events_of, identity
from services.triage.domain.casework import File, Settled, correct, lay_out, settle
from services.triage.domain.conversation import Turn
from services.triage.domain.heard import Heard, Matter
from services.triage.domain.intake import Past, ask
from services.triage.domain.routing import Page
from services.triage.domain.sealing import lifted, put_on, unread_from
from services.triage.domain.summary import Corrections, corrected_summary
from shared.access import Officer, Role
from tests import make
from tests.unit.triage.make import CONVERSATION, START, WINDOW, a_desk, a_message, a_reading, identities, thanks

PAGE = Page("page-1", "commune-2020-24154", "24154", "24163")
COMMUNE = "commune-2020-24154"
ACCUSING = a_reading(topic="corruption", about_police=True, review=("conflict",))


def opened(*turns: Turn, case: Case | None = None) -> Change:
    """The change that these turns bring about, on a case or a new one."""
    cases = (case,) if case else ()
    fresh = frozenset(turn.id for turn in turns if case is None or turn.case is None)
    layout = lay_out(File(CONVERSATION, PAGE, cases, turns, fresh), a_desk())
    (change,) = settle(layout, identities(), a_desk()).changes
    return change


def later(change: Change, first: Turn, *turns: Turn) -> Change:
    """What further messages make of a case."""
    return opened(replace(first, case=change.after.id), *turns, case=change.after)


def corrected(case: Case, corrections: Corrections, *messages: Turn) -> Case:
    return correct(case, messages, corrections, page=PAGE, desk=a_desk(), at=START, officer="thanh-tra.1").after


def officer(*roles: Role, units: tuple[str, ...] = ()) -> Officer:
    return Officer("o", "O", frozenset(roles), frozenset(units), "66")


def test_no_event_of_a_sealed_case_tells_page_or_commune() -> None:
    change = opened(a_message(reading=ACCUSING))
    (event,) = events_of(change, "66")
    assert (event.account, event.after.unit) == ("", "inspectorate")
    assert (event.after.commune_2020, event.after.commune_2025) == (None, None)
    assert "24154" not in event.model_dump_json()
    assert change.after.facts.commune_2020 == "24154", "the inspectorate itself knows where"


def test_a_later_accusation_seals_the_case_from_that_act_on() -> None:
    first = a_message(0, 1)
    plain = opened(first)
    change = later(plain, first, a_message(0.1, 2, reading=ACCUSING))
    (event,) = events_of(change, "66")
    assert (plain.after.conflict, change.after.conflict, change.after.facts.unit) == (False, True, "inspectorate")
    assert event.before is not None
    assert (event.before.commune_2020, event.after.commune_2020, event.account) == ("24154", None, "")


def test_a_sealed_case_stays_sealed_whatever_is_said_or_corrected_later() -> None:
    first = a_message(0, 1, reading=ACCUSING)
    sealed = opened(first)
    assert later(sealed, first, a_message(0.2, 2), a_message(0.3, 3, reading=thanks())).after.conflict
    for corrections in (
        Corrections(category="feedback"),
        Corrections(commune_2020="24118"),
        Corrections(topic="theft"),
    ):
        case = corrected(sealed.after, corrections, first)
        assert (case.conflict, case.facts.unit) == (True, "inspectorate")


def test_a_lifted_seal_gives_the_case_to_its_unit_and_stands_against_later_messages() -> None:
    first = a_message(0, 1, reading=ACCUSING)
    sealed = opened(first)
    case = corrected(sealed.after, lifted(Corrections(), [first]), first)
    assert (case.conflict, case.facts.unit) == (False, COMMUNE)
    more = later(Change(None, case, ()), first, a_message(0.2, 2)).after
    assert (more.conflict, more.facts.unit) == (False, COMMUNE)


def test_an_accusation_that_nobody_looked_at_seals_again_even_where_it_was_said_earlier() -> None:
    first = a_message(1, 1, reading=ACCUSING)
    case = corrected(opened(first).after, lifted(Corrections(), [first]), first)
    for days in (0.5, 1.5):
        again = later(Change(None, case, ()), first, a_message(days, 2, reading=ACCUSING)).after
        assert (again.conflict, again.facts.unit) == (True, "inspectorate")


def test_an_officer_seals_what_the_machine_did_not_see() -> None:
    first = a_message(0, 1)
    case = corrected(opened(first).after, put_on(Corrections(category="tip")), first)
    assert (case.conflict, case.facts.unit, case.corrections.category) == (True, "inspectorate", "tip")
    request = corrected_summary(case.facts, "none", put_on(Corrections()))
    assert "conflict" in request.review


def test_the_desk_and_the_inspectorate_see_a_sealed_case_and_nobody_below() -> None:
    case = opened(a_message(reading=ACCUSING)).after
    seen = {
        officer(Role.INSPECTOR): (True, True, True),
        officer(Role.INSPECTOR, units=("inspectorate",)): (True, True, True),
        officer(Role.ADMINISTRATOR): (True, True, True),
        officer(Role.DISPATCHER): (True, True, False),
        officer(Role.DISPATCHER, units=("inspectorate",)): (False, False, False),
        officer(Role.VIEWER): (False, False, False),
        officer(Role.APPROVER): (False, False, False),
        officer(Role.COMMUNE_OFFICER): (False, False, False),
        officer(Role.COMMUNE_OFFICER, units=(COMMUNE,)): (False, False, False),
        officer(Role.ADMINISTRATOR, units=(COMMUNE,)): (False, False, False),
        officer(Role.INSPECTOR, units=(COMMUNE,)): (False, False, False),
    }
    for who, rights in seen.items():
        assert (sees(who, case), may_work_on(who, case), may_lift_seal(who, case)) == rights, who
    assert scope_of(officer(Role.COMMUNE_OFFICER)).units == ()


SEALED_WORDS = "công an phường nhận tiền"


def read_with(past: Sequence[Past], cases: Sequence[Case], *moments: datetime) -> dict[datetime, list[str]]:
    """What a message of each moment is read with, all of them in one batch; each says when it was said."""
    who = {"person": CONVERSATION.person, "account": CONVERSATION.account}
    events = [make.a_message(f"lúc {at}", key=str(at), occurred_at=at, **who) for at in moments]
    asked = ask(events, {CONVERSATION.id: past}, {}, {CONVERSATION.id: unread_from(cases, WINDOW)})
    read = [[turn.text for turn in asked.messages[asked.at[event.id]].conversation] for event in events]
    return dict(zip(moments, read, strict=True))


def test_what_was_said_in_a_sealed_case_that_is_over_is_read_with_no_later_message() -> None:
    first = a_message(0, 1, reading=ACCUSING)
    case = opened(first).after
    past = [Past(replace(first, case=case.id), SEALED_WORDS), Past(replace(a_message(-9, 3), case=uuid4()), "khác")]
    answered = replace(case, facts=case.facts.model_copy(update={"answered_at": START}))
    soon, end, late = START + timedelta(days=1), START + WINDOW, START + WINDOW + timedelta(days=1)
    assert read_with(past, [answered], late) == {late: ["khác"]}
    for at in (soon, end):
        assert read_with(past, [answered], at) == {at: ["khác", SEALED_WORDS]}
    assert read_with(past, [case], late) == {late: ["khác", SEALED_WORDS]}
    next_one = opened(a_message(0.5, 4)).after
    assert read_with(past, [case, next_one], soon) == {soon: ["khác"]}


def test_in_a_backlog_each_message_is_read_by_its_own_time() -> None:
    first = a_message(0, 1, reading=ACCUSING)
    case = opened(first).after
    answered = replace(case, facts=case.facts.model_copy(update={"answered_at": START}))
    past = [Past(replace(first, case=case.id), SEALED_WORDS)]
    soon, late = START + timedelta(days=1), START + WINDOW + timedelta(days=1)
    later = late + timedelta(hours=1)
    found = read_with(past, [answered], soon, late, later)
    assert found == {soon: [SEALED_WORDS], late: [], later: [f"lúc {late}"]}, (
        "what was said to it in the same batch is not read either"
    )


def replayed(cases: Sequence[Case], *turns: Turn, sealed_waits: bool = False) -> tuple[dict[UUID, Case], Settled]:
    """The cases of a conversation after these turns; those that have no case are news."""
    fresh = frozenset(turn.id for turn in turns if turn.case is None)
    file = File(CONVERSATION, PAGE, tuple(cases), turns, fresh, sealed_waits)
    settled = settle(lay_out(file, a_desk()), iter([identity(number, "66") for number in range(90, 99)]), a_desk())
    return {case.id: case for case in cases} | {c.after.id: c.after for c in settled.changes}, settled


def a_question(days: float, name: object, **heard: Any) -> Turn:
    reading = a_reading(category="admin_question", topic="passport", act="ask", urgency="low", place="page")
    return a_message(days, name, reading=reading, heard=Heard(Matter("question", "passport"), **heard))


def a_report(days: float, name: object, **changes: Any) -> Turn:
    reading = a_reading(**{"place": "page", "topic": "other"} | changes)
    return a_message(days, name, reading=reading, heard=Heard(Matter("report")))


def test_words_of_a_case_that_an_officer_sealed_stay_sealed_where_a_late_message_parts_it() -> None:
    first, second = a_report(0, 1), a_message(0.4, 2, reading=a_reading(place="page"))
    case = corrected(opened(first, second).after, put_on(Corrections()), first, second)
    kept = [replace(turn, case=case.id) for turn in (first, second)]
    cases, settled = replayed([case], kept[0], a_question(0.2, 3), kept[1])
    new = cases[settled.case_of[second.id]]
    assert (len(cases), new.id != case.id) == (2, True)
    assert [(each.conflict, each.facts.unit) for each in cases.values()] == [(True, "inspectorate")] * 2
    assert all(event.account == "" for change in settled.changes for event in events_of(change, "66"))
    more = replace(a_question(0.2, 3), case=new.id), replace(second, case=new.id)
    messages = [more[0], more[1]]
    free = corrected(new, lifted(new.corrections, messages), *messages)
    after, _ = replayed([case, free], kept[0], *more, a_message(0.5, 4, reading=a_reading(place="page")))
    assert not after[new.id].conflict, "what the inspectorate lifted stays lifted"


def test_words_stay_sealed_where_what_accuses_goes_into_another_case() -> None:
    first, accusation = a_report(0, 1), a_message(0.4, 2, reading=ACCUSING)
    case = opened(first, accusation).after
    kept = [replace(turn, case=case.id) for turn in (first, accusation)]
    cases, _ = replayed([case], kept[0], a_question(0.2, 3), kept[1])
    assert [each.conflict for each in cases.values()] == [True, True]


def test_words_stay_sealed_where_a_late_message_brings_them_into_a_case_of_another_matter() -> None:
    first, second, asked = a_report(0, 1), a_message(0.4, 2, reading=a_reading(place="page")), a_question(0.6, 3)
    case = corrected(opened(first, second).after, put_on(Corrections()), first, second)
    (question,) = replayed([], asked)[0].values()
    kept = replace(first, case=case.id), replace(second, case=case.id), replace(asked, case=question.id)
    cases, settled = replayed([case, question], kept[0], a_question(0.2, 4), *kept[1:])
    assert settled.case_of[second.id] == question.id
    assert [each.conflict for each in cases.values()] == [True, True]


def test_a_new_report_that_tells_no_place_is_sealed_while_a_sealed_case_waits_for_an_answer() -> None:
    accused = a_message(0, 1, reading=ACCUSING, heard=Heard(Matter("report", "corruption")))
    asked, more = a_question(0.1, 2), a_report(0.2, 3)
    cases, settled = replayed([], accused, asked, more)
    assert [cases[settled.case_of[turn.id]].conflict for turn in (accused, asked, more)] == [True, False, True]
    question = opened(asked).after
    known = replace(asked, case=question.id)
    assert _sealed_of(replayed([question], known, more, sealed_waits=True), more)
    assert not _sealed_of(replayed([question], known, more), more)
    for other in (
        a_report(0.2, 4, place="text"),
        a_report(0.2, 5, category="emergency", urgency="critical"),
        replace(more, heard=Heard(Matter("report"), tells_place=True)),
    ):
        assert not _sealed_of(replayed([question], known, other, sealed_waits=True), other)


def test_a_question_that_becomes_a_report_is_sealed_too_and_the_inspectorate_may_lift_it_for_good() -> None:
    asked, more = a_question(0, 1), a_message(0.1, 2, reading=a_reading(place="page"))
    question = opened(asked).after
    known = replace(asked, case=question.id)
    cases, _ = replayed([question], known, more, sealed_waits=True)
    sealed = cases[question.id]
    assert sealed.conflict
    free = corrected(sealed, lifted(sealed.corrections, [asked, more]), asked, more)
    again, _ = replayed(
        [free],
        known,
        replace(more, case=free.id),
        a_message(0.2, 3, reading=a_reading(place="page")),
        sealed_waits=True,
    )
    assert not again[free.id].conflict


def _sealed_of(replay: tuple[dict[UUID, Case], Settled], turn: Turn) -> bool:
    cases, settled = replay
    return cases[settled.case_of[turn.id]].conflict


@given(st.lists(st.booleans(), min_size=1, max_size=5))
def test_a_case_is_sealed_exactly_when_one_of_its_messages_accuses(accusations: list[bool]) -> None:
    turns = [a_message(n / 10, n, reading=ACCUSING if one else a_reading()) for n, one in enumerate(accusations)]
    case = opened(*turns).after
    assert case.conflict == any(accusations)
    assert (case.facts.unit == "inspectorate") == any(accusations)
