"""`explain`: what is understood of a text, for people and, line by line, for whoever evaluates understanding."""

import sys
from collections.abc import Iterable
from datetime import date
from itertools import islice
from typing import TextIO

from services.triage.domain.understanding import (
    LineInvalid,
    Message,
    decision_to_line,
    message_from_line,
)
from services.triage.domain.understanding import explain as explained
from services.triage.understanding_data import load_understanding
from shared.gazetteer import Gazetteer, Structure

LINES_AT_ONCE = 500


def one(text: str, *, page_commune: str | None, on: date, province: str) -> str:
    """The decision in words. `page_commune`: a code of 2020."""
    register = Gazetteer.load(province)
    commune = register.commune(Structure.OF_2020, page_commune)
    today = register.both(commune).of_2025 if commune else None
    message = Message("1", text, "cli", page_commune, today.code if today else None, on)
    return explained(load_understanding(province).decide([message])[0], register)


def lines(source: Iterable[bytes], out: TextIO, *, province: str) -> int:
    """A decision a line, in order. Ends at the first line that is no message, with 1 and its number."""
    understanding = load_understanding(province)
    numbered = enumerate(source, 1)
    while batch := list(islice(numbered, LINES_AT_ONCE)):
        messages = []
        for number, line in batch:
            try:
                messages.append(message_from_line(line))
            except LineInvalid as error:
                print(f"line {number}: {error}", file=sys.stderr)  # noqa: T201
                return 1
        out.writelines(decision_to_line(decision) + "\n" for decision in understanding.decide(messages))
    return 0
