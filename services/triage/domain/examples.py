"""What officers corrected, as something to learn from: kept whole with its case, and as a line of the training text.

The line is that of the training texts (docs/labels.md gives the labels' meaning):
`category;topics;urgency;act[;extras] | [P> … ‖ T> … ‖ ]text`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.triage.domain.case import Change
from services.triage.domain.conversation import Turn
from services.triage.domain.intake import CONTEXT_TURNS, Past
from services.triage.domain.summary import REPORTS, STRONGEST_FIRST

TURN = " ‖ "
HEAD = " | "
SPEAKERS = {"person": "P> ", "page": "T> "}
NO_ACT = "-"
VIETNAMESE = "vi"
FEWEST_DIGITS = 7
"""A telephone number, an identity number, an account has at least so many; a price or a plate has fewer."""

_PROCEDURES = """
residence id_card vneid vehicle driving_licence criminal_record passport fire_safety_permit business_security_permit
other_procedure other_agency
"""
PROCEDURES = frozenset(_PROCEDURES.split())
NOT_REPORTED = PROCEDURES | {"service", "thanks", "greeting", "advert"}
THE_REST = {
    "feedback": frozenset({"service", "thanks", "other"}),
    "other": frozenset({"thanks", "greeting", "other", "other_agency"}),
    "spam": frozenset({"advert", "other"}),
}
ACTS = {"tip": "report", "emergency": "report", "admin_question": "ask"}
_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:19|20)\d\d"
_ALONE, _ENDS = r"(?<![\d/.:-])", r"(?![/.-]?\d)"
_DATE = rf"{_ALONE}(?:{_DAY}(?:/{_MONTH}/|-{_MONTH}-|\.{_MONTH}\.){_YEAR}|{_YEAR}-\d\d-\d\d){_ENDS}"
_SHORT_DATE = rf"{_ALONE}{_DAY}/{_MONTH}(?:/\d\d)?{_ENDS}"
_HOUR = rf"{_ALONE}(?:[01]?\d|2[0-4])[:hg][0-5]\d(?!:?\d)"
_APART = rf"\(?\+?\d(?:[\W_]{{0,4}}(?!{_DATE})\d){{8,}}"
_CLOSE = rf"\d(?:[ .\-]{{0,2}}(?!{_DATE})\d)+"
_NUMBER = re.compile(rf"(?P<stays>{_DATE}|{_SHORT_DATE}|{_HOUR})|{_APART}|{_CLOSE}")
"""Dates and hours stay. Nine digits are a person's number whatever signs stand between them, fewer only if close."""
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}\s?@\s?[\w-]{1,63}(?:\.[\w-]{1,63})+")


@dataclass(frozen=True, slots=True)
class Example:
    """The message a case's labels come from, after what was said before it; what the machine said, and the officer.

    `understood` is the decision on that message (the line of docs/labels.md), `corrected` the fields the officer named,
    `standing` the case's labels after it.
    """

    turns: tuple[Mapping[str, str], ...]
    understood: Mapping[str, Any] | None
    version: str | None
    corrected: Mapping[str, str]
    standing: Mapping[str, Any]


def example_of(change: Change, past: Sequence[Past], decisions: Mapping[Any, Mapping[str, Any]]) -> Example | None:
    """None for a case without a message of a person. `decisions`: what was understood, by turn."""
    ordered = sorted(past, key=lambda each: each.turn.order)
    at = _lead([each.turn for each in ordered])
    if at is None:
        return None
    told = ordered[max(0, at - CONTEXT_TURNS) : at + 1]
    understood = decisions.get(ordered[at].turn.id)
    return Example(
        turns=tuple({"speaker": each.turn.speaker, "words": each.words} for each in told),
        understood=understood,
        version=understood.get("version") if understood else None,
        corrected=corrected_now(change),
        standing=_standing(change),
    )


