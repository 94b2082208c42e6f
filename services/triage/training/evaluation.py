"""The evaluation set: messages with what is right of them, written apart from training text and lexicons.

One JSON object a line: `in` is the guide's input line, `out` the guide's fields that are right, `candidates` codes in
the structure in force that day, `acceptable` further communes. How it was written: evaluation/README.md.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from services.triage.domain.understanding import Decision, Message, Understanding, message_from_line
from services.triage.training.figures import Judged
from services.triage.training.texts import TextInvalid, lines_of
from shared.text import fold

FOLDER = Path(__file__).parent / "evaluation"
AT_ONCE = 500


def read_evaluation(folder: Path = FOLDER) -> list[tuple[Message, dict[str, Any]]]:
    """Every message of a folder's `*.jsonl` with what is right of it. Raises OSError; TextInvalid, also for none."""
    read = [
        _both(f"{path.name}, line {number}", line)
        for path in sorted(folder.glob("*.jsonl"))
        for number, line in enumerate(lines_of(path), 1)
        if line.strip()
    ]
    if not read:
        raise TextInvalid(f"{folder}: không có tin nào để đánh giá / no *.jsonl with messages")
    return read


def _both(where: str, line: str) -> tuple[Message, dict[str, Any]]:
    try:
        both = json.loads(line)
        return message_from_line(json.dumps(both["in"])), dict(both["out"])
    except (KeyError, TypeError, ValueError) as wrong:
        raise TextInvalid(f"{where}: {wrong!r}") from wrong


def judge(understanding: Understanding, read: Sequence[tuple[Message, dict[str, Any]]]) -> list[Judged]:
    """Each message decided."""
    decisions = decide_all(understanding, [message for message, _ in read])
    return [Judged(message, right, decided) for (message, right), decided in zip(read, decisions, strict=True)]


_WORD_END = re.compile(r"([aeiouyáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ])\b")

Form = Callable[[str], str]
FORMS: Mapping[str, Form] = {
    "without diacritics": fold,
    "in capitals": str.upper,
    "with more spaces": lambda text: "  ".join(text.split(" ")),
    "with letters drawn out": lambda text: _WORD_END.sub(r"\1\1\1\1", text, count=2),
}
"""Other ways in which the same words are typed."""


def flips(understanding: Understanding, judged: Sequence[Judged], form: Form = fold) -> tuple[int, int]:
    """(decisions that change when the message is typed in another form, of how many that are another text then).

    A decision is category and commune.
    """
    other = [(j, form(j.message.text)) for j in judged]
    other = [(j, text) for j, text in other if text not in (j.message.text, j.message.text.lower())]
    again = decide_all(understanding, [replace(j.message, text=text) for j, text in other])
    return sum(_told(j.decided) != _told(said) for (j, _), said in zip(other, again, strict=True)), len(other)


def decide_all(understanding: Understanding, messages: Sequence[Message]) -> list[Decision]:
    """In batches, as the service does."""
    return [
        decision
        for start in range(0, len(messages), AT_ONCE)
        for decision in understanding.decide(messages[start : start + AT_ONCE])
    ]


def _told(decision: Decision) -> tuple[str, str | None, str | None]:
    return decision.category.value, decision.commune_2020, decision.commune_2025
