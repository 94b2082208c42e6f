"""What Zalo pushes after a page's message: its echo at once, that it arrived, and later, for most, that it was seen."""

from typing import Any

from deploy.demo.zalo import events
from deploy.demo.zalo.page import page_of
from deploy.demo.zalo.people import meet
from deploy.demo.zalo.records import Content, Message
from deploy.demo.zalo.world import World

DELIVERED = "UPDATE messages SET delivered_at = ? WHERE msg_id = ? AND delivered_at IS NULL"
UNSEEN = (
    "SELECT msg_id FROM messages WHERE oa_id = ? AND person = ? AND group_id IS NULL AND author = 'api'"
    " AND delivered_at IS NOT NULL AND seen_at IS NULL ORDER BY seq"
)
SEEN = "UPDATE messages SET seen_at = ? WHERE msg_id = ?"

RECEIVED, SEEN_EVENT = "user_received_message", "user_seen_message"


def parts(message: Message) -> dict[str, Any]:
    said: Content = message.content
    return events.content(message.msg_id, said.text, said.attachments, said.quote)


def echo(world: World, message: Message) -> None:
    """oa_send_… or oa_send_group_…, with admin_id only for what an officer typed in the console."""
    app_id, oa_id = page_of(world, message.oa_id).app_id, message.oa_id
    shared: dict[str, Any] = {
        "app_id": app_id, "oa_id": oa_id, "kind": message.content.kind, "message": parts(message),
        "timestamp": message.clock, "admin_id": message.admin_id,
    }  # fmt: skip
    if message.group_id is not None:
        body = events.group_sent(group_id=message.group_id, person=None, by_app=None, **shared)
    else:
        person = message.person or ""
        body = events.page_sent(person=person, by_app=meet(world, oa_id, person).by_app, **shared)
    world.webhooks.push(app_id=app_id, oa_id=oa_id, body=body)


def schedule(world: World, message: Message) -> None:
    """Receipts of a message an app sent to a person; Zalo documents none for groups."""
    chance, settings = world.chance, world.settings
    arrives = chance.between(settings.delivery_seconds, "delivery", message.msg_id)
    late = {"oa_id": message.oa_id, "app_id": message.app_id, "person": message.person, "msg_id": message.msg_id}
    world.webhooks.push_late(
        app_id=message.app_id, oa_id=message.oa_id, event=RECEIVED, late=late | {"event": RECEIVED}, wait=arrives
    )
    if chance.share("seen", message.msg_id) < settings.seen_share:
        opened = arrives + chance.between(settings.seen_seconds, "seen after", message.msg_id)
        world.webhooks.push_late(
            app_id=message.app_id, oa_id=message.oa_id, event=SEEN_EVENT, late=late | {"event": SEEN_EVENT}, wait=opened
        )


def body_when_due(world: World, late: dict[str, Any], now: int) -> dict[str, Any] | None:
    """A receipt as of its own moment: whoever opens the chat sees all that has arrived by then. None: nothing new."""
    if late["event"] == RECEIVED:
        message: dict[str, Any] = {"msg_id": late["msg_id"]}
        world.state.run(DELIVERED, now, late["msg_id"])
    else:
        ids = [row[0] for row in world.state.all(UNSEEN, late["oa_id"], late["person"])]
        if not ids:
            return None
        message = {"msg_ids": ids}
        for msg_id in ids:
            world.state.run(SEEN, now, msg_id)
    return events.receipt(
        app_id=late["app_id"], oa_id=late["oa_id"], person=late["person"], name=late["event"], message=message,
        timestamp=now,
    )  # fmt: skip
