"""Signed tokens: JWT (RFC 7519) under EdDSA; triage signs, every service checks by itself."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey
from joserfc.jws import JWSRegistry

from shared.access.officers import Officer, roles_known

TOKEN_LIFETIME = timedelta(minutes=10)

ALGORITHM = "Ed25519"
"""EdDSA by the name of its curve (RFC 9864, which retires the curveless `EdDSA`). No other is accepted, whatever a
token's header asks for."""

PEM = re.compile(rb"-----BEGIN PUBLIC KEY-----.+?-----END PUBLIC KEY-----", re.DOTALL)


class TokenRefused(Exception):  # noqa: N818 - said to who sent it
    """Expired, forged, of another province, or no token at all. `reason` is a word for logs and metrics."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Claims:
    """What a good token says."""

    officer: Officer
    issued_at: datetime
    expires_at: datetime
    token_id: str


class TokenSigner:
    """Signs for the officers of one province. Only triage has the private key."""

    def __init__(self, private_key: bytes, *, province: str) -> None:
        """private_key: PEM. Raises ValueError when it is not a private Ed25519 key."""
        self._key = _ed25519(private_key, private=True)
        self._province = province

    @classmethod
    def from_file(cls, path: Path, *, province: str) -> Self:
        """`access.private.pem`. Raises OSError, ValueError."""
        return cls(path.read_bytes(), province=province)

    def sign(self, officer: Officer, *, now: datetime) -> str:
        """A token for ten minutes. Raises ValueError for an officer of another province."""
        if officer.province != self._province:
            raise ValueError(f"an officer of {officer.province} signs in there, not in {self._province}")
        claims = {
            "iss": _issuer(self._province),
            "aud": _audience(self._province),
            "sub": officer.id,
            "jti": uuid4().hex,
            "iat": round(now.timestamp(), 3),  # to the millisecond: RFC 7519 allows it, revocation needs it
            "exp": int((now + TOKEN_LIFETIME).timestamp()),
            "name": officer.name,
            "roles": sorted(officer.roles),
            "units": sorted(officer.units),
        }
        header = {"alg": ALGORITHM, "typ": "JWT", "kid": self._key.thumbprint()}
        return jwt.encode(header, claims, self._key, registry=_REGISTRY)


class TokenVerifier:
    """Checks tokens of one province with nothing but public keys."""

    def __init__(self, public_keys: bytes, *, province: str) -> None:
        """public_keys: one or more PEM blocks, so that an old key can be left in while its tokens run out.

        Raises ValueError when there is none, or one is not a public Ed25519 key.
        """
        keys = [_ed25519(block, private=False) for block in PEM.findall(public_keys)]
        if not keys:
            raise ValueError("no public key in the file")
        self._keys = KeySet([*keys])
        self._province = province

    @classmethod
    def from_file(cls, path: Path, *, province: str) -> Self:
        """`access.public.pem`. Raises OSError, ValueError."""
        return cls(path.read_bytes(), province=province)

    def verify(self, token: str, *, now: datetime) -> Claims:
        """What the token says, if it may be believed at `now`. Raises TokenRefused."""
        try:
            claims = jwt.decode(token, self._keys, registry=_REGISTRY).claims
            self._rules(now).validate(claims)
            return self._claims(claims)
        except JoseError as error:
            raise TokenRefused(error.error) from None
        except (ValueError, TypeError, KeyError, OverflowError, OSError):  # of a time that no calendar has, too
            raise TokenRefused("malformed") from None

    def _rules(self, now: datetime) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=CLOCK_SKEW_SECONDS,
            iss={"essential": True, "value": _issuer(self._province)},
            aud={"essential": True, "value": _audience(self._province)},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            jti={"essential": True},
        )

    def _claims(self, claims: dict[str, Any]) -> Claims:
        officer = Officer(
            id=claims["sub"],
            name=str(claims["name"]),
            roles=roles_known(_strings(claims["roles"])),
            units=frozenset(_strings(claims["units"])),
            province=self._province,
        )
        issued, expires = (datetime.fromtimestamp(claims[name], UTC) for name in ("iat", "exp"))
        return Claims(officer, issued, expires, claims["jti"])


CLOCK_SKEW_SECONDS = 5
"""How far the clocks of two machines of one installation may differ."""

_REGISTRY = JWSRegistry(algorithms=[ALGORITHM])


def _issuer(province: str) -> str:
    return f"urn:binhyen:{province}:triage"


def _audience(province: str) -> str:
    return f"urn:binhyen:{province}"


def _strings(value: object) -> Sequence[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise TypeError("a list of strings is meant")
    return value


def _ed25519(pem: bytes, *, private: bool) -> OKPKey:
    try:
        key = OKPKey.import_key(pem)
    except (JoseError, ValueError, TypeError) as error:
        raise ValueError(f"not an Ed25519 key: {type(error).__name__}") from None
    if key.curve_name != "Ed25519" or key.is_private != private:
        raise ValueError(f"not a {'private' if private else 'public'} Ed25519 key")
    return OKPKey.import_key(key.as_dict(private=private) | {"kid": key.thumbprint()})
