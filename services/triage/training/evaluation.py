"""The evaluation set: messages with what is right of them, written apart from training text and lexicons.

One JSON object a line: `in` is the guide's input line, `out` the guide's fields that are right, `candidates` codes in
the structure in force that day, `acceptable` further communes. How it was written: evaluation/README.md.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from services.triage.domain.understanding import Decision, Message, Understanding, message_from_line
from services.triage.training.figures import Judged
from shared.text import fold

FOLDER = Path(__file__).parent / "evaluation"
AT_ONCE = 500


def read_evaluation(folder: Path = FOLDER) -> list[tuple[Message, dict[str, Any]]]:
    """Every message of a folder's `*.jsonl` with what is right of it. Raises OSError, LineInvalid, ValueError."""
    read = []
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            both = json.loads(line)
            read.append((message_from_line(json.dumps(both["in"])), both["out"]))
    return read


def judge(understanding: Understanding, read: Sequence[tuple[Message, dict[str, Any]]]) -> list[Judged]:
    """Each message decided."""
    decisions = decide_all(understanding, [message for message, _ in read])
    return [Judged(message, right, decided) for (message, right), decided in zip(read, decisions, strict=True)]


def flips(understanding: Understanding, judged: Sequence[Judged]) -> tuple[int, int]:
    """(decisions that change when the message loses its diacritics, of how many that have some).

    A decision is category and commune.
    """
    marked = [j for j in judged if fold(j.message.text) != j.message.text.lower()]
    bare = [replace(j.message, text=fold(j.message.text)) for j in marked]
    changed = sum(
        _told(j.decided) != _told(again) for j, again in zip(marked, decide_all(understanding, bare), strict=True)
    )
    return changed, len(marked)


def decide_all(understanding: Understanding, messages: Sequence[Message]) -> list[Decision]:
    """In batches, as the service does."""
    return [
        decision
        for start in range(0, len(messages), AT_ONCE)
        for decision in understanding.decide(messages[start : start + AT_ONCE])
    ]


def _told(decision: Decision) -> tuple[str, str | None, str | None]:
    return decision.category.value, decision.commune_2020, decision.commune_2025
