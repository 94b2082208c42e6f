"""What every channel takes and gives: one HTTP push in, events out. No I/O, clock, logger or settings.

A channel only verifies and parses. Sealing, producing and answering are the same for all (webhooks.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from services.ingest.domain.moment import Moment
from services.ingest.domain.register import App, Register
from services.ingest.domain.senders import Sender
from shared.events import InboundEvent
from shared.identity import Pseudonymiser


class PushRefused(Exception):  # noqa: N818 - the house's word for a sender's mistake
    """A push that changes nothing. `field`: what is wrong, never with its content."""

    def __init__(self, field: str = "") -> None:
        super().__init__(field)
        self.field = field


class PayloadInvalid(PushRefused):
    """400: not JSON, or (where the sender is ours to correct) a field that is not as documented."""


class SignatureInvalid(PushRefused):
    """401: nobody who knows the key wrote this."""


class SenderUnknown(PushRefused):
    """401: an app or sender we do not know."""


class TimestampStale(PushRefused):
    """400: signed, but too long ago or ahead (Standard Webhooks; Zalo is never refused by age)."""


class Push(NamedTuple):
    """One HTTP request. `headers`: lower-case names. `sender`: the last part of the path, where it has one."""

    headers: Mapping[str, str]
    body: bytes
    received_at: datetime
    sender: str = ""


@dataclass(frozen=True)
class Known:
    """What a channel may look up."""

    province: str
    register: Register
    names: Pseudonymiser
    apps: Mapping[str, App]
    senders: Mapping[str, Sender]
    signed_tolerance_seconds: int = 300


class Identity(NamedTuple):
    """Who is behind a pseudonym: sealed by webhooks.py before it goes anywhere. `address`: as the channel needs it."""

    channel: str
    account: str
    person: str
    address: tuple[tuple[str, str], ...]


class Kept(NamedTuple):
    """A push that is kept sealed whole, since we cannot read or place it.

    `reason`: unknown_event, unknown_page, unreadable; or `known`, of no use yet, which raises nobody.
    """

    reason: str
    account: str
    name: str
    moment: Moment


class Reading(NamedTuple):
    """What one push says. No events and nothing kept: it was not meant for us, and is forgotten."""

    events: tuple[InboundEvent, ...] = ()
    identities: tuple[Identity, ...] = ()
    kept: Kept | None = None
    signed_by: str = ""
    """Which form of the signature matched, where a channel has several."""


@dataclass(frozen=True)
class Channel:
    """`route`: where it is pushed to; `by_sender`: with the sender's name after it. `read` raises PushRefused."""

    name: str
    route: str
    read: Callable[[Push, Known], Reading]
    by_sender: bool = False
