"""Charts as numbers for an SVG, drawn on the server: no script, light enough for an old phone. Pure.

The plot is a box of 1000 × 100 that stretches to its place; words and figures stand beside it as HTML, so that they
keep their size on any screen. Beside each chart the page shows the same as a table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

WIDTH, HEIGHT = 1000, 100
STEPS = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)


class Bar(NamedTuple):
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Chart:
    """`ticks`: values of the left scale, the highest first. `labels`: words under the plot, evenly spaced."""

    title: str
    title_other: str
    kind: Literal["line", "bars"]
    line: str
    area: str
    bars: tuple[Bar, ...]
    ticks: tuple[int, ...]
    labels: tuple[str, ...]
    rows: tuple[tuple[str, int], ...]
    """The table beside it."""
    total: int
    """Of bars their sum, of a line its last value."""

    @property
    def empty(self) -> bool:
        return not any(value for _, value in self.rows)


def scale(highest: int) -> tuple[int, ...]:
    """Round values from the top of the scale down to 0: 3 of them, whole numbers, the first at or above `highest`."""
    if highest <= 2:  # noqa: PLR2004 - below that a middle would not be whole
        return (2, 1, 0)
    unit = 10 ** (len(str(highest)) - 1)
    tops = (int(step * unit) for step in STEPS if step * unit >= highest and step * unit % 2 == 0)
    top = next(tops)
    return (top, top // 2, 0)


def line(
    title: str,
    values: Sequence[int],
    *,
    other: str = "",
    labels: Sequence[str] = (),
    rows: Sequence[tuple[str, int]] = (),
) -> Chart:
    """A stock over time, each value at an even distance."""
    ticks = scale(max(values, default=0))
    step = WIDTH / max(1, len(values) - 1)
    points = [f"{round(i * step, 1):g} {_y(value, ticks[0]):g}" for i, value in enumerate(values)]
    path = "M" + "L".join(points) if points else ""
    area = f"{path}L{WIDTH} {HEIGHT}L0 {HEIGHT}Z" if points else ""
    last = values[-1] if values else 0
    return Chart(title, other, "line", path, area, (), ticks, tuple(labels), tuple(rows), last)


def bars(
    title: str,
    values: Sequence[int],
    *,
    other: str = "",
    labels: Sequence[str] = (),
    rows: Sequence[tuple[str, int]] = (),
) -> Chart:
    """A flow: one bar a bucket. Nothing counted is no bar."""
    ticks = scale(max(values, default=0))
    slot = WIDTH / max(1, len(values))
    drawn = tuple(
        Bar(round(i * slot, 2), _y(value, ticks[0]), round(slot * 0.8, 2), round(HEIGHT - _y(value, ticks[0]), 2))
        for i, value in enumerate(values)
        if value > 0
    )
    return Chart(title, other, "bars", "", "", drawn, ticks, tuple(labels), tuple(rows), sum(values))


def _y(value: int, top: int) -> float:
    """From the top down. A value below zero (a stock being corrected) is drawn at zero."""
    return round(HEIGHT * (1 - min(max(value, 0), top) / top), 2)
