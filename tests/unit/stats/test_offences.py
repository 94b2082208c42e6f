"""The change of public-order offences: whole months of a year against the same months of the year before."""

from datetime import date

import pytest

from services.stats.domain.offences import HeaderWrong, OffenceMonth, change, read, whole_months

HEADER = "month,offences,illustrative\n"


def months(year: int, figures: list[int], *, illustrative: bool = False) -> list[OffenceMonth]:
    return [OffenceMonth(date(year, i, 1), n, illustrative) for i, n in enumerate(figures, 1)]


NINE_2019 = [85, 84, 85, 84, 85, 84, 85, 84, 84]
NINE_2020 = [79, 79, 79, 79, 79, 79, 79, 79, 78]


def test_nine_months_of_2020_against_2019_are_the_published_percentage() -> None:
    known = months(2019, NINE_2019) + months(2020, NINE_2020)
    assert (sum(NINE_2019), sum(NINE_2020)) == (760, 710)
    found = change(known, date(2020, 10, 19))
    assert found.percent == -6.58
    assert (found.first, found.last) == (date(2020, 1, 1), date(2020, 9, 1))


@pytest.mark.parametrize(
    ("to", "last"),
    [
        (date(2020, 10, 19), 9),
        (date(2020, 10, 30), 9),
        (date(2020, 10, 31), 10),
        (date(2020, 1, 31), 1),
        (date(2020, 2, 28), 1),
        (date(2020, 2, 29), 2),
        (date(2020, 12, 31), 12),
    ],
)
def test_a_month_is_whole_when_its_last_day_is_within(to: date, last: int) -> None:
    assert [m.month for m in whole_months(to)] == list(range(1, last + 1))


def test_before_the_end_of_january_there_is_nothing_to_compare() -> None:
    assert whole_months(date(2020, 1, 30)) == []
    assert change(months(2019, [1] * 12), date(2020, 1, 30)).percent is None


def test_a_missing_month_makes_the_percentage_unknown() -> None:
    known = months(2019, NINE_2019) + months(2020, NINE_2020[:8])
    assert change(known, date(2020, 10, 19)).percent is None
    assert change(known, date(2020, 9, 29)).percent is not None, "to August all months are there"


def test_a_year_before_without_offences_makes_it_unknown() -> None:
    assert change(months(2019, [0]) + months(2020, [3]), date(2020, 1, 31)).percent is None


def test_halves_are_rounded_away_from_zero_and_nothing_is_minus_zero() -> None:
    assert change(months(2019, [800]) + months(2020, [801]), date(2020, 1, 31)).percent == 0.13  # 0.125
    assert str(change(months(2019, [30000]) + months(2020, [29999]), date(2020, 1, 31)).percent) == "0.0"


def test_one_illustrative_month_marks_the_comparison() -> None:
    known = months(2019, [10]) + months(2020, [9], illustrative=True)
    assert change(known, date(2020, 1, 31)).illustrative
    assert not change(months(2019, [10]) + months(2020, [9]), date(2020, 1, 31)).illustrative


def test_a_file_is_read_line_by_line_and_bad_lines_are_named() -> None:
    found, refused = read(
        "\ufeff"
        + HEADER
        + "2019-01,85,true\n2019-13,1,true\n2019-02,-4,true\n2019-03,7,maybe\n\n2019-04,5\n2019-05,6,\n"
    )
    assert found == [OffenceMonth(date(2019, 1, 1), 85, True), OffenceMonth(date(2019, 5, 1), 6, False)]
    assert [(r.line, r.why.split()[0]) for r in refused] == [
        (3, "month"),
        (4, "offences"),
        (5, "illustrative"),
        (7, "2"),
    ]


def test_a_month_given_twice_is_refused_only_when_the_figures_differ() -> None:
    found, refused = read(HEADER + "2019-01,85,true\n2019-01,85,true\n2019-01,86,true\n")
    assert len(found) == 1
    assert [r.line for r in refused] == [4]


@pytest.mark.parametrize("text", ["", "month,offences\n", "tháng,số,minh họa\n"])
def test_another_header_refuses_the_whole_file(text: str) -> None:
    with pytest.raises(HeaderWrong):
        read(text)
