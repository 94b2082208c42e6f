"""Messages as kept: every one a page sent or got, with its id, in the order in which they came."""

import json
from dataclasses import dataclass
from typing import Any, Literal

from deploy.demo.zalo.world import World

ADD = (
    "INSERT INTO messages (seq, msg_id, oa_id, app_id, person, group_id, author, kind, text, attachments, quote,"
    " admin_id, clock, wall, quota) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
KNOWN = "SELECT 1 FROM messages WHERE msg_id = ? AND oa_id = ?"
WITH_PERSON = (
    "SELECT * FROM messages WHERE oa_id = ? AND person = ? AND group_id IS NULL ORDER BY seq DESC LIMIT ? OFFSET ?"
)
WITH_PEOPLE = "SELECT * FROM messages WHERE oa_id = ? AND group_id IS NULL ORDER BY seq DESC LIMIT ? OFFSET ?"
IN_GROUP = "SELECT * FROM messages WHERE group_id = ? ORDER BY seq DESC LIMIT ? OFFSET ?"
IN_GROUPS = "SELECT * FROM messages WHERE oa_id = ? AND group_id IS NOT NULL ORDER BY seq DESC LIMIT ? OFFSET ?"
SENT = (
    "SELECT * FROM messages WHERE seq > ? AND author <> 'person' AND (? = '' OR oa_id = ?)"
    " AND (? = '' OR person = ?) AND (? = '' OR group_id = ?) AND (? = '' OR msg_id = ?) ORDER BY seq LIMIT ?"
)

Author = Literal["person", "api", "console"]


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says."""

    kind: str
    text: str | None = None
    attachments: list[Any] | None = None
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """`person` is whom it is from or to; in a group the person who wrote, None for the page."""

    seq: int
    msg_id: str
    oa_id: str
    app_id: str
    person: str | None
    group_id: str | None
    author: Author
    content: Content
    admin_id: str | None
    clock: int
    wall: int
    quota: dict[str, Any] | None = None
    delivered_at: int | None = None
    seen_at: int | None = None


def add(
    world: World, *, oa_id: str, app_id: str, author: Author, content: Content, person: str | None = None,
    group_id: str | None = None, admin_id: str | None = None, quota: dict[str, Any] | None = None,
) -> Message:  # fmt: skip
    """Keep one message, with the next id of this seed."""
    seq = world.state.number("message")
    message = Message(
        seq, world.chance.hex_id("message", seq), oa_id, app_id, person, group_id, author, content, admin_id,
        world.clocks.history(), world.clocks.wall(), quota,
    )  # fmt: skip
    world.state.run(
        ADD, seq, message.msg_id, oa_id, app_id, person, group_id, author, content.kind, content.text,
        _json(content.attachments), content.quote, admin_id, message.clock, message.wall, _json(quota),
    )  # fmt: skip
    return message


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def _read(value: str | None) -> Any:
    return None if value is None else json.loads(value)


def _of(row: tuple[Any, ...]) -> Message:
    """A row in the table's order."""
    seq, msg_id, oa_id, app_id, person, group_id, author, kind, text, attachments, quote, admin_id, *times = row
    clock, wall, quota, delivered_at, seen_at = times
    content = Content(kind, text, _read(attachments), quote)
    return Message(
        seq, msg_id, oa_id, app_id, person, group_id, author, content, admin_id, clock, wall, _read(quota),
        delivered_at, seen_at,
    )  # fmt: skip


def known(world: World, oa_id: str, msg_id: str) -> bool:
    return world.state.one(KNOWN, msg_id, oa_id) is not None


def with_person(world: World, oa_id: str, person: str, *, offset: int, count: int) -> list[Message]:
    """Newest first, as the following three."""
    return [_of(row) for row in world.state.all(WITH_PERSON, oa_id, person, count, offset)]


def with_people(world: World, oa_id: str, *, offset: int, count: int) -> list[Message]:
    return [_of(row) for row in world.state.all(WITH_PEOPLE, oa_id, count, offset)]


def in_group(world: World, group_id: str, *, offset: int, count: int) -> list[Message]:
    return [_of(row) for row in world.state.all(IN_GROUP, group_id, count, offset)]


def in_groups(world: World, oa_id: str, *, offset: int, count: int) -> list[Message]:
    return [_of(row) for row in world.state.all(IN_GROUPS, oa_id, count, offset)]


def sent(world: World, *, after: int, oa_id: str, person: str, group_id: str, msg_id: str, limit: int) -> list[Message]:
    """What pages sent, oldest first; an empty filter takes all."""
    asked = (oa_id, oa_id, person, person, group_id, group_id, msg_id, msg_id)
    return [_of(row) for row in world.state.all(SENT, after, *asked, limit)]
