"""The data files as values: which words say what. Reading the files is services/triage/understanding_data.py's."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.triage.domain.understanding.hints import Hints
from services.triage.domain.understanding.phrases import Phrase, Phrases, as_read


class Sign(StrEnum):
    """What a phrase is a sign of. The value is its key in the data files."""

    # Of a topic (topics.toml); `Cue.of` is its slug.
    DANGER = "danger"
    DANGER_NOW = "danger_now"
    STRONG = "strong"
    WEAK = "weak"
    # Of a procedure (procedures.toml); `Cue.of` is the object's name, the procedure's slug, or a topic.
    OBJECT = "object"
    QUALIFIER = "qualifier"
    PROCEDURE = "procedure"
    SUBJECT = "subject"
    # Of how it is said (marks.toml).
    ASK = "ask"
    ASK_LAW = "ask_law"
    REPORT = "report"
    FRAME = "frame"
    WHAT_TO_DO = "what_to_do"
    DECOY = "decoy"
    NOW = "now"
    CRY = "cry"
    SOON = "soon"
    PAST = "past"
    LONG_PAST = "long_past"
    HABIT = "habit"
    NEGATION = "negation"
    UNREAL = "unreal"
    DRILL = "drill"
    VERIFY = "verify"
    FAMILY = "family"
    CHILD = "child"
    HELPLESS = "helpless"
    POLICE = "police"
    OFFICIAL = "official"
    MISCONDUCT = "misconduct"
    IMPOSTOR = "impostor"
    GREETING = "greeting"
    THANKS = "thanks"
    FILLER = "filler"
    PRAISE = "praise"
    COMPLAINT = "complaint"
    WISH = "wish"
    SERVICE = "service"
    SPAM = "spam"
    SPAM_LINK = "spam_link"
    SETTLE = "settle"
    WITHDRAW = "withdraw"
    DEADLINE = "deadline"


OF_A_TOPIC = (Sign.DANGER, Sign.DANGER_NOW, Sign.STRONG, Sign.WEAK)
_OF_A_PROCEDURE = {Sign.OBJECT, Sign.QUALIFIER, Sign.PROCEDURE, Sign.SUBJECT}
_MARKS = tuple(sign for sign in Sign if sign not in OF_A_TOPIC and sign not in _OF_A_PROCEDURE)


@dataclass(frozen=True, slots=True)
class Cue:
    """A sign, and what of: a topic, a procedure, an object, or nothing."""

    sign: Sign
    of: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """What a message can be about. `title` is its Vietnamese name."""

    slug: str
    title: str


@dataclass(frozen=True, slots=True)
class Procedure:
    """One of the forty. `title` is its Vietnamese name; `topic` that of the questions about it."""

    slug: str
    title: str
    topic: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All that the data files say, ready to use. Immutable."""

    cues: Phrases[Cue]
    topics: Mapping[str, Topic]
    procedures: Mapping[str, Procedure]
    shorthand: Mapping[str, tuple[str, ...]]
    hints: Hints


def lexicon_from(
    topics: Mapping[str, Any],
    procedures: Mapping[str, Any],
    forty: Sequence[Mapping[str, str]],
    marks: Mapping[str, Any],
    shorthand: Mapping[str, Any],
    hints: Mapping[str, Any],
) -> Lexicon:
    """Build the lexicon from the parsed files. Raises KeyError or ValueError that names what is wrong in one."""
    known = {each["slug"]: Topic(each["slug"], each["title"]) for each in topics["topic"]}
    cues = [*_topic_cues(topics), *_procedure_cues(procedures), *_mark_cues(marks)]
    lexicon = Lexicon(
        cues=Phrases(cues),
        topics=known,
        procedures=_procedures(procedures, forty),
        shorthand={short: tuple(as_read(full).split(" ")) for short, full in shorthand["words"].items()},
        hints=Hints({f"{kind} {name}": each["words"] for kind in hints for name, each in hints[kind].items()}),
    )
    _check(lexicon)
    return lexicon


def _phrase(written: str, cue: Cue) -> Phrase[Cue]:
    exact = written.startswith("=")
    return Phrase(written.removeprefix("="), cue, exact=exact)


def _topic_cues(topics: Mapping[str, Any]) -> Iterator[Phrase[Cue]]:
    for topic in topics["topic"]:
        for sign in OF_A_TOPIC:
            for written in topic.get(sign.value, ()):
                yield _phrase(written, Cue(sign, topic["slug"]))


def _procedure_cues(procedures: Mapping[str, Any]) -> Iterator[Phrase[Cue]]:
    for subject in procedures["object"]:
        for written in subject["words"]:
            yield _phrase(written, Cue(Sign.OBJECT, subject["name"]))
    for procedure in procedures["procedure"]:
        for written in procedure.get("words", ()):
            yield _phrase(written, Cue(Sign.QUALIFIER, procedure["slug"]))
        for written in procedure.get("phrases", ()):
            yield _phrase(written, Cue(Sign.PROCEDURE, procedure["slug"]))
    for topic, written_ones in procedures["other"].items():
        for written in written_ones:
            yield _phrase(written, Cue(Sign.SUBJECT, topic))


def _mark_cues(marks: Mapping[str, Any]) -> Iterator[Phrase[Cue]]:
    for sign in _MARKS:
        for written in marks[sign.value]:
            yield _phrase(written, Cue(sign))


def _procedures(procedures: Mapping[str, Any], forty: Sequence[Mapping[str, str]]) -> dict[str, Procedure]:
    """Its own topic, else that of the object it is about."""
    titles = {row["slug"]: row["name_vi"] for row in forty}
    topic_of = {each["name"]: each["topic"] for each in procedures["object"]}
    return {
        each["slug"]: Procedure(
            each["slug"], titles[each["slug"]], each.get("topic") or topic_of[each.get("object", "")]
        )
        for each in procedures["procedure"]
    }


def _check(lexicon: Lexicon) -> None:
    for procedure in lexicon.procedures.values():
        if procedure.topic not in lexicon.topics:
            raise ValueError(f"procedures.toml: {procedure.slug!r} has the unknown topic {procedure.topic!r}")
