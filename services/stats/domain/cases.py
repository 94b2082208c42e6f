"""What a case counts for, by its standing facts. A correction moves the counts within their original buckets."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from services.stats.domain.counts import Count, counted

TIPS = frozenset({"tip", "emergency"})
QUESTION = "admin_question"
MESSAGE_ACTS = frozenset({"opened", "message_added"})
"""The acts that a person's message causes: one each."""


class Facts(NamedTuple):
    """What stats keeps of a case. `version`: which act left it so."""

    version: int
    account: str
    """The page; empty where the case is sealed: then it counts for the province and for no page."""
    category: str
    opened_at: datetime
    answered_at: datetime | None
    resolved_at: datetime | None


def standing(facts: Iterable[Facts]) -> Facts:
    """The one of the highest version, whatever order they came in."""
    return max(facts, key=lambda f: f.version)


def changes(before: Facts | None, after: Facts) -> list[Count]:
    """What must be added to the buckets when `after` takes the place of `before`; nothing when it is no newer."""
    if before is not None and before.version >= after.version:
        return []
    moved = Counter(_counts_for(after))
    moved.subtract(_counts_for(before) if before is not None else ())
    return [
        counted(metric, at, amount, account=account or None)
        for (metric, at, account), amount in moved.items()
        if amount
    ]


def _counts_for(facts: Facts) -> list[tuple[str, datetime, str]]:
    found = [("cases_opened", facts.opened_at)]
    if facts.answered_at:
        found.append(("cases_answered", facts.answered_at))
    if facts.resolved_at:
        found.append(("cases_resolved", facts.resolved_at))
    if facts.category in TIPS:
        found.append(("tips_received", facts.opened_at))
        if facts.resolved_at:
            found.append(("tips_resolved", facts.resolved_at))
    if facts.category == QUESTION and facts.answered_at:
        found.append(("procedure_questions_answered", facts.answered_at))
    return [(metric, at, facts.account) for metric, at in found]
