"""The learnt model: small linear heads over one space of named features, their weights quantised to eight bits.

A head answers one question (category, topic, procedure …) with a probability for each of its labels. A score is the
sum, over blocks of features, of the weights of those present, divided by the root of their number, so that a long
message is no surer than a short one for its length alone.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from services.triage.domain.understanding.features import Features

Floats = npt.NDArray[np.float32]
BLOCKS = ("letters", "words", "signs")
_LEVELS = 127  # of an eight-bit weight, either side of nothing
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Head:
    """One question. `labels` are its columns from `start` on; one label alone is a yes or no.

    `stated` → `true`: how often answers given with so much probability were right on text held back; read between
    these points in a straight line.
    """

    name: str
    labels: tuple[str, ...]
    start: int
    stated: tuple[float, ...] = (0.0, 1.0)
    true: tuple[float, ...] = (0.0, 1.0)

    @property
    def columns(self) -> slice:
        return slice(self.start, self.start + len(self.labels))

    def calibrated(self, probability: float) -> float:
        """How often such an answer is right."""
        return float(np.interp(probability, self.stated, self.true))


@dataclass(frozen=True, slots=True)
class Weights:
    """What was learnt. `names`: by block, a row for each feature. `table`: rows × columns, times `scale` by column."""

    version: str
    names: tuple[Mapping[str, int], ...]
    table: npt.NDArray[np.int8]
    scale: Floats
    bias: Floats
    heads: Mapping[str, Head]


@dataclass(frozen=True, slots=True)
class Answers:
    """What the model says of one message: `shares`, the probability in each column of all heads."""

    shares: Floats
    heads: Mapping[str, Head]

    def of(self, head: str, label: str = "yes") -> float:
        """How likely a label is; of a head that never saw it, not at all."""
        asked = self.heads[head]
        return float(self.shares[asked.start + asked.labels.index(label)]) if label in asked.labels else 0.0

    def best(self, head: str, among: npt.NDArray[np.bool_] | None = None) -> tuple[str, float]:
        """(the likeliest label, its probability), of all or of those marked."""
        asked = self.heads[head]
        shares = self.shares[asked.columns]
        at = int((shares if among is None else np.where(among, shares, -1.0)).argmax())
        return asked.labels[at], float(shares[at])

    def above(self, head: str, least: float, among: npt.NDArray[np.bool_]) -> list[str]:
        """The marked labels of at least this probability, likeliest first."""
        asked = self.heads[head]
        shares = self.shares[asked.columns]
        found = np.flatnonzero(among & (shares >= least))
        return [asked.labels[at] for at in sorted(found, key=lambda at: -shares[at])]


class Model:
    """Answers by features. Built once, then only read: safe to share between threads."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self.version = weights.version
        self.heads = weights.heads

    def answers(self, batch: Sequence[Features]) -> list[Answers]:
        """Of each message, in order."""
        shares = self._scores(batch)
        for head in self.heads.values():
            columns = shares[:, head.columns]
            if len(head.labels) == 1:
                columns[:] = 1 / (1 + np.exp(-columns))
            else:
                columns -= columns.max(axis=1, keepdims=True)
                np.exp(columns, out=columns)
                columns /= columns.sum(axis=1, keepdims=True)
        return [Answers(row, self.heads) for row in shares]

    def _scores(self, batch: Sequence[Features]) -> Floats:
        """Log-odds, a row a message and a column a label, of all heads side by side."""
        table = self._weights.table
        total = np.zeros((len(batch), table.shape[1]), dtype=np.float32)
        for at, features in enumerate(batch):
            for names, block in zip(self._weights.names, features.blocks, strict=True):
                found = [row for row in map(names.get, block) if row is not None]
                if found:
                    total[at] += table[found].sum(axis=0, dtype=np.int32) * (1 / len(found) ** 0.5)
        return total * self._weights.scale + self._weights.bias

    def pull(self, head: str, label: str, words: Sequence[str]) -> list[int]:
        """How much each of these features of words speaks for an answer; 0 where it is not known."""
        asked = self.heads[head]
        column = asked.start + asked.labels.index(label)
        names, table = self._weights.names[BLOCKS.index("words")], self._weights.table
        return [int(table[names[word], column]) if word in names else 0 for word in words]


def quantised(weights: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """(eight-bit weights, the scale of each column): the largest of a column is 127."""
    largest = np.maximum(np.abs(weights).max(axis=0), 1e-9)
    return np.round(weights / largest * _LEVELS).astype(np.int8), (largest / _LEVELS).astype(np.float32)


def to_arrays(weights: Weights) -> dict[str, npt.NDArray[Any]]:
    """The weights as plain arrays, to be kept in one file without code in it."""
    heads = [
        {"name": h.name, "labels": h.labels, "start": h.start, "stated": h.stated, "true": h.true}
        for h in weights.heads.values()
    ]
    about = {"format": _FORMAT, "version": weights.version, "heads": heads}
    names = {f"names_{block}": _packed(names) for block, names in zip(BLOCKS, weights.names, strict=True)}
    return {
        **names,
        "table": weights.table,
        "scale": weights.scale,
        "bias": weights.bias,
        "about": _packed([json.dumps(about, ensure_ascii=False)]),
    }


def from_arrays(arrays: Mapping[str, npt.NDArray[Any]]) -> Weights:
    """What `to_arrays` packed. Raises KeyError, ValueError where the file is none of ours."""
    about = json.loads(_unpacked(arrays["about"])[0])
    if about["format"] != _FORMAT:
        raise ValueError(f"model: format {about['format']} is not known here")
    names, row = [], 0
    for block in BLOCKS:
        own = _unpacked(arrays[f"names_{block}"])
        names.append({name: row + at for at, name in enumerate(own)})
        row += len(own)
    heads = {
        each["name"]: Head(
            each["name"], tuple(each["labels"]), each["start"], tuple(each["stated"]), tuple(each["true"])
        )
        for each in about["heads"]
    }
    return Weights(about["version"], tuple(names), arrays["table"], arrays["scale"], arrays["bias"], heads)


def _packed(lines: Iterable[str]) -> npt.NDArray[np.uint8]:
    return np.frombuffer("\n".join(lines).encode(), dtype=np.uint8)


def _unpacked(array: npt.NDArray[np.uint8]) -> list[str]:
    return array.tobytes().decode().split("\n")
