"""The vendor's own samples, where they are at hand: each becomes events or is kept, and none is refused or lost.

They live beside the project, not in it; only their absence skips.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from services.ingest.channels import zalo
from services.ingest.channels.contract import PayloadInvalid, SignatureInvalid
from services.ingest.channels.signed import verify
from services.ingest.channels.zalo_attachments import attachments
from services.ingest.channels.zalo_events import EVENTS, KNOWN_UNUSED
from services.ingest.channels.zalo_push import WireAttachment
from services.ingest.domain.calls import CallWords
from services.ingest.domain.register import App, Page, Register
from services.ingest.domain.senders import Sender
from services.ingest.polling.zalo import Envelope, GroupFacts, PageFacts, Slice
from services.ingest.secrets import SenderFile, check_sender
from shared.service.settings import SecretMissing
from tests.ingest import OA_SECRET, PAGE, RECEIVED_AT, a_known, a_text, a_zalo_push

CONFORMANCE = Path(__file__).parents[4] / "shared" / "conformance"
ZALO = CONFORMANCE / "zalo"

pytestmark = pytest.mark.skipif(not ZALO.is_dir(), reason="the vendor's samples are not beside this project")

EVENT_FILES = sorted((ZALO / "events").glob("*.json"))
BROKEN_FILES = sorted((ZALO / "events").glob("*.txt"))
ATTACHMENT_FILES = sorted((ZALO / "attachments").glob("*.json"))

RAISED = {"user_submit_info"}


def named(file: Path) -> str:
    return file.stem


def read(said: dict[str, Any]) -> Any:
    """As if its page and its app were ours."""
    page = _page(said)
    app = str(said.get("app_id") or "1")
    register = Register({page: Page(page, "Công an xã", app)}, CallWords(("hello",)))
    known = a_known(register=register, apps={app: App(app, OA_SECRET)})
    return zalo.read_push(a_zalo_push(said, signer=app), known)


def _page(said: dict[str, Any]) -> str:
    event = EVENTS.get(said["event_name"])
    named_page = said.get("oa_id") or said.get("oaId")
    if named_page is None:
        end = "recipient" if event is None or said["event_name"].startswith(("user_send", "anonymous")) else "sender"
        end = "recipient" if said["event_name"] == "user_reacted_message" else end
        named_page = said[end]["id"]
    return str(named_page)


@pytest.mark.parametrize("file", EVENT_FILES, ids=named)
def test_every_sample_of_an_event_is_understood_or_kept(file: Path) -> None:
    said = json.loads(file.read_text("utf-8"))
    reading = read(said)
    if said["event_name"] in EVENTS:
        assert reading.events, "an event we know, of a page of ours, says something"
        assert reading.kept is None
    else:
        assert reading.kept is not None
        assert reading.kept.reason == ("unknown_event" if said["event_name"] in RAISED else "known")
        assert said["event_name"] in KNOWN_UNUSED | RAISED


def test_the_manuals_own_follow_reads_1974_and_is_flagged() -> None:
    (event,) = read(json.loads((ZALO / "events" / "follow.json").read_text("utf-8"))).events
    assert event.time_suspect
    assert event.occurred_at.year == 1974
    assert event.decided_at == RECEIVED_AT


@pytest.mark.parametrize("file", BROKEN_FILES, ids=named)
def test_what_the_manual_misprints_is_no_json_and_refused(file: Path) -> None:
    with pytest.raises(PayloadInvalid):
        zalo.read_push(a_zalo_push(b"{}")._replace(body=file.read_bytes()), a_known())


@pytest.mark.parametrize("file", ATTACHMENT_FILES, ids=named)
def test_every_sample_of_an_attachment_is_kept_in_a_whole_message(file: Path) -> None:
    """A full event is user_send_text with its name changed and the object put in `message.attachments`."""
    whose, kind = file.stem.partition(".")[0].split("-")
    wire = json.loads(file.read_text("utf-8"))
    if whose == "user":
        said = a_text(event_name=f"user_send_{kind}", message={"attachments": wire})
        (event,) = zalo.read_push(a_zalo_push(said), a_known()).events
        found = event.attachments  # type: ignore[attr-defined]  # a message has them
    else:
        found = attachments(msgspec.convert(wire, list[WireAttachment]), business_card=kind == "business_card")
    assert len(found) == len(wire)
    expected = "link" if kind == "list" else kind
    assert {one.kind for one in found} == {expected}
    if kind == "location":
        assert (found[0].latitude, found[0].longitude) == (10.7642473, 106.65643139999999)
    elif kind == "business_card":
        assert found[0].name == "0345535930"
    elif kind == "file":
        assert found[0].name == "developer.docx"
    else:
        assert all(one.url is not None for one in found[1:])


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("quan-ly.quan-ly-thong-tin-oa.lay-thong-tin-zalo-official-account", PageFacts),
        ("noi-dung.noi-dung-dang-bai-viet.lay-danh-sach-noi-dung-dang-bai-viet", Slice),
        ("nhom-chat-gmf.quan-ly.get_group_info", GroupFacts),
    ],
)
def test_the_answers_of_the_api_are_read_as_printed(name: str, shape: type[Any]) -> None:
    raw = (ZALO / "api" / f"{name}.response.json").read_bytes()
    envelope = msgspec.json.decode(raw, type=Envelope, strict=False)
    assert envelope.error == 0
    assert msgspec.json.decode(envelope.data, type=shape, strict=False)


VECTORS = CONFORMANCE / "standard-webhooks" / "vectors.json"


def vectors(name: str) -> list[dict[str, Any]]:
    found: dict[str, Any] = json.loads(VECTORS.read_text("utf-8")) if VECTORS.exists() else {}
    return list(found.get(name, []))


@pytest.mark.parametrize("vector", vectors("verify_with_clock_at_1614265330"), ids=lambda vector: vector["case"])
def test_the_vectors_of_standard_webhooks_are_judged_as_their_authors_do(vector: dict[str, Any]) -> None:
    (signed,) = vectors("sign")
    sender = Sender("s", PAGE, (vector.get("secret", signed["secret"]),))
    judged = {
        "headers": vector["headers"],
        "body": signed["payload"].encode(),
        "sender": sender,
        "now": datetime.fromtimestamp(int(signed["webhook-timestamp"]), UTC),
        "tolerance_seconds": 300,
    }
    if vector["valid"]:
        verify(**judged)
    else:
        with pytest.raises(SignatureInvalid):
            verify(**judged)


@pytest.mark.parametrize(
    "secret", json.loads(VECTORS.read_text("utf-8"))["secrets_refused"] if VECTORS.exists() else []
)
def test_a_sender_with_an_empty_secret_is_refused_at_start(secret: str) -> None:
    with pytest.raises(SecretMissing):
        check_sender("s", SenderFile([secret], PAGE))
