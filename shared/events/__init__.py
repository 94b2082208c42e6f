"""Every event of the platform. The register below is what schemas, examples and the compatibility test walk."""

from shared.events.audience import (
    ChatOpened,
    GroupChanged,
    GroupCreated,
    GroupDeleted,
    GroupJoined,
    GroupLeft,
    PageFollowed,
    PageObserved,
    PageUnfollowed,
    PersonWithdrew,
    PostPublished,
    PostViewsObserved,
    ReactionAdded,
)
from shared.events.base import Event, InboundEvent, Instant, event_id, plausible
from shared.events.cases import CaseChanged, CaseFacts
from shared.events.envelope import Encoded, Unreadable, decode, encode, header
from shared.events.messages import Attachment, MessageEchoed, MessageReceived
from shared.events.receipts import MessageDelivered, MessageSeen, PushUnrecognised, SendEchoed
from shared.events.registers import AccessState, AccountState, IdentitySealed, OfficerState
from shared.events.sending import AlertChanged, DeliveryChanged, ReplyRequested

EVENTS: dict[str, tuple[type[Event], ...]] = {
    "inbound.messages.v1": (MessageReceived, MessageEchoed),
    "inbound.audience.v1": (
        PageFollowed,
        PageUnfollowed,
        GroupCreated,
        GroupChanged,
        GroupDeleted,
        GroupJoined,
        GroupLeft,
        PageObserved,
        PostPublished,
        PostViewsObserved,
        ReactionAdded,
        ChatOpened,
        PersonWithdrew,
    ),
    "inbound.receipts.v1": (MessageDelivered, MessageSeen, SendEchoed),
    "inbound.unrecognised.v1": (PushUnrecognised,),
    "channels.accounts.v1": (AccountState,),
    "channels.access.v1": (AccessState,),
    "identities.v1": (IdentitySealed,),
    "access.officers.v1": (OfficerState,),
    "cases.events.v1": (CaseChanged,),
    "replies.requested.v1": (ReplyRequested,),
    "alerts.events.v1": (AlertChanged,),
    "delivery.receipts.v1": (DeliveryChanged,),
}
"""Topic name to the events it carries."""

__all__ = [
    "EVENTS",
    "AccessState",
    "AccountState",
    "AlertChanged",
    "Attachment",
    "CaseChanged",
    "CaseFacts",
    "ChatOpened",
    "DeliveryChanged",
    "Encoded",
    "Event",
    "GroupChanged",
    "GroupCreated",
    "GroupDeleted",
    "GroupJoined",
    "GroupLeft",
    "IdentitySealed",
    "InboundEvent",
    "Instant",
    "MessageDelivered",
    "MessageEchoed",
    "MessageReceived",
    "MessageSeen",
    "OfficerState",
    "PageFollowed",
    "PageObserved",
    "PageUnfollowed",
    "PersonWithdrew",
    "PostPublished",
    "PostViewsObserved",
    "PushUnrecognised",
    "ReactionAdded",
    "ReplyRequested",
    "SendEchoed",
    "Unreadable",
    "decode",
    "encode",
    "event_id",
    "header",
    "plausible",
]
