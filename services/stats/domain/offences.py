"""Public-order offences: months by import, and their change against the year before."""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

COLUMNS = ("month", "offences", "illustrative")
MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
TRUE, FALSE = frozenset({"true", "1", "yes"}), frozenset({"false", "0", "no", ""})
MOST = 10_000_000
MAX_LINES = 5_000


class HeaderWrong(ValueError):  # noqa: N818 - says what is so
    """The file as a whole cannot be read; its text says why."""


@dataclass(frozen=True)
class OffenceMonth:
    """`month`: its first day. `illustrative`: made to fit a published percentage, no official figure."""

    month: date
    offences: int
    illustrative: bool


@dataclass(frozen=True)
class RefusedLine:
    """`line`: counted from 1, the header included."""

    line: int
    why: str


@dataclass(frozen=True)
class Change:
    """`percent` None: a month is missing, the year before had none, or no month of the year is whole yet."""

    percent: float | None
    first: date | None
    last: date | None
    illustrative: bool


def read(text: str) -> tuple[list[OffenceMonth], list[RefusedLine]]:
    """The file's months and the lines that are refused. Raises HeaderWrong."""
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    header = tuple(cell.strip().lower() for cell in next(rows, []))
    if header != COLUMNS:
        raise HeaderWrong(f"the first line must read {','.join(COLUMNS)}")
    months: dict[date, OffenceMonth] = {}
    refused: list[RefusedLine] = []
    for cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if rows.line_num > MAX_LINES:
            raise HeaderWrong(f"more than {MAX_LINES} lines")
        found = _month([cell.strip() for cell in cells])
        if isinstance(found, str):
            refused.append(RefusedLine(rows.line_num, found))
        elif months.setdefault(found.month, found) != found:
            refused.append(RefusedLine(rows.line_num, "month given twice with different figures"))
    return list(months.values()), refused


def _month(cells: list[str]) -> OffenceMonth | str:
    if len(cells) != len(COLUMNS):
        return f"{len(cells)} columns instead of {len(COLUMNS)}"
    month, offences, illustrative = cells
    when = MONTH.fullmatch(month)
    if when is None:
        return "month is not YYYY-MM"
    if not (offences.isascii() and offences.isdigit() and int(offences) <= MOST):
        return "offences is not a whole number of 0 or more"
    if illustrative.lower() not in TRUE | FALSE:
        return "illustrative is neither true nor false"
    return OffenceMonth(date(int(when[1]), int(when[2]), 1), int(offences), illustrative.lower() in TRUE)


def whole_months(to: date) -> list[date]:
    """January of the year of `to` up to the last month that is whole by the end of `to`; none in early January."""
    last = (to + timedelta(days=1)).replace(day=1) - timedelta(days=1)
    return [date(to.year, month, 1) for month in range(1, last.month + 1)] if last.year == to.year else []


def change(months: Iterable[OffenceMonth], to: date) -> Change:
    """Whole months of the year of `to` against the same months of the year before, in per cent, two decimals."""
    compared = whole_months(to)
    if not compared:
        return Change(None, None, None, illustrative=False)
    known: Mapping[date, OffenceMonth] = {m.month: m for m in months}
    needed = compared + [m.replace(year=m.year - 1) for m in compared]
    illustrative = any(known[m].illustrative for m in needed if m in known)
    if any(m not in known for m in needed):
        return Change(None, compared[0], compared[-1], illustrative)
    now = sum(known[m].offences for m in compared)
    before = sum(known[m.replace(year=m.year - 1)].offences for m in compared)
    return Change(_percent(before, now), compared[0], compared[-1], illustrative)


def _percent(before: int, now: int) -> float | None:
    if before == 0:
        return None
    exact = Decimal(100 * (now - before)) / Decimal(before)
    return float(exact.quantize(Decimal("0.01"), ROUND_HALF_UP)) + 0.0  # + 0.0: no minus zero
