"""What people write, for the measurements: the evaluation set, with pages, both structures, and some conversations."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import count

from bench.stage import PROVINCE
from services.triage.domain.understanding import Message
from services.triage.training.evaluation import read_evaluation
from services.triage.training.texts import read_texts

DAYS = (date(2020, 9, 1), date(2025, 9, 1))
"""One in the structure of 2020, one in today's, for the training text: it has neither day nor page."""


def pages() -> list[dict[str, str]]:
    """The province's pages as its table has them."""
    with (PROVINCE / "pages.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def evaluation() -> list[Message]:
    """The messages of the evaluation set; where there is none, the training text."""
    return [message for message, _ in read_evaluation()] or training()


@cache
def training() -> list[Message]:
    """The training text, each message on a page of the province, day by day in the other structure."""
    known, made = pages(), []
    for number, example in enumerate(read_texts()):
        page = known[number % len(known)]
        codes = (page["commune_2020"] or None, page["commune_2025"] or None)
        day = DAYS[number % len(DAYS)]
        made.append(Message(f"t{number}", example.text, "zalo", *codes, day, example.conversation))
    return made


def backlog() -> Iterator[Message]:
    """Messages without end, each by itself: the evaluation set's, then the training text's, and again."""
    each = [replace(message, conversation=()) for message in (*evaluation(), *training())]
    return (each[number % len(each)] for number in count())
