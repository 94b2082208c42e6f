"""Send one message into Bình Yên from another system, by the Standard Webhooks scheme. Standard library only.

    python docs/snippets/sign_standard.py "Có người lạ phá khóa nhà bên cạnh"

Against a running `make run` it takes address and secret from .local; elsewhere set INGEST_URL, SENDER and SECRET.
"""

import base64
import hmac
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from datetime import UTC, datetime
from pathlib import Path

LOCAL = Path(os.environ.get("BINHYEN_LOCAL") or ".local")
NOT_KEPT = 503
ATTEMPTS = 10


def signed(secret: str, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers. `secret` is whsec_ and base64; signed is `id.seconds.body`, the body's bytes as they go out."""
    seconds = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signature = hmac.digest(key, f"{message_id}.{seconds}.".encode() + body, "sha256")
    return {
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": "v1," + base64.b64encode(signature).decode(),
        "content-type": "application/json",
    }


def message(text: str, *, message_id: str, person: str, at: datetime) -> bytes:
    """The body. `person`: your own steady name for who wrote; `message_id`: sent again, it is the same message."""
    data = {"message_id": message_id, "person": person, "text": text}
    return json.dumps({"type": "message.received", "timestamp": at.isoformat(), "data": data}).encode()


def main(text: str) -> None:
    platform = json.loads((LOCAL / "platform.json").read_text()) if "INGEST_URL" not in os.environ else {}
    ingest = os.environ.get("INGEST_URL") or platform["ingest"]
    sender = os.environ.get("SENDER", "cong-thong-tin")
    secret = os.environ.get("SECRET") or secret_of(sender)
    message_id = str(uuid.uuid4())
    body = message(text, message_id=message_id, person="visitor-1", at=datetime.now(UTC))
    status, answer = send(f"{ingest}/webhooks/signed/{sender}", secret, message_id, body)
    print(status, answer)


def send(url: str, secret: str, message_id: str, body: bytes) -> tuple[int, str]:
    """Until it is kept or refused for good. 503 means not kept: again after Retry-After, signed anew, the same id."""
    for _ in range(ATTEMPTS):
        request = urllib.request.Request(url, body, signed(secret, message_id, datetime.now(UTC), body))
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            if refused.code != NOT_KEPT:
                return refused.code, refused.read().decode()
            time.sleep(float(refused.headers.get("Retry-After", "2")))
    sys.exit(f"not kept after {ATTEMPTS} attempts: keep it, and try again later")


def secret_of(sender: str) -> str:
    senders = json.loads((LOCAL / "secrets" / "demo" / "webhook_senders.json").read_text())
    return str(senders[sender]["secrets"][0])


if __name__ == "__main__":
    main(sys.argv[1])
