"""The live page as people meet it: numbers that move, two languages, any width, keyboard, a lost connection."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from time import monotonic
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.make import a_case_change, facts
from tests.stats import Process, World, follows, tail

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

FOLLOWERS = '[data-key="headline.followers"]'
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}


async def followers(page: Page) -> int:
    return int(await page.locator(FOLLOWERS).get_attribute("value") or 0)


def written(number: int, separator: str = ".") -> str:
    return f"{number:,}".replace(",", separator)


@asynccontextmanager
async def opened(browser: Browser, url: str, size: dict[str, int] = DESK) -> AsyncIterator[tuple[Page, list[str]]]:
    """A page, and everything its console says that it should not."""
    context = await browser.new_context(viewport={"width": size["width"], "height": size["height"]}, locale="vi-VN")
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: complaints.append(str(e)))
    await page.goto(url)
    try:
        yield page, complaints
    finally:
        await context.close()


async def test_a_number_moves_when_an_event_comes(world: World, stats: Process, browser: Browser) -> None:
    async with opened(browser, stats.address) as (page, complaints):
        await expect(page.locator('[data-when="live"]')).to_be_visible()
        before = await followers(page)
        assert before >= 1_234
        await world.say(*follows(1, start=5_000))
        await expect(page.locator(FOLLOWERS)).to_have_text(written(before + 1), timeout=10_000)
        now = datetime.now(UTC)
        await world.say(a_case_change(version=2, act="message_added", occurred_at=now, after=facts(opened_at=now)))
        await expect(page.locator('[data-key="today.messages"]')).to_have_text("2", timeout=10_000)
        assert complaints == [], "nothing breaks the content security policy"


async def test_the_page_speaks_both_languages_and_keeps_the_period(stats: Process, browser: Browser) -> None:
    async with opened(browser, f"{stats.address}/?from=2020-06-01&to=2020-06-30") as (page, complaints):
        await expect(page.get_by_role("heading", name="Hôm nay")).to_be_visible()
        await page.get_by_role("link", name="English").click()
        await expect(page.locator("html")).to_have_attribute("lang", "en")
        await expect(page.get_by_role("heading", name="Today")).to_be_visible()
        await expect(page.locator(FOLLOWERS)).to_have_text(written(await followers(page), ","))
        await expect(page.get_by_label("From")).to_have_value("2020-06-01")
        await page.get_by_label("From").fill("2020-06-10")
        await page.get_by_role("button", name="Show").click()
        await expect(page.locator("html")).to_have_attribute("lang", "en")
        await expect(page.get_by_label("From")).to_have_value("2020-06-10")
        await page.get_by_role("link", name="Communes").click()
        await expect(page.get_by_role("heading", name="Communes")).to_be_visible()
        assert "from=2020-06-10" in page.url
        assert complaints == []


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize(
    "path",
    ["/", "/?lang=en", "/communes", "/?from=2019-01-01&to=2019-01-02", "/?from=2021-02-01&to=2021-01-01"],
    ids=["vi", "en", "communes", "nothing counted", "wrong period"],
)
async def test_it_fits_and_axe_finds_nothing_serious(
    stats: Process, browser: Browser, path: str, size: dict[str, int]
) -> None:
    async with opened(browser, stats.address + path, size) as (page, complaints):
        await page.locator("main").wait_for()
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "no sideways scroll"
        found = await Axe().run(page)
        serious = [v for v in found.response["violations"] if v["impact"] in ("serious", "critical")]
        assert serious == []
        assert [c for c in complaints if "400" not in c] == []


async def test_the_keyboard_reaches_the_content_first_and_everything_after(stats: Process, browser: Browser) -> None:
    async with opened(browser, stats.address) as (page, _):
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="Tới nội dung chính")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.locator("main")).to_be_focused()
        await page.keyboard.press("Tab")
        await expect(page.get_by_label("Từ ngày")).to_be_focused()


async def test_a_lost_connection_is_said_and_mends_itself(world: World, browser: Browser) -> None:
    copy = await world.start()
    async with opened(browser, copy.address) as (page, _):
        await expect(page.locator('[data-when="live"]')).to_be_visible()
        before = await followers(page)
        await copy.kill()
        await expect(page.get_by_text("Mất kết nối.")).to_be_visible(timeout=15_000)
        again = await world.start(port=urlsplit(copy.address).port)
        await world.say(*follows(1, start=9_000))
        await expect(page.locator(FOLLOWERS)).to_have_text(written(before + 1), timeout=30_000)
        await expect(page.get_by_text("Mất kết nối.")).to_be_hidden()
        await again.stop()


async def test_stopping_ends_the_open_streams_at_once(world: World, browser: Browser) -> None:
    copy = await world.start()
    async with opened(browser, copy.address) as (page, _):
        await expect(page.locator('[data-when="live"]')).to_be_visible()
        before = monotonic()
        await copy.stop()
        assert monotonic() - before < 12, "an open page does not use up the grace of 20 s"
        assert "platform.stopped" in tail(copy.log)
