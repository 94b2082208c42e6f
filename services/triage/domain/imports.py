"""A register of outcomes as CSV: `case_code,outcome,acted_at,note`. Read line by line; a bad one says why."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.triage.domain.case import Case
from services.triage.domain.codes import normal, wrong_with
from shared.gazetteer import VIETNAM

COLUMNS = ("case_code", "outcome", "acted_at", "note")
OUTCOMES = frozenset({"resolved", "handed_over", "fined", "prosecuted", "no_offence", "unfounded"})
MOST_ROWS = 10_000
LONGEST_NOTE = 1_000

Why = Literal[
    "not_a_code",
    "check_digit",
    "unknown_code",
    "unknown_outcome",
    "bad_time",
    "future_time",
    "before_opened",
    "note_too_long",
    "twice_in_file",
]


class FileInvalid(ValueError):  # noqa: N818 - says what is so
    """No register of ours: the text says what is wrong with it as a whole."""


@dataclass(frozen=True, slots=True)
class Row:
    """One outcome. `line` is that of the file, where the header is 1."""

    line: int
    code: str
    outcome: str
    acted_at: datetime
    note: str | None


@dataclass(frozen=True, slots=True)
class Bad:
    """A line that is not taken. `code` as it was written."""

    line: int
    code: str
    why: Why


def read(body: bytes, *, now: datetime) -> tuple[list[Row], list[Bad]]:
    """The rows that can be looked up, and those that cannot. Raises FileInvalid."""
    rows: dict[str, Row] = {}
    bad: list[Bad] = []
    for line, fields in _lines(body):
        one = _row(line, fields, now)
        if isinstance(one, Bad):
            bad.append(one)
        elif one.code in rows:
            bad.append(Bad(line, fields["case_code"], "twice_in_file"))
        else:
            rows[one.code] = one
    return list(rows.values()), bad


def unfit(row: Row, case: Case | None) -> Why | None:
    """Why a row cannot be applied to the case it names, or None."""
    if case is None:
        return "unknown_code"
    return "before_opened" if row.acted_at < case.facts.opened_at else None


def stands(row: Row, case: Case) -> bool:
    """Whether the case already says so: the same register imported again changes nothing."""
    facts = case.facts
    return (facts.outcome, facts.resolved_at, case.outcome_note) == (row.outcome, row.acted_at, row.note)


def _lines(body: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = body.decode("utf-8-sig")  # spreadsheets put a mark at the beginning
    except UnicodeDecodeError:
        raise FileInvalid("not UTF-8") from None
    if "\0" in text:
        raise FileInvalid("it holds the character U+0000")
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise FileInvalid(f"the first line must be {','.join(COLUMNS)}")
        for number, fields in enumerate(reader, 1):
            if number > MOST_ROWS:
                raise FileInvalid(f"more than {MOST_ROWS:,} rows")
            yield reader.line_num, {name: (fields.get(name) or "").strip() for name in COLUMNS}
    except csv.Error as error:
        raise FileInvalid(f"line {reader.line_num}: {error}") from None


def _row(line: int, fields: dict[str, str], now: datetime) -> Row | Bad:
    spoken = fields["case_code"]
    if (wrong := wrong_with(spoken)) is not None:
        return Bad(line, spoken, wrong)
    if fields["outcome"] not in OUTCOMES:
        return Bad(line, spoken, "unknown_outcome")
    acted_at = moment(fields["acted_at"])
    if acted_at is None:
        return Bad(line, spoken, "bad_time")
    if acted_at > now:
        return Bad(line, spoken, "future_time")
    if len(fields["note"]) > LONGEST_NOTE:
        return Bad(line, spoken, "note_too_long")
    return Row(line, normal(spoken), fields["outcome"], acted_at, fields["note"] or None)


def moment(text: str) -> datetime | None:
    """ISO 8601. A register kept in the province without a zone means Vietnamese time; a bare date means nothing."""
    if len(text) < len("2020-01-01T00:00"):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=VIETNAM)
