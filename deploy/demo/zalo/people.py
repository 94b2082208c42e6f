"""Persons as a page knows them: user/detail, user/getlist, deletefollowerinfo, and when they last acted."""

import json
from dataclasses import dataclass
from typing import Any

from deploy.demo.zalo.clock import DAY, vietnamese_date
from deploy.demo.zalo.errors import NOT_A_FOLLOWER, ZaloError
from deploy.demo.zalo.gateway import Route
from deploy.demo.zalo.page import page_of
from deploy.demo.zalo.params import data_of, text, whole
from deploy.demo.zalo.world import Call, World

PERSON = "SELECT user_id_by_app, name, last_act, free_used, info FROM people WHERE oa_id = ? AND person = ?"
SAVE = (
    "INSERT INTO people (oa_id, person, user_id_by_app, name, last_act, free_used, info) VALUES (?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (oa_id, person) DO UPDATE SET last_act = excluded.last_act, free_used = excluded.free_used,"
    " info = coalesce(excluded.info, info), name = excluded.name"
)
FORGET_INFO = "UPDATE people SET info = NULL WHERE oa_id = ? AND person = ?"
ACTED_IN = "SELECT person FROM people WHERE oa_id = ? AND last_act >= ? ORDER BY person LIMIT ? OFFSET ?"
COUNT_ACTED_IN = "SELECT count(*) FROM people WHERE oa_id = ? AND last_act >= ?"

LIST_OFFSET, LIST_COUNT = 9_951, 50  # the manual: no more than 10,000 persons by this road
PERIODS = {"TODAY": 1, "YESTERDAY": 2, "L7D": 7, "L30D": 30}
SHARED = ("address", "city", "district", "phone", "name")
AVATAR = "https://s{size}-ava-talk.zadn.vn/{person}.jpg"


@dataclass(frozen=True, slots=True)
class Person:
    """last_act: wall clock, ms; 0 where the page never met the person."""

    person: str
    by_app: str
    name: str
    last_act: int
    free_used: int
    info: dict[str, Any] | None


def meet(world: World, oa_id: str, person: str) -> Person:
    """The person as known, or as one whom the page never met. A follow is an act as a message is."""
    row = world.state.one(PERSON, oa_id, person)
    follow = world.followers.last(oa_id, person, world.clocks.wall())
    followed_at, by_app = (follow[0], follow[2]) if follow else (0, "")
    if row is None:
        by_app = by_app or world.chance.number_id("by app", page_of(world, oa_id).app_id, oa_id, person)
        return Person(person, by_app, world.chance.name(oa_id, person), followed_at, 0, None)
    if followed_at > row[2]:  # a later act begins the free replies anew
        return Person(person, by_app or row[0], row[1], followed_at, 0, json.loads(row[4]) if row[4] else None)
    return Person(person, row[0], row[1], row[2], row[3], json.loads(row[4]) if row[4] else None)


def save(world: World, oa_id: str, person: Person) -> None:
    info = None if person.info is None else json.dumps(person.info, ensure_ascii=False)
    world.state.run(
        SAVE, oa_id, person.person, person.by_app, person.name, person.last_act, person.free_used, info
    )  # fmt: skip


def detail(world: World, call: Call) -> dict[str, Any]:
    person = meet(world, call.oa_id, text(data_of(call.query), "user_id"))
    if not person.last_act:
        raise ZaloError(NOT_A_FOLLOWER)
    avatars = {size: AVATAR.format(size=size, person=person.person) for size in ("120", "240")}
    return {
        "user_id": person.person,
        "user_id_by_app": person.by_app,
        "user_external_id": "",
        "display_name": person.name,
        "user_alias": person.name,
        "is_sensitive": False,
        "user_last_interaction_date": vietnamese_date(person.last_act),
        "user_is_follower": world.followers.follows(call.oa_id, person.person, call.now),
        "avatar": avatars["120"],
        "avatars": avatars,
        "dynamic_param": "",
        "tags_and_notes_info": {"notes": [], "tag_names": []},
        "shared_info": {name: str(person.info.get(name, "")) for name in SHARED} if person.info else {},
    }


def getlist(world: World, call: Call) -> dict[str, Any]:
    """Followers as of history's clock, or with last_interaction_period who acted in it by the wall clock."""
    data = data_of(call.query)
    offset = whole(data, "offset", 0, most=LIST_OFFSET)
    count = whole(data, "count", LIST_COUNT, most=LIST_COUNT)
    days = PERIODS.get(str(data.get("last_interaction_period", "")))
    if days is None:
        total = world.followers.count(call.oa_id, call.now)
        users = world.followers.list(call.oa_id, call.now, offset=offset, count=count)
    else:
        since = world.clocks.wall() - days * DAY
        total = world.state.value(COUNT_ACTED_IN, call.oa_id, since)
        users = [row[0] for row in world.state.all(ACTED_IN, call.oa_id, since, count, offset)]
    return {"total": total, "count": count, "offset": offset, "users": [{"user_id": user} for user in users]}


def delete_info(world: World, call: Call) -> None:
    """What the person shared by a form is forgotten; whether they follow is not."""
    world.state.run(FORGET_INFO, call.oa_id, text(call.body, "user_id"))


TABLE = (
    Route("GET", "/v3.0/oa/user/detail", detail),
    Route("GET", "/v3.0/oa/user/getlist", getlist),
    Route("POST", "/v2.0/oa/deletefollowerinfo", delete_info),
)
