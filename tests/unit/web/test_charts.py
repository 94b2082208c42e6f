"""Charts as numbers: round scales, bars where something was counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.web.charts import HEIGHT, WIDTH, bars, line, scale


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [
        (0, (2, 1, 0)),
        (2, (2, 1, 0)),
        (3, (4, 2, 0)),
        (7, (8, 4, 0)),
        (100, (100, 50, 0)),
        (129208, (150000, 75000, 0)),
    ],
)
def test_a_scale_has_three_round_values(highest: int, ticks: tuple[int, ...]) -> None:
    assert scale(highest) == ticks


@given(st.integers(0, 10**12))
def test_a_scale_reaches_the_highest_value_and_its_middle_is_whole(highest: int) -> None:
    top, middle, bottom = scale(highest)
    assert top >= highest
    assert (middle * 2, bottom) == (top, 0)
    assert top <= max(2, 2 * highest)


@given(st.lists(st.integers(-5, 1000), max_size=50))
def test_everything_drawn_lies_within_the_plot(values: list[int]) -> None:
    chart = bars("t", values)
    assert len(chart.bars) == sum(1 for v in values if v > 0), "nothing counted is no bar"
    for bar in chart.bars:
        assert 0 <= bar.x <= WIDTH
        assert bar.x + bar.width <= WIDTH + 0.1
        assert 0 <= bar.y <= HEIGHT
        assert abs(bar.y + bar.height - HEIGHT) < 0.1


def test_a_line_ends_at_the_last_value() -> None:
    chart = line("t", [0, 5, 10], rows=[("x", 10)])
    assert chart.total == 10
    assert chart.line.endswith("1000 0")
    assert not chart.empty


def test_without_values_there_is_nothing_to_draw() -> None:
    assert line("t", []).line == ""
    assert bars("t", [], rows=[]).empty
