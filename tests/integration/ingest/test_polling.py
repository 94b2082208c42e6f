"""Polls against the simulated Zalo: what a page shows is published once, at Zalo's Date, at Zalo's pace."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from shared.broker import Record
from shared.events import AccountState, Event, PageObserved, PostPublished, PostViewsObserved, decode
from tests.contract.demo_zalo.stage import APP, OA_SECRET, PAGE, SECRET, Stage, served
from tests.ingest import PAGE_NAME
from tests.integration.ingest.conftest import Ingest, an_ingest, free_port
from tests.servers import Databases

pytestmark = pytest.mark.asyncio(loop_scope="session")

TYPES = {m.type: m for m in (PageObserved, PostPublished, PostViewsObserved)}
HISTORY = "2020-06-15T05:00:00+00:00"
LATER = "2020-06-20T05:00:00+00:00"
POSTS = 23
INTERVAL = 2
VIEWS = [["2020-06-01T00:00:00Z", 0], ["2020-07-01T00:00:00Z", 300]]
PAGES = tuple(f"70000000000000000{number:02}" for number in range(12))
"""A page of its own for each test, so that one ingest and one simulated Zalo serve them all."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def zalo(tmp_path_factory: Any) -> AsyncIterator[Stage]:
    """Verified pages with a post a day from 1 June 2020 and one follower each."""
    async with served(tmp_path_factory.mktemp("zalo"), error_text_share=0.5) as stage:
        app = {"app_id": APP, "secret_key": SECRET, "oa_secret_key": OA_SECRET}
        await stage.control("apps", app | {"webhook": stage.webhook_url, "redirect_uri": ""})
        verified = {"app_id": APP, "name": PAGE_NAME, "verified_at": "2020-06-01T00:00:00Z"}
        await stage.control("pages", [verified | {"oa_id": page} for page in PAGES])
        follower = {"person": "77", "followed_at": "2020-06-02T00:00:00Z", "unfollowed_at": None, "user_id_by_app": "8"}
        await stage.control("followers", [follower | {"oa_id": page} for page in PAGES])
        await stage.control("articles", [a_post(page, day) for page in PAGES for day in range(1, POSTS + 1)])
        yield stage


def a_post(page: str, day: int) -> dict[str, Any]:
    created = f"2020-06-{day:02}T01:00:00Z"
    return {"oa_id": page, "id": f"{page}a{day:02}", "title": f"Bài {day}", "create_date": created, "views": VIEWS}


async def begun(ingest: Ingest, zalo: Stage) -> Ingest:
    """An ingest that knows the pages and polls the simulator."""
    pages = ingest.folder / "province" / "pages.csv"
    rows = "".join(f"{page},{APP},duty-desk,{PAGE_NAME},,,,\n" for page in PAGES)
    pages.write_text(pages.read_text("utf-8") + rows, "utf-8")
    villages = ingest.folder / "province" / "villages.csv"
    villages.write_text(villages.read_text("utf-8").replace(PAGE, PAGES[0]), "utf-8")
    await ingest.run("provision", str(ingest.folder / "province"))
    ingest.environment["BINHYEN_ZALO_API_URL"] = zalo.url
    await ingest.start()
    await ingest.ready()
    return ingest


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ingest(postgres: Databases, tmp_path_factory: Any, zalo: Stage) -> AsyncIterator[Ingest]:
    settings = {"poll_interval_seconds": str(INTERVAL), "poll_timeout_seconds": "0.5"}
    async with an_ingest(postgres, tmp_path_factory.mktemp("ingest"), **settings) as made:
        yield await begun(made, zalo)


@pytest_asyncio.fixture(loop_scope="session")
async def page(zalo: Stage, request: pytest.FixtureRequest) -> str:
    """A page nobody has polled; history's clock stands at noon of 15 June 2020."""
    await zalo.control("clock", {"now": HISTORY})
    taken: list[str] = request.session.stash.setdefault(TAKEN, [])
    taken.append(PAGES[len(taken)])
    return taken[-1]


TAKEN = pytest.StashKey[list[str]]()


async def granted(ingest: Ingest, zalo: Stage, page: str, *, epoch: int = 1) -> None:
    token = (await zalo.grant(page))["access_token"]
    await ingest.grant(page, token=token, epoch=epoch)


