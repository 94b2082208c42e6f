"""Guesses in a burst: each is allowed or not when its turn comes, and a flood is refused at once."""

import asyncio

import pytest

from services.triage.passwords import MOST_WAITING, Crowded, Passwords


class Throttled(Exception):  # noqa: N818 - what the test's own throttle says
    pass


@pytest.mark.asyncio
async def test_who_waited_is_asked_again_before_the_password_is_looked_at() -> None:
    passwords = Passwords()
    kept = await passwords.hashed("right", was_generated=True)
    looked_at = 0

    async def allowed() -> None:
        nonlocal looked_at
        if looked_at >= 3:
            raise Throttled
        looked_at += 1

    guesses = [passwords.matches("wrong", kept, allowed=allowed) for _ in range(10)]
    outcomes = await asyncio.gather(*guesses, return_exceptions=True)
    assert outcomes.count(False) == 3
    assert sum(isinstance(o, Throttled) for o in outcomes) == 7


@pytest.mark.asyncio
async def test_a_flood_is_refused_at_once_and_the_door_opens_again() -> None:
    passwords = Passwords()
    kept = await passwords.hashed("right", was_generated=True)

    async def allowed() -> None:
        return None

    flood = [passwords.matches("wrong", kept, allowed=allowed) for _ in range(MOST_WAITING + 15)]
    outcomes = await asyncio.gather(*flood, return_exceptions=True)
    assert sum(isinstance(o, Crowded) for o in outcomes) == 15
    assert await passwords.matches("right", kept, allowed=allowed)
