"""GET /api/v1/live: Server-Sent Events."""

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.response import Stream

from services.stats.answers import Answers
from services.stats.api.documented import refusals
from services.stats.api.headline import From, To
from services.stats.live import Live
from shared.service.loop import Loop

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""The second keeps nginx from holding events back."""

DOCUMENTED = {
    200: ResponseSpec(
        str,
        generate_examples=False,
        media_type="text/event-stream",
        description="`event: tick` with the numbers as JSON when one moved, `event: stale` while the database is away",
    ),
    **refusals(_400="The period is not valid", _503="Too many listeners"),
}


def live_route(answers: Answers, live: Live, loop: Loop) -> HTTPRouteHandler:
    """`loop` computes the ticks; a page that comes does not wait for its next round."""

    @get("/api/v1/live", summary="The numbers as they move", tags=["numbers"], responses=DOCUMENTED)
    async def stream(first: From = None, last: To = None) -> Response[str]:
        period = answers.period(first, last)
        live.check_room(period)
        loop.wake()
        return Stream(live.listen(period), media_type="text/event-stream", headers=HEADERS)  # type: ignore[return-value]  # litestar renders any Response

    return stream
