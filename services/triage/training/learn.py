"""The whole of learning: fit all heads, find out on hands held back how sure an answer is, and keep the file."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.progress import Progress
from scipy.special import softmax
from sklearn.isotonic import IsotonicRegression

from services.triage.domain.understanding.lexicon import Lexicon
from services.triage.domain.understanding.model import Head, Weights, to_arrays
from services.triage.training.fit import QUESTIONS, Margins, Question, Seen, fit, held_back, see, stretch
from services.triage.training.texts import Example, write_line
from services.triage.understanding_data import lexicon_digest

CALIBRATED = ("category", "procedure")
_POINTS = 21  # of a calibration curve


def learn(examples: Sequence[Example], lexicon: Lexicon, out: Path, console: Console) -> Weights:
    """Fit, calibrate and write the model's file; returns what is in it."""
    with Progress(console=console) as progress:
        task = progress.add_task("học / learning", total=len(QUESTIONS) + len(CALIBRATED))
        seen = see(examples, lexicon)
        weights = fit(seen, version_of(examples, lexicon_digest()), told=lambda _: progress.advance(task))
        heads = dict(weights.heads)
        for question in (each for each in QUESTIONS if each.name in CALIBRATED):
            heads[question.name] = _with_curve(weights, question, seen)
            progress.advance(task)
    weights = replace(weights, heads=heads)
    write(weights, out)
    size = out.stat().st_size / 1e6
    console.print(f"{out.name}: {weights.version}, {size:.1f} MB, {weights.table.shape[0]:,} features")
    return weights


def write(weights: Weights, out: Path) -> None:
    """The file, whole or not at all."""
    half = out.with_suffix(".part")
    with half.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **to_arrays(weights))
    half.replace(out)


def version_of(examples: Sequence[Example], words: str) -> str:
    """Follows from the training text and from `words`, the lexicon's digest: the same ones, the same version."""
    text = "\n".join([words, *(f"{each.hand} {write_line(each)}" for each in examples)])
    return f"hybrid-{sha256(text.encode()).hexdigest()[:10]}"


def _with_curve(weights: Weights, question: Question, seen: Seen) -> Head:
    """The head with how often its answers are right, by what it says of hands held back."""
    held, answers, columns = held_back(question, seen)
    stretched = stretch(Margins(columns, held, np.zeros(len(columns), np.float32)), held, answers, columns).weights
    shares = softmax(stretched, axis=1)
    right = np.array(columns)[shares.argmax(axis=1)] == answers
    curve = _curve(shares.max(axis=1), right.astype(float))
    return replace(weights.heads[question.name], stated=tuple(_grid()), true=tuple(curve))


def _grid() -> list[float]:
    return [round(float(x), 4) for x in np.linspace(0, 1, _POINTS)]


def _curve(stated: npt.NDArray[np.float64], right: npt.NDArray[np.float64]) -> list[float]:
    """How often right at each point of the grid; never falling, never quite nought or one."""
    isotonic = IsotonicRegression(y_min=0.02, y_max=0.99, out_of_bounds="clip").fit(stated, right)
    return [round(float(y), 4) for y in isotonic.predict(_grid())]
