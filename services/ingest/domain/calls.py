"""Which messages of a village group call the page. The rest is nobody's business and is forgotten.

A mention of the page, a call word of the province (emergency words included), or a quote: ingest does not know which
messages are ours, so any quote counts as one of ours. It labels nothing. Source: design, identity and access.
"""

import re
from collections.abc import Iterable

from shared.text import fold


class CallWords:
    """The province's words by which a message in a group calls the page, ready to be looked for."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = tuple(sorted({" ".join(fold(word).split()) for word in words} - {""}))
        choices = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in self.words)
        self._pattern = re.compile(rf"(?<!\w)(?:{choices})(?!\w)") if choices else None

    def found_in(self, text: str) -> bool:
        """Whether any stands in `text` as whole words, with or without diacritics."""
        return self._pattern is not None and self._pattern.search(fold(text)) is not None


def calls_page(*, text: str, quotes: bool, page: str, page_name: str, words: CallWords) -> bool:
    """Whether one message of a group is meant for the page. `quotes`: it answers some earlier message."""
    return quotes or mentions(text, page, page_name) or words.found_in(text)


def mentions(text: str, page: str, page_name: str) -> bool:
    """`[@page id]` as Zalo's API writes it, or `@name of the page` as people see it."""
    if "@" not in text:
        return False
    name = " ".join(fold(page_name).split())
    return f"[@{page}]" in text or (bool(name) and f"@{name}" in " ".join(fold(text).split()))
