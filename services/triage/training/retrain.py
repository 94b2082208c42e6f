"""Learning from officers: fit anew with their corrections, judge both models on what neither has read, keep the better.

A third of the corrections is held back and never learnt from; the evaluation set is never learnt from either. The new
model is promoted only if it is better on the corrections held back and no worse where a mistake is grave.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from zlib import crc32

from rich.console import Console

from services.triage.domain.understanding import Message, Understanding
from services.triage.domain.understanding.lexicon import Lexicon
from services.triage.training.evaluation import FOLDER as EVALUATION
from services.triage.training.evaluation import decide_all, flips, judge, read_evaluation
from services.triage.training.figures import figures
from services.triage.training.learn import learn
from services.triage.training.texts import FOLDER, Example, lines_of, read_lines, read_texts
from services.triage.understanding_data import load_understanding

HELD_BACK = 3  # one in so many corrections is for judging
_A_DAY = date(2026, 1, 1)  # corrections are judged without their place: any day of today's structure does
NO_WORSE = {
    "emergency recall": 0.0,
    "conflict recall": 0.0,
    "category macro-F1": 0.005,
    "topic": 0.01,
    "procedure": 0.01,
}
"""Figures of the evaluation set, and by how much one may fall."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What a model is worth: the evaluation's figures, and the shares of corrections held back that it gets right."""

    version: str
    figures: Mapping[str, float]
    corrected_category: float
    corrected_topic: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """Both models, side by side, and whether the new one took over, with the reasons against it if not."""

    standing: Worth
    candidate: Worth
    learnt_from: int
    judged_on: int
    against: tuple[str, ...]

    @property
    def promoted(self) -> bool:
        return not self.against

    def record(self) -> dict[str, object]:
        """As plain values, for the record of models."""
        return {**asdict(self), "promoted": self.promoted}


def read_corrections(files: Iterable[Path]) -> list[Example]:
    """What `examples export` wrote. Raises TextInvalid, OSError."""
    return [each for path in files for each in read_lines(f"corrections {path.stem}", lines_of(path))]


def is_held_back(example: Example) -> bool:
    """Follows from its text: whoever runs it, whenever, the same correction is for judging."""
    return crc32(example.text.encode()) % HELD_BACK == 0


def retrain(
    corrections: Sequence[Example],
    lexicon: Lexicon,
    standing: Understanding,
    out: Path,
    province: str,
    console: Console,
) -> Outcome:
    """Fit a candidate into `out`, judge it beside the `standing` one. `out` stays whatever comes of it."""
    learnt = [each for each in corrections if not is_held_back(each)]
    held = [each for each in corrections if is_held_back(each)]
    learn([*read_texts(FOLDER), *learnt], lexicon, out, console)
    old = worth(standing, held)
    new = worth(load_understanding(province, model=out), held)
    return Outcome(old, new, len(learnt), len(held), against(old, new))


def worth(understanding: Understanding, held: Sequence[Example]) -> Worth:
    """Of one understanding."""
    judged = judge(understanding, read_evaluation(EVALUATION))
    table = {each.name: round(each.value, 4) for each in figures(judged, flips(understanding, judged))}
    decided = decide_all(understanding, [Message("", e.text, "", None, None, _A_DAY, e.conversation) for e in held])
    pairs = list(zip(held, decided, strict=True))
    return Worth(
        understanding.version,
        table,
        sum(right.category is said.category for right, said in pairs) / max(1, len(pairs)),
        sum(right.topic == said.topic for right, said in pairs) / max(1, len(pairs)),
    )


def against(old: Worth, new: Worth) -> tuple[str, ...]:
    """Why the new model must not take over; nothing where it may."""
    reasons = [
        f"{name}: {old.figures[name]:.3f} → {new.figures[name]:.3f}"
        for name, least in NO_WORSE.items()
        if new.figures[name] < old.figures[name] - least
    ]
    before, after = old.corrected_category + old.corrected_topic, new.corrected_category + new.corrected_topic
    if after <= before:
        reasons.append(f"corrections held back, category + topic: {before:.3f} → {after:.3f}")
    return tuple(reasons)
