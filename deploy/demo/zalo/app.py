"""Wiring: the world, its routes, the pusher of webhooks, and the Date of every answer."""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from deploy.demo.zalo import (
    articles,
    control,
    conversations,
    gateway,
    group_talk,
    groups,
    messages,
    oauth,
    page,
    people,
    quotas,
    receipts,
)
from deploy.demo.zalo.clock import http_date
from deploy.demo.zalo.world import World

TABLE = (
    *messages.TABLE,
    *quotas.TABLE,
    *conversations.TABLE,
    *group_talk.TABLE,
    *groups.TABLE,
    *page.TABLE,
    *people.TABLE,
    *articles.TABLE,
)
LARGEST_BODY = 64 * 1024 * 1024  # bytes; one chunk of a bulk route


def build_app(world: World) -> web.Application:
    """The application; it closes the world when it stops."""
    app = web.Application(client_max_size=LARGEST_BODY)
    app.add_routes(gateway.routes(world, TABLE))
    app.add_routes(oauth.routes(world))
    app.add_routes(control.routes(world))

    async def date_of_history(request: web.Request, response: web.StreamResponse) -> None:
        response.headers["Date"] = http_date(request.get(gateway.ANSWERED_AT, world.clocks.history()))

    async def live(_app: web.Application) -> AsyncIterator[None]:
        world.webhooks.build_late_with(lambda late, now: receipts.body_when_due(world, late, now))
        pusher = asyncio.create_task(world.webhooks.run(), name="webhooks")
        yield
        world.webhooks.stop()
        await pusher
        with world.state.transaction():
            world.limits.keep()
        world.state.close()

    app.on_response_prepare.append(date_of_history)
    app.cleanup_ctx.append(live)
    return app