async def events(ingest: Ingest, page: str, model: type[Event]) -> list[Any]:
    await ingest.until("select count(*)::int from outbox", 0)
    records: list[Record] = await ingest.records("inbound.audience.v1")
    found = [decode(r.headers, r.value, TYPES) for r in records if r.key == page]
    return [e for e in found if isinstance(e, model)]


async def polled(ingest: Ingest, page: str) -> None:
    """Waits for a poll that begins from now on to come to its end."""
    now = datetime.now(UTC)
    begins = "select next_due > $1 from polls where account = $2"
    await ingest.until(begins, True, now + timedelta(seconds=INTERVAL * 0.9), page)
    await ingest.until("select polled_at > $1 from polls where account = $2", True, now, page)


async def shown(zalo: Stage, page: str) -> dict[str, Any]:
    pages = (await zalo.control("polls"))["pages"]
    return next(one for one in pages if one["oa_id"] == page)


async def test_a_page_without_a_token_is_skipped_and_polled_once_one_has_come(
    ingest: Ingest, zalo: Stage, page: str
) -> None:
    await asyncio.sleep(INTERVAL)
    assert (await shown(zalo, page))["getoa_at"] is None
    await granted(ingest, zalo, page)
    await polled(ingest, page)
    seen = (await events(ingest, page, PageObserved))[0]
    assert (seen.name, seen.verified, seen.followers) == (PAGE_NAME, True, 1)
    assert seen.occurred_at == datetime.fromisoformat(HISTORY), "the answer's Date decides"
    assert seen.received_at.year >= 2026


async def test_every_post_is_told_once_and_its_views_when_they_change(ingest: Ingest, zalo: Stage, page: str) -> None:
    await granted(ingest, zalo, page)
    await polled(ingest, page)
    posts = await events(ingest, page, PostPublished)
    assert len(posts) == len({p.post for p in posts}) == 15
    assert {p.published_at.date().isoformat() for p in posts} == {f"2020-06-{day:02}" for day in range(1, 16)}
    first = await events(ingest, page, PostViewsObserved)
    assert len(first) == 15
    await polled(ingest, page)
    assert len(await events(ingest, page, PostViewsObserved)) == 15, "nothing changed, nothing told"
    await zalo.control("clock", {"now": LATER})
    await polled(ingest, page)
    assert len(await events(ingest, page, PostPublished)) == 20
    later = [e for e in await events(ingest, page, PostViewsObserved) if e.occurred_at.day == 20]
    assert len(later) == 20
    before = {e.post: e.views for e in first}
    assert all(e.views > before[e.post] for e in later if e.post in before)
    seen = await shown(zalo, page)
    assert seen["getoa_at"].startswith("2020-06-20")
    assert seen["getslice_from"].startswith("2020-06-20")


@pytest.mark.parametrize("code", [-216, -220])
async def test_a_refused_token_is_not_asked_with_again_until_another_comes(
    ingest: Ingest, zalo: Stage, page: str, code: int
) -> None:
    await zalo.control("faults", {"kind": "error", "error": code, "oa_id": page, "times": None})
    await granted(ingest, zalo, page)
    await ingest.until("select refused_epoch from polls where account = $1", 1, page)
    await asyncio.sleep(INTERVAL * 1.5)
    assert sum(f'"account":"{page}"' in line and "not_answered" in line for line in ingest.logged().split("\n")) == 1
    async with zalo.http.delete(f"{zalo.url}/_control/faults"):
        pass
    await granted(ingest, zalo, page, epoch=2)
    await polled(ingest, page)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "html", "status": 502},
        {"kind": "status", "status": 500},
        {"kind": "timeout"},
        {"kind": "error", "error": -200},
    ],
    ids=["gateway page", "status 500", "no answer", "-200"],
)
async def test_a_failed_poll_is_tried_again_and_what_was_seen_before_it_is_kept(
    ingest: Ingest, zalo: Stage, page: str, fault: dict[str, Any]
) -> None:
    await zalo.control("faults", fault | {"path": "/v2.0/article/getslice", "oa_id": page, "times": 2})
    await granted(ingest, zalo, page)
    await ingest.until("select failures from polls where account = $1", 1, page)
    assert len({e.id for e in await events(ingest, page, PageObserved)}) == 1
    await ingest.until("select polled_at is not null from polls where account = $1", True, page)
    assert len(await events(ingest, page, PostPublished)) == 15
    assert len({e.id for e in await events(ingest, page, PageObserved)}) == 1, "at one Date, one observation"


