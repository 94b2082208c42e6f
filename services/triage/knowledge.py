"""Reads the words of a conversation and the answers to procedures from their data files. Called once, at start-up."""

import tomllib
from pathlib import Path

from services.triage.domain.answers import Knowledge, knowledge_from
from services.triage.domain.heard import Wording, wording_from
from services.triage.understanding_data import procedure_rows

DATA = Path(__file__).parent / "data"


def load_wording(folder: Path = DATA) -> Wording:
    """Raises OSError for a file that is not there, ValueError or KeyError for one that cannot be right."""
    with (folder / "conversation.toml").open("rb") as file:
        return wording_from(tomllib.load(file))


def load_knowledge(folder: Path = DATA) -> Knowledge:
    """All forty entries. Raises OSError, ValueError, KeyError, as above."""
    files = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in (folder / "answers").glob("*.toml")}
    return knowledge_from(files, procedure_rows())
