"""Signed messages of another system, by the Standard Webhooks scheme: did the sender write it, and what does it say.

Source: standardwebhooks.com, the specification and its reference library; our body is in docs/channels/signed.md.
"""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Annotated, Any, Literal

import msgspec
from standardwebhooks import Webhook

from services.ingest.channels.contract import (
    Channel,
    Identity,
    Kept,
    Known,
    PayloadInvalid,
    Push,
    Reading,
    SenderUnknown,
    SignatureInvalid,
    TimestampStale,
)
from services.ingest.domain.moment import EPOCH, Moment
from services.ingest.domain.senders import Sender
from shared.events import Attachment, MessageReceived, event_id, plausible

SIGNED = "signed"
SECONDS_DIGITS = 11
NAME_LENGTH = 80

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
When = Annotated[datetime, msgspec.Meta(tz=True)]


class Said(msgspec.Struct):
    """`data` of a message. `person`: the sender's own name for who wrote; it goes no further than its pseudonym."""

    message_id: Line
    person: Line
    text: Annotated[str, msgspec.Meta(max_length=20_000)]
    occurred_at: When | None = None
    latitude: Annotated[float, msgspec.Meta(ge=-90, le=90)] | None = None
    longitude: Annotated[float, msgspec.Meta(ge=-180, le=180)] | None = None


class SignedMessage(msgspec.Struct):
    type: Literal["message.received"]
    timestamp: When
    data: Said


class Envelope(msgspec.Struct):
    """What every Standard Webhook has."""

    type: str
    timestamp: Any = None


_envelope = msgspec.json.Decoder(Envelope)
_message = msgspec.json.Decoder(SignedMessage)


def read_push(push: Push, known: Known) -> Reading:
    """Verify, then parse. Raises SenderUnknown, SignatureInvalid (401), TimestampStale, PayloadInvalid (400)."""
    sender = known.senders.get(push.sender)
    if sender is None:
        raise SenderUnknown("sender")
    verify(
        headers=push.headers,
        body=push.body,
        sender=sender,
        now=push.received_at,
        tolerance_seconds=known.signed_tolerance_seconds,
    )
    return parse(body=push.body, sender=sender, received_at=push.received_at, known=known)


def verify(*, headers: Mapping[str, str], body: bytes, sender: Sender, now: datetime, tolerance_seconds: float) -> None:
    """Any of the sender's secrets, any `v1` signature. Raises SignatureInvalid, TimestampStale, PayloadInvalid.

    The signature first: how old a stranger's words are is nobody's business.
    """
    message_id, seconds = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    given = [s.removeprefix("v1,") for s in headers.get("webhook-signature", "").split(" ") if s.startswith("v1,")]
    if not message_id or not given or not (seconds.isascii() and seconds.isdigit() and len(seconds) < SECONDS_DIGITS):
        raise SignatureInvalid("webhook-signature")
    signed_at = datetime.fromtimestamp(int(seconds), UTC)
    expected = [_signature(secret, message_id, signed_at, body) for secret in sender.secrets]
    if not any([compare_digest(ours.encode(), theirs.encode()) for ours in expected for theirs in given]):  # noqa: C419 - all, always
        raise SignatureInvalid("webhook-signature")
    if abs((now - signed_at).total_seconds()) > tolerance_seconds:
        raise TimestampStale("webhook-timestamp")


def _signature(secret: str, message_id: str, signed_at: datetime, body: bytes) -> str:
    try:
        return Webhook(secret).sign(message_id, signed_at, body.decode()).removeprefix("v1,")
    except UnicodeDecodeError:
        raise PayloadInvalid("body") from None


def parse(*, body: bytes, sender: Sender, received_at: datetime, known: Known) -> Reading:
    """One message. Raises PayloadInvalid, which names the field: this sender reads our page and can mend it."""
    try:
        envelope = _envelope.decode(body)
        if envelope.type != "message.received":
            return _unknown(envelope, sender, received_at)
        message = _message.decode(body)
    except msgspec.ValidationError as error:
        raise PayloadInvalid(_field(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise PayloadInvalid("body") from None
    when = _believed(message.data.occurred_at or message.timestamp, received_at)
    if sender.account not in known.register.pages:
        return Reading(kept=Kept("unknown_page", sender.account, message.type, when))
    return _received(message.data, sender, when, received_at, known)


def _unknown(envelope: Envelope, sender: Sender, received_at: datetime) -> Reading:
    try:
        when = _believed(msgspec.convert(envelope.timestamp, When), received_at)
    except msgspec.ValidationError:
        when = Moment(EPOCH, suspect=True)
    return Reading(kept=Kept("unknown_event", sender.account, envelope.type[:NAME_LENGTH], when))


def _received(said: Said, sender: Sender, when: Moment, received_at: datetime, known: Known) -> Reading:
    """The sender's ids are its own: beside another sender's they need its name before them."""
    user = f"{sender.id}/{said.person}"
    person = known.names.person(SIGNED, sender.account, user)
    key = f"{sender.id}/{said.message_id}"
    event = MessageReceived(
        id=event_id(SIGNED, sender.account, "message", key),
        province=known.province,
        channel=SIGNED,
        account=sender.account,
        occurred_at=when.at,
        received_at=received_at,
        time_suspect=when.suspect,
        conversation=person,
        person=person,
        text=said.text,
        attachments=_place(said),
        message_key=key,
        answerable=False,
    )
    identity = Identity(SIGNED, sender.account, person, (("user_id", user),))
    return Reading((event,), (identity,))


def _place(said: Said) -> tuple[Attachment, ...]:
    if said.latitude is None or said.longitude is None:
        return ()
    if not (math.isfinite(said.latitude) and math.isfinite(said.longitude)):
        return ()
    return (Attachment(kind="location", latitude=said.latitude, longitude=said.longitude),)


def _believed(at: datetime, received_at: datetime) -> Moment:
    return Moment(at, not plausible(at, received_at))


def _field(error: msgspec.ValidationError) -> str:
    """`data.text` of `Object missing required field … - at $.data`: names of fields, never their content."""
    said, _, path = str(error).partition(" - at `$")
    missing = said.partition("missing required field `")[2].rstrip("`")
    where = path.rstrip("`").strip(".")
    return ".".join(part for part in (where, missing) if part) or "body"


CHANNEL = Channel(SIGNED, "/webhooks/signed", read=read_push, by_sender=True)
