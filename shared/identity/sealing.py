"""Sealed values: addresses, names, tokens and whole payloads, as topics and tables may hold them.

AES-256-GCM with a random 96-bit nonce and, as associated data, what the value is for and whom it is of: an envelope
moved to another person or another use does not open. The envelope is `v1.<key id>.<base64url of nonce and ciphertext>`.

Random nonces under one key are safe for 2^32 seals only (NIST SP 800-38D, 8.3). So no key of the ring ever meets the
cipher: each purpose and subject has a key of its own, HKDF-Expand of the ring's key (RFC 5869; the ring's keys are
uniformly random, so its extract step is not needed). The bound then holds per person, where a lifetime of messages
does not come near it, and no key per person has to be stored or erased: erasing deletes the envelopes.

Rotation: a new key becomes `current`, the old ones stay in the ring and open what they sealed, until a re-seal.
"""

import base64
import binascii
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

VERSION = "v1"
KEY_BYTES = 32
NONCE_BYTES = 12
KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")


class CannotOpen(Exception):  # noqa: N818 - said of one envelope
    """No envelope of ours, sealed by a key we do not hold, altered, or meant for another purpose or subject."""


class Sealer:
    """Seals under the ring's current key, opens under any of its keys."""

    def __init__(self, keys: Mapping[str, bytes], *, current: str) -> None:
        """Raises ValueError for a ring without its current key, a key that is not 32 bytes, or an unfit key id."""
        if current not in keys:
            raise ValueError(f"the current sealing key {current!r} is not in the ring")
        for key_id, key in keys.items():
            if not KEY_ID.fullmatch(key_id) or len(key) != KEY_BYTES:
                raise ValueError(f"sealing key {key_id!r} must be {KEY_BYTES} bytes with a plain id")
        self._keys = dict(keys)
        self._current = current

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """`sealing.json`: {"current": "k2", "keys": {"k1": base64, "k2": base64}}. Raises OSError, ValueError."""
        try:
            ring = json.loads(path.read_bytes())
            keys = {key_id: base64.b64decode(key, validate=True) for key_id, key in ring["keys"].items()}
            return cls(keys, current=ring["current"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{path.name}: not a keyring: {type(error).__name__}: {error}") from None

    def seal(self, purpose: str, subject: str, plaintext: bytes) -> str:
        """Seal for one use (`identity`, `access`, …) and one subject (a pseudonym, an account)."""
        nonce = os.urandom(NONCE_BYTES)
        context = _context(self._current, purpose, subject)
        body = nonce + AESGCM(_derived(self._keys[self._current], context)).encrypt(nonce, plaintext, context)
        return f"{VERSION}.{self._current}.{base64.urlsafe_b64encode(body).rstrip(b'=').decode()}"

    def open(self, purpose: str, subject: str, envelope: str) -> bytes:
        """The plaintext. Raises CannotOpen, whose words hold nothing of what was sealed."""
        key_id, body = _parts(envelope)
        if key_id not in self._keys:
            raise CannotOpen(f"sealed by key {key_id!r}, which is not in the ring")
        context = _context(key_id, purpose, subject)
        cipher = AESGCM(_derived(self._keys[key_id], context))
        try:
            return cipher.decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], context)
        except InvalidTag:
            raise CannotOpen(f"altered, or not sealed for {purpose!r} and this subject") from None

    def is_current(self, envelope: str) -> bool:
        """Whether the current key sealed it; if not, re-seal before its key retires. Raises CannotOpen."""
        return _parts(envelope)[0] == self._current


def _parts(envelope: str) -> tuple[str, bytes]:
    version, key_id, encoded = [*envelope.split("."), "", ""][:3]
    if version != VERSION or not KEY_ID.fullmatch(key_id) or envelope.count(".") != 2:  # noqa: PLR2004 - three parts
        raise CannotOpen("not an envelope of this version")
    try:
        padded = encoded + "=" * (-len(encoded) % 4)
        body = base64.b64decode(padded, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise CannotOpen("not base64url") from None
    if base64.urlsafe_b64encode(body).rstrip(b"=").decode() != encoded:
        raise CannotOpen("not the canonical base64url of its bytes")
    if len(body) <= NONCE_BYTES:
        raise CannotOpen("too short")
    return key_id, body


def _context(key_id: str, purpose: str, subject: str) -> bytes:
    """What an envelope is bound to. Lengths stand before the parts, so that no two contexts read the same."""
    parts = [part.encode() for part in (VERSION, key_id, purpose, subject)]
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def _derived(key: bytes, context: bytes) -> bytes:
    return HKDFExpand(SHA256(), KEY_BYTES, b"binhyen.seal:" + context).derive(key)
