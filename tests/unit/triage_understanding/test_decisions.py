"""Urgency, act, procedure, conflict, language and conversation, by the guide."""

import pytest

from services.triage.domain.understanding import (
    Act,
    Category,
    Decision,
    Review,
    Speaker,
    Turn,
    Understanding,
    Urgency,
    explain,
)
from services.triage.understanding_data import load_lexicon, procedure_rows
from shared.gazetteer import Gazetteer
from tests.unit.triage_understanding.make import a_message


def decide(understanding: Understanding, text: str, before: tuple[Turn, ...] = ()) -> Decision:
    return understanding.decide([a_message(text, page="24163", before=before)])[0]


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("Cháy nhà rồi cứu với", Urgency.CRITICAL),
        ("Đang có trộm cạy cửa nhà em, nó vẫn còn ở đó", Urgency.HIGH),
        ("Tối nay tụi nó hẹn nhau đánh nhau ở sân bóng", Urgency.HIGH),
        ("Tối nào quán đó cũng hát karaoke ồn ào", Urgency.NORMAL),
        ("Hôm qua nhà em bị trộm mất con gà", Urgency.NORMAL),
        ("Ngày mai em thi rồi, làm lại căn cước gấp ở đâu ạ", Urgency.NORMAL),
        ("Làm căn cước ở đâu ạ", Urgency.LOW),
        ("Xin chào", Urgency.LOW),
    ],
)
def test_how_soon(understanding: Understanding, text: str, urgency: Urgency) -> None:
    assert decide(understanding, text).urgency is urgency


@pytest.mark.parametrize(
    "text",
    [
        "Hôm qua có cháy nhà ở xóm em, dập tắt rồi",
        "Nếu cháy nhà thì gọi số nào ạ",
        "Xã mình diễn tập chữa cháy nhà hôm nào vậy",
        "Đọc báo thấy đuối nước nhiều quá",
        "Đêm nào cũng đánh nhau ở quán đó",
        "Bé đi lạc nhưng về nhà rồi ạ, cảm ơn các anh",
        "hộ khẩu nhà em bị cháy thì làm lại ở đâu",
        "toi chay xe o bmt ve bi csgt phat",
    ],
)
def test_danger_that_is_past_asked_habitual_or_settled_is_no_emergency(understanding: Understanding, text: str) -> None:
    assert decide(understanding, text).category is not Category.EMERGENCY


def test_only_emergencies_are_critical(understanding: Understanding) -> None:
    decision = decide(understanding, "Đang có trộm cạy cửa nhà em, nó vẫn còn ở đó")
    assert (decision.category, decision.urgency) == (Category.TIP, Urgency.HIGH)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Làm căn cước cho bé 8 tuổi cần gì", "identity-card-under-14"),
        ("căn cước em hết hạn giờ đổi ở đâu", "identity-card-replacement"),
        ("mat cccd lam lai o dau", "identity-card-reissue"),
        ("con 15 tuổi làm căn cước lần đầu cần gì ạ", "identity-card-first-issue"),
        ("nhap ho khau cho vo can giay to gi", "permanent-residence-registration"),
        ("muốn tách hộ thì làm sao", "household-separation"),
        ("xin giấy CT07 ở đâu", "residence-confirmation"),
        ("tạm trú của em sắp hết hạn, gia hạn thế nào", "temporary-residence-extension"),
        ("đi làm xa có phải khai báo tạm vắng không", "temporary-absence-declaration"),
        ("mở khóa vneid kiểu gì ad", "vneid-lock-unlock"),
        ("mua xe cũ muốn sang tên thì ra đâu", "vehicle-ownership-transfer"),
        ("mất cà vẹt xe làm lại bao nhiêu tiền", "vehicle-registration-reissue"),
        ("doi bang lai xe may o dau", "driving-licence-exchange"),
        ("bị trừ hết điểm bằng lái thì phục hồi sao", "driving-licence-points-restoration"),
        ("xin phiếu lý lịch tư pháp số 2 mấy ngày", "criminal-record-certificate"),
        ("mất hộ chiếu thì báo ai", "lost-passport-report"),
        ("homestay em có khách nước ngoài thì khai báo tạm trú sao", "foreigner-stay-declaration"),
        ("khắc dấu công ty có phải đăng ký mẫu con dấu không", "seal-registration"),
        ("nghiệm thu PCCC cho nhà xưởng thủ tục sao", "fire-safety"),
        ("muốn giao nộp súng tự chế thì nộp ở đâu", "weapon-handover"),
        ("đăng ký kết hôn cần gì", "none_of_these"),
    ],
)
def test_which_procedure(understanding: Understanding, text: str, slug: str) -> None:
    decision = decide(understanding, text)
    assert (decision.category, decision.procedure) == (Category.ADMIN_QUESTION, slug)
    assert (Review.NO_ANSWER in decision.review) == (slug == "none_of_these")


