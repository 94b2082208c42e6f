"""The API's description holds every route, its bodies and who reads and writes which topic."""

import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from litestar import Litestar

from services.notify.app import build
from services.notify.settings import NotifySettings
from shared.events import asyncapi
from shared.service.platform import Platform
from tests.servers import PROJECT

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROUTES = {
    ("post", "/api/v1/alerts"),
    ("get", "/api/v1/alerts"),
    ("get", "/api/v1/alerts/preview"),
    ("get", "/api/v1/alerts/{alert}"),
    ("post", "/api/v1/alerts/{alert}/approve"),
    ("post", "/api/v1/alerts/{alert}/cancel"),
    ("get", "/api/v1/sends"),
    ("post", "/api/v1/sends/{send}/settle"),
    ("get", "/api/v1/pages"),
    ("post", "/api/v1/pages/{account}/resume"),
    ("get", "/api/v1/zalo/grants/start"),
    ("get", "/api/v1/zalo/grants/callback"),
}


@pytest_asyncio.fixture(loop_scope="session")
async def app(tmp_path: Path) -> AsyncIterator[Litestar]:
    """The application as wired, without a server behind it."""
    key = base64.b64encode(bytes(32)).decode()
    (tmp_path / "sealing.json").write_text(json.dumps({"current": "k1", "keys": {"k1": key}}))
    (tmp_path / "zalo_app_secrets.json").write_text("{}")
    public = Ed25519PrivateKey.generate().public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "access.public.pem").write_bytes(pem)
    settings = NotifySettings.model_validate({
        "port": 8103, "kafka": "127.0.0.1:1", "secrets_dir": tmp_path,
        "database_url": "postgresql://notify_run:x@127.0.0.1:1/none",
    })  # fmt: skip
    async with Platform.open("notify", settings, PROJECT / "services/notify/migrations") as platform:
        made = await build(platform)
        yield made
        async with AsyncExitStack() as ends:
            for hook in made.on_shutdown:
                ends.push_async_callback(cast("Callable[[], Awaitable[None]]", hook))


async def test_the_description_has_every_route_and_no_other(app: Litestar) -> None:
    paths: dict[str, Any] = app.openapi_schema.to_schema()["paths"]
    made = {(method, path) for path, item in paths.items() for method in item if path.startswith("/api/")}
    assert made == ROUTES


async def test_an_alert_is_described_with_its_limits(app: Litestar) -> None:
    schemas = app.openapi_schema.to_schema()["components"]["schemas"]
    draft = schemas["AlertDraft"]
    assert set(draft["required"]) == {"title", "text", "severity", "communes"}
    assert draft["properties"]["text"]["maxLength"] == 2000
    assert schemas["Communes"]["properties"]["structure"]["enum"] == ["2020", "2025"]


async def test_the_topics_are_those_of_the_design() -> None:
    document = asyncapi.document("notify")
    sends = {name.removeprefix("send_") for name in document["operations"] if name.startswith("send_")}
    reads = {name.removeprefix("receive_") for name in document["operations"] if name.startswith("receive_")}
    assert sends == {"channels.access.v1", "alerts.events.v1", "delivery.receipts.v1"}
    assert reads == {
        "inbound.receipts.v1", "channels.accounts.v1", "identities.v1", "access.officers.v1", "replies.requested.v1",
    }  # fmt: skip
