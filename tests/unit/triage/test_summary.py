"""A case's labels out of its messages: what is strongest, what is told, what still needs a look."""

from services.triage.domain.summary import Corrections, summarise
from tests.unit.triage.make import a_message, a_reading

NONE = Corrections()


def test_an_emergency_is_at_least_high_and_nothing_else_is_critical() -> None:
    message = a_message(reading=a_reading(category="emergency", urgency="critical"))
    assert summarise([message], NONE).urgency == "critical"
    assert summarise([message], Corrections(category="tip")).urgency == "high"
    low = a_message(reading=a_reading(urgency="low"))
    assert summarise([low], Corrections(category="emergency")).urgency == "high"


def test_a_clearer_message_takes_the_doubt_about_the_commune_away() -> None:
    unclear = a_reading(place="none", commune_2020=None, commune_2025=None, review=("commune_unclear", "media"))
    told = a_reading(category="other", topic="other")
    found = summarise([a_message(0, 1, reading=unclear), a_message(1, 2, reading=told)], NONE)
    assert (found.review, found.commune_2020, found.category) == (("media",), "24154", "tip")


def test_doubt_about_a_weaker_message_is_no_doubt_about_the_case() -> None:
    sure, weak = a_reading(), a_reading(category="other", review=("low_confidence", "no_answer"))
    assert summarise([a_message(0, 1, reading=sure), a_message(1, 2, reading=weak)], NONE).review == ()


def test_a_conflict_in_any_message_stays_with_the_case() -> None:
    about = a_reading(category="other", review=("conflict",))
    messages = [a_message(0, 1), a_message(1, 2, reading=about)]
    assert summarise(messages, NONE).review == ("conflict",)
    assert summarise(messages, Corrections(category="tip", commune_2020="24118")).review == ("conflict",)


def test_a_report_about_the_police_is_a_conflict_even_where_the_reading_asked_for_no_look() -> None:
    assert summarise([a_message(reading=a_reading(about_police=True))], NONE).review == ("conflict",)
    praise = a_reading(category="feedback", about_police=True)
    assert summarise([a_message(reading=praise)], NONE).review == ()


def test_corrections_stand_and_end_the_doubt_they_settle() -> None:
    doubtful = a_message(reading=a_reading(place="ambiguous", review=("commune_unclear", "low_confidence")))
    assert summarise([doubtful], Corrections(category="feedback")).review == ("commune_unclear",)
    found = summarise([doubtful], Corrections(commune_2020="24118"))
    assert (found.review, found.place, found.commune_2020, found.commune_2025) == (
        ("low_confidence",),
        "officer",
        "24118",
        None,
    )
