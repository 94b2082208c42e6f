"""What a message says beside its labels: which matter it brings, whether it answers what the page said, place and time.

Read once, when the message comes, and kept with its turn: a turn that comes later changes cases, never what was heard.
The words are data (data/conversation.toml), folded to bare small letters.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from services.triage.domain.understanding import Act, Category, Decision, Place, Review
from services.triage.domain.understanding.judgement import NONE_OF_THESE
from shared.text import fold

Feedback = Literal["helped", "not_helped", "person"]

SURE_OF_PROCEDURE = 0.8
"""From here on two procedures of different topics are two matters."""
SURE_OF_REPORT = 0.55
"""Below, what sounds like a report within a conversation goes on with it; danger is told apart however unsure."""
WORDS_OF_A_SUBJECT, WORDS_OF_A_REPORT, WORDS_OF_AN_ALARM = 6, 4, 2
"""A report of fewer words may well go on with what was said before; of a subject of its own it needs some more."""
WORDS_OF_A_REPLY = 8
"""So few may well reply to a question, whatever else they say."""

_TOLD = frozenset({Place.TEXT, Place.OUTSIDE, Place.AMBIGUOUS})
_REPORTS = frozenset({Category.TIP, Category.EMERGENCY})
_NOT_A_WORD = re.compile(r"[^a-z0-9/:]+")
_A_TIME = re.compile(r"\b\d{1,2} ?(h|g|gio)\b|\b\d{1,2}:\d{2}\b|\b\d{1,2}/\d{1,2}\b|\b(ngay|thang|mung|thu) \d")


@dataclass(frozen=True, slots=True)
class Matter:
    """What a message clearly is about by itself; None where it does not tell. Two differ where both tell and disagree.

    `subject`: a family of offences, or the topic of a procedure. `another`: it says itself that it is another matter.
    """

    kind: Literal["report", "question"] | None = None
    subject: str | None = None
    another: bool = False

    def differs(self, other: "Matter") -> bool:
        if self.kind is None or other.kind is None:
            return False
        if self.kind != other.kind:
            return True
        return self.subject is not None and other.subject is not None and self.subject != other.subject

    def told_more_by(self, other: "Matter") -> "Matter":
        """What both tell together. They do not differ."""
        return Matter(self.kind or other.kind, self.subject or other.subject)


NO_MATTER = Matter()


@dataclass(frozen=True, slots=True)
class Wanted:
    """The procedure a question is on, the probability that it is this one, and the parts of its answer asked for.

    `plain`: nothing else is wanted, and nothing in it is for a person to look at.
    """

    procedure: str
    confidence: float
    parts: tuple[str, ...] = ()
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """`feedback`: what it says to an automatic answer. `tells_place`, `tells_when`: by itself, in its own words."""

    matter: Matter = NO_MATTER
    feedback: Feedback | None = None
    tells_place: bool = False
    tells_when: bool = False
    wants: Wanted | None = None


NOTHING = Heard()


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of data/conversation.toml. `families`: topic → the family of offences it belongs to."""

    helped: frozenset[str]
    not_helped: frozenset[str]
    person: tuple[str, ...]
    person_alone: frozenset[str]
    polite: frozenset[str]
    when: tuple[str, ...]
    when_matters: frozenset[str]
    another: tuple[str, ...]
    goes_on: tuple[str, ...]
    families: Mapping[str, str]
    asked_for: Mapping[str, tuple[str, ...]]


def plain(text: str) -> str:
    """Bare small letters and digits between single spaces, one at each end, so that " word " finds whole words."""
    return f" {_NOT_A_WORD.sub(' ', fold(text)).strip()} "


def says(text: str, phrases: Sequence[str]) -> bool:
    """`text` as `plain` gives it."""
    return any(phrase in text and f" {phrase} " in text for phrase in phrases)


