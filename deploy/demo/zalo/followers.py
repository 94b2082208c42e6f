"""Who follows which page, at any moment of history.

A follow is a row (page, person, from, until). A page's count at a moment is follows up to it less unfollows up to it:
two bisections in sorted arrays, read from the state file when first asked and forgotten when the page changes.
"""

from array import array
from bisect import bisect_left
from typing import TypeAlias

from deploy.demo.zalo.clock import SECOND
from deploy.demo.zalo.state import Row, State

SAVE = (
    "INSERT INTO follows (oa_id, person, followed_at, unfollowed_at, user_id_by_app) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (oa_id, person, followed_at) DO UPDATE SET unfollowed_at = excluded.unfollowed_at,"
    " user_id_by_app = excluded.user_id_by_app"
)
STARTS = "SELECT followed_at FROM follows WHERE oa_id = ? ORDER BY followed_at"
ENDS = "SELECT unfollowed_at FROM follows WHERE oa_id = ? AND unfollowed_at IS NOT NULL ORDER BY unfollowed_at"
LAST = (
    "SELECT followed_at, unfollowed_at, user_id_by_app FROM follows WHERE oa_id = ? AND person = ? AND followed_at < ?"
    " ORDER BY followed_at DESC LIMIT 1"
)
END = "UPDATE follows SET unfollowed_at = ? WHERE oa_id = ? AND person = ? AND followed_at = ?"
LIST = (
    "SELECT DISTINCT person FROM follows WHERE oa_id = ? AND followed_at < ?"
    " AND (unfollowed_at IS NULL OR unfollowed_at >= ?) ORDER BY person LIMIT ? OFFSET ?"
)

Times: TypeAlias = "tuple[array[int], array[int]]"  # quoted: array takes no [] at run time before 3.12
"""When follows of a page began, and when they ended, each sorted."""


def end_of_second(moment: int) -> int:
    """The first millisecond after the second that a Date header can name: what happened in it counts."""
    return (moment // SECOND + 1) * SECOND


class Followers:
    def __init__(self, state: State) -> None:
        self._state = state
        self._pages: dict[str, Times] = {}

    def save(self, rows: list[Row]) -> None:
        """Rows (oa_id, person, followed_at, unfollowed_at, user_id_by_app); saved twice they are there once."""
        self._state.run_many(SAVE, rows)
        for oa_id in {row[0] for row in rows}:
            self._pages.pop(oa_id, None)

    def count(self, oa_id: str, moment: int) -> int:
        starts, ends = self._times(oa_id)
        until = end_of_second(moment)
        return bisect_left(starts, until) - bisect_left(ends, until)

    def _times(self, oa_id: str) -> Times:
        if oa_id not in self._pages:
            read = (array("q", (row[0] for row in self._state.all(sql, oa_id))) for sql in (STARTS, ENDS))
            self._pages[oa_id] = (next(read), next(read))
        return self._pages[oa_id]

    def last(self, oa_id: str, person: str, moment: int) -> tuple[int, int | None, str] | None:
        """The person's last follow up to a moment: since when, until when (None: still), user_id_by_app."""
        row = self._state.one(LAST, oa_id, person, end_of_second(moment))
        return None if row is None else (row[0], row[1], row[2])

    def follows(self, oa_id: str, person: str, moment: int) -> bool:
        last = self.last(oa_id, person, moment)
        return last is not None and (last[1] is None or last[1] >= end_of_second(moment))

    def unfollow(self, oa_id: str, person: str, moment: int) -> None:
        last = self.last(oa_id, person, moment)
        if last is not None and last[1] is None:
            self._state.run(END, moment, oa_id, person, last[0])
            self._pages.pop(oa_id, None)

    def list(self, oa_id: str, moment: int, *, offset: int, count: int) -> list[str]:
        until = end_of_second(moment)
        return [row[0] for row in self._state.all(LIST, oa_id, until, until, count, offset)]
