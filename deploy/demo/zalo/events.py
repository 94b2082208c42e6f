"""The bodies of Zalo's webhooks, field for field as its manual prints them. Pure: values in, one JSON object out."""

from typing import Any

Payload = dict[str, Any]

PERSON_KINDS = (
    "text", "image", "gif", "link", "audio", "video", "sticker", "location", "file", "business_card",
)  # fmt: skip
MEMBER_EVENTS = (
    "user_join_group", "user_out_group", "user_request_join_group", "accept_request_join_group",
    "reject_request_join_group", "add_group_admin", "remove_group_admin",
)  # fmt: skip


def content(msg_id: str, text: str | None, attachments: list[Any] | None, quote: str | None) -> Payload:
    """A message's `message`: what it lacks is left out."""
    parts: Payload = {}
    if text is not None:
        parts["text"] = text
    if attachments:
        parts["attachments"] = attachments
    parts["msg_id"] = msg_id
    if quote:
        parts["quote_msg_id"] = quote
    return parts


def person_sent(
    *, app_id: str, oa_id: str, person: str, by_app: str, kind: str, message: Payload, timestamp: int
) -> Payload:
    return {
        "app_id": app_id,
        "sender": {"id": person},
        "user_id_by_app": by_app,
        "recipient": {"id": oa_id},
        "event_name": f"user_send_{kind}",
        "message": message,
        "timestamp": str(timestamp),
    }


def page_sent(
    *, app_id: str, oa_id: str, person: str, by_app: str, kind: str, message: Payload, timestamp: int,
    admin_id: str | None,
) -> Payload:  # fmt: skip
    """The echo. `admin_id` is there only when an officer typed it in Zalo's own console."""
    return {
        "app_id": app_id,
        "sender": {"id": oa_id} | ({"admin_id": admin_id} if admin_id else {}),
        "recipient": {"id": person},
        "event_name": f"oa_send_{kind}",
        "message": message,
        "user_id_by_app": by_app,
        "timestamp": str(timestamp),
    }


def group_sent(
    *, app_id: str, oa_id: str, group_id: str, person: str | None, by_app: str | None, kind: str, message: Payload,
    timestamp: int, admin_id: str | None = None,
) -> Payload:  # fmt: skip
    """A message in a group: from a person, or from the page (person None), whose shape Zalo does not print."""
    body: Payload = {
        "event_name": f"user_send_group_{kind}" if person else f"oa_send_group_{kind}",
        "app_id": app_id,
        "sender": {"id": person or oa_id} | ({"admin_id": admin_id} if admin_id else {}),
        "recipient": {"id": group_id},
        "message": message,
        "oa_id": oa_id,
        "timestamp": str(timestamp),
    }
    if by_app:
        body["user_id_by_app"] = by_app
    return body


def followed(*, app_id: str, oa_id: str, person: str, by_app: str, name: str, source: str, timestamp: int) -> Payload:
    """name: follow or unfollow."""
    return {
        "oa_id": oa_id,
        "follower": {"id": person},
        "user_id_by_app": by_app,
        "event_name": name,
        "source": source,
        "app_id": app_id,
        "timestamp": str(timestamp),
    }


def group_life(
    *, app_id: str, oa_id: str, group_id: str, name: str, users: list[str] | None, timestamp: int
) -> Payload:
    body: Payload = {"oa_id": oa_id, "group_id": group_id, "event_name": name, "app_id": app_id}
    if users:
        body["users"] = [{"id": user} for user in users]
    return body | {"timestamp": str(timestamp)}


def chat_opened(*, app_id: str, oa_id: str, person: str, by_app: str, timestamp: int) -> Payload:
    return {
        "app_id": app_id,
        "event_name": "user_click_chatnow",
        "oa_id": oa_id,
        "user_id": person,
        "user_id_by_app": by_app,
        "timestamp": str(timestamp),
    }


def withdrew(*, app_id: str, oa_id: str, person: str, by_app: str, timestamp: int) -> Payload:
    return {
        "app_id": app_id,
        "oa_id": oa_id,
        "user_id_by_app": by_app,
        "user_id": person,
        "event_name": "user_withdraw",
        "timestamp": str(timestamp),
    }


def reacted(*, app_id: str, oa_id: str, person: str, by_app: str, msg_id: str, icon: str, timestamp: int) -> Payload:
    return {
        "app_id": app_id,
        "event_name": "user_reacted_message",
        "sender": {"id": person},
        "recipient": {"id": oa_id},
        "message": {"msg_id": msg_id, "react_icon": icon},
        "timestamp": str(timestamp),
        "user_id_by_app": by_app,
    }


def submitted_info(*, app_id: str, oa_id: str, person: str, info: Payload, timestamp: int) -> Payload:
    return {
        "sender": {"id": person},
        "recipient": {"id": oa_id},
        "event_name": "user_submit_info",
        "app_id": app_id,
        "timestamp": str(timestamp),
        "info": info,
    }


def receipt(*, app_id: str, oa_id: str, person: str, name: str, message: Payload, timestamp: int) -> Payload:
    """name: user_received_message with msg_id, user_seen_message with msg_ids; both run page → person."""
    return {
        "app_id": app_id,
        "sender": {"id": oa_id},
        "recipient": {"id": person},
        "event_name": name,
        "message": message,
        "timestamp": str(timestamp),
    }
