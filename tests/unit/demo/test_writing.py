"""People write in many ways, and what is written says what it means."""
# ruff: noqa: S311 (a story, no secret)

import csv
import random
import tomllib
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from deploy.demo.writing import hands
from deploy.demo.writing.grammar import compile_text, speak, tidy
from deploy.demo.writing.hands import Hand, typed, without_marks
from deploy.demo.writing.writer import PHRASES, Scene, Writer

PROCEDURES = Path("services/triage/domain/understanding/data/procedures.csv")
SCENE = Scene("xã Ea Tu", "buôn Kô Tam", "thành phố Buôn Ma Thuột")
CATEGORIES = {"emergency", "tip", "admin_question", "feedback", "spam", "other"}
SINCE_2021 = ("vneid", "căn cước gắn chip", "định danh", "ct07", "dịch vụ công quốc gia")


def texts_of(kind: str, count: int) -> list[str]:
    writer, chance = Writer("past"), random.Random(kind)
    return [getattr(writer, kind)(chance, SCENE, hands.draw(chance)).text for _ in range(count)]


def test_choices_slots_and_digits_are_filled() -> None:
    said = {speak("{a|b{c|d}} <x> #", random.Random(n), {"x": ["y", "z"]}) for n in range(200)}
    assert {text[:-2] for text in said} == {"a y", "a z", "bc y", "bc z", "bd y", "bd z"}
    assert all(text[-1] in "123456789" for text in said)


@pytest.mark.parametrize("text", ["{a", "a}", "a|b", "{a|{b}"])
def test_a_phrase_whose_braces_do_not_match_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="braces"):
        compile_text(text)


def test_an_unknown_slot_is_an_error() -> None:
    with pytest.raises(KeyError):
        speak("<nowhere>", random.Random(1), {})


def test_pieces_are_joined_without_stray_spaces_or_marks() -> None:
    assert tidy("a  b , c .  d ?.") == "a b, c. d?"
    assert tidy("cho hỏi hỏi làm sao ạ") == "cho hỏi làm sao ạ"


def test_every_phrase_can_be_read() -> None:
    def walk(value: object) -> None:
        if isinstance(value, str):
            compile_text(value)
        elif isinstance(value, list):
            for one in value:
                walk(one)
        elif isinstance(value, dict):
            for one in value.values():
                walk(one)

    for file in PHRASES.glob("*.toml"):
        walk(tomllib.loads(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize(("kind", "count", "distinct"), [("tip", 568, 0.99), ("question", 5264, 0.97)])
def test_hardly_a_text_is_written_twice(kind: str, count: int, distinct: float) -> None:
    texts = texts_of(kind, count)
    assert len(set(texts)) / count > distinct


def test_hands_differ_some_type_no_marks_some_all_of_them() -> None:
    texts = texts_of("question", 1000)
    bare = sum(without_marks(text) == text for text in texts)
    assert 150 < bare < 450
    assert sum(text == text.lower() for text in texts) > 300
    assert sum(text == text.upper() for text in texts) > 10


def test_texts_are_in_composed_letters() -> None:
    assert all(unicodedata.is_normalized("NFC", text) for text in texts_of("tip", 500))


def test_a_hand_without_marks_changes_only_letters() -> None:
    assert typed("Đăng ký xe ở Đắk Lắk", Hand(marks=False), random.Random(1)) == "Dang ky xe o Dak Lak"


def test_nobody_in_2020_asks_about_what_came_later() -> None:
    for text in texts_of("question", 6000):
        assert not any(word in text.lower() for word in SINCE_2021), text


def known_procedures() -> set[str]:
    with PROCEDURES.open(encoding="utf-8", newline="") as file:
        return {row["slug"] for row in csv.DictReader(file)}


def test_all_procedures_are_asked_about_by_their_slug() -> None:
    past, today = Writer("past"), Writer("today")
    chance = random.Random(5)
    asked = {past.question(chance, SCENE, Hand()).procedure for _ in range(20_000)}
    asked_today = {today.question(chance, SCENE, Hand()).procedure for _ in range(20_000)}
    assert asked_today - {"none_of_these"} == known_procedures()
    later = {"vneid-level-1", "vneid-level-2", "vneid-lock-unlock", "vneid-organisation"}
    assert asked_today - asked == later | {"driving-licence-points-restoration", "identity-card-under-14"}


def test_tips_are_about_many_things_and_categories_are_the_desk_s() -> None:
    writer, chance = Writer("past"), random.Random(9)
    topics = Counter(writer.tip(chance, SCENE, Hand()).topic for _ in range(3000))
    assert len(topics) >= 28
    assert {"theft", "gambling", "fraud", "loan_shark", "drugs", "forest", "public_order"} <= set(
        dict(topics.most_common(9))
    )
    assert {writer.other(chance, SCENE, Hand()).category for _ in range(500)} <= CATEGORIES - {"tip", "emergency"}
    assert {writer.emergency(chance, SCENE, Hand()).category for _ in range(50)} == {"emergency"}


def test_a_place_is_told_only_where_the_commune_is_named() -> None:
    writer, chance = Writer("past"), random.Random(4)
    for _ in range(2000):
        written = writer.tip(chance, SCENE, Hand())
        if written.place_told:
            assert "Ea Tu" in written.text
