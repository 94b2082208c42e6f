"""Word lists that hint at a topic, a procedure or a manner: broad knowledge, weighed by the learnt model alone.

A hint decides nothing by itself. Entries are looked for as they are typed where the sender types diacritics, bare
where not.
"""

from collections.abc import Iterable, Mapping

from ahocorasick_rs import AhoCorasick

from services.triage.domain.understanding.phrases import TYPES_DIACRITICS, as_read
from services.triage.domain.understanding.reading import Reading
from shared.text import fold


class Hints:
    """Entries of lists, ready to be found. Immutable once built."""

    def __init__(self, lists: Mapping[str, Iterable[str]]) -> None:
        typed = [(as_read(entry), name) for name, entries in lists.items() for entry in entries]
        self.names = frozenset(lists)
        self._typed = _Entries(typed)
        self._bare = _Entries([(fold(entry), name) for entry, name in typed])

    def found(self, reading: Reading) -> list[str]:
        """The lists hinted at, once for each entry found."""
        if reading.marked_share >= TYPES_DIACRITICS:
            return self._typed.found(f" {' '.join(reading.words)} ")
        return self._bare.found(reading.haystack)


class _Entries:
    """Entry → the lists it stands in."""

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        lists: dict[str, dict[str, None]] = {}
        for entry, name in entries:
            lists.setdefault(entry, {})[name] = None
        self._lists = [tuple(names) for names in lists.values()]
        self._search = AhoCorasick([f" {entry} " for entry in lists])

    def found(self, haystack: str) -> list[str]:
        matches = self._search.find_matches_as_indexes(haystack, overlapping=True)
        return [name for index, _, _ in matches for name in self._lists[index]]
