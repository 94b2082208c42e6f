"""Polled facts as our events. Each occurred at the answer's HTTP Date, which is part of its id. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.ingest.domain.posts import News, Post
from services.ingest.polling.zalo import Answered, PageFacts
from shared.events import InboundEvent, PageObserved, PostPublished, PostViewsObserved, event_id, plausible


def observed(
    facts: Answered[PageFacts], *, channel: str, account: str, province: str, received_at: datetime
) -> PageObserved:
    """The same figures at the same second are one observation; other figures are another."""
    data = facts.data
    key = f"{facts.at.isoformat()}|{data.num_follower}|{data.is_verified}"
    return PageObserved(
        **_common("page", key, facts.at, channel, account, province, received_at),
        name=data.name,
        verified=data.is_verified,
        followers=data.num_follower,
    )


def told(news: News, *, channel: str, account: str, province: str, received_at: datetime) -> Sequence[InboundEvent]:
    """Posts first seen, then counts that changed."""

    def common(kind: str, key: str, post: Post) -> dict[str, Any]:
        return _common(kind, key, post.at, channel, account, province, received_at)

    published = [
        PostPublished(**common("post", p.id, p), post=p.id, title=p.title, published_at=p.published_at)
        for p in news.published
    ]
    counted = [
        PostViewsObserved(
            **common("post_views", f"{p.id}|{p.at.isoformat()}|{p.counts.views}|{p.counts.shares}", p),
            post=p.id,
            views=p.counts.views,
            shares=p.counts.shares,
        )
        for p in news.counted
    ]
    return [*published, *counted]


def _common(
    kind: str, key: str, at: datetime, channel: str, account: str, province: str, received_at: datetime
) -> dict[str, Any]:
    return {
        "id": event_id(channel, account, kind, key),
        "province": province,
        "channel": channel,
        "account": account,
        "occurred_at": at,
        "received_at": received_at,
        "time_suspect": not plausible(at, received_at),
    }
