"""Folding and unifying: equal what only looks different, and never lose the way back."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text import fold, fold_with_positions, unify

VIETNAMESE = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđbcghklmnpqrstvx '.,0123"
vietnamese = st.text(VIETNAMESE + VIETNAMESE.upper(), max_size=80)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Đường Hoà Bình", "duong hoa binh"),
        ("Ea H'leo", "ea h'leo"),
        ("Ƀuôn Ƀa̤, čư̆, ĕ ŏ ŭ", "buon ba, cu, e o u"),
        ("ＢＭＴ ﬁ ß", "bmt fi ss"),
        ("zero\u200bwidth", "zerowidth"),
        ("", ""),
    ],
)
def test_folding_leaves_the_letters_under_the_marks(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [("Hoà Thuỷ khoẻ", "hòa thủy khỏe"), ("quý", "qúy"), ("ĐẮK LẮK", "đắk lắk"), ("loà xoà", "lòa xòa")],
)
def test_both_tone_places_and_cases_are_one(one: str, other: str) -> None:
    assert unify(one) == unify(other)


@pytest.mark.parametrize("word", ["hoàn", "quỳ", "thuyền", "toàn", "khoái", "huỳnh"])
def test_a_tone_that_has_one_place_only_stays(word: str) -> None:
    assert unify(word) == word


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_composed_and_decomposed_text_fold_alike(text: str) -> None:
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))


@given(vietnamese)
def test_composed_and_decomposed_vietnamese_unify_alike(text: str) -> None:
    assert unify(unicodedata.normalize("NFD", text)) == unify(text) == unify(unify(text)) == unify(text.upper())


@given(vietnamese)
def test_unifying_changes_nothing_that_folding_sees(text: str) -> None:
    assert fold(unify(text)) == fold(text)
    assert len(fold(unify(text))) == len(unify(text))


@given(st.text())
def test_the_positions_lead_back_to_the_letter_each_came_from(text: str) -> None:
    folded = fold_with_positions(text)
    assert folded.text == fold(text)
    assert len(folded.positions) == len(folded.text)
    assert all(folded.text[i] in fold(text[folded.positions[i]]) for i in range(len(folded.text)))


@given(vietnamese, st.data())
def test_a_quote_folds_to_the_span_it_was_taken_for(text: str, data: st.DataObject) -> None:
    folded = fold_with_positions(unicodedata.normalize("NFD", text))
    start = data.draw(st.integers(0, len(folded.text)))
    end = data.draw(st.integers(start, len(folded.text)))
    assert fold(folded.quote(start, end)) == folded.text[start:end]


def test_a_quote_of_decomposed_text_keeps_the_marks_of_its_last_letter() -> None:
    folded = fold_with_positions(unicodedata.normalize("NFD", "bị trộm xe"))
    start = folded.text.index("trom")
    assert unicodedata.normalize("NFC", folded.quote(start, start + 4)) == "trộm"
