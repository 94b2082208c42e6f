"""What officers corrected becomes something to learn from: whole, attributed, and without numbers of persons."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.case import Change
from services.triage.domain.casework import File, correct, lay_out, settle
from services.triage.domain.conversation import Turn
from services.triage.domain.examples import Example, example_of, line_of, lines, masked
from services.triage.domain.intake import Past
from services.triage.domain.routing import Page
from services.triage.domain.shadow import differing
from services.triage.domain.summary import Corrections
from services.triage.domain.villages import Named, settled, villages_in
from services.triage.training.retrain import read_corrections
from services.triage.training.texts import read_lines
from tests.unit.triage.make import CONVERSATION, START, a_desk, a_message, a_reading, an_answer, identities, thanks

PAGE = Page("page-1", "commune-2020-24154", "24154", "24163")
QUESTION: dict[str, Any] = {
    "category": "admin_question",
    "topic": "residence",
    "topics": ["residence"],
    "act": "ask",
    "procedure": "permanent-residence-registration",
    "language": "vi",
    "review": [],
    "version": "v1",
}


def corrected(turns: list[Turn], corrections: Corrections) -> Change:
    file = File(CONVERSATION, PAGE, (), tuple(turns), frozenset(turn.id for turn in turns))
    (opened,) = settle(lay_out(file, a_desk()), identities(), a_desk()).changes
    messages = [turn for turn in turns if turn.speaker == "person"]
    return correct(opened.after, messages, corrections, page=PAGE, desk=a_desk(), at=START, officer="ca.ea-tu")


def an_example(words: str = "cho hỏi nhập khẩu cần gì", **standing: Any) -> Example:
    labels = {"category": "admin_question", "topic": "residence", "urgency": "low", "conflict": False}
    return Example(({"speaker": "person", "words": words},), QUESTION, "v1", {}, labels | standing)


def test_an_example_is_the_leading_message_with_what_was_said_before_it() -> None:
    turns = [a_message(0, 0, reading=thanks()), an_answer(0.1, 1), a_message(0.2, 2), a_message(0.3, 3)]
    past = [Past(turn, f"lời {n}") for n, turn in enumerate(turns)]
    decision = {"category": "tip", "version": "v1"}
    made = example_of(corrected(turns, Corrections(category="feedback")), past[::-1], {turns[2].id: decision})
    assert made is not None
    assert [turn["words"] for turn in made.turns] == ["lời 0", "lời 1", "lời 2"]
    assert (made.understood, made.version, made.corrected) == (decision, "v1", {"category": "feedback"})
    assert (made.standing["category"], made.standing["confirmed"]) == ("feedback", ["category"])


def test_a_correction_names_only_what_it_changed() -> None:
    turns = [a_message(0, 0)]
    first = corrected(turns, Corrections(category="feedback"))
    second = correct(
        first.after,
        turns,
        replace(first.after.corrections, urgency="low"),
        page=PAGE,
        desk=a_desk(),
        at=START,
        officer="ca.ea-tu",
    )
    made = example_of(second, [Past(turns[0], "lời")], {})
    assert made is not None
    assert (made.corrected, made.understood) == ({"urgency": "low"}, None)


def test_a_line_is_that_of_the_training_texts() -> None:
    before = ({"speaker": "person", "words": "alo"}, {"speaker": "page", "words": "Chào bạn"})
    example = replace(an_example(), turns=(*before, {"speaker": "person", "words": "dạ\nhỏi ‖ gì"}))
    line = line_of(example)
    assert line == (
        "admin_question;residence;low;ask;permanent-residence-registration | P> alo ‖ T> Chào bạn ‖ dạ\\nhỏi / gì"
    )


def test_training_reads_the_line() -> None:
    (read,) = read_lines("officers", [line_of(an_example("dạ\nhỏi ‖ gì")) or ""])
    assert (read.text, read.procedure, read.urgency) == ("dạ\nhỏi / gì", "permanent-residence-registration", "low")


def test_labels_that_are_not_whole_make_no_line() -> None:
    assert line_of(an_example(category="tip")) is None, "a tip about residence"
    assert line_of(replace(an_example(), understood=QUESTION | {"procedure": None})) is None
    assert line_of(replace(an_example(), understood=QUESTION | {"category": "other"})) is None, "nobody said which"
    assert line_of(an_example("  ")) is None
    assert lines([an_example(), an_example(), an_example("")]) == ([line_of(an_example())], 1)


def test_the_officer_s_labels_stand_and_the_machine_s_act_only_where_it_read_the_same() -> None:
    tip = an_example(category="tip", topic="theft", urgency="normal")
    assert (line_of(tip) or "").startswith("tip;theft;normal;report | ")
    accusing = an_example(category="tip", topic="corruption", urgency="normal", conflict=True)
    about = replace(
        accusing, understood={"category": "tip", "act": "report", "about_police": True, "topics": ["theft"]}
    )
    assert (line_of(about) or "").startswith("tip;corruption,theft;normal;report;conflict police | ")
    foreign = replace(tip, understood={"category": "tip", "act": None, "language": "rad"})
    assert (line_of(foreign) or "").startswith("tip;theft;normal;-;lang=rad | ")


def test_numbers_that_lead_to_a_person_are_masked_and_others_stay() -> None:
    said = "gọi e 0905 123 456 hoặc 0905.123.456, cccd 066123456789, stk 19012345678901 mail nva@gmail.com"
    assert masked(said) == ("gọi e 0xxx xxx xxx hoặc 0xxx.xxx.xxx, cccd 0xxxxxxxxxxx, stk xxxxxxxxxxxxxx mail x@x")
    kept = "mất 2 con bò 35.000.000 đ? xe 47B1-123.45 lúc 22h30 ngày 12/5/2020 ở km 7"
    assert masked(kept).replace("xx.xxx.xxx", "35.000.000") == kept, "a large sum looks like a number: better too much"


APART = ["", " ", *"-.,/_|;:+~*·–—\t\n", " - ", "   ", "...", ") "]
APART += ["\u00a0", "\u200b", "\u2011", "\u2028", " \u200b- "]


@given(st.from_regex(r"0[1-9][0-9]{8}", fullmatch=True), st.sampled_from(APART), st.sampled_from(APART))
def test_a_telephone_number_is_masked_whatever_stands_between_its_parts(number: str, first: str, second: str) -> None:
    said = f"gọi ({number[:4]}{first}{number[4:7]}{second}{number[7:]} nhé"
    assert masked(said) == f"gọi (0xxx{first}xxx{second}xxx nhé"


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("(0905) 123 456", "(0xxx) xxx xxx"),
        ("+84 905 123 456", "+xx xxx xxx xxx"),
        ("cccd 066 - 123 - 456789", "cccd 0xx - xxx - xxxxxx"),
        ("stk 1903 - 4567 - 8901", "stk xxxx - xxxx - xxxx"),
        ("0905/123/456, 0905/123/457", "0xxx/xxx/xxx, xxxx/xxx/xxx"),
        ("a @ gmail.com", "x@x"),
        ("hẹn 12/11/2026, gọi 0905/123/456", "hẹn 12/11/2026, gọi 0xxx/xxx/xxx"),
    ],
)
def test_numbers_and_mail_written_apart_are_masked(said: str, left: str) -> None:
    assert masked(said) == left


@pytest.mark.parametrize(
    "said",
    [
        "ngày 12/11/2026 lúc 9h30",
        "01/02/2026 08:30",
        "08:30, 01/02/26",
        "01-02-2026, 03-02-2026 và 04.02.2026",
        "2026-11-24 08:30",
        "từ 07:00 - 09:30 hoặc 7h05 01/02/2026",
        "các ngày 02/03, 05/03, 07/03, 09/03",
        "xe 47B1-123.45 và 51F-678.90",
        "lúc 0 giờ 12 ngày 3 tháng 4 năm 2026",
        "số nhà 12/34/5 mất 500.000 đồng",
    ],
)
def test_dates_hours_plates_and_prices_stay(said: str) -> None:
    assert masked(said) == said


@pytest.mark.parametrize("said", ["1" * 200_000, "a" * 200_000, "0 " * 100_000, "a@a" + "-a" * 60_000])
def test_a_text_of_any_length_is_masked_soon(said: str) -> None:
    assert len(masked(said)) == len(said)


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\r\n", "\r"])
def test_whatever_breaks_a_line_is_escaped_and_read_again(sign: str, tmp_path: Path) -> None:
    line = line_of(an_example(f"dạ{sign}hỏi")) or ""
    assert len(line.splitlines()) == 1
    file = tmp_path / "corrections.txt"
    file.write_text(f"# who\n{line}\n", encoding="utf-8")
    assert [each.text for each in read_corrections([file])] == ["dạ\nhỏi"]


@given(st.text())
def test_no_seven_digits_in_a_row_are_left(text: str) -> None:
    digits = "".join(letter if letter.isdigit() else " " for letter in masked(text))
    assert all(len(run) < 7 for run in digits.split())


# ── villages ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_village_is_told_with_its_word_and_a_number_alone_is_none() -> None:
    assert villages_in("ở Buôn Ea Tul xã Ea Tul có đánh nhau") == {"buon ea", "buon ea tul"}
    assert villages_in("thon tan hoa, gan cho") == {"thon tan", "thon tan hoa"}
    assert villages_in("thôn 3 xã Ea Tu") == frozenset()
    assert villages_in("nhà em ở buôn") == frozenset()


def test_a_name_is_the_longest_that_independent_corrections_share_in_one_commune() -> None:
    rows = [
        Named("buon ea", "24154", "24163", 2),
        Named("buon ea tul", "24154", "24163", 2),
        Named("buon ea tul danh", "24154", "24163", 1),
        Named("thon tan hoa", "24118", "24121", 2),
        Named("thon tan hoa", "24154", "24163", 3),
    ]
    assert settled(rows) == [Named("buon ea tul", "24154", "24163", 2)]


@given(st.text(max_size=200))
def test_any_text_gives_villages_and_nothing_is_raised(text: str) -> None:
    assert all(len(name.split(" ")) <= 4 for name in villages_in(text))


# ── shadow ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_shadow_keeps_what_differs_and_no_words() -> None:
    standing = QUESTION | {"reasons": ["vì có “nhập khẩu”"], "id": "1"}
    other = standing | {"topic": "id_card", "reasons": ["vì có “căn cước”"], "version": "v2", "id": "2"}
    assert differing(standing, other) == {"topic": "id_card"}
    assert differing(standing, standing) == {}


def test_thanks_alone_never_lead() -> None:
    turns = [a_message(0, 0, reading=a_reading(category="other", topic="thanks")), a_message(0.1, 1)]
    past = [Past(turn, str(n)) for n, turn in enumerate(turns)]
    made = example_of(corrected(turns, Corrections(topic="theft")), past, {})
    assert made is not None
    assert made.turns[-1]["words"] == "1"
