"""The tables as they are on disk → communes. Reading only; what follows from them is in register.py."""

import csv
from collections.abc import Iterator
from pathlib import Path
from sys import intern

from shared.gazetteer.commune import Commune, Extent, Kind
from shared.gazetteer.names import clean, split_kind
from shared.gazetteer.structure import Structure

DATA = Path(__file__).parent / "data"
_TYPE_WORDS = {"Xã": Kind.XA, "Phường": Kind.PHUONG, "Thị trấn": Kind.THI_TRAN}


def communes_of_2020(folder: Path = DATA) -> list[Commune]:
    """The 10,614 communes of 1 June 2020. Raises OSError, and ValueError for a line that is no commune."""
    return [_of_2020(row) for row in _rows(folder / "communes_2020.csv")]


def communes_of_2025(folder: Path = DATA) -> list[Commune]:
    """The 3,321 communes of 1 July 2025. Raises OSError, and ValueError for a line that is no commune."""
    return [_of_2025(row) for row in _rows(folder / "communes_2025.csv")]


def mapping(folder: Path = DATA) -> list[tuple[str, str, str, Extent]]:
    """(old code, old name on the eve of 1 July 2025, new code, extent), a line for each part of an old commune."""
    rows = _rows(folder / "communes_before_to_after_july_2025.csv")
    return [(row[0], clean(row[1]), row[2], Extent(row[4])) for row in rows]


def _rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        next(lines)  # the heading
        yield from lines


def _of_2020(row: list[str]) -> Commune:
    code, full_name, kind, district_code, district, province_code, province = row
    name = clean(full_name)[len(kind) + 1 :]
    return Commune(
        Structure.OF_2020,
        code,
        name,
        _TYPE_WORDS[kind],
        intern(district_code),
        intern(clean(district)),
        intern(province_code),
        intern(clean(province)),
    )


def _of_2025(row: list[str]) -> Commune:
    code, full_name, province_code, province = row
    kind, name = split_kind(clean(full_name))
    return Commune(Structure.OF_2025, code, name, kind, None, None, intern(province_code), intern(clean(province)))
