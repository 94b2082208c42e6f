"""What a message says beside its labels, in the words people use."""

import pytest

from services.triage.domain.heard import (
    Feedback,
    Heard,
    Matter,
    Wanted,
    clear_by_itself,
    heard,
    heard_of,
    heard_to_fields,
    plain,
    tells_when,
)
from services.triage.domain.understanding import Act, Category, Decision, Place, Review
from services.triage.knowledge import load_wording
from tests.unit.triage.make import a_decision, a_tip

WORDING = load_wording()


def feedback(text: str, pending: str | None = "answer") -> Feedback | None:
    return heard(text, a_decision(), a_decision(), pending=pending, wording=WORDING).feedback


@pytest.mark.parametrize(
    "text", ["1", "1.", "Có", "có ạ", "Dạ có ạ", "co", "1 co", "được rồi ạ", "Rõ rồi, cảm ơn anh", "CÓ"]
)
def test_a_yes_in_its_many_spellings(text: str) -> None:
    assert feedback(text) == "helped"


@pytest.mark.parametrize(
    "text", ["2", "2 chưa", "chưa ạ", "Chưa", "ko", "không ạ", "chua ro", "dạ chưa anh ơi", "không giúp được"]
)
def test_a_no_in_its_many_spellings(text: str) -> None:
    assert feedback(text) == "not_helped"


@pytest.mark.parametrize("text", ["GẶP CÁN BỘ", "gap can bo", "cho tôi gặp cán bộ với", "muốn gặp công an ạ"])
@pytest.mark.parametrize("pending", ["answer", "commune", None])
def test_whoever_wants_a_person_says_so_at_any_time(text: str, pending: str | None) -> None:
    assert feedback(text, pending) == "person"


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("gap nguoi bi chem chay mau", a_tip(category=Category.EMERGENCY, topic="violence")),
        ("có người thắt cổ ngoài rẫy", a_tip(category=Category.EMERGENCY, topic="health_emergency")),
        ("có người thắt cổ", a_tip(category=Category.EMERGENCY, topic="health_emergency")),
        ("tôi gặp cán bộ xã nhận tiền của dân", a_tip(topic="corruption")),
        ("gap nguoi", a_tip(category=Category.EMERGENCY)),
    ],
)
@pytest.mark.parametrize("pending", ["answer", "commune", None])
def test_a_report_is_no_wish_for_a_person_in_whatever_letters(text: str, alone: Decision, pending: str | None) -> None:
    said = heard(text, a_tip(), alone, pending=pending, wording=WORDING)
    assert said.feedback is None


@pytest.mark.parametrize("text", ["gap nguoi bi chem chay mau", "có người thắt cổ ngoài rẫy", "gặp công an xã ở đâu ạ"])
def test_bare_letters_that_say_many_things_want_a_person_only_as_the_whole_message(text: str) -> None:
    assert feedback(text, None) is None


@pytest.mark.parametrize("text", ["gap nguoi", "Gặp công an ạ", "người thật", "dạ cho gặp người ạ"])
def test_as_the_whole_message_they_do(text: str) -> None:
    assert feedback(text, None) == "person"


@pytest.mark.parametrize(
    "text", ["có, nhưng lệ phí bao nhiêu", "1 tháng nữa tôi đi", "chưa có thẻ thì làm sao", "cảm ơn", "ok"]
)
def test_what_says_more_than_yes_or_no_is_no_such_reply(text: str) -> None:
    assert feedback(text) is None


@pytest.mark.parametrize("pending", ["commune", "when", None])
def test_a_bare_number_means_nothing_where_no_automatic_answer_waits(pending: str | None) -> None:
    assert feedback("1", pending) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tối qua mất con bò", True),
        ("khoảng 9h", True),
        ("lúc 21:30", True),
        ("ngày 20 tháng 11", True),
        ("hôm 20/11", True),
        ("mất con bò ở thôn 3", False),
        ("xã Ea Tu", False),
    ],
)
def test_a_time_is_heard_in_bare_letters(text: str, told: bool) -> None:
    assert tells_when(plain(text), WORDING) is told


REPORT = "hôm qua nhà tôi bị mất một con bò ở thôn 3"


def matter(text: str, decision: Decision, pending: str | None = None) -> Matter:
    return heard(text, decision, decision, pending=pending, wording=WORDING).matter


def test_a_procedure_asked_about_and_an_offence_told_are_matters() -> None:
    assert matter("cho hỏi thủ tục đăng ký tạm trú", a_decision()) == Matter("question", "residence")
    assert matter(REPORT, a_tip()) == Matter("report", "theft")


@pytest.mark.parametrize(
    ("text", "decision"),
    [
        ("nó trộm con bò của nhà bên cạnh nữa đó anh", a_tip()),
        ("mất con bò", a_tip()),
        (REPORT, a_tip(review=(Review.LOW_CONFIDENCE,))),
        (REPORT, a_tip(act=Act.SETTLE)),
        (REPORT, a_tip(confidence=0.5)),
        ("thứ 2 tôi qua trụ sở xã nha anh", a_tip(topic="other")),
        (REPORT, a_tip(also=(Category.ADMIN_QUESTION,))),
        ("bao giờ thì giải quyết vụ của tôi vậy anh", a_decision(procedure="none_of_these")),
        ("", a_tip()),
        ("alo có ai không ạ cho tôi hỏi với", a_decision(category=Category.OTHER, procedure=None)),
    ],
)
def test_what_may_go_on_with_the_same_story_is_no_matter_of_its_own(text: str, decision: Decision) -> None:
    assert matter(text, decision) == Matter()


