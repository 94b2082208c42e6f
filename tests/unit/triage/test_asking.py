"""Asking back: one fact at a time, politely, at most twice, and never where it would do harm."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.triage.domain.asking import chosen, names_of
from services.triage.domain.budget import Spent
from services.triage.domain.understanding import Act, Candidate, Category, Decision, Place, Review, Urgency
from shared.events import Attachment
from shared.gazetteer import Structure
from tests.unit.triage.make import a_decision, a_tip
from tests.unit.triage.talk import GAZETTEER, NOW, Talk, a_speech

TWO = (Candidate("24154", "24163", 0.5), Candidate("24118", "24121", 0.5))


def unclear(**changes: object) -> Decision:
    """A report that tells no commune."""
    plain: dict[str, object] = {
        "topic": "gambling",
        "place": Place.NONE,
        "commune_2020": None,
        "commune_2025": None,
        "review": (Review.COMMUNE_UNCLEAR,),
    }
    return a_tip(**plain | changes)


def answered(place: Place = Place.TEXT, **changes: object) -> Decision:
    """A place and nothing else."""
    plain: dict[str, object] = {"topic": "gambling", "place": place, "act": Act.ANSWER}
    return a_tip(**plain | changes)


BARE = a_decision(category=Category.OTHER, topic="other", procedure=None, place=Place.TEXT)


def test_the_first_question_rides_in_the_acknowledgement_and_its_answer_completes_the_case() -> None:
    talk = Talk().person("tối nào cũng đánh bạc ăn tiền", unclear())
    (said,) = talk.said
    assert (said.what, said.reply.purpose) == ("question", "acknowledgement")
    assert "xã, phường nào" in said.reply.text
    assert "Mã hồ sơ" in said.reply.text
    assert (talk.case.facts.unit, talk.case.facts.review) == ("duty-desk", ("commune_unclear",))
    talk.person("xã Ea Tu ạ", answered(), alone=BARE)
    assert (talk.case.facts.commune_2025, talk.case.facts.unit) == ("24163", "commune-2025-24163")
    assert talk.case.facts.review == ()
    assert len(talk.said) == 1


def test_communes_that_are_few_are_named_and_one_that_is_chosen_is_taken() -> None:
    talk = Talk().person("đánh bạc", unclear(place=Place.AMBIGUOUS, candidates=TWO))
    assert "ở phường Tân An hay phường Tân Lập ạ?" in talk.said[0].reply.text
    talk.person("dạ Tân An", answered(Place.AMBIGUOUS, candidates=TWO), alone=BARE)
    assert (talk.case.facts.commune_2025, talk.case.facts.unit) == ("24163", "commune-2025-24163")
    assert talk.case.facts.review == ()


def test_of_two_communes_with_one_name_the_district_is_told() -> None:
    hoa_phu = [one for one in GAZETTEER.communes(Structure.OF_2020) if one.name == "Hòa Phú"][:2]
    both = tuple((one.code, None) for one in hoa_phu)
    names = names_of(both, GAZETTEER, Structure.OF_2020)
    assert len(names) == len(set(names)) == 2
    assert chosen(f"bên {hoa_phu[1].district}", both, GAZETTEER, Structure.OF_2020) == both[1]
    assert chosen("hòa phú", both, GAZETTEER, Structure.OF_2020) is None


def test_more_than_three_communes_are_not_listed() -> None:
    codes = [one.code for one in GAZETTEER.communes_in(Structure.OF_2025, "66")][:4]
    assert names_of(tuple((None, code) for code in codes), GAZETTEER, Structure.OF_2025) == []


def test_while_a_question_is_unanswered_nothing_is_asked() -> None:
    talk = Talk().person("đánh bạc", unclear()).person("họ đông lắm, ồn ào suốt cả đêm không ngủ được", unclear())
    assert [kind for kind, _ in talk.kinds] == ["question"]


def test_an_answer_that_leaves_it_open_is_asked_about_once_more_in_other_words_and_then_never() -> None:
    talk = Talk().person("đánh bạc", unclear())
    for text in ("ở Hòa Phú", "thì Hòa Phú đó", "Hòa Phú mà", "Hòa Phú"):
        open_still = unclear(place=Place.AMBIGUOUS)
        talk.person(text, open_still, alone=open_still)
    assert [purpose for _, purpose in talk.kinds] == ["acknowledgement", "question"]
    assert len({said.turn.automatic.version for said in talk.said if said.turn and said.turn.automatic}) == 2


def test_the_day_and_hour_are_asked_for_where_they_matter_and_were_not_told() -> None:
    assert "ngày nào" in Talk().person("nhà tôi mất con bò", a_tip()).said[0].reply.text
    assert Talk().person("tối qua nhà tôi mất con bò", a_tip()).kinds == [("acknowledgement", "acknowledgement")]
    for nothing_asked in (a_tip(topic="gambling"), a_tip(urgency=Urgency.HIGH)):
        assert Talk().person("kìa anh ơi", nothing_asked).kinds == [("acknowledgement", "acknowledgement")]


def test_where_comes_before_when_and_when_is_the_second() -> None:
    talk = Talk().person("nhà tôi mất con bò", unclear(topic="theft"))
    talk.person("xã Ea Tu", answered(topic="theft"), alone=BARE)
    assert [said.turn.automatic.about for said in talk.said if said.turn and said.turn.automatic] == ["commune", "when"]


def test_in_danger_the_place_is_asked_at_once_behind_the_number_to_call() -> None:
    talk = Talk().person(
        "cháy nhà cứu với", unclear(category=Category.EMERGENCY, topic="fire", urgency=Urgency.CRITICAL)
    )
    (said,) = talk.said
    assert said.reply.priority == "emergency"
    assert said.reply.text.index("114") < said.reply.text.index("đang ở xã, phường nào")


@pytest.mark.parametrize("category", [Category.SPAM, Category.OTHER, Category.FEEDBACK])
def test_adverts_chatter_and_feedback_are_never_asked_back(category: Category) -> None:
    talk = Talk().person("mua đất nền giá rẻ", unclear(category=category))
    assert all(said.turn is None for said in talk.said)


def test_a_report_about_officials_is_acknowledged_like_any_other_and_asked_nothing() -> None:
    conflict = unclear(review=(Review.COMMUNE_UNCLEAR, Review.CONFLICT))
    talk = Talk().person("công an xã nhận tiền", conflict)
    plain = Talk().person("đánh bạc ở xã Ea Tu", a_tip(topic="gambling"))
    assert talk.said[0].turn is None
    assert talk.said[0].reply.text.split("Mã")[0] == plain.said[0].reply.text.split("Mã")[0]


def test_once_an_officer_has_answered_the_machine_is_silent() -> None:
    talk = Talk().person("đánh bạc", unclear()).officer()
    talk.person("ở Hòa Phú", unclear(place=Place.AMBIGUOUS))
    assert len(talk.said) == 1


def test_whoever_takes_it_back_is_asked_nothing() -> None:
    talk = Talk().person("đánh bạc", unclear()).person("thôi tôi rút lại nhé", unclear(act=Act.WITHDRAW))
    assert len(talk.said) == 1
    assert talk.case.facts.status == "open"
    assert any("rút lại" in reason for reason in talk.case.reasons)


def test_a_shared_location_answers_and_is_nothing_to_look_at() -> None:
    place = (Attachment(kind="location", latitude=12.68, longitude=108.08),)
    pointed = answered(review=(Review.MEDIA,))
    talk = Talk().person("đánh bạc", unclear()).person("", pointed, alone=pointed, attachments=place)
    assert (talk.case.facts.unit, talk.case.facts.review) == ("commune-2025-24163", ())


def test_a_photo_joins_the_case_and_a_person_looks_at_it() -> None:
    photo = (Attachment(kind="image", url="https://zalo.example/1.jpg"),)
    seen = a_tip(review=(Review.MEDIA,), topic="gambling")
    talk = Talk().person("đánh bạc ở Ea Tu", a_tip(topic="gambling")).person("", seen, attachments=photo)
    assert (talk.case.messages, talk.case.facts.review) == (2, ("media",))


def test_the_past_is_asked_nothing() -> None:
    long_ago = NOW - timedelta(days=60)
    assert Talk().person("đánh bạc", unclear(), at=long_ago, received_at=NOW).said == []
    read_late = Talk(a_speech(now=NOW + timedelta(days=8)))
    assert read_late.person("đánh bạc", unclear()).said == []


def test_without_free_replies_nothing_is_asked_but_in_danger() -> None:
    spent = [Spent(NOW - timedelta(hours=1))] * 5
    assert Talk(spent=list(spent)).person("đánh bạc", unclear()).said == []
    emergency = unclear(category=Category.EMERGENCY, urgency=Urgency.CRITICAL)
    assert len(Talk(spent=list(spent)).person("cứu với", emergency).said) == 1


def test_the_province_may_forbid_questions() -> None:
    talk = Talk(a_speech(questions=0)).person("đánh bạc", unclear())
    assert talk.kinds == [("acknowledgement", "acknowledgement")]


DECISIONS = st.sampled_from(
    [
        unclear(),
        unclear(topic="theft"),
        unclear(place=Place.AMBIGUOUS),
        unclear(place=Place.AMBIGUOUS, candidates=TWO),
        answered(),
        a_tip(),
        a_decision(),
        BARE,
        unclear(category=Category.EMERGENCY),
        unclear(act=Act.SETTLE),
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["đánh bạc", "1", "tối qua", "ở Tân Lập"]), DECISIONS, st.booleans()), max_size=9
    )
)
def test_whatever_is_said_no_case_is_asked_a_third_time_and_no_free_reply_of_the_officers_is_taken(
    things: list[tuple[str, Decision, bool]],
) -> None:
    talk = Talk()
    for text, decision, officer in things:
        talk.person(text, decision)
        if officer:
            talk.officer()
    for case in talk.cases:
        asked = [past.turn.automatic for past in talk.past.values() if past.turn.case == case and past.turn.automatic]
        questions = [each.version for each in asked if each.purpose == "question"]
        assert len(questions) <= 2
        assert len(set(questions)) == len(questions)
    assert sum(said.reply.priority != "emergency" for said in talk.said) <= 5
    assert len(talk.said) <= 8


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), DECISIONS), min_size=1, max_size=8))
def test_in_whatever_order_messages_come_the_machine_speaks_only_after_the_last_of_them(
    things: list[tuple[int, Decision]],
) -> None:
    """(minutes at which it was written, what it is), in the order of arrival."""
    talk = Talk()
    for minutes, decision in things:
        cases, said = len(talk.cases), len(talk.said)
        talk.person("ở đâu đó", decision, at=NOW + timedelta(minutes=minutes))
        assert len(talk.cases) >= cases
        spoken = [saying.turn for saying in talk.said[said:] if saying.turn]
        known = [past.turn.at for past in talk.past.values() if past.turn.id not in {turn.id for turn in spoken}]
        assert all(turn.at > max(known) for turn in spoken)
    assert all(past.turn.case in talk.cases for past in talk.past.values())
