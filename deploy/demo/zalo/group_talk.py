"""Messages in a page's groups: sending, and reading back what was said."""

from typing import Any

from deploy.demo.zalo import receipts, records
from deploy.demo.zalo.conversations import in_group
from deploy.demo.zalo.gateway import Route
from deploy.demo.zalo.groups import group_of, writable
from deploy.demo.zalo.messages import part, read_content
from deploy.demo.zalo.page import page_of
from deploy.demo.zalo.params import text, whole
from deploy.demo.zalo.world import Call, World


def send(world: World, call: Call) -> dict[str, str]:
    """To one group, at any hour. Zalo gives no receipt in groups, only the echo."""
    group = writable(world, call, text(part(call.body, "recipient"), "group_id"))
    content = read_content(world, call)
    message = records.add(
        world, oa_id=call.oa_id, app_id=call.caller.app_id, author="api", content=content, group_id=group.group_id
    )
    receipts.echo(world, message)
    return {"message_id": message.msg_id, "group_id": group.group_id}


def conversation(world: World, call: Call) -> list[dict[str, Any]]:
    """Of one group, newest first."""
    group = group_of(world, call, text(call.query, "group_id"))
    offset, count = _slice(world, call)
    page = page_of(world, call.oa_id)
    return [in_group(world, page, one) for one in records.in_group(world, group.group_id, offset=offset, count=count)]


def listrecentchat(world: World, call: Call) -> list[dict[str, Any]]:
    offset, count = _slice(world, call)
    page = page_of(world, call.oa_id)
    return [in_group(world, page, one) for one in records.in_groups(world, call.oa_id, offset=offset, count=count)]


def _slice(world: World, call: Call) -> tuple[int, int]:
    most = world.settings.chats_limit
    return whole(call.query, "offset", 0, most=1_000_000), whole(call.query, "count", most, most=most)


TABLE = (
    Route("POST", "/v3.0/oa/group/message", send),
    Route("GET", "/v3.0/oa/group/conversation", conversation),
    Route("GET", "/v3.0/oa/group/listrecentchat", listrecentchat),
)
