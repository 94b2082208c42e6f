"""The simulated Zalo's control routes, as the demonstration uses them to build its world and move its clock."""

import itertools
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import aiohttp
import stamina

from deploy.demo.surroundings import DemoError

ROWS: Final = 10_000
"""Rows of one bulk request."""
WAIT_SECONDS: Final = 120.0
"""How long the simulator may be away, restarting, before we give up."""
Row = Mapping[str, object]


def moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds")


class Simulator:
    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session, self._url = session, url

    async def save(self, kind: str, rows: Iterable[Row]) -> int:
        """Load apps, pages, articles, followers or groups; what is there is replaced. Returns how many."""
        count = 0
        rest = iter(rows)
        while chunk := list(itertools.islice(rest, ROWS)):
            count += int((await self._post(kind, chunk))["saved"])
        return count

    async def set_clock(self, milliseconds: int | None) -> None:
        """Stand history's clock at a moment; None follows the wall clock again."""
        await self._post("clock", {"now": None if milliseconds is None else moment(milliseconds)})

    async def act(self, **what: object) -> dict[str, Any]:
        """A person does something at a page."""
        return dict(await self._post("people/act", what))

    async def answer(self, **what: object) -> dict[str, Any]:
        """An officer answers in Zalo's own console."""
        return dict(await self._post("officer/answer", what))

    async def behind(self, since: int) -> tuple[int, int]:
        """How many pages getoa, and a full walk of getslice, have not seen since a moment of history's clock."""
        report = await self._get("polls", {"since": moment(since)})
        return int(report["behind"]["getoa"]), int(report["behind"]["getslice"])

    async def sent(self, **narrowed: str) -> list[dict[str, Any]]:
        """What pages sent, oldest first, the last thousand."""
        return list((await self._get("sent", narrowed))["sent"])

    async def _get(self, route: str, query: Mapping[str, str]) -> Any:
        return await self._ask("GET", route, params=query)

    async def _post(self, route: str, body: object) -> Any:
        return await self._ask("POST", route, json=body)

    async def _ask(self, method: str, route: str, **how: Any) -> Any:
        """Again while it cannot be reached. Raises DemoError for what it refuses."""
        away = (aiohttp.ClientError, TimeoutError)
        try:
            async for attempt in stamina.retry_context(on=away, attempts=None, timeout=WAIT_SECONDS, wait_max=2.0):
                with attempt:
                    async with self._session.request(method, f"{self._url}/_control/{route}", **how) as answer:
                        if answer.status != 200:  # noqa: PLR2004
                            raise DemoError(f"the simulator refuses {route}: {(await answer.text())[:300]}")
                        return await answer.json()
        except away as error:
            raise DemoError(f"the simulator does not answer {route}: {error or type(error).__name__}") from error
        raise DemoError("the simulator does not answer")
