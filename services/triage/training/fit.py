"""Training text → weights. The same text gives the same weights, on any machine with the pinned libraries."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from services.triage.domain.understanding.examine import examine
from services.triage.domain.understanding.features import Features
from services.triage.domain.understanding.lexicon import Lexicon
from services.triage.domain.understanding.message import Category
from services.triage.domain.understanding.model import BLOCKS, Floats, Head, Weights, quantised
from services.triage.training.texts import Example
from shared.text import fold

SEEN_IN = 3
"""A feature that fewer texts have says nothing about others."""

FOLDS = 4
"""Hands are held back in so many turns to see how sure an answer may be."""

AN_INBOX = frozenset(
    {
        "01_farmers",
        "02_young",
        "03_market",
        "04_formal",
        "05_road",
        "06_highlands",
        "13_town",
        "14_country",
        "18_plain",
        "19_daily",
    }
)
"""The hands that write as an inbox comes, of everything; the others were given one task each."""

_NEVER = -3.0  # the margin of a label that the hands learnt from do not have

Progress = Callable[[str], None]
Labels = npt.NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Question:
    """A head to be fitted: who is asked about, and what the right answer is.

    `firmness`: how freely it may fit. `by_hand`: whole hands are held back to see how sure it may be; not where a few
    hands have nearly all its answers.
    """

    name: str
    of: Callable[[Example], str]
    about: Callable[[Example], bool] = lambda _: True
    firmness: float = 0.3
    by_hand: bool = True


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"


QUESTIONS = (
    Question("category", lambda e: e.category.value),
    Question("topic", lambda e: e.topic),
    Question("procedure", lambda e: e.procedure or "", lambda e: bool(e.procedure)),
    Question("urgency", lambda e: e.urgency.value),
    Question("act", lambda e: e.act or "none"),
    Question("emergency", lambda e: _yes(e.category is Category.EMERGENCY)),
    Question("conflict", lambda e: _yes("conflict" in e.flags), by_hand=False),
    Question("police", lambda e: _yes("police" in e.flags), by_hand=False),
    Question("no_answer", lambda e: _yes("no_answer" in e.flags), lambda e: e.category is Category.ADMIN_QUESTION),
    Question("language", lambda e: e.language, by_hand=False),
    Question("asks_too", lambda e: _yes(Category.ADMIN_QUESTION in (e.category, *e.also))),
)
"""All heads. A yes-or-no one has the single column `yes`."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Examples as the model sees them: as they were written, and without their diacritics."""

    examples: Sequence[Example]
    written: Sequence[Features]
    bare: Sequence[Features]

    def only(self, rows: Iterable[int]) -> "Seen":
        at = list(rows)
        return Seen([self.examples[i] for i in at], [self.written[i] for i in at], [self.bare[i] for i in at])


def see(examples: Sequence[Example], lexicon: Lexicon) -> Seen:
    """The features of every example, twice."""
    written = [examine(e.text, lexicon, e.conversation).features for e in examples]
    bare = [examine(fold(e.text), lexicon, e.conversation).features for e in examples]
    return Seen(examples, written, bare)


def names_of(seen: Seen) -> tuple[dict[str, int], ...]:
    """The features that are known, by block, each with its row."""
    names: list[dict[str, int]] = []
    row = 0
    for block in range(len(BLOCKS)):
        counts = Counter(name for features in (*seen.written, *seen.bare) for name in features.blocks[block])
        kept = sorted(name for name, count in counts.items() if count >= SEEN_IN)
        names.append({name: row + at for at, name in enumerate(kept)})
        row += len(kept)
    return tuple(names)


def matrix(batch: Sequence[Features], names: Sequence[Mapping[str, int]]) -> sparse.csr_matrix:
    """A row a message, a column a known feature, as the model weighs them: see model.py."""
    columns: list[int] = []
    values: list[float] = []
    starts = [0]
    for features in batch:
        for known, block in zip(names, features.blocks, strict=True):
            found = sorted(known[name] for name in block if name in known)
            columns += found
            values += [1 / max(1, len(found)) ** 0.5] * len(found)
        starts.append(len(columns))
    width = sum(len(known) for known in names)
    return sparse.csr_matrix((np.array(values), np.array(columns), np.array(starts)), shape=(len(batch), width))