def heard(text: str, decision: Decision, alone: Decision, *, pending: str | None, wording: Wording) -> Heard:
    """`alone`: the same message read without its conversation. `pending`: what the page's last words by itself want.

    `pending` is "answer" after an automatic answer, "commune" or "when" after a question, None where the page has
    said nothing by itself or an officer has spoken since.
    """
    bare = plain(text)
    feedback = _feedback(bare, alone, pending, wording)
    place, when = alone.place in _TOLD, tells_when(bare, wording)
    replies = feedback is not None or _answers(bare, pending, place=place, when=when)
    matter = NO_MATTER if replies or not text.strip() else _matter(bare, alone, wording)
    return Heard(matter, feedback, place, when, None if feedback else _wants(bare, decision, alone, wording))


def tells_when(bare: str, wording: Wording) -> bool:
    return says(bare, wording.when) or bool(_A_TIME.search(bare))


def _wants(bare: str, decision: Decision, alone: Decision, wording: Wording) -> Wanted | None:
    """What goes on with an earlier question ("and how long?") is proposed to an officer, but never plain."""
    own = _asks_one_of_the_forty(alone)
    asked = alone if own else decision
    if not _asks_one_of_the_forty(asked):
        return None
    parts = tuple(part for part, words in wording.asked_for.items() if says(bare, words))
    if not own and not parts and alone.category is not Category.ADMIN_QUESTION:
        return None  # "vâng" within a question asks nothing
    nothing_else = not (asked.also or asked.review or asked.about_police or decision.about_police)
    return Wanted(str(asked.procedure), asked.procedure_confidence, parts, own and nothing_else)


def _asks_one_of_the_forty(decision: Decision) -> bool:
    return decision.category is Category.ADMIN_QUESTION and decision.procedure not in {None, NONE_OF_THESE}


def _feedback(bare: str, alone: Decision, pending: str | None, wording: Wording) -> Feedback | None:
    """The whole message must be the reply: "có, nhưng lệ phí bao nhiêu" is a question, no thanks."""
    said = " ".join(word for word in bare.split() if word not in wording.polite)
    if alone.category not in _REPORTS and _wants_a_person(bare, said, wording):
        return "person"
    if pending != "answer":
        return None
    if said in wording.helped:
        return "helped"
    return "not_helped" if said in wording.not_helped else None


def _wants_a_person(bare: str, said: str, wording: Wording) -> bool:
    """Never where a report is read: "gap nguoi" in bare letters is someone met, or someone in need at once."""
    return said in wording.person_alone or (says(bare, wording.person) and len(bare.split()) <= WORDS_OF_A_REPLY)


def _answers(bare: str, pending: str | None, *, place: bool, when: bool) -> bool:
    """Whether it may answer the page's question: then it opens nothing, whatever else it seems to be."""
    if pending not in {"commune", "when"}:
        return False
    return (place if pending == "commune" else when) or len(bare.split()) <= WORDS_OF_A_REPLY


def _matter(bare: str, alone: Decision, wording: Wording) -> Matter:
    if Review.LOW_CONFIDENCE in alone.review or alone.also:
        return NO_MATTER
    if _asks_one_of_the_forty(alone):
        sure = alone.procedure_confidence >= SURE_OF_PROCEDURE
        return Matter("question", alone.topic if sure else None, _another(bare, wording))
    if alone.category in _REPORTS and _a_whole_report(bare, alone, wording):
        whole = len(bare.split()) >= WORDS_OF_A_SUBJECT
        return Matter("report", wording.families.get(alone.topic) if whole else None, _another(bare, wording))
    return NO_MATTER


def _a_whole_report(bare: str, alone: Decision, wording: Wording) -> bool:
    alarm = alone.category is Category.EMERGENCY
    words = WORDS_OF_AN_ALARM if alarm else WORDS_OF_A_REPORT
    if not alarm and alone.confidence < SURE_OF_REPORT:
        return False
    if alone.topic == "other" or alone.act not in {None, Act.REPORT} or len(bare.split()) < words:
        return False
    return _another(bare, wording) or not any(bare.startswith(f" {begins} ") for begins in wording.goes_on)


