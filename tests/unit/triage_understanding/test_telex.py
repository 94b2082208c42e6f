"""Words typed for an input method that was off."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.understanding.telex import untyped


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("nhaf", "nhà"),
        ("dduowngf", "đường"),
        ("khoong", "không"),
        ("ddang", "đang"),
        ("mowis", "mới"),
        ("nguowif", "người"),
        ("gif", "gì"),
        ("quas", "quá"),
        ("ngu7o7i2", "người"),
        ("to6i", "tôi"),
        ("ca61p", "cấp"),
    ],
)
def test_telex_and_vni_left_overs_are_read(typed: str, meant: str) -> None:
    assert untyped(typed) == meant


@pytest.mark.parametrize("word", ["nha", "bus", "gas", "pos", "cccd", "vneid", "47f1", "500k", "as", "zalo", "đường"])
def test_a_syllable_a_foreign_word_or_a_number_stays_what_it_is(word: str) -> None:
    assert untyped(word) == word


@given(st.one_of(st.text(max_size=12), st.text("abcdeghiklmnopqrstuvxywfjz123456789", max_size=9)))
def test_any_word_gives_a_word_and_reading_it_twice_changes_nothing(word: str) -> None:
    once = untyped(word)
    assert bool(once) == bool(word)
    assert untyped(once) == once
