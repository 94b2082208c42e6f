"""Makes the province's pages known to the simulated Zalo and grants each to its app: `python -m deploy.demo.provision`.

The grant is the true one: notify's link, Zalo's permission screen (where the page's admin agrees), the way back with a
code. Run again it changes nothing but that pages without a token get one.
"""

import asyncio
import sys
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode

import aiohttp
import stamina
import uvloop
from yarl import URL

from deploy.demo.api import Services
from deploy.demo.figures import figures
from deploy.demo.history.rhythm import start_of
from deploy.demo.province import Page, read_pages
from deploy.demo.showing import console, say
from deploy.demo.simulator import Simulator
from deploy.demo.surroundings import DemoError, Surroundings, sentence_of

AT_A_TIME: Final = 16
START: Final = "/api/v1/zalo/grants/start"
CALLBACK: Final = "/api/v1/zalo/grants/callback"
WEBHOOK: Final = "/webhooks/zalo"
MOVED: Final = frozenset({302, 303, 307})
REGISTER_SECONDS: Final = 60.0
"""For the register's pages to reach notify after ingest was given them."""


class NotYet(Exception):  # noqa: N818 - says what is so
    """The page is not in notify's copy of the register, or the service is just starting: ask again."""


async def set_up_zalo(simulator: Simulator, surroundings: Surroundings, pages: Sequence[Page]) -> None:
    """The apps with their keys and the webhook's address, and the pages: verified, as they are today."""
    await simulator.save(
        "apps",
        (
            {
                "app_id": app.app_id,
                "secret_key": app.secret_key,
                "oa_secret_key": app.oa_secret_key,
                "webhook": surroundings.url("ingest") + WEBHOOK,
                "redirect_uri": surroundings.url("notify") + CALLBACK,
            }
            for app in surroundings.apps()
        ),
    )
    verified = start_of(figures().first)
    await simulator.save(
        "pages", ({"oa_id": p.id, "name": p.name, "app_id": p.app_id, "verified_at": verified} for p in pages)
    )


class Granting:
    """The page's admin at the permission screen, page after page."""

    def __init__(self, session: aiohttp.ClientSession, surroundings: Surroundings, account: str) -> None:
        self._session, self._notify = session, surroundings.url("notify")
        self._services, self._account = Services(session, surroundings), account

    async def all(self, pages: Sequence[Page]) -> None:
        """Grant every page. Raises DemoError for the first that cannot be."""
        gate = asyncio.Semaphore(AT_A_TIME)

        async def one(page: Page) -> None:
            async with gate:
                await self.grant(page)

        await self._services.authorization(self._account)  # one sign-in, not one a page
        async with asyncio.TaskGroup() as tasks:
            for page in pages:
                tasks.create_task(one(page))

    async def grant(self, page: Page) -> None:
        """Notify → Zalo's permission screen → back to notify with the code. Raises DemoError."""
        bearer = await self._services.authorization(self._account)
        start = f"{self._notify}{START}?{urlencode({'account': page.id})}"
        permission = await self._follow(start, headers=bearer)
        picked = URL(permission, encoded=True).update_query(oa_id=page.id)  # the admin picks the page and agrees
        back = await self._follow(str(picked))
        async with self._session.get(URL(back, encoded=True), allow_redirects=False) as answer:
            if answer.status != 200:  # noqa: PLR2004
                raise DemoError(f"notify took no token for page {page.id}: {(await answer.text())[:300]}")

    async def _follow(self, url: str, headers: dict[str, str] | None = None) -> str:
        """Where it sends us on to. Asked again while it cannot be reached."""
        place = url.split("?", maxsplit=1)[0]
        try:
            async for attempt in stamina.retry_context(
                on=(aiohttp.ClientConnectionError, NotYet), attempts=None, timeout=REGISTER_SECONDS, wait_max=2.0
            ):
                with attempt:
                    return await self._location(url, headers or {})
        except NotYet as error:
            raise DemoError(f"{place}: {error}") from None
        raise DemoError(f"{place} cannot be reached")

    async def _location(self, url: str, headers: dict[str, str]) -> str:
        async with self._session.get(URL(url, encoded=True), headers=headers, allow_redirects=False) as answer:
            if answer.status in MOVED:
                return answer.headers["Location"]
            said = f"HTTP {answer.status} {(await answer.text())[:300]}"
        if answer.status in {404, 503}:
            raise NotYet(said)
        raise DemoError(f"{url.split('?', maxsplit=1)[0]}: {said}")


async def provision() -> int:
    """Returns the exit code. Raises DemoError."""
    surroundings = Surroundings.read()
    pages = read_pages(surroundings.province)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
        await set_up_zalo(Simulator(session, surroundings.url("zalo")), surroundings, pages)
        await Granting(session, surroundings, surroundings.accounts("administrator")[0]).all(pages)
    say(f"{len(pages)} trang đã cấp quyền cho ứng dụng", f"{len(pages)} pages granted to their apps")
    return 0


def main() -> int:
    try:
        return uvloop.run(provision())
    except* DemoError as group:
        console.print(f"  [red]✗[/] {sentence_of(group)}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
