"""Shadow mode: a second understanding reads what the first decided, and where they differ is kept. It decides nothing.

So that an understanding that was learnt anew can be watched on a province's own messages before it takes over. It reads
after the batch is committed: whatever goes wrong with it, no case waits and no message is lost.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.triage.domain.intake import Asked, Understood
from services.triage.domain.shadow import differing
from services.triage.domain.understanding import Decision, Understanding, decision_to_fields
from services.triage.domain.understanding.place import Villages
from services.triage.store import shadow
from services.triage.store.shadow import Shadowed
from services.triage.triage import Triage
from shared.telemetry.logs import get_logger
from shared.telemetry.metrics import SHADOW_TURNS

log = get_logger(__name__)

COLUMNS = {
    "version": "Bản đọc thử / version",
    "against": "Bản đang dùng / against",
    "turns": "Lượt tin / turns",
    "differing": "Đọc khác / differing",
}
NOTHING = "Chưa có bản nào đọc thử. / Nothing has read along yet."


@dataclass(frozen=True, slots=True)
class Read:
    """A batch as it was read: what was asked, the villages known by then, what was decided, and the turns of it."""

    asked: Asked
    villages: Villages
    decisions: Sequence[Decision]
    news: Sequence[Understood]


async def read_along(batch: Read | None, triage: Triage) -> None:
    """The shadow's reading of a committed batch, off the event loop. Raises nothing."""
    if triage.shadow is None or batch is None:
        return
    try:
        others = await asyncio.to_thread(decided_by, triage.shadow, batch)
        turns = shadowed(batch, others, triage.shadow, triage.understanding.version)
        async with triage.store.transaction() as tx:
            await shadow.add(tx, turns, province=triage.province, now=triage.clock())
    except Exception as error:  # noqa: BLE001 - an experiment must not stop the work it watches
        log.warning("shadow_failed", error=type(error).__name__, turns=len(batch.news))
        triage.metrics.inc(SHADOW_TURNS, len(batch.news), outcome="failed")
        return
    differing_turns = sum(bool(turn.differs) for turn in turns)
    triage.metrics.inc(SHADOW_TURNS, differing_turns, outcome="differs")
    triage.metrics.inc(SHADOW_TURNS, len(turns) - differing_turns, outcome="agrees")


def decided_by(shadow: Understanding, batch: Read) -> list[Decision]:
    """What it makes of the same messages, knowing what the standing one knew: only the reading may differ."""
    return shadow.knowing(batch.villages).decide(batch.asked.messages)


def shadowed(batch: Read, others: Sequence[Decision], by: Understanding, against: str) -> list[Shadowed]:
    """What the shadow would have decided otherwise, turn by turn. `against`: the version whose decisions stand."""
    found = []
    for each in batch.news:
        at = batch.asked.at.get(each.event.id)
        if at is not None:
            differs = differing(decision_to_fields(batch.decisions[at]), decision_to_fields(others[at]))
            found.append(Shadowed(each.turn.at, each.event.id, by.version, against, differs))
    return found


def table(rows: Iterable[Mapping[str, Any]]) -> str:
    """What the shadows made of how many turns (store/shadow.py: counts), for people."""
    told = [list(COLUMNS.values()), *([str(row[name]) for name in COLUMNS] for row in rows)]
    if len(told) == 1:
        return NOTHING
    widths = [max(map(len, column)) for column in zip(*told, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in told)
