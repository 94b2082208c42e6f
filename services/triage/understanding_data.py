"""Reads understanding's data files: the one place where they meet the disk. Called once, at start-up."""

import csv
import tomllib
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from services.triage.domain.understanding import Understanding
from services.triage.domain.understanding.lexicon import Lexicon, lexicon_from
from services.triage.domain.understanding.model import Model, from_arrays
from services.triage.domain.understanding.place import (
    NO_VILLAGES,
    Atlas,
    Places,
    Villages,
    place_words,
    province_words,
)
from shared.gazetteer import Gazetteer

DATA = Path(__file__).parent / "domain" / "understanding" / "data"
MODEL = DATA / "model.npz"


def load_understanding(province: str = "66", folder: Path = DATA, model: Path = MODEL) -> Understanding:
    """Understanding for an installation of one province, ready to decide (about 0.7 s).

    Raises OSError for a file that is not there, ValueError or KeyError for one that cannot be right.
    """
    gazetteer = Gazetteer.load(province=province)
    return Understanding(gazetteer, load_lexicon(folder), load_places(gazetteer, folder), load_model(model))


def load_places(gazetteer: Gazetteer, folder: Path = DATA, villages: Villages = NO_VILLAGES) -> Places:
    """The places of the gazetteer's province. Raises OSError, ValueError, KeyError, as above.

    A province without a folder of its own in places/ has names and rules, but no landmarks and spellings.
    """
    own = folder / "places" / gazetteer.province
    words = province_words(
        _toml(own / "places.toml") if own.is_dir() else {}, _rows(own / "landmarks.csv") if own.is_dir() else ()
    )
    atlas = Atlas(gazetteer.communes_at, gazetteer.province_at)
    general = place_words(_toml(folder / "places.toml"), _rows(folder / "towns.csv"))
    return Places(gazetteer, general, words, atlas=atlas, villages=villages)


def load_model(file: Path = MODEL) -> Model:
    """The learnt model. Raises OSError where there is none, KeyError or ValueError where it is none of ours."""
    with np.load(file, allow_pickle=False) as arrays:
        return Model(from_arrays({name: arrays[name] for name in arrays.files}))


def load_lexicon(folder: Path = DATA) -> Lexicon:
    """The lexicon of a folder of data files. Raises OSError, ValueError, KeyError, as above."""
    return lexicon_from(
        topics=_toml(folder / "topics.toml"),
        procedures=_toml(folder / "procedures.toml"),
        forty=procedure_rows(folder),
        marks=_toml(folder / "marks.toml"),
        shorthand=_toml(folder / "shorthand.toml"),
        hints=_hints(folder),
    )


def procedure_rows(folder: Path = DATA) -> list[dict[str, str]]:
    """The forty procedures as the table has them: number, slug, national_code, name_vi, name_en, level."""
    return _rows(folder / "procedures.csv")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def lexicon_digest(folder: Path = DATA) -> str:
    """Ten hexadecimal digits that change with any word the learnt model is shown. Raises OSError."""
    files = [folder / f"{name}.toml" for name in ("topics", "procedures", "marks", "shorthand")]
    files += sorted(folder.glob("hints_*.toml"))
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:10]


def _hints(folder: Path) -> dict[str, dict[str, Any]]:
    """Kind → name → its list, of all the `hints_*.toml` together."""
    kinds: dict[str, dict[str, Any]] = {}
    for file in sorted(folder.glob("hints_*.toml")):
        for kind, lists in _toml(file).items():
            kinds.setdefault(kind, {}).update(lists)
    return kinds


def _toml(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)
