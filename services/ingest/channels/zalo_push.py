"""A Zalo push as it is on the wire, before anybody judges it. Ids are text; numbers are taken for text too.

Source: Zalo's webhook pages (December 2025), summed up in docs/channels/zalo.md.
"""

from typing import Any

import msgspec

from services.ingest.channels.contract import PayloadInvalid

Text = str | int | None


def text(value: Text) -> str:
    return "" if value is None else str(value)


class Party(msgspec.Struct):
    """Who sent, who receives. `admin_id`: an officer typed it in Zalo's own console."""

    id: Text = None
    admin_id: Text = None


class WireAttachment(msgspec.Struct):
    """`payload`'s shape goes by `type`, and is read with care in zalo_attachments.py."""

    type: str = ""
    payload: Any = None


class WireMessage(msgspec.Struct):
    text: str | None = None
    msg_id: Text = None
    msg_ids: list[str | int] | None = None
    quote_msg_id: Text = None
    attachments: list[WireAttachment] | None = None
    conversation_id: Text = None
    react_icon: str | None = None


class ZaloPush(msgspec.Struct):
    """Every field any event has; what an event lacks is None."""

    event_name: str = ""
    app_id: Text = None
    timestamp: Text = None
    oa_id: Text = None
    oaId: Text = None  # noqa: N815 - so spelt in quota events
    sender: Party | None = None
    recipient: Party | None = None
    follower: Party | None = None
    message: WireMessage | None = None
    user_id: Text = None
    user_id_by_app: Text = None
    group_id: Text = None
    users: list[Party] | None = None


class UnreadablePush(ZaloPush):
    """Its shape is none we know: only what the signature and the record need was read."""


_typed = msgspec.json.Decoder(ZaloPush)
_any = msgspec.json.Decoder()


def read(body: bytes) -> ZaloPush:
    """The push, typed. Raises PayloadInvalid when it is no JSON object; another shape is read as far as it goes."""
    try:
        return _typed.decode(body)
    except (msgspec.ValidationError, RecursionError):
        return _as_far_as_it_goes(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise PayloadInvalid("body") from None


def _as_far_as_it_goes(body: bytes) -> UnreadablePush:
    try:
        found = _any.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise PayloadInvalid("body") from None
    if not isinstance(found, dict):
        raise PayloadInvalid("body")
    push = UnreadablePush(sender=_party(found.get("sender")), recipient=_party(found.get("recipient")))
    for name in ("event_name", "app_id", "timestamp", "oa_id", "oaId"):
        value = found.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool):
            setattr(push, name, str(value))
    return push


def _party(value: object) -> Party | None:
    found = value.get("id") if isinstance(value, dict) else None
    return Party(id=found) if isinstance(found, str | int) and not isinstance(found, bool) else None
