"""Whether a copied register has caught up once since the start."""

import asyncio

from shared.broker import Consumer

ASK_SECONDS = 0.05
WAIT_SECONDS = 20.0


class CaughtUp:
    """Once true it stays true: falling behind later is lag, which has its own alarm."""

    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer
        self._once = False

    async def check(self) -> str | None:
        """For /health/ready."""
        return None if self.now else f"behind: {self._consumer.name}"

    @property
    def now(self) -> bool:
        self._once = self._once or self._arrived()
        return self._once

    async def wait(self) -> None:
        """Raises TimeoutError: then the batch is read again."""
        async with asyncio.timeout(WAIT_SECONDS):
            while not self.now:  # noqa: ASYNC110 - what is watched is Kafka's, it sets no event
                await asyncio.sleep(ASK_SECONDS)

    def _arrived(self) -> bool:
        """Every partition held here was asked for its end, and none has records left."""
        if not self._consumer.joined:
            return False
        kafka = self._consumer.subscriber.consumer
        held = kafka.assignment()
        return all(kafka.highwater(partition) is not None for partition in held) and not self._consumer.lag
