"""inbound.audience.v1: who follows, which groups exist, what the page published and how often it was seen."""

from shared.events.base import InboundEvent, Instant


class PageFollowed(InboundEvent):
    person: str


class PageUnfollowed(InboundEvent):
    person: str


class GroupCreated(InboundEvent):
    """The page made a group. Its name and village come by poll or from the province's map, never from this push."""

    group: str


class GroupChanged(InboundEvent):
    group: str


class GroupDeleted(InboundEvent):
    group: str


class GroupJoined(InboundEvent):
    group: str
    person: str


class GroupLeft(InboundEvent):
    group: str
    person: str


class PageObserved(InboundEvent):
    """A gauge read by poll; `occurred_at` is the answer's HTTP Date. Never summed over time."""

    name: str
    verified: bool
    followers: int


class PostPublished(InboundEvent):
    """A post first seen by poll. `published_at` is the channel's own creation time: the post counts there."""

    post: str
    title: str = ""
    published_at: Instant


class PostViewsObserved(InboundEvent):
    """A gauge read by poll: all views of one post up to `occurred_at`, the answer's HTTP Date."""

    post: str
    views: int
    shares: int = 0


class ReactionAdded(InboundEvent):
    person: str
    message_key: str
    icon: str


class ChatOpened(InboundEvent):
    """The person pressed the page's chat button: an act that opens Zalo's window."""

    person: str


class PersonWithdrew(InboundEvent):
    """The person uses their right to have their data removed (user_withdraw): starts data.request's clock."""

    person: str
