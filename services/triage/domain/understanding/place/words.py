"""The words around a place name, from places.toml: where, home, flight, village, person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.triage.domain.understanding.phrases import as_read
from shared.text import fold


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """Words around a place name, without diacritics, and spellings of names as they are written."""

    locative: frozenset[str]
    village: frozenset[str]
    person: frozenset[str]
    home: tuple[str, ...]
    away: tuple[str, ...]
    seat: tuple[str, ...]
    common: frozenset[str]
    spellings: Mapping[str, str]
    elsewhere: Mapping[str, str]


def place_words(places: Mapping[str, Any]) -> PlaceWords:
    """The parsed places.toml as values. Raises KeyError for a list that is missing."""

    def suffixes(name: str) -> tuple[str, ...]:
        return tuple(f" {_bare(each)}" for each in places[name])

    return PlaceWords(
        locative=frozenset(_bare(each) for each in places["locative"]),
        village=frozenset(_bare(each) for each in places["village"]),
        person=frozenset(_bare(each) for each in places["person"]),
        home=suffixes("home"),
        away=suffixes("away"),
        seat=suffixes("seat"),
        common=frozenset(_bare(each) for each in places["common"]),
        spellings=dict(places["spellings"]),
        elsewhere=dict(places["elsewhere"]),
    )


def _bare(written: str) -> str:
    return fold(as_read(written))
