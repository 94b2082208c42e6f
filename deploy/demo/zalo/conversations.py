"""What was said: the page's own messages appear here with their ids, which is how a send in doubt is settled."""

from typing import Any

from deploy.demo.zalo import records
from deploy.demo.zalo.gateway import Route
from deploy.demo.zalo.page import Page, page_of
from deploy.demo.zalo.params import data_of, text, whole
from deploy.demo.zalo.people import AVATAR, meet
from deploy.demo.zalo.records import Message
from deploy.demo.zalo.world import Call, World

SHOWN_AS = {"image": "photo"}  # the manual's sample of a group's conversation calls a picture so


def conversation(world: World, call: Call) -> list[dict[str, Any]]:
    """With one person, newest first."""
    data = data_of(call.query)
    person, offset, count = text(data, "user_id"), *_slice(world, data)
    page = page_of(world, call.oa_id)
    return [_with_person(world, page, one) for one in records.with_person(
        world, call.oa_id, person, offset=offset, count=count
    )]  # fmt: skip


def listrecentchat(world: World, call: Call) -> list[dict[str, Any]]:
    """The page's newest messages from and to anyone; that it is not the newest of each person is (unconfirmed)."""
    offset, count = _slice(world, data_of(call.query))
    page = page_of(world, call.oa_id)
    found = records.with_people(world, call.oa_id, offset=offset, count=count)
    return [_with_person(world, page, one) for one in found]


def _slice(world: World, data: dict[str, Any]) -> tuple[int, int]:
    most = world.settings.chats_limit
    return whole(data, "offset", 0, most=1_000_000), whole(data, "count", most, most=most)


def _with_person(world: World, page: Page, message: Message) -> dict[str, Any]:
    person = meet(world, page.oa_id, message.person or "")
    theirs = (person.person, person.name, AVATAR.format(size="240", person=person.person))
    ours = (page.oa_id, page.name, page.avatar())
    sender, receiver = (theirs, ours) if message.author == "person" else (ours, theirs)
    return {
        "src": 1 if message.author == "person" else 0,
        "time": message.clock,
        **shown(message),
        "message_id": message.msg_id,
        "from_id": sender[0],
        "to_id": receiver[0],
        "from_display_name": sender[1],
        "from_avatar": sender[2],
        "to_display_name": receiver[1],
        "to_avatar": receiver[2],
    }


def shown(message: Message) -> dict[str, Any]:
    """A message's type and what it says: text, or its first attachment's address with the text as description."""
    content = message.content
    if not content.attachments:
        return {"type": content.kind, "message": content.text or ""}
    payload = content.attachments[0].get("payload", {})
    seen = {"type": SHOWN_AS.get(content.kind, content.kind), "description": content.text or ""}
    return seen | {
        there: payload[here] for here, there in (("thumbnail", "thumb"), ("url", "url")) if here in payload
    }  # fmt: skip


def in_group(world: World, page: Page, message: Message) -> dict[str, Any]:
    """A message of a group as group/conversation shows it."""
    sender = (page.oa_id, page.name, page.avatar())
    if message.person is not None:
        person = meet(world, page.oa_id, message.person)
        sender = (person.person, person.name, AVATAR.format(size="240", person=person.person))
    return {
        "src": 0 if message.person is None else 1,
        "time": message.clock,
        **shown(message),
        "message_id": message.msg_id,
        "from_id": sender[0],
        "from_display_name": sender[1],
        "from_avatar": sender[2],
        "group_id": message.group_id,
    }


TABLE = (
    Route("GET", "/v2.0/oa/conversation", conversation),
    Route("GET", "/v2.0/oa/listrecentchat", listrecentchat),
)
