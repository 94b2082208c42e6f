r"""Training text: one message a line with its labels, in files of one hand each.

    category[,also];topic[,topics];urgency;act[;extras] | text

`extras`, apart by spaces: a procedure's slug or `none_of_these`; `conflict`, `police`, `no_answer`, `hard` (looks like
one thing and is another), `lang=` an ISO 639-3 code. Earlier turns stand before the text: `P> ` the person, `T> ` the
page, each followed by ` ‖ `. A line break inside a message is `\n`. Lines beginning with `#` say who writes. The
labels are those of docs/labels.md.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.triage.domain.understanding.judgement import NONE_OF_THESE
from services.triage.domain.understanding.message import Category, Speaker, Turn, Urgency
from services.triage.understanding_data import load_lexicon, procedure_rows

FOLDER = Path(__file__).parent / "texts"
_TURN = " ‖ "
_SPEAKERS = {"P> ": Speaker.PERSON, "T> ": Speaker.PAGE}
_FLAGS = frozenset({"conflict", "police", "no_answer", "hard"})
_FIELDS = 4


class TextInvalid(ValueError):  # noqa: N818 - named as the house names what is refused
    """A line that is no labelled message; the message names file, line and what is wrong."""


@dataclass(frozen=True, slots=True)
class Example:
    """A message and what it is. `hand` is the file it is from: those who wrote it; `act` "" for none."""

    hand: str
    text: str
    conversation: tuple[Turn, ...]
    category: Category
    also: tuple[Category, ...]
    topics: tuple[str, ...]
    urgency: Urgency
    act: str
    procedure: str | None
    language: str
    flags: frozenset[str]

    @property
    def topic(self) -> str:
        return self.topics[0]


def read_texts(folder: Path = FOLDER) -> list[Example]:
    """Every example of a folder's `*.txt`, by file and line. Raises TextInvalid, OSError."""
    return [each for path in sorted(folder.glob("*.txt")) for each in read_lines(path.stem, lines_of(path))]


def read_lines(hand: str, lines: Iterable[str]) -> Iterator[Example]:
    """The examples of one hand. Raises TextInvalid."""
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.startswith("#"):
            try:
                yield _example(hand, line)
            except (ValueError, IndexError) as wrong:
                raise TextInvalid(f"{hand}, line {number}: {wrong}") from wrong


def write_line(example: Example) -> str:
    """The line that reads as this example, without its line end."""
    extras = [example.procedure] if example.procedure else []
    extras += sorted(example.flags) + ([f"lang={example.language}"] if example.language != "vi" else [])
    head = [
        ",".join((example.category, *example.also)),
        ",".join(example.topics),
        example.urgency.value,
        example.act or "-",
    ]
    marks = {speaker: mark for mark, speaker in _SPEAKERS.items()}
    turns = [marks[turn.speaker] + turn.text for turn in example.conversation]
    text = _TURN.join([*turns, example.text]).replace("\n", "\\n")
    return ";".join(head + ([" ".join(extras)] if extras else [])) + " | " + text


def lines_of(path: Path) -> list[str]:
    """The lines of a file; what else breaks a line on a screen (U+2028, a form feed) is part of what somebody wrote.

    Raises OSError, TextInvalid.
    """
    try:
        return path.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError as wrong:
        raise TextInvalid(f"{path.name}: không phải UTF-8 / is not UTF-8: {wrong}") from wrong


def _example(hand: str, line: str) -> Example:
    head, separator, said = line.partition(" | ")
    fields = head.split(";")
    if not separator or not _FIELDS <= len(fields) <= _FIELDS + 1:
        raise ValueError("not category;topic;urgency;act[;extras] | text")
    categories = [Category(each) for each in fields[0].split(",")]
    procedure, language, flags = _extras(fields[_FIELDS].split() if len(fields) > _FIELDS else [])
    *turns, text = said.replace("\\n", "\n").split(_TURN)
    return Example(
        hand=hand,
        text=text,
        conversation=tuple(map(_turn, turns)),
        category=categories[0],
        also=tuple(categories[1:]),
        topics=_known(fields[1].split(",")),
        urgency=Urgency(fields[2]),
        act="" if fields[3] == "-" else fields[3],
        procedure=procedure,
        language=language,
        flags=flags,
    )


def _known(topics: Sequence[str]) -> tuple[str, ...]:
    if unknown := [topic for topic in topics if topic not in _topics()]:
        raise ValueError(f"no such topic: {', '.join(unknown)}")
    return tuple(topics)


def _turn(said: str) -> Turn:
    if said[:3] not in _SPEAKERS:
        raise ValueError(f"an earlier turn begins with P> or T>, not {said[:12]!r}")
    return Turn(_SPEAKERS[said[:3]], said[3:])


@cache
def _topics() -> frozenset[str]:
    return frozenset(load_lexicon().topics)


@cache
def _slugs() -> frozenset[str]:
    return frozenset(row["slug"] for row in procedure_rows()) | {NONE_OF_THESE}


def _extras(extras: Iterable[str]) -> tuple[str | None, str, frozenset[str]]:
    procedure, language, flags = None, "vi", set()
    for extra in extras:
        if extra in _FLAGS:
            flags.add(extra)
        elif extra.startswith("lang="):
            language = extra.removeprefix("lang=")
        elif extra in _slugs():
            procedure = extra
        else:
            raise ValueError(f"unknown {extra!r}")
    return procedure, language, frozenset(flags)
