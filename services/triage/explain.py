"""`explain`: what is understood of a text, for people and, line by line, for whoever evaluates understanding."""

import sys
from collections.abc import Iterable
from datetime import date
from itertools import islice
from typing import TextIO

from services.triage.domain.understanding import (
    LineInvalid,
    Message,
    Tongue,
    decision_to_line,
    message_from_line,
)
from services.triage.domain.understanding import explain as explained
from services.triage.understanding_data import load_understanding
from shared.gazetteer import Gazetteer, Structure

LINES_AT_ONCE = 500


def one(text: str, *, page_commune: str | None, on: date, province: str, language: Tongue = "vi") -> str:
    """The decision in words of `language`. `page_commune`: a code of 2020."""
    register = Gazetteer.load(province)
    commune = register.commune(Structure.OF_2020, page_commune)
    today = register.both(commune).of_2025 if commune else None
    message = Message("1", text, "cli", page_commune, today.code if today else None, on)
    return explained(load_understanding(province).decide([message])[0], register, language)


def lines(source: Iterable[bytes], out: TextIO, *, province: str) -> int:
    """A decision a line, in order; blank lines are passed over. Returns 0.

    At the first line that is no message it ends with 1 and the line's number; what came before it is written.
    """
    understanding = load_understanding(province)
    numbered = ((number, line) for number, line in enumerate(source, 1) if line.strip())
    while batch := list(islice(numbered, LINES_AT_ONCE)):
        messages, wrong = _read(batch)
        out.writelines(decision_to_line(decision) + "\n" for decision in understanding.decide(messages))
        if wrong:
            print(wrong, file=sys.stderr)  # noqa: T201 - it is what the command says
            return 1
    return 0


def _read(numbered: Iterable[tuple[int, bytes]]) -> tuple[list[Message], str | None]:
    """The messages up to the first line that is none, and what is wrong with that one."""
    messages: list[Message] = []
    for number, line in numbered:
        try:
            messages.append(message_from_line(line))
        except LineInvalid as error:
            return messages, f"line {number}: {error}"
    return messages, None
