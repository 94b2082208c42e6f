"""Automatic answers: only what is sure, always marked, once; and what the person says to them."""

from datetime import timedelta
from typing import Any

import pytest

from services.triage.domain.answers import AnswerPolicy
from services.triage.domain.understanding import Category, Decision, Place, Review
from tests.unit.triage.make import a_decision, a_tip
from tests.unit.triage.talk import NOW, Talk, a_speech

HERE = "cho hỏi đăng ký tạm trú nộp ở đâu"


def asked(text: str = HERE, **changes: Any) -> Talk:
    return Talk().person(text, a_decision(**changes))


def chatter() -> Decision:
    return a_decision(category=Category.OTHER, topic="other", procedure=None, procedure_confidence=0.0)


def test_a_sure_question_is_answered_at_once_marked_as_automatic_with_law_day_and_a_way_to_a_person() -> None:
    talk = asked()
    (said,) = talk.said
    assert (said.what, said.reply.purpose) == ("answer", "answer")
    text = said.reply.text
    assert text.startswith("Trả lời tự động. Thưa ông/bà, về «Đăng ký tạm trú». Nơi nộp")
    assert "Thông tư 116/2026/TT-BCA" in text
    assert "theo quy định hiện hành từ 01/07/2026" in text
    assert "áp dụng từ" not in text, "the day is of the latest amendment, not of the law"
    assert "GẶP CÁN BỘ" in text
    assert text.endswith("(1 có · 2 chưa)")
    assert talk.case.code[:3] in text
    assert said.turn is not None
    assert said.turn.automatic is not None
    assert (said.turn.officer, said.turn.automatic.confidence) == (None, 0.99)
    assert (talk.case.facts.status, talk.case.facts.answered_at) == ("open", None), "it is no officer's answer"


def test_the_question_is_acknowledged_by_its_answer_and_not_once_more() -> None:
    talk = asked().person("còn ai nữa không", chatter())
    assert [kind for kind, _ in talk.kinds] == ["answer"]


@pytest.mark.parametrize(
    "changes",
    [
        {"procedure_confidence": 0.96},
        {"procedure": "none_of_these"},
        {"procedure": "stay-notification"},  # the entry is to be checked
        {"procedure": "household-separation"},  # since when it holds is not known
        {"review": (Review.NO_ANSWER,)},
        {"review": (Review.LANGUAGE,)},
        {"review": (Review.COMMUNE_UNCLEAR,), "place": Place.AMBIGUOUS},
        {"about_police": True},
        {"also": (Category.TIP,)},
        {"category": Category.TIP},
    ],
)
def test_what_is_not_sure_is_left_to_an_officer(changes: dict[str, Any]) -> None:
    assert "answer" not in [kind for kind, _ in asked(**changes).kinds]


@pytest.mark.parametrize("text", ["đăng ký tạm trú lệ phí bao nhiêu", "cần giấy tờ gì", "hồ sơ của tôi xong chưa"])
def test_a_fee_a_document_and_one_s_own_file_are_an_officer_s(text: str) -> None:
    assert asked(text).kinds == [("acknowledgement", "acknowledgement")]


def test_the_province_sets_how_sure_and_whether_at_all() -> None:
    for policy in (AnswerPolicy(automatic=False, surest=0.5), AnswerPolicy(automatic=True, surest=1.0)):
        talk = Talk(a_speech(policy=policy)).person(HERE, a_decision())
        assert talk.kinds == [("acknowledgement", "acknowledgement")]
        assert talk.case.proposal is not None, "it is proposed to the officer all the same"


def test_a_law_that_was_not_in_force_on_the_day_answers_nothing() -> None:
    may = NOW - timedelta(days=200)
    talk = Talk(a_speech(now=may)).person(HERE, a_decision(), at=may, received_at=may)
    assert talk.kinds == [("acknowledgement", "acknowledgement")]


def test_it_helped_is_when_the_question_was_answered() -> None:
    talk = asked().person("1 có", chatter())
    facts = talk.case.facts
    assert (facts.status, facts.answered_at) == ("answered", NOW + timedelta(minutes=1))
    assert facts.category == "admin_question"


def test_it_did_not_help_leaves_the_case_open_and_calls_a_person() -> None:
    talk = asked().person("2", chatter())
    assert (talk.case.facts.status, talk.case.facts.review) == ("open", ("no_answer",))
    assert len(talk.said) == 1


def test_whoever_wants_a_person_after_all_opens_it_again() -> None:
    talk = asked().person("1", chatter()).person("gặp cán bộ", chatter())
    assert (talk.case.facts.status, talk.case.facts.review) == ("open", ("no_answer",))
    assert talk.case.facts.answered_at == NOW + timedelta(minutes=1), "what was answered then stays counted there"


@pytest.mark.parametrize("days", [1, 30])
def test_whoever_wants_a_person_after_an_officer_s_answer_is_seen_however_late(days: int) -> None:
    talk = Talk().person("tối qua nhà tôi mất con bò ở thôn 3", a_tip()).officer()
    assert talk.case.facts.status == "answered"
    talk.person("gặp cán bộ", a_tip(), alone=chatter(), at=NOW + timedelta(days=days))
    last = list(talk.cases.values())[-1]
    assert len(talk.cases) == (1 if days == 1 else 2)
    assert (last.facts.status, last.facts.review) == ("open", ("no_answer",))


def test_a_further_question_after_it_helped_is_open_work() -> None:
    talk = asked().person("1", chatter()).person("thế giấy tờ cần gì", a_decision())
    assert talk.case.facts.status == "open"


def test_one_procedure_is_answered_once_a_case_and_another_may_follow() -> None:
    talk = asked().person("thế mất bao lâu", a_decision())
    assert len(talk.said) == 1
    talk.person("vậy gia hạn thì sao", a_decision(procedure="temporary-residence-extension"))
    assert [kind for kind, _ in talk.kinds] == ["answer", "answer"]


def test_a_yes_within_a_question_that_was_left_to_an_officer_is_answered_nothing() -> None:
    talk = asked("đăng ký tạm trú cần giấy tờ gì").person("vâng", a_decision(), alone=chatter())
    assert talk.kinds == [("acknowledgement", "acknowledgement")]


def test_beside_a_report_nothing_is_answered_by_itself() -> None:
    talk = Talk().person("tối qua nhà tôi mất con bò ở thôn 3", a_tip())
    talk.person(HERE, a_decision(), alone=chatter())
    assert [kind for kind, _ in talk.kinds] == ["acknowledgement"]


def test_after_an_officer_s_answer_the_machine_gives_none() -> None:
    talk = Talk().person("alo", chatter()).officer().person(HERE, a_decision(), alone=chatter())
    assert talk.said == []


def test_the_past_is_answered_nothing() -> None:
    assert Talk().person(HERE, a_decision(), at=NOW - timedelta(days=30), received_at=NOW).said == []


def test_a_question_after_a_report_is_answered_in_its_own_case() -> None:
    talk = Talk().person("tối qua nhà tôi mất con bò ở thôn 3", a_tip()).person(HERE, a_decision())
    assert [kind for kind, _ in talk.kinds] == ["acknowledgement", "answer"]
    assert sorted(case.facts.category for case in talk.cases.values()) == ["admin_question", "tip"]
