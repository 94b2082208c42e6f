"""Villages as people name them ("buôn Ea Tul", "thôn Tân Hòa"): there is no open list, so corrections fill a table.

A name is what stands after the word for a village. Where it ends nobody writes: each beginning of up to three words is
kept, and the longest that two independent corrections of one commune share is the name.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from services.triage.domain.case import Change
from services.triage.domain.examples import corrected_now
from services.triage.domain.intake import Past
from shared.text import fold

INDEPENDENT = 2
"""From so many corrections on, of different persons, a name counts: one slip of one officer teaches nothing."""
LONGEST_NAME = 3
_KINDS = {"thon": "thôn", "buon": "buôn", "bon": "bon", "ap": "ấp", "lang": "làng", "ban": "bản", "plei": "plei"}
_NO_NAMES = """
a ae anh ba bac ban bao bi cac can chau chi cho chua chung co con cung cua da dang di do duoc em gan gap gio hien hom
hoi huyen khi khong kia la lai len luc may minh mot nay nen nha nhe nguoi o oi qua ra roi sau sap tai thi thay tinh toi
tren trong truoc tu tui va vao ve vi voi vua xa xay phuong tp tran
"""
_ENDS = frozenset(_NO_NAMES.split())
"""Words that follow a name and begin none; those that do both ("tân", "thành") are left to what two persons share."""
_PIECE = re.compile(r"[^\W_]+|[^\s]")


class Named(NamedTuple):
    """A village of a commune and in how many independent corrections it was named so."""

    village: str
    commune_2020: str | None
    commune_2025: str | None
    times: int


def villages_in(text: str) -> frozenset[str]:
    """The names told, folded, with the word before them, each with its beginnings: "buon ea", "buon ea tul".

    A village that only has a number is none: every commune has its thôn 3.
    """
    pieces = _PIECE.findall(fold(text))
    return frozenset(
        f"{kind} {' '.join(name[:length])}"
        for at, kind in enumerate(pieces)
        if kind in _KINDS
        for name in [tuple(_name(pieces[at + 1 : at + 1 + LONGEST_NAME]))]
        for length in range(1, len(name) + 1)
    )


def _name(words: Iterable[str]) -> Iterator[str]:
    for position, word in enumerate(words):
        if not word.isalnum() or word in _ENDS or word in _KINDS or (position == 0 and word.isdigit()):
            return
        yield word


def placed_by(change: Change, past: Sequence[Past]) -> list[str] | None:
    """The names that a correction places in its commune, of all that the person said; of a sealed case none.

    None where it says nothing of the place: what was told before stands.
    """
    if change.after.conflict:
        return []
    if {"commune_2020", "commune_2025"}.isdisjoint(corrected_now(change)):
        return None
    return sorted({name for each in past if each.turn.speaker == "person" for name in villages_in(each.words)})


def settled(rows: Iterable[Named]) -> list[Named]:
    """The names to go by: told often enough, of one commune alone, and the longest of those told as often."""
    often = [row for row in rows if row.times >= INDEPENDENT]
    communes: dict[str, int] = {}
    for row in often:
        communes[row.village] = communes.get(row.village, 0) + 1
    sure = [row for row in often if communes[row.village] == 1]
    return sorted(row for row in sure if not any(_only_begins(row, other) for other in sure))


def _only_begins(row: Named, other: Named) -> bool:
    """Whether `row` is no more than the beginning of `other`, told as often in the same commune."""
    same = (row.commune_2020, row.commune_2025, row.times) == (other.commune_2020, other.commune_2025, other.times)
    return same and other.village.startswith(f"{row.village} ")
