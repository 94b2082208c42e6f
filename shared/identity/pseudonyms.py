"""Pseudonyms: a channel's user id as topics and tables may hold it.

HMAC-SHA256 under the province's key, the first 16 bytes in hex. Without the key nobody can find a pseudonym from an
id by trying ids. The key never rotates: the same person must stay the same person (design, identity and access).
"""

import base64
import binascii
import hmac
from pathlib import Path
from typing import Self

KEY_BYTES = 32
PSEUDONYM_BYTES = 16
SEPARATOR = "|"
APP = "app"


class Pseudonymiser:
    """The province's pseudonyms. Holds the key and shows it to nobody."""

    def __init__(self, key: bytes) -> None:
        """Raises ValueError for a key that is not 32 bytes."""
        if len(key) != KEY_BYTES:
            raise ValueError(f"the pseudonym key must be {KEY_BYTES} bytes, not {len(key)}")
        self._key = key

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """`pseudonym.key`: 32 bytes in base64. Raises OSError, and ValueError naming the file."""
        try:
            return cls(base64.b64decode(path.read_bytes().strip(), validate=True))
        except (binascii.Error, ValueError) as error:
            raise ValueError(f"{path.name}: {error}") from None

    def person(self, channel: str, account: str, user_id: str) -> str:
        """Who writes to one account: 32 hex digits. Also the conversation, which is per account.

        Raises ValueError for an empty part, a `|` in channel or account, or an account named `app`: each would let two
        people share a pseudonym.
        """
        if account == APP:
            raise ValueError("no account may be named 'app': that word marks pseudonyms across pages")
        return self._digest(channel, account, user_id=user_id)

    def across_pages(self, channel: str, app_id: str, user_id_by_app: str) -> str:
        """The same person on every page of an app: to count persons, never to write to them. Raises ValueError."""
        return self._digest(channel, APP, app_id, user_id=user_id_by_app)

    def _digest(self, *names: str, user_id: str) -> str:
        """The user's id comes last and may hold anything: with no separator in the names, no two people collide."""
        if not user_id or not all(names) or any(SEPARATOR in name for name in names):
            raise ValueError("a pseudonym needs a channel, an account without '|', and a user id")
        message = SEPARATOR.join((*names, user_id)).encode()
        return hmac.digest(self._key, message, "sha256")[:PSEUDONYM_BYTES].hex()
