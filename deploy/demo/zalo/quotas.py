"""May the page write to this person now, and who pays: the 7-day window, free replies, the package, bought messages.

All by the wall clock. Source: the manual's "Tin Tư vấn" and "Kiểm tra hạn mức"; package sizes are (unconfirmed).
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from deploy.demo.zalo.clock import DAY, SECOND, VIET_NAM, vietnamese_date
from deploy.demo.zalo.errors import NOT_A_FOLLOWER, OUT_OF_QUOTA, WINDOW_CLOSED, ZaloError
from deploy.demo.zalo.gateway import Route
from deploy.demo.zalo.page import Page, page_of
from deploy.demo.zalo.params import text
from deploy.demo.zalo.people import Person, meet, save
from deploy.demo.zalo.world import Call, World

USED = "SELECT used FROM spent WHERE oa_id = ? AND kind = ? AND month = ?"
SPEND = (
    "INSERT INTO spent (oa_id, kind, month, used) VALUES (?, ?, ?, 1)"
    " ON CONFLICT (oa_id, kind, month) DO UPDATE SET used = used + 1"
)

PACKAGE_MESSAGES = {"Cơ bản": 0, "Dùng thử": 0, "Nâng cao": 2_000, "Premium": 5_000}  # a month (unconfirmed)
FOR_EVER = "all"
HOUR = 3600 * SECOND
Quota = dict[str, Any]


def charge(world: World, oa_id: str, person: str) -> Quota | None:
    """One message to a person, paid from where Zalo takes it first; None: it was charged in money.

    Raises ZaloError -213 (they never met), -230 (no act within the window), -211 (nothing left to pay with).
    """
    met, now = meet(world, oa_id, person), world.clocks.wall()
    if not met.last_act:
        raise ZaloError(NOT_A_FOLLOWER)
    if now - met.last_act > world.settings.window_days * DAY:
        raise ZaloError(WINDOW_CLOSED)
    if free_left(world, met, now):
        met = replace(met, free_used=met.free_used + 1)
        save(world, oa_id, met)
        total = world.settings.free_replies
        return {"quota_type": "reply", "remain": str(total - met.free_used), "total": str(total)}
    return _paid(world, page_of(world, oa_id), now)


def free_left(world: World, person: Person, now: int) -> int:
    if now - person.last_act > world.settings.free_hours * HOUR:
        return 0
    return max(0, world.settings.free_replies - person.free_used)


def _paid(world: World, page: Page, now: int) -> Quota | None:
    month = datetime.fromtimestamp(now / SECOND, VIET_NAM).strftime("%Y-%m")
    for kind, total, period in (
        ("sub_quota", package_messages(page), month),
        ("purchase_quota", page.facts.get("purchase_quota", 0), FOR_EVER),
        ("reward_quota", page.facts.get("reward_quota", 0), FOR_EVER),
    ):
        used = world.state.value(USED, page.oa_id, kind, period) or 0
        if used < total:
            world.state.run(SPEND, page.oa_id, kind, period)
            return _quota(page, kind, total, total - used - 1, now)
    if not page.facts.get("chargeable", True):
        raise ZaloError(OUT_OF_QUOTA)
    return None


def _quota(page: Page, kind: str, total: int, remain: int, now: int) -> Quota:
    if kind == "sub_quota":
        expires = page.facts.get("package_until") or now + 30 * DAY
        return {
            "quota_type": kind, "remain": str(remain), "total": str(total), "expired_date": vietnamese_date(expires)
        }  # fmt: skip
    return {"quota_type": kind, "owner_type": "OA", "owner_id": page.oa_id}


def package_messages(page: Page) -> int:
    given: int | None = page.facts.get("package_messages")
    return PACKAGE_MESSAGES.get(page.package, 0) if given is None else given


def quota_message(world: World, call: Call) -> object:
    """What may still be sent to a person, or what the page has left."""
    if call.body.get("quota_owner") == "OA":
        return _of_page(world, page_of(world, call.oa_id))
    met, now = meet(world, call.oa_id, text(call.body, "user_id")), world.clocks.wall()
    if not met.last_act:
        raise ZaloError(NOT_A_FOLLOWER)
    return {
        "last_interaction": str(met.last_act),
        "cs_reply": {"remain": free_left(world, met, now), "total": world.settings.free_replies},
        "promotion": {"daily_remain": 0, "daily_total": 0, "monthly_remain": 0, "monthly_total": 0},
    }


def _of_page(world: World, page: Page) -> list[dict[str, Any]]:
    now = world.clocks.wall()
    month = datetime.fromtimestamp(now / SECOND, VIET_NAM).strftime("%Y-%m")
    until = vietnamese_date(page.facts.get("package_until") or now + 30 * DAY)
    rows = (
        ("sub_quota", package_messages(page), month),
        ("purchase_quota", page.facts.get("purchase_quota", 0), FOR_EVER),
        ("reward_quota", page.facts.get("reward_quota", 0), FOR_EVER),
    )
    return [
        {
            "asset_id": world.chance.hex_id("asset", page.oa_id, kind),
            "product_type": "cs",
            "quota_type": kind,
            "valid_through": until,
            "total": total,
            "remain": total - (world.state.value(USED, page.oa_id, kind, period) or 0),
        }
        for kind, total, period in rows
        if total
    ]


TABLE = (Route("POST", "/v3.0/oa/quota/message", quota_message),)
