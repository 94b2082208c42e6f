"""Zalo's OAuth host: the permission link, and codes or refresh tokens into tokens.

Source: the manual's "Xác thực và ủy quyền cho ứng dụng". A failure is HTTP 200 too, its number now and then text, and
for a refresh token that was used already an empty body (unconfirmed): success is that an access_token is there.
"""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import aiohttp
import msgspec

PERMISSION = "/v4/oa/permission"
ACCESS_TOKEN = "/v4/oa/access_token"  # noqa: S105 - a path

INVALID_REFRESH = -14014
OK = 200
DEFAULT_LIFE = timedelta(seconds=90_000)
"""25 hours, where `expires_in` cannot be read."""


@dataclass(frozen=True)
class Pair:
    """A new pair of tokens. The refresh token is single-use."""

    access: str
    refresh: str
    life: timedelta


@dataclass(frozen=True)
class Spent:
    """The refresh token (or code) is taken no more: a person must grant again."""


@dataclass(frozen=True)
class Declined:
    """Zalo refuses the app itself or the request: our settings are wrong. `code`: Zalo's number."""

    code: int


@dataclass(frozen=True)
class Unanswered:
    """A gateway, a time-out, a lost connection: ask again later."""

    why: str


Granted = Pair | Spent | Declined | Unanswered


def verifier() -> str:
    """A PKCE code verifier (RFC 7636): 43 characters, as Zalo wants."""
    return secrets.token_urlsafe(32)


def challenge_of(code_verifier: str) -> str:
    """URL-safe base64 of its SHA-256 without padding."""
    return urlsafe_b64encode(sha256(code_verifier.encode()).digest()).rstrip(b"=").decode()


def permission_link(base: str, *, app: str, redirect_uri: str, code_verifier: str, state: str, page: str) -> str:
    """Where the page's admin grants the app. `oa_id` only suggests the page; the callback checks which it was."""
    query = {
        "app_id": app,
        "redirect_uri": redirect_uri,
        "code_challenge": challenge_of(code_verifier),
        "state": state,
        "oa_id": page,
    }
    return f"{base.rstrip('/')}{PERMISSION}?{urlencode(query)}"


def code_form(*, app: str, code: str, code_verifier: str) -> dict[str, str]:
    """The form that turns a code into tokens."""
    return {"code": code, "app_id": app, "grant_type": "authorization_code", "code_verifier": code_verifier}


def refresh_form(*, app: str, refresh_token: str) -> dict[str, str]:
    """The form that renews."""
    return {"refresh_token": refresh_token, "app_id": app, "grant_type": "refresh_token"}


def read_tokens(status: int, body: bytes) -> Granted:
    """What the host says. Pure."""
    if status != OK:
        return Unanswered(f"http_{status}")
    if not body.strip():
        return Spent()
    try:
        said = msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.MsgspecError:
        return Unanswered("no_json")  # an HTML page is a gateway's
    if said.get("access_token") and said.get("refresh_token"):
        return Pair(str(said["access_token"]), str(said["refresh_token"]), _life(said))
    code = _number(said.get("error"))
    return Spent() if code == INVALID_REFRESH else Declined(code)


class ZaloOAuth:
    """The HTTP side. Secrets of the apps: app id → secret_key."""

    def __init__(
        self, session: aiohttp.ClientSession, base_url: str, app_secrets: Mapping[str, str], *, seconds: float
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self._session = session
        self._secrets = app_secrets
        self._timeout = aiohttp.ClientTimeout(total=seconds)

    def knows(self, app: str) -> bool:
        """Whether we hold the app's secret."""
        return app in self._secrets

    async def ask(self, app: str, form: Mapping[str, str]) -> Granted:
        """One POST. Raises nothing: what went wrong is the answer."""
        if app not in self._secrets:
            return Declined(0)
        try:
            async with self._session.post(
                self.base_url + ACCESS_TOKEN,
                data=dict(form),
                headers={"secret_key": self._secrets[app]},
                timeout=self._timeout,
                allow_redirects=False,
            ) as answer:
                return read_tokens(answer.status, await answer.read())
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            return Unanswered(type(error).__name__)


def _life(said: Mapping[str, Any]) -> timedelta:
    seconds = _number(said.get("expires_in"))
    return timedelta(seconds=seconds) if seconds > 0 else DEFAULT_LIFE


def _number(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0
