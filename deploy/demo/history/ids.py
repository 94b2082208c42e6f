"""Ids as Zalo makes them, from a number and the seed: unlike for unlike numbers, and for another seed all others."""

from hashlib import blake2b
from typing import Final

SPAN: Final = 8 * 10**18
STEP: Final = 5_672_813_964_210_137_249
"""Shares no divisor with SPAN, so number → id repeats only after SPAN numbers."""


class Ids:
    def __init__(self, seed: int) -> None:
        self._seed = seed

    def person(self, number: int) -> str:
        """Nineteen digits: the person under one page."""
        return str(10**18 + ((number + 1) * STEP + self._seed * 777_767_777_777_777) % SPAN)

    def by_app(self, number: int) -> str:
        """The same person under the app."""
        return str(10**18 + ((number + 1) * STEP + self._seed * 777_767_777_777_777 + SPAN // 2) % SPAN)

    def message(self, number: int) -> str:
        """Twenty hexadecimal digits."""
        return blake2b(b"%d:%d" % (self._seed, number), digest_size=10).hexdigest()
