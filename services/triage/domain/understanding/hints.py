"""Word lists that hint at a topic, a procedure or a manner: broad knowledge, weighed by the learnt model alone.

A hint decides nothing by itself. Entries are looked for as they are typed where the sender types diacritics, bare
where not.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.triage.domain.understanding.phrases import TYPES_DIACRITICS, as_read
from services.triage.domain.understanding.reading import Reading
from shared.text import fold

LONGEST = 4  # words of an entry


@dataclass(frozen=True, slots=True)
class Hints:
    """Entry → the lists it stands in. `first`: the words with which one begins."""

    typed: Mapping[str, tuple[str, ...]]
    bare: Mapping[str, tuple[str, ...]]

    def found(self, reading: Reading) -> list[str]:
        """The lists hinted at, once for each entry found."""
        marked = reading.marked_share >= TYPES_DIACRITICS
        words, known = (reading.words, self.typed) if marked else (reading.bare, self.bare)
        return [name for entry in _runs(words) if entry in known for name in known[entry]]


def hints_from(lists: Mapping[str, Iterable[str]]) -> Hints:
    """From the entries of each list."""
    typed: dict[str, dict[str, None]] = {}
    bare: dict[str, dict[str, None]] = {}
    for name, entries in lists.items():
        for entry in map(as_read, entries):
            typed.setdefault(entry, {})[name] = None
            bare.setdefault(fold(entry), {})[name] = None
    return Hints({e: tuple(n) for e, n in typed.items()}, {e: tuple(n) for e, n in bare.items()})


def _runs(words: Sequence[str]) -> Iterable[str]:
    for length in range(1, LONGEST + 1):
        for start in range(len(words) - length + 1):
            yield " ".join(words[start : start + length])
