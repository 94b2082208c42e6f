"""Kafka records as values, fast: msgspec Structs of just the fields that are counted.

The pydantic models of shared/events are the contract; a test holds that both read the same from every example.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Generic, Literal, NamedTuple, TypeVar
from uuid import UUID

import msgspec

from shared import events
from shared.broker import Dead, Record
from shared.events.sending import DeliveryChanged

Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class Counted(msgspec.Struct, frozen=True, gc=False):
    """What every event has."""

    id: UUID
    province: str
    occurred_at: Instant


class Inbound(Counted, frozen=True, gc=False, kw_only=True):
    """What a channel pushed or showed."""

    account: str
    received_at: Instant
    time_suspect: bool = False

    @property
    def at(self) -> datetime:
        """The time that counts: the channel's, unless it cannot be believed."""
        return self.received_at if self.time_suspect else self.occurred_at


class Followed(Inbound, frozen=True, gc=False, kw_only=True):
    person: str


class Unfollowed(Inbound, frozen=True, gc=False, kw_only=True):
    person: str


class GroupMade(Inbound, frozen=True, gc=False, kw_only=True):
    group: str


class GroupGone(Inbound, frozen=True, gc=False, kw_only=True):
    group: str


class PageSeen(Inbound, frozen=True, gc=False, kw_only=True):
    verified: bool
    followers: int


class Published(Inbound, frozen=True, gc=False, kw_only=True):
    post: str
    published_at: Instant


class ViewsSeen(Inbound, frozen=True, gc=False, kw_only=True):
    post: str
    views: int
    shares: int = 0


class Facts(msgspec.Struct, frozen=True, gc=False):
    """The fields of shared/events' CaseFacts that are counted."""

    category: Literal["emergency", "tip", "admin_question", "feedback", "spam", "other"]
    opened_at: Instant
    answered_at: Instant | None = None
    resolved_at: Instant | None = None


class CaseActed(Counted, frozen=True, gc=False, kw_only=True):
    case: UUID
    version: int
    act: Literal[
        "opened", "message_added", "routed", "corrected", "assigned", "answered", "resolved", "reopened", "acknowledged"
    ]
    account: str
    after: Facts


class AlertActed(Counted, frozen=True, gc=False, kw_only=True):
    alert: UUID
    act: Literal["drafted", "approved", "started", "updated", "cancelled", "finished"]


class SendMoved(Counted, frozen=True, gc=False, kw_only=True):
    send: UUID
    version: int
    kind: Literal["reply", "alert"]
    account: str
    state: Literal["queued", "sent", "delivered", "seen", "failed", "in_doubt", "cancelled"]


Types = Mapping[str, type[Counted]]

AUDIENCE: Types = {
    events.PageFollowed.type: Followed,
    events.PageUnfollowed.type: Unfollowed,
    events.GroupCreated.type: GroupMade,
    events.GroupDeleted.type: GroupGone,
    events.PageObserved.type: PageSeen,
    events.PostPublished.type: Published,
    events.PostViewsObserved.type: ViewsSeen,
}
CASES: Types = {events.CaseChanged.type: CaseActed}
ALERTS: Types = {events.AlertChanged.type: AlertActed}
SENDS: Types = {DeliveryChanged.type: SendMoved}

T = TypeVar("T", bound=Counted)


class Decoded(NamedTuple, Generic[T]):
    """`seen`: the events that are ours beside their records, in order. `dead`: what nobody can read, and why."""

    seen: list[tuple[Record, T]]
    dead: list[Dead]


class Decode:
    """One topic's records. An event type that is not in `types` is somebody else's business on the same topic."""

    def __init__(self, types: Types, province: str) -> None:
        self._decoders = {name.encode(): msgspec.json.Decoder(struct) for name, struct in types.items()}
        self._province = province

    def __call__(self, records: Sequence[Record]) -> Decoded[Counted]:
        decoded: Decoded[Counted] = Decoded([], [])
        for record in records:
            name = _type(record)
            decoder = self._decoders.get(name)
            if decoder is None:
                if not name:
                    decoded.dead.append(Dead(record, "no ce_type header"))
                continue
            try:
                event = decoder.decode(record.value or b"")
            except msgspec.DecodeError as error:
                decoded.dead.append(Dead(record, f"{name.decode()}: {_where(error)}"))
                continue
            if event.province == self._province:
                decoded.seen.append((record, event))
            else:
                decoded.dead.append(Dead(record, f"{name.decode()}: of another province"))
        return decoded


def _type(record: Record) -> bytes:
    for key, value in record.headers:
        if key == "ce_type":
            return value
    return b""


def _where(error: msgspec.DecodeError) -> str:
    """The field that is wrong; the rest of the message may repeat what was in it."""
    _, found, path = str(error).rpartition(" - at ")
    return path.strip("`") if found else "not the JSON it should be"
