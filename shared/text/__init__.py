"""Vietnamese text: one form for comparing, one without diacritics, words, and what diacritics tell where they are."""

from shared.text.agreement import Agreement, agreement, same_tone, toneless
from shared.text.fold import Folded, fold, fold_with_positions, unify
from shared.text.words import Word, words

__all__ = [
    "Agreement",
    "Folded",
    "Word",
    "agreement",
    "fold",
    "fold_with_positions",
    "same_tone",
    "toneless",
    "unify",
    "words",
]
