"""Case codes: one to one, and no single slip of the tongue makes one code another."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.triage.domain.codes import SPACE, check_digit, code_of, normal, number_of, shown, wrong_with

NUMBERS = st.integers(0, SPACE - 1)


@given(NUMBERS)
def test_a_code_leads_back_to_its_number(number: int) -> None:
    assert number_of(code_of(number)) == number


@given(st.integers(0, SPACE - 2))
def test_neighbours_look_unlike(number: int) -> None:
    here, there = code_of(number), code_of(number + 1)
    assert sum(a != b for a, b in zip(here, there, strict=True)) >= 2


@given(NUMBERS, st.integers(0, 8), st.integers(0, 9))
def test_every_single_wrong_digit_is_found(number: int, place: int, digit: int) -> None:
    code = code_of(number)
    assume(code[place] != str(digit))
    assert wrong_with(code[:place] + str(digit) + code[place + 1 :]) == "check_digit"


@given(NUMBERS, st.integers(0, 7))
def test_every_exchange_of_neighbours_is_found(number: int, place: int) -> None:
    code = code_of(number)
    assume(code[place] != code[place + 1])
    assert wrong_with(code[:place] + code[place + 1] + code[place] + code[place + 2 :]) == "check_digit"


def test_the_check_digit_is_damm_s() -> None:
    assert check_digit("572") == 4  # the example of his thesis


@given(NUMBERS, st.sampled_from(["{0} {1} {2}", "{0}.{1}.{2}", "{0}-{1}-{2}", " {0}–{1} {2} "]))
def test_a_code_may_be_written_with_spaces_dots_and_dashes(number: int, form: str) -> None:
    code = code_of(number)
    spoken = form.format(code[:3], code[3:6], code[6:])
    assert (wrong_with(spoken), normal(spoken)) == (None, code)
    assert normal(shown(code)) == code


@pytest.mark.parametrize("text", ["", "12345678", "1234567890", "48291370x", "٤٨٢٩١٣٧٠٥"])
def test_what_is_not_nine_digits_is_no_code(text: str) -> None:
    assert wrong_with(text) == "not_a_code"
    with pytest.raises(ValueError, match="not a case"):
        number_of(text)


def test_numbers_beyond_the_codes_are_refused() -> None:
    with pytest.raises(ValueError, match="eight digits"):
        code_of(SPACE)
