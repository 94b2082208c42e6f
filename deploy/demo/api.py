"""The four services over HTTP as an officer's program uses them: sign in, ask, act. Only what is documented."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import stamina

from deploy.demo.surroundings import DemoError, Surroundings

WAIT_SECONDS: Final = 120.0
"""How long a service may be away, restarting, before we give up."""
RENEW_BEFORE_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is the JSON, a problem's included."""

    status: int
    body: Any

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300  # noqa: PLR2004

    def why(self) -> str:
        """A problem's own words."""
        if isinstance(self.body, dict):
            return str(self.body.get("detail") or self.body.get("title") or self.body)[:300]
        return str(self.body)[:300]


@dataclass(frozen=True, slots=True)
class Token:
    text: str
    good_until: float
    """Monotonic seconds."""


class Away(Exception):  # noqa: N818 - says what is so
    """The service answers 5xx or not at all: ask again."""


AWAY: Final = (aiohttp.ClientError, TimeoutError, Away)


class Services:
    """One session with all four. Tokens are fetched and renewed as accounts are used."""

    def __init__(self, session: aiohttp.ClientSession, surroundings: Surroundings) -> None:
        self._session, self._surroundings = session, surroundings
        self._tokens: dict[str, Token] = {}

    async def get(self, part: str, path: str, *, account: str | None = None, **query: str) -> Answer:
        return await self._ask("GET", part, path, account, params=query)

    async def post(self, part: str, path: str, *, account: str, body: Mapping[str, object]) -> Answer:
        return await self._ask("POST", part, path, account, json=body)

    async def post_csv(self, part: str, path: str, *, account: str, table: str) -> Answer:
        headers = {"Content-Type": "text/csv; charset=utf-8"}
        return await self._ask("POST", part, path, account, data=table.encode(), headers=headers)

    async def authorization(self, account: str) -> dict[str, str]:
        """The header that an account's requests carry. Raises DemoError where it may not sign in."""
        token = self._tokens.get(account)
        if token is None or token.good_until < time.monotonic():
            credentials = {"account": account, "password": self._surroundings.password(account)}
            answer = await self._ask("POST", "triage", "/api/v1/sign-in", None, json=credentials)
            if not answer.ok:
                raise DemoError(f"{account} cannot sign in: {answer.why()}")
            lasts = float(answer.body["expires_in_seconds"]) - RENEW_BEFORE_SECONDS
            token = Token(answer.body["token"], time.monotonic() + lasts)
            self._tokens[account] = token
        return {"Authorization": f"Bearer {token.text}"}

    async def _ask(self, method: str, part: str, path: str, account: str | None, **how: Any) -> Answer:
        """Ask, and ask again while the service is away. Raises DemoError when that lasts two minutes."""
        url = f"{self._surroundings.url(part)}{path}"
        headers = how.pop("headers", {}) | (await self.authorization(account) if account else {})
        try:
            async for attempt in stamina.retry_context(
                on=(aiohttp.ClientConnectionError, TimeoutError, Away),
                attempts=None,
                timeout=WAIT_SECONDS,
                wait_max=2.0,
            ):
                with attempt:
                    async with self._session.request(method, url, headers=headers, **how) as answer:
                        return await _read(answer)
        except AWAY as error:
            raise DemoError(f"{part} does not answer {method} {path}: {error or type(error).__name__}") from error
        raise DemoError(f"{part} does not answer")


async def _read(answer: aiohttp.ClientResponse) -> Answer:
    text = await answer.text()
    if answer.status >= 500:  # noqa: PLR2004
        raise Away(f"HTTP {answer.status}: {text[:200]}")
    try:
        return Answer(answer.status, await answer.json(content_type=None) if text else None)
    except ValueError:
        return Answer(answer.status, text)
