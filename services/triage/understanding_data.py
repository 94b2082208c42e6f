"""Reads understanding's data files: the one place where they meet the disk. Called once, at start-up."""

import csv
import tomllib
from pathlib import Path
from typing import Any

from services.triage.domain.understanding import Understanding
from services.triage.domain.understanding.lexicon import Lexicon, lexicon_from
from services.triage.domain.understanding.place import Places, place_words
from shared.gazetteer import Gazetteer

DATA = Path(__file__).parent / "domain" / "understanding" / "data"


def load_understanding(province: str = "66", folder: Path = DATA) -> Understanding:
    """Understanding for an installation of one province, ready to decide (about 0.5 s).

    Raises OSError for a file that is not there, ValueError or KeyError for one that cannot be right.
    """
    gazetteer = Gazetteer.load(province=province)
    return Understanding(gazetteer, load_lexicon(folder), load_places(gazetteer, folder))


def load_places(gazetteer: Gazetteer, folder: Path = DATA) -> Places:
    """The places of the gazetteer's province. Raises OSError, ValueError, KeyError, as above."""
    return Places(gazetteer, place_words(_toml(folder / "places.toml")))


def load_lexicon(folder: Path = DATA) -> Lexicon:
    """The lexicon of a folder of data files. Raises OSError, ValueError, KeyError, as above."""
    return lexicon_from(
        topics=_toml(folder / "topics.toml"),
        procedures=_toml(folder / "procedures.toml"),
        forty=procedure_rows(folder),
        marks=_toml(folder / "marks.toml"),
        shorthand=_toml(folder / "shorthand.toml"),
    )


def procedure_rows(folder: Path = DATA) -> list[dict[str, str]]:
    """The forty procedures as the table has them: number, slug, national_code, name_vi, name_en, level."""
    with (folder / "procedures.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _toml(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)
