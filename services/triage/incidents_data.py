"""Reads data/incidents.toml, once, at start-up: a file that cannot be right stops the service then."""

import tomllib
from pathlib import Path

from services.triage.domain.incidents.rules import Rules, rules_from

FILE = Path(__file__).parent / "data" / "incidents.toml"


def load_incident_rules(file: Path = FILE) -> Rules:
    """Raises OSError for a file that is not there, ValueError or KeyError for one that cannot be right."""
    with file.open("rb") as data:
        return rules_from(tomllib.load(data))
