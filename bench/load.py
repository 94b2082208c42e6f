"""The load: keep-alive connections that each wait for their 2xx, as the replay does."""

import asyncio
import time
from collections.abc import Sequence

from deploy.demo.webhook_client import Door

CONNECTIONS = 256


async def post_all(url: str, pushes: Sequence[tuple[bytes, str]]) -> float:
    """Posts each push once and returns the seconds it took. Raises RuntimeError on an answer that is no 2xx."""
    door = Door.of(url)
    waiting = iter(pushes)

    async def lane() -> None:
        connection = await door.connect()
        for body, signature in waiting:
            reply = await connection.send(door.request(body, {"X-ZEvent-Signature": signature}))
            if not 200 <= reply.status < 300:  # noqa: PLR2004
                raise RuntimeError(f"HTTP {reply.status}")
        connection.close()

    started = time.monotonic()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(CONNECTIONS):
            tasks.create_task(lane())
    return time.monotonic() - started
