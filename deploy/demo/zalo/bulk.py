"""World data in bulk: apps, pages, articles, followers, groups. Each may be sent again; what is there is replaced."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from deploy.demo.zalo import events
from deploy.demo.zalo.clock import DAY, to_ms
from deploy.demo.zalo.page import page_of
from deploy.demo.zalo.world import World

Moment = datetime | int
"""ISO 8601 with its zone, or milliseconds since 1970."""
Loader = Callable[[World, bytes], int]
"""Saves the rows of one body and returns how many it held."""

SAVE_APP = (
    "INSERT OR REPLACE INTO apps (app_id, secret_key, oa_secret_key, webhook, redirect_uri, events)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)
SAVE_PAGE = (
    "INSERT OR REPLACE INTO pages (oa_id, app_id, name, oa_type, verified_at, package, oa_secret_key, facts)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
SAVE_ARTICLE = (
    "INSERT OR REPLACE INTO articles (oa_id, id, type, title, description, created_at, views, shares, grown_at, curve)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
SAVE_GROUP = (
    "INSERT OR REPLACE INTO village_groups (group_id, oa_id, name, description, created_at, lapsed_at, member_count,"
    " members, asset_type) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
SHARES_OF_VIEWS = 0.01
ASSET_SIZES = (10, 50, 100, 1000)

T = TypeVar("T")


class App(msgspec.Struct, forbid_unknown_fields=True):
    """events: the names switched on in the app's settings; null: all. Saving an app switches its webhook on again."""

    app_id: str
    secret_key: str
    oa_secret_key: str
    webhook: str
    redirect_uri: str = ""
    events: list[str] | None = None


class PageIn(msgspec.Struct, forbid_unknown_fields=True):
    """oa_type 4: state body. package_messages, purchase_quota, reward_quota: how many; chargeable: may it pay on."""

    oa_id: str
    name: str
    app_id: str
    oa_type: int = 4
    verified_at: Moment | None = None
    package: str = "Nâng cao"
    oa_secret_key: str = ""
    description: str = ""
    alias: str = ""
    category: str = "Cơ quan nhà nước"
    package_until: Moment | None = None
    package_messages: int | None = None
    purchase_quota: int = 0
    reward_quota: int = 0
    chargeable: bool = True


class ArticleIn(msgspec.Struct, forbid_unknown_fields=True):
    """views: [[moment, total], …], or the last figure, reached growth_days after create_date or at `until`."""

    oa_id: str
    id: str
    title: str
    create_date: Moment
    views: int | list[tuple[Moment, int]] = 0
    growth_days: float = 14.0
    until: Moment | None = None
    shares: int | None = None
    type: str = "normal"
    description: str = ""


class FollowIn(msgspec.Struct, forbid_unknown_fields=True):
    """One stretch of following; who left and came back has two."""

    oa_id: str
    person: str
    followed_at: Moment
    unfollowed_at: Moment | None = None
    user_id_by_app: str = ""


class GroupIn(msgspec.Struct, forbid_unknown_fields=True):
    """members: ids of persons, or only how many; the page comes on top. push: also send create_group to the webhook."""

    group_id: str
    oa_id: str
    name: str
    created_at: Moment
    members: int | list[str] = 0
    description: str = ""
    lapsed_at: Moment | None = None
    asset_type: str = ""
    push: bool = False


def rows_of(body: bytes, kind: type[T], name: str) -> list[T]:
    """A bare list, {"<name>": [...]}, or one object. Raises msgspec.MsgspecError, which names the field."""
    if body.lstrip()[:1] == b"[":
        return msgspec.json.decode(body, type=list[kind])  # type: ignore[valid-type]  # the type is a value here
    keyed = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    if set(keyed) == {name}:
        return msgspec.json.decode(keyed[name], type=list[kind])  # type: ignore[valid-type]  # as above
    return [msgspec.json.decode(body, type=kind)]


