"""From events to turns: what understanding is asked, with which conversation."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.conversation import OWN_KEY, Automatic
from services.triage.domain.intake import ANSWERED_BY_A_REPLY, Ears, Past, ask, understood
from services.triage.domain.routing import Page
from services.triage.domain.understanding import Category, Decision, Message, Review
from services.triage.knowledge import load_wording
from services.triage.understanding_data import load_understanding
from shared.gazetteer import Gazetteer
from tests import make
from tests.unit.triage.make import a_decision, an_answer, turn_id

UNDERSTANDING = load_understanding()
EARS = Ears(load_wording(), Gazetteer.load(), {"zalo": timedelta(days=7)})
PAGES = {make.PAGE: Page(make.PAGE, "commune-2020-24154", "24154", "24163")}


def decide(messages: Sequence[Message]) -> list[Decision]:
    return UNDERSTANDING.decide(messages)


def test_a_message_is_read_with_what_was_said_before_it_by_its_own_time() -> None:
    first = make.a_message("có đánh bạc", key="1")
    second = make.a_message("ở buôn Jù", key="2", occurred_at=make.NOON + timedelta(minutes=1))
    echo = make.an_echo("Ở đâu ạ?", key="3", occurred_at=make.NOON + timedelta(seconds=30))
    asked = ask([second, echo, first], {}, PAGES)
    by_id = {message.id: message for message in asked.messages if message.conversation}
    assert [turn.text for turn in by_id[str(second.id)].conversation] == ["có đánh bạc", "Ở đâu ạ?"]
    assert str(first.id) not in by_id
    assert asked.messages[0].page_commune_2020 == "24154"


def test_whether_a_message_closes_a_matter_is_asked_of_it_alone() -> None:
    first = make.a_message("tối nào cũng có đánh bạc ăn tiền", key="1")
    later = make.a_message("ok anh", key="2", occurred_at=make.NOON + timedelta(days=30))
    asked = ask([first, later], {}, PAGES)
    turns = understood([first, later], asked, decide(asked.messages), EARS)
    tip, ok = (each.turn.reading for each in turns)
    assert tip is not None
    assert ok is not None
    assert (tip.category, tip.closes) == ("tip", False)
    assert ok.closes, "within its conversation it may be a tip's, but it brings no new subject"


ACCUSING = "công an xã Ea Tul huyện Cư M'gar nhận hối lộ 5 triệu của ông Y Bhim để bỏ qua vi phạm"


def test_the_place_of_a_sealed_case_goes_over_to_no_other_matter() -> None:
    """Were it told, the police of that commune would see that somebody has spoken of them."""
    first = make.a_message(ACCUSING, key="1")
    asks = make.a_message(
        "cho tôi hỏi làm hộ chiếu mất mấy ngày", key="2", occurred_at=make.NOON + timedelta(minutes=1)
    )
    whole = ask([asks, first], {}, PAGES)
    both = understood([asks, first], whole, decide(whole.messages), EARS)
    case = turn_id("the sealed case")
    past = {first.conversation: [Past(replace(both[1].turn, case=case), first.text)]}
    apart = ask([asks], past, PAGES, sealed={case})
    (alone,) = understood([asks], apart, decide(apart.messages), EARS)
    for turn in (both[0], alone):
        assert turn.turn.reading is not None
        assert (turn.turn.reading.place, turn.turn.reading.commune_2020) == ("page", "24154")
        assert turn.decision is not None
        assert not any("trước đó" in reason for reason in turn.decision["reasons"])
    open_still = ask([asks], past, PAGES)
    (told,) = understood([asks], open_still, decide(open_still.messages), EARS)
    assert told.turn.reading is not None
    assert told.turn.reading.place == "conversation", "of what is not sealed it still goes over"


def test_an_echo_is_a_turn_of_the_page_without_a_reading() -> None:
    echo = make.an_echo()
    asked = ask([echo], {}, PAGES)
    (turn,) = understood([echo], asked, [], EARS)
    assert asked.messages == ()
    assert (turn.turn.speaker, turn.turn.reading, turn.turn.officer, turn.decision) == ("page", None, "a1", None)


def test_a_time_that_cannot_be_believed_gives_way_to_ours() -> None:
    received = make.NOON + timedelta(days=3)
    message = make.a_message(time_suspect=True, received_at=received)
    asked = ask([message], {}, PAGES)
    (turn,) = understood([message], asked, decide(asked.messages), EARS)
    assert (turn.turn.at, turn.turn.reachable) == (received, False)


REPLIES = ["gặp cán bộ", "gap nguoi", "1", "2 chưa", "có ạ", "chủ tịch xã ăn tiền, cho gặp cán bộ"]
ANSWERED = Past(
    an_answer(0, key=f"{OWN_KEY}a", automatic=Automatic("answer", "passport", "1", 0.99)), "Trả lời tự động."
)


@given(
    text=st.sampled_from(REPLIES),
    reviews=st.sets(st.sampled_from(list(Review))),
    category=st.sampled_from(list(Category)),
    waits=st.booleans(),
)
def test_no_reply_that_is_heard_takes_an_accusation_or_another_reason_to_look_away(
    text: str, reviews: set[Review], category: Category, waits: bool
) -> None:
    message = make.a_message(text)
    asked = ask([message], {message.conversation: [ANSWERED] if waits else []}, PAGES)
    decision = a_decision(category=category, review=tuple(sorted(reviews)))
    (told,) = understood([message], asked, [decision] * len(asked.messages), EARS)
    assert told.turn.reading is not None
    assert {str(review) for review in reviews} - set(told.turn.reading.review) <= ANSWERED_BY_A_REPLY
