"""One Zalo push with all that a builder of events needs: whose it is, when, and who acted."""

from datetime import datetime
from typing import Any

from services.ingest.channels.contract import Identity, Known
from services.ingest.channels.zalo_push import Text, WireMessage, ZaloPush, text
from services.ingest.domain.moment import Moment
from services.ingest.domain.register import Page
from shared.events import event_id

ZALO = "zalo"


class Incomplete(Exception):  # noqa: N818 - said of a push
    """The push lacks what its kind must have."""


class Occasion:
    """One push with all that a builder needs, and the identities it met."""

    def __init__(self, said: ZaloPush, page: Page, app: str, when: Moment, received_at: datetime, known: Known) -> None:
        self.said = said
        self.page = page
        self.app = app
        self.known = known
        self.identities: list[Identity] = []
        self.timestamp = text(said.timestamp)
        self._when = when
        self._received_at = received_at

    def common(self, kind: str, key: str) -> dict[str, Any]:
        """The fields every inbound event has."""
        return {
            "id": event_id(ZALO, self.page.id, kind, key),
            "province": self.known.province,
            "channel": ZALO,
            "account": self.page.id,
            "occurred_at": self._when.at,
            "received_at": self._received_at,
            "time_suspect": self._when.suspect,
        }

    def pseudonym(self, user: Text) -> str:
        """Raises Incomplete when there is no such id."""
        if not text(user):
            raise Incomplete
        return self.known.names.person(ZALO, self.page.id, text(user))

    def identified(self, user: Text, **more: Text) -> str:
        """The pseudonym of a person who acted, and their sealed address beside it."""
        person = self.pseudonym(user)
        address = {"user_id": text(user), "user_id_by_app": text(self.said.user_id_by_app)}
        address |= {name: text(value) for name, value in more.items()}
        told = tuple((name, value) for name, value in address.items() if value)
        self.identities.append(Identity(ZALO, self.page.id, person, told))
        return person

    @property
    def across_pages(self) -> str | None:
        by_app = text(self.said.user_id_by_app)
        return self.known.names.across_pages(ZALO, self.app, by_app) if by_app else None

    @property
    def message(self) -> WireMessage:
        if self.said.message is None:
            raise Incomplete
        return self.said.message

    @property
    def group(self) -> str:
        return required(self.said.group_id)


def required(value: Text) -> str:
    """Raises Incomplete."""
    if not text(value):
        raise Incomplete
    return text(value)
