"""What the learnt model sees of a message: letters, words and signs, as names of features.

Letters and words are bare, so that a message is much the same without its diacritics; words that carry some are named
once more as they were typed. Signs are what the lexicon found, with what stands around it in the same clause, and the
word lists that hint at something.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from services.triage.domain.understanding.evidence import Evidence, Hit
from services.triage.domain.understanding.lexicon import OF_A_TOPIC, Sign
from services.triage.domain.understanding.reading import Reading

RUN = 4  # letters of a letter feature
_MOST_LETTERS = 800  # of a message, from its beginning and its end: a long one has said what it is
_DIGITS = re.compile(r"\d+")
_KEPT_NUMBERS = frozenset({"1", "2", "110", "113", "114", "115", "111", "112", "14", "15", "16", "18"})
_AROUND = (
    *(Sign.NOW, Sign.CRY, Sign.SOON),
    *(Sign.PAST, Sign.LONG_PAST, Sign.HABIT, Sign.NEGATION),
    *(Sign.UNREAL, Sign.DRILL, Sign.VERIFY, Sign.ASK, Sign.ASK_LAW, Sign.FAMILY, Sign.CHILD, Sign.HELPLESS),
    *(Sign.POLICE, Sign.OFFICIAL, Sign.THANKS, Sign.PRAISE, Sign.SETTLE),
)
_LENGTHS = (2, 4, 7, 12, 20, 35, 60)  # words


@dataclass(frozen=True, slots=True)
class Features:
    """The names of a message's features, without repeats, by block. A block's weight does not hang on its length."""

    letters: frozenset[str]
    words: frozenset[str]
    signs: frozenset[str]

    @property
    def blocks(self) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        """In the order of the model's blocks."""
        return self.letters, self.words, self.signs


def features_of(reading: Reading, evidence: Evidence, told: Sequence[str], hints: Sequence[str]) -> Features:
    """The features of a message. `told`: what the lexicon's own rules say of it; `hints`: lists hinted at."""
    bare = [_number(word) for word in reading.bare]
    return Features(_letters(bare), _words(reading, bare), _signs(reading, evidence, told) | _hinted(hints))


def _number(word: str) -> str:
    return word if word.isalpha() or word in _KEPT_NUMBERS else _DIGITS.sub("0", word)


def _letters(bare: list[str]) -> frozenset[str]:
    line = f" {' '.join(bare)} "
    if len(line) > _MOST_LETTERS:
        line = line[: _MOST_LETTERS // 2] + line[-_MOST_LETTERS // 2 :]
    count = len(line)
    return frozenset([line[at : at + RUN] for at in range(count - RUN + 1)])


def _words(reading: Reading, bare: list[str]) -> frozenset[str]:
    found = set(bare)
    found.update(f"{one} {two}" for one, two in pairwise(bare))
    found.update(f"{one} * {three}" for one, three in zip(bare, bare[2:], strict=False))
    found.update(f"~{word}" for word in reading.words if not word.isascii())
    found.update(f"^{word}" for word in bare[:2])
    found.update(f"{word}$" for word in bare[-2:])
    return frozenset(found)


def _signs(reading: Reading, evidence: Evidence, told: Sequence[str]) -> frozenset[str]:
    found = set(told)
    found.update(f"{sign}" for sign in evidence.by_sign)
    for sign, hits in evidence.by_sign.items():
        if len(hits) > 1:
            found.add(f"{sign} many")
        found.update(f"{sign} {hit.phrase.means.of}" for hit in hits if hit.phrase.means.of)
    around = [sign for sign in _AROUND if sign in evidence.by_sign]
    for hit in evidence.hits(*OF_A_TOPIC):
        found.update(_company(hit, around, evidence))
    found.add(f"length {sum(len(reading) > each for each in _LENGTHS)}")
    found.add("asks" if reading.asks else "tells")
    found.add(f"clauses {min(4, len(set(reading.clause)))}")
    return frozenset(found)


def _hinted(hints: Sequence[str]) -> frozenset[str]:
    """Each list hinted at, and whether by more than one of its entries."""
    found: set[str] = set()
    many: set[str] = set()
    for name in hints:
        (many if name in found else found).add(name)
    return frozenset([*(f"hint {name}" for name in found), *(f"hint {name} many" for name in many)])


def _company(hit: Hit, around: Sequence[Sign], evidence: Evidence) -> list[str]:
    """The sign with each sign of how it is said in its clause: danger and now, danger and last year."""
    sign = hit.phrase.means.sign
    near = [other for other in around if evidence.near(hit, other, clauses=0)]
    return [f"{sign} & {other}" for other in near] or [f"{sign} alone"]
