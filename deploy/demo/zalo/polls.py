"""Which page was asked for what, and when by history's clock: the replay waits on it until every page was polled."""

from dataclasses import dataclass

from deploy.demo.zalo.clock import to_iso
from deploy.demo.zalo.state import State

GETOA = (
    "INSERT INTO polls (oa_id, getoa_at) VALUES (?, ?) ON CONFLICT (oa_id) DO UPDATE SET getoa_at = excluded.getoa_at"
)
WALKED = (
    "INSERT INTO polls (oa_id, getslice_from, getslice_at) VALUES (?, ?, ?) ON CONFLICT (oa_id) DO UPDATE SET"
    " getslice_from = excluded.getslice_from, getslice_at = excluded.getslice_at"
)
ALL = (
    "SELECT p.oa_id, q.getoa_at, q.getslice_from, q.getslice_at FROM pages p LEFT JOIN polls q ON q.oa_id = p.oa_id"
    " ORDER BY p.oa_id"
)


@dataclass(slots=True)
class Walk:
    """A walk through a page's articles that has come as far as `reached` without a gap."""

    since: int
    reached: int


class Polls:
    def __init__(self, state: State) -> None:
        self._state = state
        self._walks: dict[str, Walk] = {}

    def getoa(self, oa_id: str, now: int) -> None:
        self._state.run(GETOA, oa_id, now)

    def getslice(self, oa_id: str, now: int, *, offset: int, given: int, total: int) -> None:
        """A walk begins at offset 0 and is complete once slices without a gap reach the total."""
        if offset == 0:
            self._walks[oa_id] = Walk(now, 0)
        walk = self._walks.get(oa_id)
        if walk is None or offset > walk.reached:
            return
        walk.reached = max(walk.reached, offset + given)
        if walk.reached >= total:
            self._state.run(WALKED, oa_id, walk.since, now)
            del self._walks[oa_id]

    def report(self, since: int | None) -> dict[str, object]:
        """Every page's last polls; with `since`, also how many pages were not polled at or after it."""
        rows = self._state.all(ALL)
        report: dict[str, object] = {
            "pages": [
                {"oa_id": oa_id, "getoa_at": to_iso(getoa), "getslice_from": to_iso(begun), "getslice_at": to_iso(done)}
                for oa_id, getoa, begun, done in rows
            ]
        }
        if since is not None:
            report["behind"] = {
                "getoa": sum(1 for row in rows if row[1] is None or row[1] < since),
                "getslice": sum(1 for row in rows if row[2] is None or row[2] < since),
            }
        return report