def corrected_now(change: Change) -> dict[str, str]:
    """What this correction changed of what officers say, by field."""
    before = change.before.corrections if change.before else None
    names = ("category", "topic", "urgency", "commune_2020", "commune_2025", "conflict")
    return {
        name: value
        for name in names
        if (value := getattr(change.after.corrections, name)) and value != getattr(before, name, None)
    }


def _lead(turns: Sequence[Turn]) -> int | None:
    """Where the message is that leads its case (domain/summary.py): the strongest, of several the first."""
    told = [(STRONGEST_FIRST.index(t.reading.category), at) for at, t in enumerate(turns) if t.reading is not None]
    return min(told)[1] if told else None


def _standing(change: Change) -> dict[str, Any]:
    facts = change.after.facts
    return {
        "category": facts.category,
        "topic": facts.topic,
        "urgency": facts.urgency,
        "commune_2020": facts.commune_2020,
        "commune_2025": facts.commune_2025,
        "conflict": change.after.conflict,
        "confirmed": sorted(
            name for name in ("category", "topic", "urgency") if getattr(change.after.corrections, name)
        ),
    }


# ── the line ─────────────────────────────────────────────────────────────────────────────────────────────────────


def line_of(example: Example) -> str | None:
    """None where its labels are not whole: a category with a topic that it cannot have, a question on no procedure."""
    standing, machine = example.standing, example.understood or {}
    category, topic = str(standing["category"]), str(standing["topic"])
    same = machine.get("category") == category
    extras = _extras(example, machine, same=same)
    if not _fits(category, topic) or extras is None or not example.turns[-1]["words"].strip():
        return None
    act = machine.get("act") or NO_ACT if same else ACTS.get(category, NO_ACT)
    topics = [topic, *(t for t in machine.get("topics", ()) if same and t != topic and _fits(category, t))]
    head = [category, ",".join(topics), str(standing["urgency"]), act, *([" ".join(extras)] if extras else [])]
    return ";".join(head) + HEAD + _told(example.turns)


def _fits(category: str, topic: str) -> bool:
    if category in REPORTS:
        return topic not in NOT_REPORTED
    return topic in (PROCEDURES if category == "admin_question" else THE_REST[category])


def _extras(example: Example, machine: Mapping[str, Any], *, same: bool) -> list[str] | None:
    """A question names its procedure: the machine's, which read it as a question too. None: nobody knows it."""
    found = []
    if example.standing["category"] == "admin_question":
        if not same or not machine.get("procedure"):
            return None
        found.append(str(machine["procedure"]))
        found += ["no_answer"] if "no_answer" in machine.get("review", ()) else []
    if example.standing["conflict"]:
        found += ["conflict", *(["police"] if machine.get("about_police") else [])]
    language = machine.get("language", VIETNAMESE)
    return found + ([f"lang={language}"] if language != VIETNAMESE else [])


def _told(turns: Sequence[Mapping[str, str]]) -> str:
    before = [SPEAKERS[turn["speaker"]] + _clean(turn["words"]) for turn in turns[:-1]]
    return TURN.join([*before, _clean(turns[-1]["words"])])


def _clean(words: str) -> str:
    """On one line, whatever breaks one, without the signs of the format, without numbers that lead to a person."""
    return "\\n".join(masked(words.replace("‖", "/").strip()).splitlines())


def masked(text: str) -> str:
    """Digits of telephone, identity and account numbers as x, their shape kept: "0905 123 456" → "0xxx xxx xxx"."""
    return _MAIL.sub("x@x", _NUMBER.sub(_mask, text))


def _mask(found: re.Match[str]) -> str:
    number = found.group()
    digits = [letter for letter in number if letter.isdigit()]
    if found["stays"] or len(digits) < FEWEST_DIGITS:
        return number
    hidden = re.sub(r"\d", "x", number)
    return hidden.replace("x", "0", 1) if digits[0] == "0" else hidden


def lines(examples: Iterable[Example]) -> tuple[list[str], int]:
    """The lines, each once, in order; and how many examples had no whole labels."""
    made = [line_of(example) for example in examples]
    return list(dict.fromkeys(line for line in made if line)), sum(line is None for line in made)