def _another(bare: str, wording: Wording) -> bool:
    return len(bare.split()) >= WORDS_OF_A_SUBJECT and says(bare, wording.another)


def clear_by_itself(said: Heard, decision: Decision, alone: Decision, *, guarded: bool = False) -> Decision:
    """The decision to go by: a matter that is clear by itself is no part of the one before (the guide: a new subject).

    Only its place is still the conversation's, where it tells none of its own. `guarded`: something before it is
    sealed; then not even that, for the next case's place would tell the accused which commune was accused.
    """
    if guarded and said.matter.kind is not None:
        return alone
    if said.matter.kind is None:
        return decision
    if (decision.category, decision.topic) == (alone.category, alone.topic):
        return replace(decision, act=alone.act)  # after thanks a further theft is no thanks
    if decision.place is not Place.CONVERSATION or alone.place not in {Place.PAGE, Place.NONE}:
        return alone
    return replace(
        alone,
        place=decision.place,
        province=decision.province,
        commune_2020=decision.commune_2020,
        commune_2025=decision.commune_2025,
        review=tuple(reason for reason in alone.review if reason is not Review.COMMUNE_UNCLEAR),
    )


def heard_of(fields: Mapping[str, Any] | None) -> Heard:
    """From what the store kept. Nothing was heard of turns kept before there was hearing."""
    if not fields:
        return NOTHING
    wants = fields["wants"]
    return Heard(
        matter=Matter(**fields["matter"]),
        feedback=fields["feedback"],
        tells_place=fields["tells_place"],
        tells_when=fields["tells_when"],
        wants=wanted_of(wants) if wants else None,
    )


def wanted_of(fields: Mapping[str, Any]) -> Wanted:
    return Wanted(fields["procedure"], fields["confidence"], tuple(fields["parts"]), fields["plain"])


def heard_to_fields(said: Heard) -> dict[str, Any]:
    """What the store keeps. By hand: of every message, and `asdict` copies deeply what is constant anyway."""
    matter, wants = said.matter, said.wants
    return {
        "matter": {"kind": matter.kind, "subject": matter.subject, "another": matter.another},
        "feedback": said.feedback,
        "tells_place": said.tells_place,
        "tells_when": said.tells_when,
        "wants": wanted_to_fields(wants) if wants else None,
    }


def wanted_to_fields(wants: Wanted) -> dict[str, Any]:
    return {
        "procedure": wants.procedure,
        "confidence": wants.confidence,
        "parts": wants.parts,
        "plain": wants.plain,
    }


def wording_from(data: Mapping[str, Any]) -> Wording:
    """From data/conversation.toml. Raises KeyError for a part left out, ValueError for a word that is not bare."""
    reply, when, matter = data["reply"], data["when"], data["matter"]
    wording = Wording(
        helped=frozenset(reply["helped"]),
        not_helped=frozenset(reply["not_helped"]),
        person=tuple(reply["person"]),
        person_alone=frozenset(reply["person_alone"]),
        polite=frozenset(reply["polite"]),
        when=tuple(when["words"]),
        when_matters=frozenset(when["topics"]),
        another=tuple(matter["another"]),
        goes_on=tuple(matter["goes_on"]),
        families={topic: family for family, topics in matter["families"].items() for topic in topics},
        asked_for={part: tuple(words) for part, words in data["asked_for"].items()},
    )
    lists = (wording.helped, wording.not_helped, wording.person, wording.person_alone, wording.polite, wording.when)
    for words in (*lists, wording.another, wording.goes_on, *wording.asked_for.values()):
        for word in words:
            if plain(word) != f" {word} ":
                raise ValueError(f"data/conversation.toml: {word!r} is not in bare small letters")
    return wording