def test_few_words_are_a_report_but_of_no_subject_of_their_own_and_an_alarm_needs_fewer() -> None:
    assert matter("nhà tôi mất con bò", a_tip()) == Matter("report")
    assert matter("cháy nhà", a_tip(category=Category.EMERGENCY, topic="fire")) == Matter("report")


def test_a_procedure_of_which_it_is_not_sure_is_a_question_on_no_subject() -> None:
    assert matter("cho hỏi thủ tục", a_decision(procedure_confidence=0.4)) == Matter("question")


@pytest.mark.parametrize(
    ("text", "decision"), [("ở xã Ea Tu ạ, nhà văn hóa buôn, họ lấy con bò cái", a_tip()), ("con bò", a_tip())]
)
def test_an_answer_to_the_page_s_question_opens_nothing(text: str, decision: Decision) -> None:
    assert matter(text, decision, "commune") == Matter()


def test_a_message_without_any_place_is_no_answer_to_where() -> None:
    asks = a_decision(place=Place.PAGE)
    assert matter("cho tôi hỏi thủ tục đăng ký tạm trú cho người thuê nhà với", asks, "commune").kind == "question"


def test_another_matter_is_heard_where_it_is_said() -> None:
    assert matter(f"tôi báo thêm một vụ nữa: {REPORT}", a_tip()).another


def wanted(text: str, **changes: object) -> Wanted | None:
    decision = a_decision(**changes)
    return heard(text, decision, decision, pending=None, wording=WORDING).wants


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("đăng ký tạm trú hết bao nhiêu tiền", ("fee",)),
        ("đăng ký tạm trú cần giấy tờ gì, nộp ở đâu", ("documents", "where")),
        ("lam tam tru mat may ngay", ("time",)),
        ("làm hộ chiếu mất mấy ngày", ("time",)),
        ("làm hộ cho mẹ tôi có được không", ("who",)),
        ("đăng ký tạm trú qua mạng được không", ("online",)),
        ("tôi nộp rồi mà sao chưa có", ("status",)),
        ("cho hỏi đăng ký tạm trú", ()),
    ],
)
def test_the_part_of_the_answer_that_is_asked_for(text: str, parts: tuple[str, ...]) -> None:
    found = wanted(text)
    assert found is not None
    assert found.parts == parts


def test_only_a_question_on_one_of_the_forty_wants_an_answer() -> None:
    assert wanted("?", procedure="none_of_these") is None
    assert wanted("?", procedure=None) is None
    assert wanted("?", category=Category.TIP) is None


def test_a_question_with_anything_beside_it_is_not_plain() -> None:
    for changes in ({"also": (Category.TIP,)}, {"review": (Review.CONFLICT,)}, {"about_police": True}):
        found = wanted("?", **changes)
        assert found is not None
        assert not found.plain


CHATTER = a_decision(category=Category.OTHER, topic="other", procedure=None, procedure_confidence=0.0)


def test_what_goes_on_with_a_question_is_proposed_but_never_plain_and_a_bare_yes_asks_nothing() -> None:
    more = heard("thế mất bao lâu", a_decision(), CHATTER, pending=None, wording=WORDING).wants
    assert more is not None
    assert (more.parts, more.plain) == (("time",), False)
    assert heard("vâng", a_decision(), CHATTER, pending=None, wording=WORDING).wants is None


def test_a_matter_that_is_clear_by_itself_is_read_by_itself_but_for_a_place_told_before() -> None:
    told_before = a_tip(place=Place.CONVERSATION)
    said = heard("cho hỏi thủ tục đăng ký tạm trú", told_before, a_decision(), pending=None, wording=WORDING)
    read = clear_by_itself(said, told_before, a_decision())
    assert (read.category, read.topic, read.procedure) == ("admin_question", "residence", a_decision().procedure)
    assert (read.place, read.commune_2020) == (Place.CONVERSATION, "24154")
    in_ea_tu = a_decision(place=Place.TEXT)
    assert clear_by_itself(said, told_before, in_ea_tu) == in_ea_tu
    assert clear_by_itself(Heard(), told_before, a_decision()) == told_before


def test_a_clear_report_after_thanks_is_a_report_and_no_thanks() -> None:
    after_thanks, alone = a_tip(act=Act.THANK, place=Place.CONVERSATION), a_tip()
    said = heard(REPORT, after_thanks, alone, pending=None, wording=WORDING)
    read = clear_by_itself(said, after_thanks, alone)
    assert (read.act, read.place) == (Act.REPORT, Place.CONVERSATION)
    assert clear_by_itself(Heard(), after_thanks, alone).act is Act.THANK


def test_after_something_sealed_a_matter_of_its_own_takes_over_nothing_not_even_a_place() -> None:
    for alone in (a_decision(), a_tip(place=Place.PAGE)):
        told_before = a_tip(place=Place.CONVERSATION, reasons=("Nơi được nói trước đó.",))
        said = Heard(Matter("question" if alone.topic == "residence" else "report"))
        assert clear_by_itself(said, told_before, alone, guarded=True) == alone
        assert clear_by_itself(Heard(), told_before, alone, guarded=True) == told_before


def test_what_was_heard_is_kept_and_read_again() -> None:
    said = heard(REPORT, a_decision(), a_tip(), pending=None, wording=WORDING)
    assert heard_of(heard_to_fields(said)) == said
