"""What a send counts for: out, or failed. Its changes may come in any order; the highest version says how it stands."""

from collections import Counter
from datetime import datetime
from typing import NamedTuple

from services.stats.domain.counts import Count, counted

OUT = frozenset({"sent", "delivered", "seen"})
METRICS = {
    ("alert", True): "alert_messages_sent",
    ("alert", False): "alert_messages_failed",
    ("reply", True): "replies_sent",
    ("reply", False): "replies_failed",
}


class Send(NamedTuple):
    """`changed_at`: of the highest version. `sent_at`: the earliest moment at which it was known to be out."""

    account: str
    kind: str
    version: int
    state: str
    changed_at: datetime
    sent_at: datetime | None


def seen(account: str, kind: str, version: int, state: str, at: datetime) -> Send:
    """A send as one change tells it."""
    return Send(account, kind, version, state, at, at if state in OUT else None)


def merged(known: Send | None, change: Send) -> Send:
    """Both together, the same whichever came first."""
    if known is None:
        return change
    newest = max(known, change, key=lambda s: s.version)
    moments = [s.sent_at for s in (known, change) if s.sent_at is not None]
    return newest._replace(sent_at=min(moments) if moments else None)


def changes(before: Send | None, after: Send) -> list[Count]:
    """What must be added to the buckets when `after` takes the place of `before`.

    Replies count for the province alone: those to sealed cases would tell at their page that there are some.
    """
    moved = Counter(_counts_for(after))
    moved.subtract(_counts_for(before) if before is not None else ())
    page = after.account if after.kind == "alert" else None
    return [counted(metric, at, amount, account=page) for (metric, at), amount in moved.items() if amount]


def _counts_for(send: Send) -> list[tuple[str, datetime]]:
    if send.sent_at is not None:
        return [(METRICS[send.kind, True], send.sent_at)]
    return [(METRICS[send.kind, False], send.changed_at)] if send.state == "failed" else []
