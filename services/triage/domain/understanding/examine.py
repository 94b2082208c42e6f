"""A text examined: read, its signs gathered, and what the learnt model sees of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.triage.domain.understanding.danger import cries_for_rescue, live_dangers
from services.triage.domain.understanding.evidence import Evidence, gather
from services.triage.domain.understanding.features import Features, features_of
from services.triage.domain.understanding.language import told_by_script
from services.triage.domain.understanding.lexicon import Lexicon
from services.triage.domain.understanding.message import Speaker, Turn
from services.triage.domain.understanding.reading import Reading, read


@dataclass(frozen=True, slots=True)
class Examined:
    """One text. `endangered`: by the lexicon alone somebody is in danger at this moment.

    `script`: the language that its letters alone tell, None where they are Latin ones. `before`: what the person had
    said in the conversation, as one text; None where nothing.
    """

    reading: Reading
    evidence: Evidence
    endangered: bool
    script: str | None
    features: Features
    before: "Examined | None" = None


def examine(text: str, lexicon: Lexicon, conversation: Sequence[Turn] = ()) -> Examined:
    """Any text; `conversation` is what was said before. Raises nothing."""
    reading = read(text, lexicon.shorthand)
    evidence = gather(reading, lexicon)
    endangered = bool(live_dangers(evidence)) or cries_for_rescue(evidence)
    script = told_by_script(text)
    before = _said_before(conversation, lexicon)
    told = ["endangered"] if endangered else []
    told += [f"script {script}"] if script else []
    told += _stood(conversation, before)
    features = features_of(reading, evidence, told, lexicon.hints.found(reading))
    return Examined(reading, evidence, endangered, script, features, before)


def _said_before(conversation: Sequence[Turn], lexicon: Lexicon) -> Examined | None:
    said = "\n".join(turn.text for turn in conversation if turn.speaker is Speaker.PERSON)
    return examine(said, lexicon) if said.strip() else None


def _stood(conversation: Sequence[Turn], before: Examined | None) -> list[str]:
    """How the conversation stood: whether the page had just asked something, and what the person had spoken of."""
    if not conversation:
        return []
    last = conversation[-1]
    asked = last.speaker is Speaker.PAGE and "?" in last.text
    earlier = before.features.signs if before else ()
    return [
        "asked by the page" if asked else f"after the {last.speaker.value}",
        *(f"before: {sign}" for sign in earlier),
    ]
