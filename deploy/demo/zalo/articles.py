"""Articles: getslice, the one source of view counts, and getdetail. What is shown is as of history's clock.

Views grow by a curve: either given points, straight between them, or a seeded rise, steep at first, that reaches its
last figure exactly and stays there.
"""

import json
from bisect import bisect_right
from dataclasses import dataclass
from math import exp
from typing import Any

from deploy.demo.zalo.clock import SECOND
from deploy.demo.zalo.errors import PARAMETER_INVALID, ZaloError
from deploy.demo.zalo.gateway import Route
from deploy.demo.zalo.params import text, whole
from deploy.demo.zalo.world import Call, World

SLICE = (
    "SELECT * FROM articles WHERE oa_id = ? AND type = ? AND created_at <= ?"
    " ORDER BY created_at DESC, id DESC LIMIT ? OFFSET ?"
)
COUNT = "SELECT count(*) FROM articles WHERE oa_id = ? AND type = ? AND created_at <= ?"
ONE = "SELECT * FROM articles WHERE oa_id = ? AND id = ? AND created_at <= ?"

TYPES = frozenset({"normal", "video"})
STEEPEST, FLATTEST = 6.0, 2.0
PHOTO = "https://zalo-article-photo.zadn.vn/{}"
VIEW = "https://rd.zapps.vn/detail/{}?id={}"


@dataclass(frozen=True, slots=True)
class Article:
    """views and shares: the figures at `grown_at`; curve: [[ms, total views], …] where points were given."""

    id: str
    type: str
    title: str
    description: str
    created_at: int
    views: int
    shares: int
    grown_at: int
    curve: list[tuple[int, int]] | None


def _of(row: tuple[Any, ...]) -> Article:
    """A row in the table's order, whose first column is the page."""
    _oa_id, id_, kind, title, description, created_at, views, shares, grown_at, curve = row
    points = json.loads(curve) if curve else None
    return Article(id_, kind, title, description, created_at, views, shares, grown_at, points)


def views_at(article: Article, moment: int, steepness: float) -> int:
    """Whole views up to a moment; never falling, exactly `views` from `grown_at` on."""
    if moment >= article.grown_at:
        return article.views
    if article.curve is not None:
        return _between(article.curve, moment)
    return int(article.views * risen(article, moment, steepness))


def risen(article: Article, moment: int, steepness: float) -> float:
    """The share of the last figures reached: 1 − e^(−steepness × time), scaled to end at 1."""
    if moment >= article.grown_at:
        return 1.0
    if moment <= article.created_at:
        return 0.0
    part = (moment - article.created_at) / (article.grown_at - article.created_at)
    return (1 - exp(-steepness * part)) / (1 - exp(-steepness))


def _between(curve: list[tuple[int, int]], moment: int) -> int:
    after = bisect_right(curve, moment, key=lambda point: point[0])
    if after == 0:
        return 0
    (since, low), (until, high) = curve[after - 1], curve[min(after, len(curve) - 1)]
    return low if until == since else low + (high - low) * (moment - since) // (until - since)


def getslice(world: World, call: Call) -> dict[str, Any]:
    """The newest first. A walk through all of them is noted, so that the replay knows who was polled."""
    offset = whole(call.query, "offset", 0, most=1_000_000)
    limit = whole(call.query, "limit", world.settings.slice_limit, most=world.settings.slice_limit)
    kind = call.query.get("type", "normal")
    if kind not in TYPES:
        raise ZaloError(PARAMETER_INVALID, "type")
    total = world.state.value(COUNT, call.oa_id, kind, call.now)
    rows = world.state.all(SLICE, call.oa_id, kind, call.now, limit, offset)
    if kind == "normal":
        world.polls.getslice(call.oa_id, call.now, offset=offset, given=len(rows), total=total)
    return {"medias": [_media(world, call, _of(row)) for row in rows], "total": total}


def _media(world: World, call: Call, article: Article) -> dict[str, Any]:
    steepness = world.chance.between((FLATTEST, STEEPEST), "growth", article.id)
    shares = article.shares if article.curve is not None else int(article.shares * risen(article, call.now, steepness))
    return {
        "id": article.id,
        "type": article.type,
        "title": article.title,
        "status": "show",
        "total_view": views_at(article, call.now, steepness),
        "total_share": shares,
        "create_date": article.created_at,
        "update_date": article.created_at + 7 * SECOND,
        "thumb": PHOTO.format(article.id),
        "link_view": VIEW.format(call.oa_id, article.id),
    }


def getdetail(world: World, call: Call) -> dict[str, Any]:
    row = world.state.one(ONE, call.oa_id, text(call.query, "id"), call.now)
    if row is None:
        raise ZaloError(PARAMETER_INVALID, "id")
    article = _of(row)
    return {
        "id": article.id,
        "type": article.type,
        "title": article.title,
        "author": "",
        "cover": {"cover_type": "photo", "photo_url": PHOTO.format(article.id), "status": "show"},
        "description": article.description,
        "status": "show",
        "body": [{"type": "text", "content": article.description or article.title}],
        "related_medias": [],
        "comment": "show",
        "cite": {"url": "", "lablel": ""},  # so spelt by Zalo
    }


TABLE = (
    Route("GET", "/v2.0/article/getslice", getslice, family="article"),
    Route("GET", "/v2.0/article/getdetail", getdetail, family="article"),
)