def fit(seen: Seen, version: str, questions: Sequence[Question] = QUESTIONS, told: Progress = print) -> Weights:
    """Weights for all questions, their probabilities true on hands held back (minutes). `told` hears of each head."""
    names = names_of(seen)
    rows = _rows(seen, names)
    parts, biases, heads, start = [], [], {}, 0
    for question in questions:
        margins = fit_margins(question, seen.examples, rows)
        stretched = stretch(margins, *held_back(question, seen))
        heads[question.name] = Head(question.name, stretched.columns, start)
        parts.append(stretched.weights)
        biases.append(stretched.bias)
        start += len(stretched.columns)
        told(question.name)
    table, scale = quantised(np.hstack(parts))
    return Weights(version, names, table, scale, np.concatenate(biases), heads)


@dataclass(frozen=True, slots=True)
class Margins:
    """A linear separator for each label; of two labels, one alone. `weights`: a row a feature, a column a separator."""

    labels: tuple[str, ...]
    weights: Floats
    bias: Floats

    @property
    def columns(self) -> tuple[str, ...]:
        """The labels of the separators: a yes-or-no question has the one of `yes`, the later in the alphabet."""
        return self.labels if len(self.labels) > 2 else self.labels[1:]  # noqa: PLR2004 - yes and no


def fit_margins(question: Question, examples: Sequence[Example], rows: sparse.csr_matrix) -> Margins:
    """Support-vector separators, one a label against the rest: better on short texts than one softmax."""
    asked = np.array([i for i, example in enumerate(examples) if question.about(example)])
    answers = np.array([question.of(examples[i]) for i in asked])
    both = np.concatenate([asked, asked + len(examples)])  # as written, and bare
    model = LinearSVC(C=question.firmness, random_state=0)
    model.fit(rows[both], np.concatenate([answers, answers]))
    labels = tuple(map(str, model.classes_))
    return Margins(labels, model.coef_.T.astype(np.float32), model.intercept_.astype(np.float32))


def held_back(question: Question, seen: Seen) -> tuple[Floats, Labels, tuple[str, ...]]:
    """(margins, right answers, the separators' labels) of messages, by models that have not read them.

    Of the hands that write as an inbox comes: what is rare or hard there must be as rare and hard here.
    """
    about = [i for i, example in enumerate(seen.examples) if question.about(example)]
    columns = sorted({question.of(seen.examples[i]) for i in about})
    columns = columns if len(columns) > 2 else columns[1:]  # noqa: PLR2004 - yes and no
    margins, answers = [], []
    for held in _held(question, seen, about):
        some, rest = seen.only(i for i in about if i not in held), seen.only(sorted(held))
        names = names_of(some)
        fitted = fit_margins(question, some.examples, _rows(some, names))
        out = np.full((2 * len(held), len(columns)), _NEVER, dtype=np.float32)
        at = [columns.index(label) for label in fitted.columns]
        out[:, at] = _rows(rest, names) @ fitted.weights + fitted.bias
        margins.append(out)
        answers += 2 * [question.of(example) for example in rest.examples]
    return np.vstack(margins), np.array(answers), tuple(columns)


def _held(question: Question, seen: Seen, about: Sequence[int]) -> Iterator[set[int]]:
    """What is held back, in turns."""
    hands = sorted({seen.examples[i].hand for i in about})
    usual = [hand for hand in hands if hand in AN_INBOX] or hands
    of = {i: usual.index(seen.examples[i].hand) for i in about if seen.examples[i].hand in usual}
    for turn in range(FOLDS):
        held = {i for i, hand in of.items() if (hand if question.by_hand else i) % FOLDS == turn}
        if held:
            yield held


def stretch(margins: Margins, held: Floats, answers: Labels, columns: tuple[str, ...]) -> Margins:
    """The same separators, stretched so that their softmax (or logistic curve) gives true probabilities on `held`."""
    if len(columns) == 1:
        curve = LogisticRegression(C=1e6).fit(held, answers == columns[0])
        slope, shift = float(curve.coef_[0, 0]), float(curve.intercept_[0])
        return Margins(margins.labels, margins.weights * slope, margins.bias * slope + shift)
    right = np.array([columns.index(answer) for answer in answers])
    slope = float(minimize_scalar(lambda t: _surprise(held * t, right), bounds=(0.5, 20), method="bounded").x)
    return Margins(margins.labels, margins.weights * slope, margins.bias * slope)


def _rows(seen: Seen, names: Sequence[Mapping[str, int]]) -> sparse.csr_matrix:
    return sparse.vstack([matrix(seen.written, names), matrix(seen.bare, names)]).tocsr()


def _surprise(scores: Floats, right: npt.NDArray[np.int_]) -> float:
    """Mean negative log of the probability of the right answer."""
    return float((logsumexp(scores, axis=1) - scores[np.arange(len(right)), right]).mean())
