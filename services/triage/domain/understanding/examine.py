"""A text examined: read, its signs gathered, and what the learnt model sees of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.triage.domain.understanding.danger import cries_for_rescue, live_dangers
from services.triage.domain.understanding.evidence import Evidence, gather
from services.triage.domain.understanding.features import Features, features_of
from services.triage.domain.understanding.hints import Hint
from services.triage.domain.understanding.language import told_by_script
from services.triage.domain.understanding.lexicon import Lexicon
from services.triage.domain.understanding.message import Speaker, Turn
from services.triage.domain.understanding.reading import Reading, read


@dataclass(frozen=True, slots=True)
class Examined:
    """One text. `endangered`: by the lexicon alone somebody is in danger at this moment.

    `script`: the language that its letters alone tell, None where they are Latin ones. `before`: what the person had
    said in the conversation, as one text; `by_itself`: the features without the conversation. None where there is none.
    """

    reading: Reading
    evidence: Evidence
    hints: list[Hint]
    endangered: bool
    script: str | None
    features: Features
    before: "Examined | None" = None
    by_itself: Features | None = None


def examine(text: str, lexicon: Lexicon, conversation: Sequence[Turn] = ()) -> Examined:
    """Any text; `conversation` is what was said before. Raises nothing."""
    reading = read(text, lexicon.shorthand)
    evidence = gather(reading, lexicon)
    endangered = bool(live_dangers(evidence)) or cries_for_rescue(evidence)
    script = told_by_script(text)
    told = ["endangered"] if endangered else []
    told += [f"script {script}"] if script else []
    hints = lexicon.hints.found(reading)
    alone = features_of(reading, evidence, told, [name for hint in hints for name in hint.lists])
    if not conversation:
        return Examined(reading, evidence, hints, endangered, script, alone)
    before = _said_before(conversation, lexicon)
    features = replace(alone, signs=alone.signs | _stood(conversation, before))
    return Examined(reading, evidence, hints, endangered, script, features, before, alone)


def _said_before(conversation: Sequence[Turn], lexicon: Lexicon) -> Examined | None:
    said = "\n".join(turn.text for turn in conversation if turn.speaker is Speaker.PERSON)
    return examine(said, lexicon) if said.strip() else None


def _stood(conversation: Sequence[Turn], before: Examined | None) -> frozenset[str]:
    """How the conversation stood: whether the page had just asked something, and what the person had spoken of."""
    last = conversation[-1]
    asked = last.speaker is Speaker.PAGE and "?" in last.text
    how = "asked by the page" if asked else f"after the {last.speaker.value}"
    return frozenset([how, *(f"before: {sign}" for sign in (before.features.signs if before else ()))])
