"""A page's messages to a person: `/v3.0/oa/message/cs`. Source: the manual's "Gửi tin Tư vấn" pages."""

from typing import Any

from deploy.demo.zalo import receipts, records
from deploy.demo.zalo.errors import KIND_NOT_SUPPORTED, LIMIT_EXCEEDED, PARAMETER_INVALID, ZaloError
from deploy.demo.zalo.gateway import Route
from deploy.demo.zalo.params import text
from deploy.demo.zalo.quotas import charge
from deploy.demo.zalo.records import Content
from deploy.demo.zalo.world import Call, World


def read_content(world: World, call: Call) -> Content:
    """The message of a request. Raises ZaloError -201, -210 (text too long), -233 (a kind Zalo does not know)."""
    message = part(call.body, "message")
    said, attachment = message.get("text"), message.get("attachment")
    if said is not None and not isinstance(said, str):
        raise ZaloError(PARAMETER_INVALID, "text is no text")
    if said is not None and len(said) > world.settings.text_limit:
        raise ZaloError(LIMIT_EXCEEDED, f"text is at most {world.settings.text_limit} characters")
    if not said and attachment is None:
        raise ZaloError(PARAMETER_INVALID, "text is empty")
    quote = _quote(world, call, message)
    if attachment is None:
        return Content("text", said, quote=quote)
    kind, attachments = _attachment(world, attachment)
    return Content(kind, said, attachments, quote)


def part(values: dict[str, Any], name: str) -> dict[str, Any]:
    value = values.get(name)
    if not isinstance(value, dict):
        raise ZaloError(PARAMETER_INVALID, f"{name} is missing")
    return value


def _quote(world: World, call: Call, message: dict[str, Any]) -> str | None:
    if "quote_message_id" not in message:
        return None
    quote = text(message, "quote_message_id")
    if not records.known(world, call.oa_id, quote):
        raise ZaloError(PARAMETER_INVALID, "quote_message_id")
    return quote


def _attachment(world: World, attachment: object) -> tuple[str, list[Any]]:
    """An attachment as asked → its kind, and as the echo shows it. What was uploaded is not kept: only ids are."""
    if not isinstance(attachment, dict) or not isinstance(attachment.get("payload"), dict):
        raise ZaloError(PARAMETER_INVALID, "attachment")
    payload: dict[str, Any] = attachment["payload"]
    if attachment.get("type") == "file":
        token = text(payload, "token")
        url = f"https://f7-group-zf.zdn.vn/{world.chance.hex_id('file', token)}"
        shown = {"size": "0", "name": "file.pdf", "checksum": "", "type": "pdf", "url": url}
        return "file", [{"payload": shown, "type": "file"}]
    elements = payload.get("elements")
    if payload.get("template_type") != "media" or not isinstance(elements, list) or not elements:
        raise ZaloError(KIND_NOT_SUPPORTED, "attachment")
    kind, url = _medium(world, elements[0])
    shown = {"url": url, "id": url[-20:]} if kind == "sticker" else {"thumbnail": url, "url": url}
    return kind, [{"payload": shown, "type": kind}]


def _medium(world: World, element: object) -> tuple[str, str]:
    kind = element.get("media_type") if isinstance(element, dict) else None
    if not isinstance(element, dict) or kind not in {"image", "gif", "sticker"}:
        raise ZaloError(KIND_NOT_SUPPORTED, "media_type")
    if "url" in element:
        return kind, text(element, "url")
    return kind, f"https://f6.photo.talk.zdn.vn/{world.chance.hex_id('upload', text(element, 'attachment_id'))}"


def send(world: World, call: Call) -> dict[str, Any]:
    """Write to one person: window, who pays, the message, its echo and receipts, in this order."""
    person = text(part(call.body, "recipient"), "user_id")
    content = read_content(world, call)
    quota = charge(world, call.oa_id, person)
    message = records.add(
        world, oa_id=call.oa_id, app_id=call.caller.app_id, author="api", content=content, person=person, quota=quota
    )
    receipts.echo(world, message)
    receipts.schedule(world, message)
    answer: dict[str, Any] = {} if quota is None else {"quota": quota}
    return answer | {"message_id": message.msg_id, "user_id": person}


TABLE = (Route("POST", "/v3.0/oa/message/cs", send),)
