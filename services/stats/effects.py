"""What the events of one topic do to the counts: sorted by kind, each kind kept in one go."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from services.stats.decoding import (
    AlertActed,
    CaseActed,
    Counted,
    Followed,
    GroupGone,
    GroupMade,
    PageSeen,
    Published,
    SendMoved,
    Unfollowed,
    ViewsSeen,
)
from services.stats.domain import cases, presence, sends, views
from services.stats.domain.counts import Count, counted
from services.stats.domain.presence import Happening, Subject
from services.stats.store import counting
from shared.database import Tx
from shared.gazetteer.structure import vietnamese_date

Effect = Callable[[Tx, str, Sequence[Counted]], Awaitable[list[Count]]]
"""(transaction, province, events never seen before) → what moves in the buckets."""

K = TypeVar("K", bound=Counted)


async def audience(tx: Tx, province: str, events: Sequence[Counted]) -> list[Count]:
    """inbound.audience.v1: followers, groups, pages, posts, views."""
    followers = [
        (Subject(e.account, e.person), Happening(e.at, e.id, isinstance(e, Followed)))
        for e in events
        if isinstance(e, Followed | Unfollowed)
    ]
    groups = [
        (Subject(e.account, e.group), Happening(e.at, e.id, isinstance(e, GroupMade)))
        for e in events
        if isinstance(e, GroupMade | GroupGone)
    ]
    moved = await counting.add_presence(tx, province, "followers", followers) if followers else []
    counts = _stock("followers", moved)
    if groups:
        counts += _stock("village_groups", await counting.add_presence(tx, province, "village_groups", groups))
    pages = [(e.account, vietnamese_date(e.at), e.at, e.id, e.verified, e.followers) for e in _only(PageSeen, events)]
    await counting.add_pages(tx, province, pages, moved)
    if posts := [(e.account, e.post, e.published_at, e.id) for e in _only(Published, events)]:
        counts += await counting.add_posts(tx, province, posts)
    if seen := [
        (views.Post(e.account, e.post), vietnamese_date(e.at), views.Observation(e.at, e.id, e.views, e.shares))
        for e in _only(ViewsSeen, events)
    ]:
        counts += await counting.add_views(tx, province, seen)
    return counts


async def case_acts(tx: Tx, province: str, events: Sequence[Counted]) -> list[Count]:
    """cases.events.v1: cases by their standing facts; messages by the acts they cause.

    Messages count for the province alone: a case that is sealed later would have left its own behind at its page.
    """
    acts = _only(CaseActed, events)
    changed = [
        (
            e.case,
            cases.Facts(
                e.version,
                e.account,
                e.after.category,
                e.after.opened_at,
                e.after.answered_at,
                e.after.resolved_at,
            ),
        )
        for e in acts
    ]
    counts = await counting.add_cases(tx, province, changed)
    return counts + [counted("messages", e.occurred_at) for e in acts if e.act in cases.MESSAGE_ACTS]


async def alert_acts(_tx: Tx, _province: str, events: Sequence[Counted]) -> list[Count]:
    """alerts.events.v1: one count an act."""
    return [counted(f"alerts_{e.act}", e.occurred_at) for e in _only(AlertActed, events)]


async def send_moves(tx: Tx, province: str, events: Sequence[Counted]) -> list[Count]:
    """delivery.receipts.v1: sends that are out, or failed."""
    changed = [
        (e.send, sends.seen(e.account, e.kind, e.version, e.state, e.occurred_at)) for e in _only(SendMoved, events)
    ]
    return await counting.add_sends(tx, province, changed)


def _only(kind: type[K], events: Sequence[Counted]) -> list[K]:
    return [e for e in events if isinstance(e, kind)]


def _stock(metric: str, moved: Sequence[presence.Change]) -> list[Count]:
    counts = [counted(metric, c.at, c.amount, account=c.account) for c in moved if c.amount]
    return counts + [counted(f"{metric}_leavers", c.at, c.left, account=c.account) for c in moved if c.left]
