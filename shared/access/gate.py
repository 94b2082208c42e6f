"""The gate in front of HTTP handlers: who asks, and may they.

In app.py: `state=State({"gate": Gate(verifier, partial(is_active, database))})` and
`dependencies={"officer": Provide(provide_officer)}`. On a route: `guards=[requires(Role.DISPATCHER)]`, and a parameter
`officer: SignedIn` where the handler needs to know. The Authorization header alone says who asks: no other does.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.types import Guard

from shared.access.officers import Officer, Role
from shared.access.problems import NotAllowed, SignInNeeded
from shared.access.tokens import TokenRefused, TokenVerifier

STATE_KEY = "gate"
OFFICER_KEY = "binhyen.officer"

SignedIn = NamedDependency[Officer]
"""A handler's parameter `officer: SignedIn`: the Officer who asks."""

IsActive = Callable[[str, datetime], Awaitable[bool]]
"""(officer's id, when their token was issued) → whether the officer may still come in with it."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Gate:
    """What a service needs to know who asks."""

    verifier: TokenVerifier
    is_active: IsActive
    clock: Callable[[], datetime] = field(default=_now)

    async def officer(self, authorization: str | None) -> Officer:
        """The officer behind an Authorization header. Raises SignInNeeded; StoreUnavailable: nobody comes in blind."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise SignInNeeded("missing")
        try:
            claims = self.verifier.verify(token.strip(), now=self.clock())
        except TokenRefused as refused:
            raise SignInNeeded(refused.reason) from None
        if not await self.is_active(claims.officer.id, claims.issued_at):
            raise SignInNeeded("revoked")
        return claims.officer


def requires(*roles: Role) -> Guard:
    """A guard that lets in who has any of `roles`; with none named, whoever is signed in."""

    async def guard(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
        officer = await _officer_of(connection)
        if roles and not officer.has(*roles):
            raise NotAllowed(needs=", ".join(roles))

    return guard


async def provide_officer(request: Request[Any, Any, Any]) -> Officer:
    """The dependency `officer`: asks for a sign-in by itself where no guard has."""
    return await _officer_of(request)


async def _officer_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Officer:
    """Checked once a request. An app without its gate fails with 500: it does not open."""
    known = connection.scope["state"].get(OFFICER_KEY)
    if isinstance(known, Officer):
        return known
    gate: Gate = connection.app.state[STATE_KEY]
    officer = await gate.officer(connection.headers.get("authorization"))
    connection.scope["state"][OFFICER_KEY] = officer
    return officer
