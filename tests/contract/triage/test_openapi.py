"""The API's description holds every route with its limits; the README holds every setting, topic and table."""

import json
import re
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import schemathesis
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from litestar import Litestar

from services.triage.app import build
from services.triage.settings import TriageSettings
from shared.events import asyncapi
from shared.service.platform import Platform
from shared.service.settings import ServiceSettings
from shared.topics import TOPICS
from tests.servers import PROJECT

pytestmark = pytest.mark.asyncio(loop_scope="session")

README = (PROJECT / "services" / "triage" / "README.md").read_text(encoding="utf-8")

ROUTES = {
    ("post", "/api/v1/sign-in"),
    ("post", "/api/v1/sign-out"),
    ("get", "/api/v1/me"),
    ("post", "/api/v1/officers/{account}/revoke"),
    ("get", "/api/v1/cases"),
    ("get", "/api/v1/cases/count"),
    ("get", "/api/v1/cases/{code}"),
    ("post", "/api/v1/cases/{code}/correct"),
    ("post", "/api/v1/cases/{code}/answer"),
    ("post", "/api/v1/cases/{code}/resolve"),
    ("post", "/api/v1/cases/{code}/person"),
    ("post", "/api/v1/imports/outcomes"),
    ("get", "/api/v1/proposals"),
    ("post", "/api/v1/proposals/{proposal}/confirm"),
    ("post", "/api/v1/proposals/{proposal}/refuse"),
    ("get", "/api/v1/incidents/{incident}"),
    ("get", "/api/v1/incidents/{incident}/reporters"),
    ("post", "/api/v1/incidents/{incident}/part"),
}


@pytest_asyncio.fixture(loop_scope="session")
async def app(tmp_path: Path) -> AsyncIterator[Litestar]:
    """The application as wired, without a server behind it."""
    ring = {"current": "k1", "keys": {"k1": b64encode(bytes(32)).decode()}}
    (tmp_path / "sealing.json").write_text(json.dumps(ring))
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "access.private.pem").write_bytes(private)
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "access.public.pem").write_bytes(public)
    settings = TriageSettings.model_validate(
        {
            "port": 8102,
            "kafka": "127.0.0.1:1",
            "secrets_dir": tmp_path,
            "database_url": "postgresql://triage_run:x@127.0.0.1:1/none",
        }
    )
    async with Platform.open("triage", settings, PROJECT / "services/triage/migrations") as platform:
        yield await build(platform)


async def test_the_description_has_every_route_and_is_valid_openapi(app: Litestar) -> None:
    document: dict[str, Any] = app.openapi_schema.to_schema()
    made = {(method, path) for path, item in document["paths"].items() for method in item if path.startswith("/api/")}
    assert made == ROUTES
    schemathesis.openapi.from_dict(json.loads(json.dumps(document))).validate()


async def test_the_limits_of_what_an_officer_sends_are_described(app: Litestar) -> None:
    schemas = app.openapi_schema.to_schema()["components"]["schemas"]
    assert set(schemas["Correction"]["required"]) == {"version", "reason"}
    assert schemas["Answer"]["properties"]["text"]["maxLength"] == 2000
    assert set(schemas["CaseRow"]["properties"]) >= {
        *("code", "case", "version", "category", "topic", "urgency", "status", "unit", "commune_2020", "commune_2025"),
        *("opened_at", "answered_at", "resolved_at", "review", "reasons", "first_message_key", "messages"),
    }


async def test_every_setting_of_triage_is_in_its_readme() -> None:
    own = TriageSettings.model_fields.keys() - ServiceSettings.model_fields.keys()
    missing = [name for name in own if f"`BINHYEN_{name.upper()}`" not in README]
    assert missing == []


async def test_the_readme_names_the_topics_that_are_read_and_written_and_every_table() -> None:
    operations = asyncapi.document("triage")["operations"]
    named = {name.split("_", 1)[1] for name in operations}
    assert named == {t.name for t in TOPICS if t.name in README}
    migrations = (PROJECT / "services" / "triage" / "migrations").glob("*.sql")
    tables = {
        name for file in migrations for name in re.findall(r"^create table (\w+)", file.read_text(), re.MULTILINE)
    }
    unnamed = {name for name in tables if f"`{name}`" not in README}
    assert unnamed <= {"fence", "officers"}, "the kernel's, of no use to triage"
