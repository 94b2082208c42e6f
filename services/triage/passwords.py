"""Passwords: argon2id by its library's own defaults (64 MiB, some 100 ms), in threads, at most two at once."""

import asyncio
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2
GENERATED_BYTES = 15
"""120 bits: 20 letters that nobody has to remember twice."""

_hasher = PasswordHasher()


class Passwords:
    """One a process: the bound on memory and time is shared by all who sign in."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(AT_ONCE)
        self._stranger: str | None = None

    async def matches(self, password: str, password_hash: str | None) -> bool:
        """Whether it is the password. For an account that does not exist (None) as much time is spent."""
        async with self._free:
            if password_hash is None:
                if self._stranger is None:
                    self._stranger = await asyncio.to_thread(_hasher.hash, secrets.token_urlsafe(GENERATED_BYTES))
                await asyncio.to_thread(_verified, self._stranger, password)
                return False
            return await asyncio.to_thread(_verified, password_hash, password)

    async def hashed(self, password: str) -> str:
        async with self._free:
            return await asyncio.to_thread(_hasher.hash, password)


def generated() -> str:
    """A new password."""
    return secrets.token_urlsafe(GENERATED_BYTES)


def _verified(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
