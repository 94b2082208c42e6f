"""inbound.receipts.v1: what a channel tells of a message we sent. Zalo tells nothing of groups."""

from shared.events.base import InboundEvent


class MessageDelivered(InboundEvent):
    person: str
    message_key: str


class MessageSeen(InboundEvent):
    person: str
    message_key: str


class SendEchoed(InboundEvent):
    """The echo of what an app sent (no admin_id): proof that a send in doubt did arrive at the channel."""

    message_key: str
    person: str | None = None
    group: str | None = None


class PushUnrecognised(InboundEvent):
    """inbound.unrecognised.v1: a signed push we cannot read or place, kept sealed whole. Raised to a person."""

    reason: str
    """unknown_event | unknown_page | unreadable"""
    name: str
    """The vendor's event name, cut to 80 characters."""
    sealed: str
    """The raw body, sealed for purpose `push`."""
