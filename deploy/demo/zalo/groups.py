"""Groups of a page (GMF): what they are and who is in them. Source: the manual's "Nhóm chat GMF"."""

import json
from dataclasses import dataclass
from typing import Any

from deploy.demo.zalo.clock import DAY, vietnamese_date
from deploy.demo.zalo.errors import (
    GROUP_LAPSED,
    GROUP_NOT_OF_PAGE,
    PACKAGE_TOO_SMALL,
    PAGE_NOT_VERIFIED,
    PARAMETER_INVALID,
    ZaloError,
)
from deploy.demo.zalo.gateway import Route
from deploy.demo.zalo.page import page_of
from deploy.demo.zalo.params import text, whole
from deploy.demo.zalo.people import AVATAR, meet
from deploy.demo.zalo.world import Call, World

GROUP = "SELECT * FROM village_groups WHERE group_id = ?"
OF_PAGE = (
    "SELECT * FROM village_groups WHERE oa_id = ? AND created_at <= ? ORDER BY created_at, group_id LIMIT ? OFFSET ?"
)
COUNT = "SELECT count(*) FROM village_groups WHERE oa_id = ? AND created_at <= ?"

PACKAGES_WITH_GROUPS = frozenset({"Nâng cao", "Premium"})
DISBANDED_AFTER = 45 * DAY  # after its package lapsed


@dataclass(frozen=True, slots=True)
class Group:
    """members: their ids where they are known, else None and only their number."""

    group_id: str
    oa_id: str
    name: str
    description: str
    created_at: int
    lapsed_at: int | None
    member_count: int
    members: list[str] | None
    asset_type: str

    def lapsed(self, now: int) -> bool:
        return self.lapsed_at is not None and self.lapsed_at <= now

    @property
    def total(self) -> int:
        """Persons and the page itself, which Zalo lists as a member."""
        return self.member_count + 1


def _of(row: tuple[Any, ...]) -> Group:
    """A row in the table's order."""
    group_id, oa_id, name, description, created_at, lapsed_at, count, members, asset = row
    known = json.loads(members) if members else None
    return Group(group_id, oa_id, name, description, created_at, lapsed_at, count, known, asset)


def group_of(world: World, call: Call, group_id: str) -> Group:
    """A group the calling page made. Raises ZaloError -403 for an unknown or another page's group."""
    row = world.state.one(GROUP, group_id)
    if row is None or row[1] != call.oa_id or row[4] > call.now:
        raise ZaloError(GROUP_NOT_OF_PAGE)
    return _of(row)


def writable(world: World, call: Call, group_id: str) -> Group:
    """A group the page may write to now. Raises ZaloError -221, -224, -403, -237."""
    page = page_of(world, call.oa_id)
    if not page.verified(call.now):
        raise ZaloError(PAGE_NOT_VERIFIED)
    if page.package not in PACKAGES_WITH_GROUPS:
        raise ZaloError(PACKAGE_TOO_SMALL)
    group = group_of(world, call, group_id)
    if group.lapsed(call.now):
        raise ZaloError(GROUP_LAPSED)
    return group


def _summary(group: Group, now: int) -> dict[str, Any]:
    return {
        "name": group.name,
        "avatar": "http://s120.ava.grp.talk.zdn.vn/default",
        "group_id": group.group_id,
        "group_link": f"https://zalo.me/g/{group.group_id[:9]}",
        "group_description": group.description,
        "total_member": group.total,
        "status": "disabled" if group.lapsed(now) else "enabled",
    }


def getgroup(world: World, call: Call) -> dict[str, Any]:
    group = group_of(world, call, text(call.query, "group_id"))
    until = group.lapsed_at or call.now + 180 * DAY
    info = _summary(group, call.now) | {
        "max_member": group.asset_type.removeprefix("gmf"),
        "auto_delete_date": vietnamese_date(until + DISBANDED_AFTER),
    }
    return {
        "group_info": info,
        "asset_info": {
            "asset_type": group.asset_type,
            "asset_id": world.chance.hex_id("group asset", group.group_id),
            "valid_through": vietnamese_date(until),
            "auto_renew": "true",
        },
        "group_setting": {
            "lock_send_msg": False,
            "join_appr": True,
            "enable_msg_history": True,
            "enable_link_join": True,
        },
    }


def getgroupsofoa(world: World, call: Call) -> dict[str, Any]:
    offset, count = _slice(world, call)
    total = world.state.value(COUNT, call.oa_id, call.now)
    groups = [_summary(_of(row), call.now) for row in world.state.all(OF_PAGE, call.oa_id, call.now, count, offset)]
    return {"offset": offset, "count": count, "total": total, "group_count": len(groups), "groups": groups}


def listmember(world: World, call: Call) -> dict[str, Any]:
    """The page first, then persons; where only their number is known, ids drawn from the seed."""
    group = group_of(world, call, text(call.query, "group_id"))
    offset, count = _slice(world, call)
    members = [_member(world, group, place) for place in range(offset, min(offset + count, group.total))]
    return {
        "offset": offset, "count": count, "total": group.total, "member_count": len(members), "members": members
    }  # fmt: skip


def _member(world: World, group: Group, place: int) -> dict[str, str]:
    if place == 0:
        page = page_of(world, group.oa_id)
        return {"oa_id": page.oa_id, "name": page.name, "avatar": page.avatar()}
    person = member_id(world, group, place - 1)
    return {
        "user_id": person, "name": meet(world, group.oa_id, person).name,
        "avatar": AVATAR.format(size="120", person=person),
    }  # fmt: skip


def member_id(world: World, group: Group, place: int) -> str:
    if group.members is not None:
        return group.members[place]
    return world.chance.number_id("member", group.group_id, place)


def _slice(world: World, call: Call) -> tuple[int, int]:
    most = world.settings.groups_limit
    return whole(call.query, "offset", 0, most=1_000_000), whole(call.query, "count", 5, most=most)


def quota_group(world: World, call: Call) -> list[dict[str, Any]]:
    """The page's paid places for groups: one for each of its groups; free ones are not simulated."""
    if call.body.get("quota_owner") != "OA":
        raise ZaloError(PARAMETER_INVALID, "quota_owner")
    rows = (_of(row) for row in world.state.all(OF_PAGE, call.oa_id, call.now, 1000, 0))
    return [
        {
            "product_type": group.asset_type,
            "quota_type": "sub_quota",
            "asset_id": world.chance.hex_id("group asset", group.group_id),
            "valid_through": vietnamese_date(group.lapsed_at or call.now + 180 * DAY),
            "auto_renew": True,
            "status": "used",
            "used_id": group.group_id,
        }
        for group in rows
        if call.body.get("product_type") in {None, group.asset_type}
    ]


TABLE = (
    Route("GET", "/v3.0/oa/group/getgroup", getgroup),
    Route("GET", "/v3.0/oa/group/getgroupsofoa", getgroupsofoa),
    Route("GET", "/v3.0/oa/group/listmember", listmember),
    Route("POST", "/v3.0/oa/quota/group", quota_group),
)
