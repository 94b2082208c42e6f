"""A real Chromium on the real pages of a running stats; one installation for all of them, with some life in it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from shared.events import GroupCreated, PageObserved
from tests.browser_gate import arguments, chromium
from tests.make import a_case_change, facts
from tests.servers import Databases
from tests.stats import Process, World, a_page, follows, on


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def world(postgres: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """An installation with one page, one group, 1,234 followers, and a message of today."""
    database = postgres.create("stats")
    async with World.open(database, tmp_path_factory.mktemp("stats")) as made:
        now = datetime.now(UTC)
        await made.say(
            a_page("p1", "24118"),
            PageObserved(**on("page", "1"), name="x", verified=True, followers=0),
            GroupCreated(**on("group_created", "g"), group="g"),
            *follows(1_234),
            a_case_change(occurred_at=now, after=facts(opened_at=now)),
        )
        yield made
    postgres.drop(database)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stats(world: World) -> Process:
    made = await world.start()
    await world.counted("inbound.audience.v1", "cases.events.v1", "channels.accounts.v1")
    return made


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=chromium(), args=arguments())
        yield opened
        await opened.close()
