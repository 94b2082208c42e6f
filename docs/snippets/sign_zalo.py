"""Sign a Zalo push as Zalo does, to try ingest by hand. Standard library only.

python docs/snippets/sign_zalo.py APP_ID OA_SECRET_KEY < body.json    prints the header for curl -H
"""

import json
import sys
from hashlib import sha256


def signature(app_id: str, oa_secret_key: str, body: bytes) -> str:
    """X-ZEvent-Signature: a plain SHA-256, not an HMAC, over app id, raw body, the body's own timestamp and the key."""
    timestamp = str(json.loads(body)["timestamp"])
    return "mac=" + sha256(app_id.encode() + body + timestamp.encode() + oa_secret_key.encode()).hexdigest()


if __name__ == "__main__":
    print("X-ZEvent-Signature:", signature(sys.argv[1], sys.argv[2], sys.stdin.buffer.read()))