@pytest.mark.parametrize(
    ("text", "police"),
    [
        ("Công an xã nhận tiền của quán karaoke rồi làm ngơ cho nó hát", True),
        ("mấy anh csgt đứng ngã ba đòi tiền người đi đường mà không lập biên bản", True),
        ("em lên báo mất trộm mà công an xã không nhận đơn", True),
        ("Trưởng thôn ăn chặn tiền hỗ trợ của hộ nghèo", False),
        ("can bo dia chinh doi tien moi chiu lam so do", False),
    ],
)
def test_an_act_laid_to_police_or_officials_is_a_conflict(
    understanding: Understanding, text: str, police: bool
) -> None:
    decision = decide(understanding, text)
    assert Review.CONFLICT in decision.review
    assert decision.about_police is police


@pytest.mark.parametrize(
    ("text", "topic"),
    [("có cướp ở chợ", "robbery"), ("bắt cóc", "trafficking"), ("tối nay lại có trộm xe máy", "theft")],
)
def test_a_bare_offence_is_a_report_until_a_person_has_looked(
    understanding: Understanding, text: str, topic: str
) -> None:
    decision = decide(understanding, text)
    assert decision.category in {Category.TIP, Category.EMERGENCY}
    assert decision.topic == topic


def test_a_danger_told_by_itself_is_never_lost_in_an_older_matter(understanding: Understanding) -> None:
    before = (Turn(Speaker.PERSON, "cho tôi hỏi làm hộ chiếu mất mấy ngày"), Turn(Speaker.PAGE, "Dạ 8 ngày làm việc."))
    assert decide(understanding, "có người nhảy cầu", before).category is Category.EMERGENCY
    assert decide(understanding, "có người đánh nhau ở chợ", before).category is Category.EMERGENCY


@pytest.mark.parametrize(
    "text",
    [
        "Công an ơi có thằng thu tiền bảo kê ở chợ",
        "Nhờ công an xã xử lý nhóm bảo kê, đòi tiền bà con",
        "Có người giả danh công an gọi điện đòi tiền em",
        "Cảm ơn công an đã bắt được nhóm bảo kê",
        "Cán bộ tiếp dân thái độ hách dịch quá",
    ],
)
def test_a_call_for_help_praise_an_impostor_or_rudeness_is_no_conflict(understanding: Understanding, text: str) -> None:
    assert Review.CONFLICT not in decide(understanding, text).review


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Kâo amâo mâo hlăm buôn, ih mơ̆ng anei", "rad"),
        ("Gơmơi hăng ƀing gơñu dŏ amăng plơi", "jra"),
        ("please help me what is the number of the police", "eng"),
        ("你好请问警察局在哪里", "zho"),
        ("cho em hoi lam can cuoc o dau", "vi"),
        ("Cứu với", "vi"),
        ("👍", "vi"),
    ],
)
def test_the_language_is_told_and_a_foreign_one_goes_to_a_person(
    understanding: Understanding, text: str, language: str
) -> None:
    decision = decide(understanding, text)
    assert decision.language == language
    assert (Review.LANGUAGE in decision.review) == (language != "vi")


