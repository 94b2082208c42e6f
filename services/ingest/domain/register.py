"""What the hot path knows without asking anybody: pages, apps, senders and the words that call a page."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.ingest.domain.calls import CallWords


@dataclass(frozen=True)
class Page:
    """A page of ours."""

    id: str
    name: str
    app: str


@dataclass(frozen=True)
class App:
    """An app of the channel and the key its pushes are signed with. A page may override the key."""

    id: str
    secret: str = field(repr=False)
    page_secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    def secret_of(self, page: str) -> str:
        return self.page_secrets.get(page, self.secret)


@dataclass(frozen=True)
class Register:
    """A snapshot of ingest's own tables, replaced whole when they change."""

    pages: Mapping[str, Page]
    call_words: CallWords


EMPTY = Register({}, CallWords(()))
