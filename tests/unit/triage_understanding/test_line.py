"""The guide's line, in and out."""

import json

import pytest

from services.triage.domain.understanding import (
    LineInvalid,
    Speaker,
    Turn,
    Understanding,
    decision_to_line,
    message_from_line,
    message_to_line,
)
from tests.unit.triage_understanding.make import a_message

FIELDS = [
    "id", "category", "also", "topic", "topics", "urgency", "act", "procedure", "language", "about_police", "place",
    "province", "commune_2020", "commune_2025", "candidates", "confidence", "review", "reasons",
]  # fmt: skip


def test_a_message_line_is_read_as_it_was_written() -> None:
    message = a_message("Cháy nhà", page="24163", before=(Turn(Speaker.PAGE, "Alo?"),))
    assert message_from_line(message_to_line(message)) == message


def test_the_guides_own_field_names_are_read() -> None:
    line = (
        '{"id": 1, "text": "a", "channel": "zalo", "page_commune": "24163", '
        '"page_commune_2025": null, "occurred_on": "2020-06-01"}'
    )
    message = message_from_line(line)
    assert (message.id, message.page_commune_2020, message.page_commune_2025) == ("1", "24163", None)


def test_a_decision_line_has_every_field_of_the_guide_in_its_order(understanding: Understanding) -> None:
    (decision,) = understanding.decide([a_message("bị trộm ở Tân Lập")])
    assert list(json.loads(decision_to_line(decision))) == FIELDS


def test_half_of_a_pair_of_utf_16_is_written_as_the_escape_it_came_as(understanding: Understanding) -> None:
    line = r'{"id": "\ud800", "text": "c\ud83d cướp", "occurred_on": "2026-01-01"}'
    written = decision_to_line(understanding.decide([message_from_line(line)])[0])
    assert json.loads(written.encode())["id"] == "\ud800"
    assert message_from_line(message_to_line(message_from_line(line)).encode()) == message_from_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "", "{", "[]", '{"id": "1"}', '{"id": "1", "text": null, "occurred_on": "2020-06-01"}',
        '{"id": "1", "text": "a", "occurred_on": "yesterday"}',
        '{"id": "1", "text": "a", "occurred_on": "2020-06-01", "conversation": [{"from": "nobody", "text": "a"}]}',
        '{"id": "1", "text": "a", "occurred_on": "2020-06-01", "z": ' + "[" * 200_000 + "]" * 200_000 + "}",
    ],
)  # fmt: skip
def test_what_is_no_line_of_the_guide_is_refused_by_name(line: str) -> None:
    with pytest.raises(LineInvalid):
        message_from_line(line)
