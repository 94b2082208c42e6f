"""The page: getoa, the one source of follower counts and of the verified mark."""

import json
from typing import Any

from deploy.demo.zalo.clock import DAY, vietnamese_date
from deploy.demo.zalo.errors import PARAMETER_INVALID, ZaloError
from deploy.demo.zalo.gateway import Route
from deploy.demo.zalo.world import Call, World

PAGE = "SELECT app_id, name, oa_type, verified_at, package, facts FROM pages WHERE oa_id = ?"
AVATAR = "https://s160-ava-talk.zadn.vn/{}.jpg"
COVER = "https://cover-talk.zadn.vn/{}.jpg"


class Page:
    """One page as stored. `facts` holds what few need: description, category, quotas."""

    __slots__ = ("app_id", "facts", "name", "oa_id", "oa_type", "package", "verified_at")

    def __init__(self, oa_id: str, row: tuple[Any, ...]) -> None:
        self.oa_id = oa_id
        self.app_id, self.name, self.oa_type, self.verified_at, self.package = row[:5]
        self.facts: dict[str, Any] = json.loads(row[5])

    def verified(self, now: int) -> bool:
        return self.verified_at is not None and self.verified_at <= now

    def avatar(self) -> str:
        return AVATAR.format(self.oa_id)


def page_of(world: World, oa_id: str) -> Page:
    """Raises ZaloError -201 for a page that was taken away."""
    row = world.state.one(PAGE, oa_id)
    if row is None:
        raise ZaloError(PARAMETER_INVALID, "official account")
    return Page(oa_id, row)


def getoa(world: World, call: Call) -> dict[str, Any]:
    page = page_of(world, call.oa_id)
    world.polls.getoa(call.oa_id, call.now)
    until = page.facts.get("package_until") or call.now + 180 * DAY
    return {
        "oaid": page.oa_id,
        "name": page.name,
        "description": page.facts.get("description", ""),
        "oa_alias": page.facts.get("alias", ""),
        "is_verified": page.verified(call.now),
        "oa_type": page.oa_type,
        "cate_name": page.facts.get("category", "Cơ quan nhà nước"),
        "num_follower": world.followers.count(call.oa_id, call.now),
        "avatar": page.avatar(),
        "cover": COVER.format(page.oa_id),
        "package_name": page.package,
        "package_valid_through_date": vietnamese_date(until),
        "package_auto_renew_date": vietnamese_date(until + DAY),
        "linked_ZCA": f"ZBA-{page.oa_id[:10]}",
    }


TABLE = (Route("GET", "/v2.0/oa/getoa", getoa),)
