"""What people do now: a person writes, follows, reacts; an officer types in Zalo's own console. Zalo pushes it."""

from dataclasses import replace
from typing import Any, Literal

import msgspec

from deploy.demo.zalo import events, receipts, records
from deploy.demo.zalo.errors import ZaloError
from deploy.demo.zalo.page import page_of
from deploy.demo.zalo.people import Person, meet, save
from deploy.demo.zalo.records import Content
from deploy.demo.zalo.world import World

KNOWN_GROUP = "SELECT 1 FROM village_groups WHERE group_id = ? AND oa_id = ?"
OPENING = frozenset({"follow", "click", "submit_info"})  # acts that open the window, beside every message


class Act(msgspec.Struct, forbid_unknown_fields=True):
    """What a person does.

    kind: a message (text, image, gif, link, audio, video, sticker, location, file, business_card), in a group with
    group_id; or follow, unfollow, click, react, submit_info, withdraw, join_group, out_group.
    push=false: it happened, but its webhook got lost; only conversation shows it.
    """

    oa_id: str
    person: str
    kind: str = "text"
    text: str | None = None
    attachment: dict[str, Any] | None = None
    attachments: list[dict[str, Any]] | None = None
    quote_msg_id: str | None = None
    group_id: str | None = None
    msg_id: str | None = None
    icon: str = "/-heart"
    source: Literal["oa_profile", "message_invite", "social_plugin"] = "oa_profile"
    info: dict[str, Any] | None = None
    user_id_by_app: str | None = None
    name: str | None = None
    push: bool = True


class Answer(msgspec.Struct, forbid_unknown_fields=True):
    """An officer's words, to a person or in a group."""

    oa_id: str
    text: str
    person: str | None = None
    group_id: str | None = None
    admin_id: str | None = None
    quote_msg_id: str | None = None


def act(world: World, asked: Act) -> dict[str, Any]:
    """Does it, queues its webhook and says what Zalo would call it. Raises ValueError for what cannot be."""
    if world.webhooks.full():
        raise ValueError("the queue of webhooks is full")
    with world.state.transaction():
        app_id = _app(world, asked.oa_id, asked.group_id)
        person = _person(world, asked)
        body, msg_id = _happen(world, asked, person, app_id)
        if asked.push:
            world.webhooks.push(app_id=app_id, oa_id=asked.oa_id, body=body)
    return {
        "msg_id": msg_id, "event_name": body["event_name"], "timestamp": int(body["timestamp"]),
        "user_id_by_app": person.by_app,
    }  # fmt: skip


def _app(world: World, oa_id: str, group_id: str | None) -> str:
    try:
        page = page_of(world, oa_id)
    except ZaloError as error:
        raise ValueError(f"unknown page {oa_id}") from error
    if group_id is not None and world.state.one(KNOWN_GROUP, group_id, oa_id) is None:
        raise ValueError(f"page {oa_id} has no group {group_id}")
    return str(page.app_id)


def _person(world: World, asked: Act) -> Person:
    """The person, with the window opened where the act opens it: free replies begin anew."""
    person = meet(world, asked.oa_id, asked.person)
    person = replace(
        person, by_app=asked.user_id_by_app or person.by_app, name=asked.name or person.name,
        info=asked.info or person.info,
    )  # fmt: skip
    if asked.group_id is None and asked.kind in OPENING | set(events.PERSON_KINDS):
        person = replace(person, last_act=world.clocks.wall(), free_used=0)
    save(world, asked.oa_id, person)
    return person


def _happen(world: World, asked: Act, person: Person, app_id: str) -> tuple[dict[str, Any], str | None]:
    if asked.kind in events.PERSON_KINDS:
        return _message(world, asked, person, app_id)
    if asked.kind in {"join_group", "out_group"}:
        if asked.group_id is None:
            raise ValueError(f"{asked.kind} needs group_id")
        name = f"user_{asked.kind}"
        return events.group_life(
            app_id=app_id, oa_id=asked.oa_id, group_id=asked.group_id, name=name, users=[asked.person],
            timestamp=world.clocks.history(),
        ), None  # fmt: skip
    return _other(world, asked, person, app_id), asked.msg_id if asked.kind == "react" else None


def _message(world: World, asked: Act, person: Person, app_id: str) -> tuple[dict[str, Any], str]:
    attachments = asked.attachments or ([asked.attachment] if asked.attachment else None)
    if asked.kind == "text" and not asked.text:
        raise ValueError("a text needs text")
    if asked.kind != "text" and not attachments:
        raise ValueError(f"{asked.kind} needs attachment")
    content = Content(asked.kind, asked.text, list(attachments) if attachments else None, asked.quote_msg_id)
    kept = records.add(
        world, oa_id=asked.oa_id, app_id=app_id, author="person", content=content, person=asked.person,
        group_id=asked.group_id,
    )  # fmt: skip
    shared: dict[str, Any] = {
        "app_id": app_id, "oa_id": asked.oa_id, "person": asked.person, "by_app": person.by_app, "kind": asked.kind,
        "message": receipts.parts(kept), "timestamp": kept.clock,
    }  # fmt: skip
    if asked.group_id is not None:
        return events.group_sent(group_id=asked.group_id, **shared), kept.msg_id
    return events.person_sent(**shared), kept.msg_id


def _other(world: World, asked: Act, person: Person, app_id: str) -> dict[str, Any]:
    now = world.clocks.history()
    shared: dict[str, Any] = {"app_id": app_id, "oa_id": asked.oa_id, "person": asked.person, "timestamp": now}
    match asked.kind:
        case "follow":
            if not world.followers.follows(asked.oa_id, asked.person, now):
                world.followers.save([(asked.oa_id, asked.person, now, None, person.by_app)])
            return events.followed(name="follow", source=asked.source, by_app=person.by_app, **shared)
        case "unfollow":
            world.followers.unfollow(asked.oa_id, asked.person, now)
            return events.followed(name="unfollow", source=asked.source, by_app=person.by_app, **shared)
        case "click":
            return events.chat_opened(by_app=person.by_app, **shared)
        case "withdraw":
            return events.withdrew(by_app=person.by_app, **shared)
        case "submit_info":
            return events.submitted_info(info=asked.info or {}, **shared)
        case "react" if asked.msg_id:
            return events.reacted(by_app=person.by_app, msg_id=asked.msg_id, icon=asked.icon, **shared)
        case _:
            raise ValueError(f"nobody can {asked.kind!r} (a reaction needs msg_id)")


def answer(world: World, asked: Answer) -> dict[str, Any]:
    """An officer types in Zalo's console: only the echo is pushed, with admin_id. Neither window nor quota applies."""
    if (asked.person is None) == (asked.group_id is None):
        raise ValueError("an answer goes to person or to group_id")
    with world.state.transaction():
        app_id = _app(world, asked.oa_id, asked.group_id)
        admin = asked.admin_id or world.chance.number_id("admin", asked.oa_id)
        kept = records.add(
            world, oa_id=asked.oa_id, app_id=app_id, author="console",
            content=Content("text", asked.text, quote=asked.quote_msg_id), person=asked.person,
            group_id=asked.group_id, admin_id=admin,
        )  # fmt: skip
        receipts.echo(world, kept)
    return {"msg_id": kept.msg_id, "admin_id": admin, "timestamp": kept.clock}
