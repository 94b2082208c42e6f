"""Waiting for a copied register: what is decided by it must not be decided before it is there."""

import asyncio

from shared.broker import Consumer

ASK_SECONDS = 0.05
WAIT_SECONDS = 20.0


async def until_caught_up(consumer: Consumer) -> None:
    """Raises TimeoutError: then the batch is read again."""
    async with asyncio.timeout(WAIT_SECONDS):
        while not consumer.caught_up:  # noqa: ASYNC110 - what is watched is Kafka's, it sets no event
            await asyncio.sleep(ASK_SECONDS)
