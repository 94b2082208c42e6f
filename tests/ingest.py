"""What tests of ingest need: a page, an app with its key, a sender, and pushes signed as Zalo and senders sign them."""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from hmac import digest
from typing import Any

from services.ingest.channels.contract import Known, Push
from services.ingest.domain.calls import CallWords
from services.ingest.domain.register import App, Page, Register
from services.ingest.domain.senders import Sender
from shared.identity import Pseudonymiser

PAGE = "2057086764452860443"
PAGE_NAME = "Công an xã Ea Tu"
APP = "3570977494304483078"
OA_SECRET = "oa-secret-of-the-tests"
SENDER = "cong-thong-tin"
SENDER_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PSEUDONYM_KEY = bytes(range(32))
CALL_WORDS = ("công an", "công an xã", "báo tin", "cháy rồi", "đánh nhau", "113")
RECEIVED_AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)

NAMES = Pseudonymiser(PSEUDONYM_KEY)


def a_known(**changes: Any) -> Known:
    facts: dict[str, Any] = {
        "province": "66",
        "register": Register({PAGE: Page(PAGE, PAGE_NAME, APP)}, CallWords(CALL_WORDS)),
        "names": NAMES,
        "apps": {APP: App(APP, OA_SECRET)},
        "senders": {SENDER: Sender(SENDER, PAGE, (SENDER_SECRET,))},
    }
    return Known(**(facts | changes))


def zalo_signature(body: bytes, *, signer: str = APP, secret: str = OA_SECRET, timestamp: str | None = None) -> str:
    """`mac=` and sha256(id + body + timestamp + key), as the manual says."""
    if timestamp is None:
        said = json.loads(body)
        timestamp = str(said.get("timestamp") or "") if isinstance(said, dict) else ""
    return "mac=" + sha256(signer.encode() + body + timestamp.encode() + secret.encode()).hexdigest()


def zalo_headers(body: bytes, **how: Any) -> dict[str, str]:
    return {"content-type": "application/json", "x-zevent-signature": zalo_signature(body, **how)}


def signed_headers(
    body: bytes, *, secret: str = SENDER_SECRET, at: datetime = RECEIVED_AT, message_id: str = "msg_1"
) -> dict[str, str]:
    """Standard Webhooks, by its specification and not by its library."""
    key = base64.b64decode(secret.removeprefix("whsec_") + "==")
    seconds = str(int(at.timestamp()))
    mac = digest(key, f"{message_id}.{seconds}.".encode() + body, "sha256")
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": "v1," + base64.b64encode(mac).decode(),
    }


def a_text(text: str = "Nhà tôi bị mất xe máy đêm qua", **changes: Any) -> dict[str, Any]:
    """A person's text to the page, as Zalo pushes it."""
    message = {"text": text, "msg_id": changes.pop("msg_id", "96d3cdf3af150460909")}
    return {
        "app_id": APP,
        "sender": {"id": changes.pop("person", "8509985270925410066")},
        "user_id_by_app": "552177279717587730",
        "recipient": {"id": changes.pop("page", PAGE)},
        "event_name": "user_send_text",
        "message": message | changes.pop("message", {}),
        "timestamp": "1590206400000",
    } | changes


def body_of(push: Mapping[str, Any]) -> bytes:
    return json.dumps(push, ensure_ascii=False).encode()


def a_zalo_push(said: Mapping[str, Any] | bytes, **how: Any) -> Push:
    """Signed as Zalo signs."""
    body = said if isinstance(said, bytes) else body_of(said)
    return Push(zalo_headers(body, **how), body, RECEIVED_AT)


def a_signed_push(said: Mapping[str, Any] | bytes, *, sender: str = SENDER, **how: Any) -> Push:
    body = said if isinstance(said, bytes) else body_of(said)
    return Push(signed_headers(body, **how), body, RECEIVED_AT, sender)
