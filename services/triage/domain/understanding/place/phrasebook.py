"""Lists of phrases looked for together, with their diacritics where the sender types some."""

from collections.abc import Iterable, Mapping

from ahocorasick_rs import AhoCorasick

from services.triage.domain.understanding.phrases import as_read
from services.triage.domain.understanding.place.text import PlaceText
from shared.text import fold


class Phrasebook:
    """Which of several lists of phrases a text holds a phrase of. Immutable once built."""

    def __init__(self, lists: Mapping[str, Iterable[str]]) -> None:
        named = [(name, as_read(phrase)) for name, phrases in lists.items() for phrase in phrases]
        self._names = [name for name, _ in named]
        self._marked = AhoCorasick([f" {phrase} " for _, phrase in named])
        self._bare = AhoCorasick([f" {fold(phrase)} " for _, phrase in named])

    def said(self, text: PlaceText) -> frozenset[str]:
        """The names of the lists. "Ở Nha Trang", typed bare, is no "ở nhà"."""
        if text.is_marked:
            found = self._marked.find_matches_as_indexes(f" {' '.join(text.words)} ", overlapping=True)
        else:
            haystack = text.haystack.replace(" nha trang ", " nhatrang ")
            found = self._bare.find_matches_as_indexes(haystack, overlapping=True)
        return frozenset(self._names[index] for index, _, _ in found)
