"""One litestar application a service: health, metrics, OpenAPI, AsyncAPI, problems and security headers alike."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from litestar import Litestar, Response, get
from litestar.config.compression import CompressionConfig
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.plugins import PluginProtocol
from litestar.types import ControllerRouterHandler, Message, Scope

from shared.broker import BrokerUnavailable
from shared.database import StoreUnavailable
from shared.events import asyncapi
from shared.service.health import health_router
from shared.service.platform import Platform
from shared.service.problems import Refused, on_crash, on_depth, on_http, on_refused, on_validation, on_world

CONTENT_SECURITY_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    b"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS = [
    (b"content-security-policy", CONTENT_SECURITY_POLICY),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
]


async def _secure(message: Message, _scope: Scope) -> None:
    if message["type"] == "http.response.start":
        message["headers"] = [*message["headers"], *SECURITY_HEADERS]


def application(
    platform: Platform,
    *,
    title: str,
    description: str,
    handlers: Sequence[ControllerRouterHandler],
    dependencies: dict[str, Any] | None = None,
    plugins: Sequence[PluginProtocol] = (),
    **more: Any,
) -> Litestar:
    """Wires a service's handlers into what all services share. `more` goes to Litestar as it is."""

    @get("/schema/asyncapi.json", summary="AsyncAPI 3.0", tags=["schema"])
    async def asyncapi_document() -> Response[dict[str, Any]]:
        return Response(asyncapi.document(platform.service))

    @asynccontextmanager
    async def lifespan(_app: Litestar) -> AsyncIterator[None]:
        async with platform.running():
            yield

    spans: list[Callable[[Litestar], AbstractAsyncContextManager[None]]] = [lifespan]
    return Litestar(
        route_handlers=[health_router(platform.readiness, platform.metrics), asyncapi_document, *handlers],
        lifespan=spans,
        dependencies=dependencies,
        plugins=list(plugins),
        openapi_config=OpenAPIConfig(
            title=title,
            version="1",
            description=description,
            path="/schema",
            render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        ),
        before_send=[_secure],
        compression_config=CompressionConfig(backend="gzip", minimum_size=2_000, exclude=["/webhooks", "/api/v1/live"]),
        exception_handlers={
            Refused: on_refused,
            ValidationException: on_validation,
            HTTPException: on_http,
            StoreUnavailable: on_world,
            BrokerUnavailable: on_world,
            RecursionError: on_depth,
            Exception: on_crash,
        },
        request_max_body_size=5 * 1024 * 1024,
        logging_config=None,  # litestar's own would write libraries' lines with their arguments, past our scrubber
        **more,
    )
