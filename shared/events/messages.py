"""inbound.messages.v1: what people wrote. With replies.requested, the only topics that hold people's words."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from shared.events.base import InboundEvent

AttachmentKind = Literal[
    "image", "gif", "link", "audio", "video", "sticker", "location", "file", "business_card", "template"
]


class Attachment(BaseModel):
    """A picture, place or file beside the words. `url` is the channel's and may expire."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: AttachmentKind
    url: str | None = None
    name: str | None = None
    latitude: float | None = None
    longitude: float | None = None


class ConversationEvent(InboundEvent):
    """One turn of a conversation: `conversation` and `person` are pseudonyms, `message_key` the vendor's id."""

    conversation: str
    person: str
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    message_key: str
    quoted_key: str | None = None

    @property
    def subject(self) -> str:
        return self.conversation


class MessageReceived(ConversationEvent):
    """A person wrote to a page, or called the page in a group. `person_across_pages` serves to count persons."""

    person_across_pages: str | None = None
    group: str | None = None
    answerable: bool = True
    """False where the channel gives no road back (a signed form of another system)."""


class MessageEchoed(ConversationEvent):
    """An officer's answer typed in the channel's own console. `officer` is the pseudonym of the console's account."""

    officer: str | None = None