async def test_a_groups_name_is_asked_for_and_finds_its_village(ingest: Ingest, zalo: Stage) -> None:
    group = "aee702d6bc8455da0c95"
    await zalo.control("clock", {"now": HISTORY})
    await granted(ingest, zalo, PAGES[0], epoch=99)
    row = {"group_id": group, "oa_id": PAGES[0], "created_at": "2020-06-10T00:00:00Z", "members": 40}
    await zalo.control("groups", row | {"name": "Thôn 12 - Ea Tu"})
    push = {"oa_id": PAGES[0], "group_id": group, "event_name": "create_group", "app_id": APP}
    assert await ingest.zalo(push | {"timestamp": "1591747200000"}) == 200
    await ingest.until("select name from accounts where account = $1", "Thôn 12 - Ea Tu", group)
    await ingest.until("select count(*)::int from outbox", 0)
    records = [r for r in await ingest.records("channels.accounts.v1") if r.key == group]
    state = decode(records[-1].headers, records[-1].value, {AccountState.type: AccountState})
    assert isinstance(state, AccountState)
    assert (state.village, state.commune_2025, state.name) == ("24133-03", "24166", "Thôn 12 - Ea Tu")
    assert state.valid_from == date(2020, 6, 10)
    await zalo.control("groups", row | {"name": "Bình yên Thôn 1"})
    assert await ingest.zalo(push | {"event_name": "update_group_info", "timestamp": "1591747300000"}) == 200
    await ingest.until("select village from accounts where account = $1", "24133-02", group)


async def test_at_the_apps_limit_polls_wait_for_the_next_minute(ingest: Ingest, zalo: Stage, page: str) -> None:
    """The last on this ingest: the whole app waits."""
    await zalo.control("faults", {"kind": "error", "error": -32, "oa_id": page, "times": 1})
    await granted(ingest, zalo, page)
    await ingest.until("select last_error from polls where account = $1", "slow_down -32", page)
    (row,) = await ingest.fetch("select next_due, failures from polls where account = $1", page)
    assert row["failures"] == 0
    assert (row["next_due"].second + 1) % 60 <= 1, "the next minute's beginning"
    async with ingest.http.get(f"{ingest.url}/metrics") as response:
        assert 'binhyen_polls_total{call="getoa",outcome="slow_down"} 1.0' in await response.text()


async def test_until_the_first_known_post_is_enough_where_views_are_not_wanted(
    postgres: Databases, tmp_path: Any, zalo: Stage, page: str
) -> None:
    settings = {"poll_interval_seconds": str(INTERVAL), "poll_posts": "new", "poll_slice": "5"}
    async with an_ingest(postgres, tmp_path, **settings) as made:
        ingest = await begun(made, zalo)
        await granted(ingest, zalo, page)
        await polled(ingest, page)
        assert len(await events(ingest, page, PostPublished)) == 15
        await zalo.control("clock", {"now": LATER})
        await polled(ingest, page)
        assert len(await events(ingest, page, PostPublished)) == 20
        walked = (await shown(zalo, page))["getslice_from"]
        assert walked.startswith("2020-06-15"), "the later walks stopped at what was known"


async def test_two_copies_share_the_pages_and_none_is_asked_twice(
    postgres: Databases, tmp_path: Any, zalo: Stage
) -> None:
    async with an_ingest(postgres, tmp_path, poll_interval_seconds="3600", poll_concurrency="2") as one:
        await begun(one, zalo)
        two = replace(one, environment=one.environment | {"BINHYEN_PORT": str(free_port())}, log=tmp_path / "log2")
        await two.start()
        try:
            await two.ready()
            for page in PAGES:
                await granted(one, zalo, page)
            await one.until("select count(*)::int from polls where polled_at is not null", len(PAGES))
            asked = [await answers(copy) for copy in (one, two)]
        finally:
            await two.stop()
    assert sum(asked) == len(PAGES)


async def answers(ingest: Ingest) -> int:
    """How often this copy was answered by getoa."""
    async with ingest.http.get(f"{ingest.url}/metrics") as response:
        found = re.search(r'polls_total\{call="getoa",outcome="ok"\} ([\d.]+)', await response.text())
    return int(float(found[1])) if found else 0
