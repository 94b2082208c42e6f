"""Zalo's attachments as ours. What a person sent is kept whatever its shape: a picture without a link is still one."""

import math
from collections.abc import Sequence
from typing import Any, Literal, get_args

import msgspec

from services.ingest.channels.zalo_push import WireAttachment
from shared.events import Attachment

Kind = Literal["image", "gif", "link", "audio", "video", "sticker", "location", "file", "business_card", "template"]
KINDS = frozenset(get_args(Kind))


def attachments(wire: Sequence[WireAttachment] | None, *, business_card: bool) -> tuple[Attachment, ...]:
    """In their order. `business_card`: the event's name says so, for the attachment itself comes as type `link`."""
    return tuple(_attachment(one, business_card=business_card) for one in wire or ())


def _attachment(wire: WireAttachment, *, business_card: bool) -> Attachment:
    payload: dict[str, Any] = wire.payload if isinstance(wire.payload, dict) else {}
    if business_card:
        return _business_card(payload)
    if wire.type == "location":
        return _location(payload)
    name = _string(payload.get("name") or payload.get("description"))
    if wire.type not in KINDS:  # a kind Zalo adds later is a file of that kind
        return Attachment(kind="file", url=_string(payload.get("url")), name=name or _string(wire.type))
    return Attachment.model_validate({"kind": wire.type, "url": _string(payload.get("url")), "name": name})


def _location(payload: dict[str, Any]) -> Attachment:
    """`{"coordinates":{"latitude":"10.76","longitude":"106.65"}}`, text; as numbers, or none where it is no place."""
    coordinates = payload.get("coordinates")
    found = coordinates if isinstance(coordinates, dict) else {}
    latitude, longitude = _degrees(found.get("latitude"), 90), _degrees(found.get("longitude"), 180)
    if latitude is None or longitude is None:
        return Attachment(kind="location")
    return Attachment(kind="location", latitude=latitude, longitude=longitude)


def _degrees(value: object, limit: float) -> float | None:
    try:
        degrees = float(value)  # type: ignore[arg-type]  # anything may stand there; what is no number is caught
    except (TypeError, ValueError, OverflowError):
        return None
    return degrees if math.isfinite(degrees) and abs(degrees) <= limit else None


def _business_card(payload: dict[str, Any]) -> Attachment:
    """`description` is a JSON text `{"phone","qrCodeUrl"}`: the telephone number is the card's name."""
    try:
        card = msgspec.json.decode(payload.get("description") or "{}")
    except (msgspec.DecodeError, TypeError, RecursionError):
        card = None
    found: dict[str, Any] = card if isinstance(card, dict) else {"phone": payload.get("description")}
    url = _string(found.get("qrCodeUrl")) or _string(payload.get("url"))
    return Attachment(kind="business_card", url=url, name=_string(found.get("phone")))


def _string(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value) or None