def test_a_picture_without_words_waits_for_somebody_to_look(understanding: Understanding) -> None:
    assert Review.MEDIA in decide(understanding, " ").review


ASKED_BACK = (
    Turn(Speaker.PERSON, "Nhà em bị trộm cạy cửa mất xe máy"),
    Turn(Speaker.PAGE, "Anh/chị cho biết mất lúc mấy giờ ạ?"),
)


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("khoảng 2 giờ sáng", Act.ANSWER),
        ("em tìm được rồi ạ", Act.SETTLE),
        ("dạ em nhầm, xin rút lại", Act.WITHDRAW),
    ],
)
def test_a_message_in_an_open_conversation_has_its_category(understanding: Understanding, text: str, act: Act) -> None:
    decision = decide(understanding, text, ASKED_BACK)
    assert (decision.category, decision.topic, decision.act) == (Category.TIP, "theft", act)


def test_bare_thanks_want_nothing_of_the_case(understanding: Understanding) -> None:
    decision = decide(understanding, "dạ em cảm ơn", ASKED_BACK)
    assert (decision.category, decision.topic, decision.act) == (Category.OTHER, "thanks", Act.THANK)


def test_a_new_subject_in_a_conversation_is_its_own(understanding: Understanding) -> None:
    decision = decide(understanding, "À cho em hỏi làm căn cước cho con cần giấy tờ gì", ASKED_BACK)
    assert (decision.category, decision.act) == (Category.ADMIN_QUESTION, Act.ASK)


def test_what_is_settled_is_never_an_emergency(understanding: Understanding) -> None:
    before = (Turn(Speaker.PERSON, "Bé 4 tuổi đi lạc ở chợ từ nãy giờ, giúp em với"),)
    decision = decide(understanding, "tìm thấy rồi ạ, em cảm ơn", before)
    assert (decision.category, decision.act) == (Category.TIP, Act.SETTLE)


def test_every_decision_says_why_in_vietnamese(understanding: Understanding) -> None:
    decision = decide(understanding, "cháy nhà ở xã Ea Tu, cứu với")
    kinds = [reason.partition(":")[0] for reason in decision.reasons]
    assert kinds == ["Loại", "Việc", "Mức gấp", "Nơi"]
    assert "“cháy nhà”" in decision.reasons[0]
    assert "“cứu với”" in decision.reasons[2]
    assert "“Ea Tu”" in decision.reasons[3]


def test_where_the_lexicon_has_nothing_to_quote_the_senders_own_words_are(understanding: Understanding) -> None:
    decision = decide(understanding, "mấy ổng trên đó bắt đưa thêm mới chịu ký giấy cho tui")
    assert Review.CONFLICT in decision.review
    assert "vì có “" in decision.reasons[-1]


def test_an_explanation_names_the_place_in_both_structures(understanding: Understanding) -> None:
    message = a_message("cháy nhà ở xã Ea Tu, cứu với")
    text = understanding.explain(message)
    assert text == explain(understanding.decide([message])[0], Gazetteer.load())
    assert "Xã Ea Tu, Thành phố Buôn Ma Thuột (nay là Phường Tân An)" in text
    assert "khẩn cấp (emergency)" in text


def test_each_of_the_forty_procedures_can_be_understood() -> None:
    assert {row["slug"] for row in procedure_rows()} == set(load_lexicon().procedures)


def test_the_topics_are_the_guides() -> None:
    guide = """violence domestic_violence child_abuse sexual_offence extortion_threat trafficking missing_person
    health_emergency drowning disaster_rescue hazard fire traffic theft robbery fraud loan_shark property_damage
    land_dispute counterfeit gambling drugs prostitution smuggling weapons_fireworks forest environment noise
    public_order immigration corruption cyber rumour religion_security residence id_card vneid vehicle driving_licence
    criminal_record passport fire_safety_permit business_security_permit other_procedure other_agency service thanks
    greeting advert other"""
    assert set(load_lexicon().topics) == set(guide.split())
