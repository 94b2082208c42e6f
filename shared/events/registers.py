"""The registers that everyone copies: compacted topics, one record a key, the last one stands."""

from datetime import date
from typing import Literal

from shared.events.base import Event, Instant


class AccountState(Event):
    """channels.accounts.v1: a page or a group, whose it is, and since when. Written by ingest alone."""

    channel: str
    account: str
    """The page's or the group's id."""
    kind: Literal["page", "group"]
    page: str
    """The page itself, or the page that made the group."""
    app: str
    name: str
    unit: str | None = None
    commune_2020: str | None = None
    commune_2025: str | None = None
    district_2020: str | None = None
    village: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    state: Literal["active", "closed"] = "active"

    @property
    def subject(self) -> str:
        return self.account


class AccessState(Event):
    """channels.access.v1: the sealed access token of a page (purpose `access`), written by notify alone."""

    channel: str
    account: str
    sealed_token: str
    expires_at: Instant
    epoch: int

    @property
    def subject(self) -> str:
        return self.account


class IdentitySealed(Event):
    """identities.v1: the sealed address behind a pseudonym (purpose `identity`, subject the pseudonym).

    The plaintext is JSON {"user_id", "user_id_by_app"?, "name"?}. A tombstone (null value) erases it.
    """

    channel: str
    account: str
    person: str
    sealed: str

    @property
    def subject(self) -> str:
        return self.person


class OfficerState(Event):
    """access.officers.v1: roles, scopes, revocation. Written by triage alone; holds no password."""

    officer: str
    name: str
    roles: tuple[str, ...]
    units: tuple[str, ...]
    """Units in scope; empty means the whole province."""
    active: bool
    tokens_valid_after: Instant

    @property
    def subject(self) -> str:
        return self.officer
