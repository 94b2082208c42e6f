"""Passwords: argon2id, in threads, at most two at once.

What a person chooses is hashed by the library's own defaults (RFC 9106's second choice: 64 MiB, some 160 ms of CPU).
A generated password has 120 random bits, which no guessing reaches whatever a guess costs: OWASP's minimum (19 MiB, two
passes) is enough for it, and provisioning a province's 118 officers takes 3 seconds of CPU instead of 20.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2
MOST_WAITING = 20
"""More than so many sign-ins in hand at once are refused at once: a flood of guesses must not keep officers out."""
GENERATED_BYTES = 15

_of_people = PasswordHasher()
_of_machines = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


class Crowded(Exception):  # noqa: N818 - says what is so
    """Too many passwords are being looked at already."""


class Passwords:
    """One a process: the bound on memory and time is shared by all who sign in."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(AT_ONCE)
        self._stranger: str | None = None
        self._waiting = 0

    async def matches(
        self, password: str, password_hash: str | None, *, allowed: Callable[[], Awaitable[None]]
    ) -> bool:
        """Whether it is the password. For an account that does not exist (None) as much time is spent.

        `allowed` is asked when the turn has come, not before: who waited may have become one guess too many. It raises
        to refuse. Raises Crowded where too many wait already.
        """
        async with self._turn():
            await allowed()
            if password_hash is None:
                if self._stranger is None:
                    self._stranger = await asyncio.to_thread(_of_machines.hash, generated())
                await asyncio.to_thread(_verified, self._stranger, password)
                return False
            return await asyncio.to_thread(_verified, password_hash, password)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        if self._waiting >= MOST_WAITING:
            raise Crowded
        self._waiting += 1
        try:
            async with self._free:
                yield
        finally:
            self._waiting -= 1

    async def hashed(self, password: str, *, was_generated: bool = False) -> str:
        """To be kept."""
        hasher = _of_machines if was_generated else _of_people
        async with self._free:
            return await asyncio.to_thread(hasher.hash, password)


def generated() -> str:
    """A new password: 20 letters, 120 bits."""
    return secrets.token_urlsafe(GENERATED_BYTES)


def _verified(password_hash: str, password: str) -> bool:
    """A hash carries its own parameters."""
    try:
        return _of_people.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
