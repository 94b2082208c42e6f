"""The guide's JSON line in and out: one message or one decision a line, so that anyone can evaluate understanding."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from services.triage.domain.understanding.message import (
    Act,
    Candidate,
    Category,
    Decision,
    Message,
    Place,
    Review,
    Speaker,
    Turn,
    Urgency,
)


class LineInvalid(ValueError):  # noqa: N818 - named as the house names what is refused
    """The line is no JSON object of the guide; the message says which field."""


def message_from_line(line: str | bytes) -> Message:
    """Read one input line. Raises LineInvalid. A field the guide does not name is ignored."""
    fields = _fields(line)
    try:
        return Message(
            id=str(fields["id"]),
            text=_text(fields["text"]),
            channel=str(fields.get("channel") or ""),
            page_commune_2020=_code(fields.get("page_commune")),
            page_commune_2025=_code(fields.get("page_commune_2025")),
            occurred_on=date.fromisoformat(str(fields["occurred_on"])[:10]),
            conversation=tuple(_turn(turn) for turn in fields.get("conversation") or ()),
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise LineInvalid(f"not a message of the guide: {wrong!r}") from wrong


def message_to_line(message: Message) -> str:
    """Write one input line, without its line end."""
    fields: dict[str, object] = {
        "id": message.id,
        "text": message.text,
        "channel": message.channel,
        "page_commune": message.page_commune_2020,
        "page_commune_2025": message.page_commune_2025,
        "occurred_on": message.occurred_on.isoformat(),
    }
    if message.conversation:
        fields["conversation"] = [{"from": turn.speaker, "text": turn.text} for turn in message.conversation]
    return _written(fields)


def decision_to_fields(decision: Decision) -> dict[str, Any]:
    """The decision as plain values, in the guide's order: what a case keeps of it."""
    return {
        "id": decision.id,
        "category": decision.category.value,
        "also": [each.value for each in decision.also],
        "topic": decision.topic,
        "topics": list(decision.topics),
        "urgency": decision.urgency.value,
        "act": decision.act.value if decision.act else None,
        "procedure": decision.procedure,
        "language": decision.language,
        "about_police": decision.about_police,
        "place": decision.place.value,
        "province": decision.province,
        "commune_2020": decision.commune_2020,
        "commune_2025": decision.commune_2025,
        "candidates": [
            {"commune_2020": each.commune_2020, "commune_2025": each.commune_2025, "p": each.p}
            for each in decision.candidates
        ],
        "confidence": decision.confidence,
        "review": [each.value for each in decision.review],
        "reasons": list(decision.reasons),
    }


def decision_to_line(decision: Decision) -> str:
    """Write one output line, without its line end."""
    return _written(decision_to_fields(decision))


def decision_from_line(line: str | bytes) -> Decision:
    """Read one output line. Raises LineInvalid."""
    fields = _fields(line)
    try:
        return Decision(
            id=str(fields["id"]),
            category=Category(fields["category"]),
            also=tuple(Category(each) for each in fields["also"]),
            topic=str(fields["topic"]),
            topics=tuple(str(each) for each in fields["topics"]),
            urgency=Urgency(fields["urgency"]),
            act=Act(fields["act"]) if fields["act"] else None,
            procedure=fields["procedure"],
            language=str(fields["language"]),
            about_police=bool(fields["about_police"]),
            place=Place(fields["place"]),
            province=_code(fields["province"]),
            commune_2020=_code(fields["commune_2020"]),
            commune_2025=_code(fields["commune_2025"]),
            candidates=tuple(_candidate(each) for each in fields["candidates"]),
            confidence=float(fields["confidence"]),
            review=tuple(Review(each) for each in fields["review"]),
            reasons=tuple(str(each) for each in fields["reasons"]),
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise LineInvalid(f"not a decision of the guide: {wrong!r}") from wrong


def _written(fields: Mapping[str, object]) -> str:
    """Half of a pair of UTF-16, which a line may hold as an escape and UTF-8 cannot, is written as that escape."""
    return json.dumps(fields, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()


def _fields(line: str | bytes) -> Mapping[str, Any]:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as wrong:  # brackets within brackets, some thousands deep
        raise LineInvalid(f"not JSON: {wrong}") from wrong
    if not isinstance(fields, dict):
        raise LineInvalid("not a JSON object")
    return fields


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("text is no string")
    return value


def _code(value: object) -> str | None:
    return str(value) if value else None


def _turn(fields: Mapping[str, Any]) -> Turn:
    return Turn(Speaker(fields["from"]), _text(fields["text"]))


def _candidate(fields: Mapping[str, Any]) -> Candidate:
    return Candidate(_code(fields["commune_2020"]), _code(fields["commune_2025"]), float(fields["p"]))
