"""/health/live, /health/ready and /metrics, the same in all four.

Ready is true only when the service can really do its work: each check asks the thing itself, now, with a bound.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from time import monotonic
from typing import Any

from litestar import Response, Router, get

from shared.telemetry.metrics import Metrics

Check = Callable[[], Awaitable[str | None]]
"""None when all is well, else what is wrong, in a few words."""

CHECK_SECONDS = 3.0
FRESH_SECONDS = 1.0
"""How long an answer may be reused, so that a probe a second by many is not a load."""


class Readiness:
    """Named checks, asked together."""

    def __init__(self, checks: Mapping[str, Check], details: Callable[[], Mapping[str, Any]] = dict) -> None:
        self._checks = dict(checks)
        self._details = details
        self._asked_at = -FRESH_SECONDS
        self._answer: dict[str, str | None] = {}

    async def ask(self) -> dict[str, str | None]:
        """Each check's name with what is wrong, None where nothing is."""
        if monotonic() - self._asked_at >= FRESH_SECONDS:
            found = await asyncio.gather(*(self._one(check) for check in self._checks.values()))
            self._answer = dict(zip(self._checks, found, strict=True))
            self._asked_at = monotonic()
        return self._answer

    @staticmethod
    async def _one(check: Check) -> str | None:
        asked = asyncio.ensure_future(check())
        # not wait_for: it waits until what it cancels has ended, and a query to a server that hangs does not end
        done, _ = await asyncio.wait({asked}, timeout=CHECK_SECONDS)
        if not done:
            asked.cancel()
            asked.add_done_callback(_forgotten)
            return "no answer in time"
        try:
            return asked.result()
        except Exception as error:  # noqa: BLE001 - whatever a check meets, the answer is: not ready
            return type(error).__name__

    def document(self, answer: Mapping[str, str | None]) -> dict[str, Any]:
        """The body of /health/ready."""
        ready = all(why is None for why in answer.values())
        checks = {name: why or "ok" for name, why in answer.items()}
        return {"ready": ready, "checks": checks, **self._details()}


def _forgotten(asked: "asyncio.Future[str | None]") -> None:
    """Takes note of how a late check ended, so that nobody complains that nobody did."""
    if not asked.cancelled():
        asked.exception()


def health_router(readiness: Readiness, metrics: Metrics) -> Router:
    """The three routes, outside the API's description of business."""

    @get("/health/live", summary="Alive", include_in_schema=True, tags=["health"])
    async def live() -> dict[str, bool]:
        return {"live": True}

    @get("/health/ready", summary="Able to do its work", tags=["health"])
    async def ready() -> Response[dict[str, Any]]:
        body = readiness.document(await readiness.ask())
        return Response(body, status_code=200 if body["ready"] else 503)

    @get("/metrics", summary="Prometheus metrics", media_type="text/plain; version=0.0.4", tags=["health"])
    async def exposition() -> bytes:
        return metrics.exposition()

    return Router("/", route_handlers=[live, ready, exposition])
