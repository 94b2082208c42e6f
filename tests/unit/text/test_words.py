"""Words, and what diacritics tell about them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text import Agreement, agreement, words


def test_the_apostrophe_of_a_highland_name_stays_inside_its_word() -> None:
    assert [word.text for word in words("ở Ea H'leo, Cư M’gar!")] == ["ở", "Ea", "H'leo", "Cư", "M’gar"]


@given(st.text())
def test_each_word_stands_where_it_says(text: str) -> None:
    assert all(text[word.start : word.end] == word.text for word in words(text))


@pytest.mark.parametrize(
    ("typed", "meant", "answer"),
    [
        ("cư bao", "cư bao", Agreement.EXACT),
        ("cu bao", "cư bao", Agreement.BARE),
        ("cứ báo", "cư bao", Agreement.AGAINST),
        ("trôm", "trộm", Agreement.BARE),
        ("bán", "bắn", Agreement.AGAINST),
        ("đánh nhao", "đánh nhau", Agreement.AGAINST),
        ("kẽ trộm", "kẻ trộm", Agreement.EXACT),
        ("trom", "trộm cắp", Agreement.AGAINST),
    ],
)
def test_marks_that_are_typed_say_which_word_it_is(typed: str, meant: str, answer: Agreement) -> None:
    assert agreement(typed, meant) is answer