def _ms(moment: Moment | None) -> int | None:
    return None if moment is None else to_ms(moment)


def save_apps(world: World, body: bytes) -> int:
    apps = rows_of(body, App, "apps")
    return _many(world, SAVE_APP, [
        (app.app_id, app.secret_key, app.oa_secret_key, app.webhook, app.redirect_uri,
         None if app.events is None else json.dumps(app.events))
        for app in apps
    ])  # fmt: skip


def save_pages(world: World, body: bytes) -> int:
    return _many(world, SAVE_PAGE, [_page_row(page) for page in rows_of(body, PageIn, "pages")])


def _page_row(page: PageIn) -> tuple[Any, ...]:
    facts = {
        "description": page.description, "alias": page.alias, "category": page.category,
        "package_until": _ms(page.package_until), "package_messages": page.package_messages,
        "purchase_quota": page.purchase_quota, "reward_quota": page.reward_quota, "chargeable": page.chargeable,
    }  # fmt: skip
    return (
        page.oa_id, page.app_id, page.name, page.oa_type, _ms(page.verified_at), page.package, page.oa_secret_key,
        json.dumps(facts, ensure_ascii=False),
    )  # fmt: skip


def save_articles(world: World, body: bytes) -> int:
    return _many(world, SAVE_ARTICLE, [_article_row(world, one) for one in rows_of(body, ArticleIn, "articles")])


def _article_row(world: World, article: ArticleIn) -> tuple[Any, ...]:
    created = to_ms(article.create_date)
    curve: list[tuple[int, int]] | None = None
    if isinstance(article.views, list):
        curve = sorted((to_ms(moment), total) for moment, total in article.views)
        views, grown = (curve[-1][1], curve[-1][0]) if curve else (0, created)
    else:
        views, grown = article.views, created + round(article.growth_days * DAY)
        grown = grown if article.until is None else min(grown, to_ms(article.until))
    shares = article.shares
    if shares is None:
        shares = int(views * SHARES_OF_VIEWS * world.chance.share("shares", article.id))
    return (
        article.oa_id, article.id, article.type, article.title, article.description, created, views, shares, grown,
        None if curve is None else json.dumps(curve),
    )  # fmt: skip


def save_followers(world: World, body: bytes) -> int:
    rows = rows_of(body, FollowIn, "followers")
    world.followers.save([
        (row.oa_id, row.person, to_ms(row.followed_at), _ms(row.unfollowed_at), row.user_id_by_app) for row in rows
    ])  # fmt: skip
    return len(rows)


def save_groups(world: World, body: bytes) -> int:
    groups = rows_of(body, GroupIn, "groups")
    _many(world, SAVE_GROUP, [_group_row(group) for group in groups])
    for group in groups:
        if group.push:
            app_id = page_of(world, group.oa_id).app_id
            world.webhooks.push(app_id=app_id, oa_id=group.oa_id, body=events.group_life(
                app_id=app_id, oa_id=group.oa_id, group_id=group.group_id, name="create_group", users=None,
                timestamp=to_ms(group.created_at),
            ))  # fmt: skip
    return len(groups)


def _group_row(group: GroupIn) -> tuple[Any, ...]:
    members, count = (None, group.members) if isinstance(group.members, int) else (group.members, len(group.members))
    asset = group.asset_type or next((f"gmf{size}" for size in ASSET_SIZES if count < size), "gmf1000")
    return (
        group.group_id, group.oa_id, group.name, group.description, to_ms(group.created_at), _ms(group.lapsed_at),
        count, None if members is None else json.dumps(members), asset,
    )  # fmt: skip


def _many(world: World, sql: str, rows: list[tuple[Any, ...]]) -> int:
    world.state.run_many(sql, rows)
    return len(rows)


LOADERS: dict[str, Loader] = {
    "apps": save_apps,
    "pages": save_pages,
    "articles": save_articles,
    "followers": save_followers,
    "groups": save_groups,
}
