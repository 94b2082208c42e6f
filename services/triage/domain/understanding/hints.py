"""Word lists that hint at a topic, a procedure or a manner: broad knowledge, weighed by the learnt model alone.

A hint decides nothing by itself. Entries are looked for as they are typed where the sender types diacritics, bare
where not.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from services.triage.domain.understanding.phrases import TYPES_DIACRITICS, as_read
from services.triage.domain.understanding.reading import Reading
from shared.text import fold


class Hint(NamedTuple):
    """An entry that was found, as it is written, and the lists it stands in."""

    entry: str
    lists: tuple[str, ...]


class Hints:
    """Entries of lists, ready to be found. Immutable once built."""

    def __init__(self, lists: Mapping[str, Iterable[str]]) -> None:
        written = [(entry, name) for name, entries in lists.items() for entry in entries]
        self.names = frozenset(lists)
        self._typed = _Entries((as_read(entry), entry, name) for entry, name in written)
        # One syllable without its marks is too many other words: "ém" is "em".
        alone = [(entry, name) for entry, name in written if " " in entry or entry.isascii()]
        self._bare = _Entries((fold(as_read(entry)), entry, name) for entry, name in alone)

    def found(self, reading: Reading) -> list[Hint]:
        """Every entry found, with the lists it stands in."""
        if reading.marked_share >= TYPES_DIACRITICS:
            return self._typed.found(f" {' '.join(reading.words)} ")
        return self._bare.found(reading.haystack)


def quotes(found: Iterable[Hint], name: str) -> tuple[str, ...]:
    """The entries of one list among those found, longest first, without those that lie in a longer one."""
    entries = {hint.entry for hint in found if name in hint.lists}
    kept: list[str] = []
    for entry in sorted(entries, key=lambda entry: (-len(entry), entry)):
        if not any(entry.casefold() in longer.casefold() for longer in kept):
            kept.append(entry)
    return tuple(kept)


class _Entries:
    """What is looked for → the entry as it is written, and the lists it stands in."""

    def __init__(self, entries: Iterable[tuple[str, str, str]]) -> None:
        lists: dict[str, tuple[str, dict[str, None]]] = {}
        for looked_for, written, name in entries:
            lists.setdefault(looked_for, (written, {}))[1][name] = None
        self._lists = [Hint(written, tuple(names)) for written, names in lists.values()]
        self._search = AhoCorasick([f" {looked_for} " for looked_for in lists])

    def found(self, haystack: str) -> list[Hint]:
        return [self._lists[index] for index, _, _ in self._search.find_matches_as_indexes(haystack, overlapping=True)]
