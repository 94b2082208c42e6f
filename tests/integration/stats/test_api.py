"""The API on the running service: what it refuses, what it imports, what it streams."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from services.stats.domain.definitions import METRICS
from services.stats.domain.period import Period
from shared.access.officers import Role
from shared.gazetteer import VIETNAM
from tests.make import a_case_change, facts
from tests.servers import Databases
from tests.stats import PERIOD, Process, World, agree, follows

pytestmark = pytest.mark.asyncio(loop_scope="session")

OFFENCES = "/api/v1/imports/offences"
HEADER = "month,offences,illustrative\n"
NINE = HEADER + "".join(
    f"{year}-{month:02},{figure},true\n"
    for year, figures in ((2019, [85, 84, 85, 84, 85, 84, 85, 84, 84]), (2020, [79, 79, 79, 79, 79, 79, 79, 79, 78]))
    for month, figure in enumerate(figures, 1)
)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(postgres: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """One installation for all of these tests: each asks for things of its own."""
    database = postgres.create("stats")
    async with World.open(database, tmp_path_factory.mktemp("stats")) as made:
        yield made
    postgres.drop(database)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stats(world: World) -> Process:
    return await world.start(live_listeners="3")


@pytest.mark.parametrize(
    ("query", "status", "kind"),
    [
        ("from=2020-13-01", 400, "day_invalid"),
        ("from=yesterday", 400, "day_invalid"),
        ("from=2020-3-1", 400, "day_invalid"),
        ("to=2020-02-30", 400, "day_invalid"),
        ("to=", 400, "day_invalid"),
        ("from=2020-10-20&to=2020-10-19", 400, "period_invalid"),
        ("from=0001-01-01", 400, "period_invalid"),
        ("to=9999-12-31", 400, "period_invalid"),
        ("province=77", 404, "province_unknown"),
    ],
)
async def test_a_wrong_question_is_answered_with_a_problem_that_says_why(
    stats: Process, query: str, status: int, kind: str
) -> None:
    for path in ("/api/v1/headline", "/api/v1/headline/details"):
        answered, body = await stats.get(f"{path}?{query}")
        assert (answered, body["type"]) == (status, f"urn:binhyen:problem:{kind}")
        assert " / " in body["title"], "in Vietnamese and English"


async def test_what_is_not_asked_for_is_the_published_period(stats: Process) -> None:
    status, body = await stats.get("/api/v1/headline?province=66")
    assert status == 200
    assert (body["from"], body["to"], body["province"], body["province_code"]) == (
        "2020-03-01",
        "2020-10-19",
        "Đắk Lắk",
        "66",
    )
    later = await stats.headline("from=2025-07-01&to=2025-07-01")
    assert later["communes"] == 102, "the structure in force on the last day"
    assert (await stats.headline("from=2025-06-30&to=2025-06-30"))["communes"] == 184


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("to=2020-06-30", "2020-03-01", "2020-06-30"),
        ("from=2020-06-01", "2020-06-01", "2020-10-19"),
        ("to=2019-06-30", "2019-01-01", "2019-06-30"),
        ("to=2020-03-01", "2020-03-01", "2020-03-01"),
        ("from=2021-01-01", "2021-01-01", None),
    ],
)
async def test_one_day_alone_is_completed_so_that_it_makes_a_period(
    stats: Process, query: str, first: str, last: str | None
) -> None:
    body = await stats.headline(query)
    today = datetime.now(UTC).astimezone(VIETNAM).date().isoformat()
    assert (body["from"], body["to"]) == (first, last or today)


async def test_offences_are_imported_by_an_administrator_once_and_on_the_record(world: World, stats: Process) -> None:
    token = await world.sign_in(Role.ADMINISTRATOR)
    asked = {"authorization": f"Bearer {token}", "content-type": "text/csv"}
    status, body = await stats.post(OFFENCES, NINE.encode(), **asked)
    assert (status, body) == (200, {"imported": 18, "unchanged": 0, "refused": []})
    assert (await stats.headline())["public_order_offences_change_percent"] == -6.58
    agree(await stats.headline(), await world.recounted(PERIOD))
    status, body = await stats.post(OFFENCES, (NINE + "2020-10,x,true\n2021-01,5,false\n").encode(), **asked)
    assert (status, body["imported"], body["unchanged"]) == (200, 1, 18)
    assert [line["line"] for line in body["refused"]] == [20]
    _, details = await stats.get("/api/v1/headline/details")
    assert details["offences"] == {"first_month": "2020-01-01", "last_month": "2020-09-01", "illustrative": True}
    rows = await world.sql("select json_agg(a order by id) from audit_log a where act = 'offences.imported'")
    acts = json.loads(rows)
    assert [(a["actor"], a["imported"]) for a in acts] == [("quan-tri.1", True)] * 2
    assert acts[1]["detail"] == {"months": ["2021-01"], "given": 19, "refused": 1}


@pytest.mark.parametrize("last", ["2020-01-30", "2020-01-31", "2020-02-29", "2020-12-31", "2021-01-31"])
async def test_the_percentage_is_the_one_of_the_published_sql_whatever_the_last_day(
    world: World, stats: Process, last: str
) -> None:
    period = Period(date(2020, 1, 1), date.fromisoformat(last))
    agree(await stats.headline(f"from=2020-01-01&to={last}"), await world.recounted(period))


async def test_nobody_else_imports_offences(world: World, stats: Process) -> None:
    body = NINE.encode()
    assert (await stats.post(OFFENCES, body))[0] == 401
    viewer = await world.sign_in(Role.VIEWER, Role.DISPATCHER, officer="xem.1")
    status, problem = await stats.post(OFFENCES, body, authorization=f"Bearer {viewer}")
    assert (status, problem["needs"]) == (403, "administrator")
    administrator = await world.sign_in(Role.ADMINISTRATOR)
    asked = {"authorization": f"Bearer {administrator}"}
    assert (await stats.post(OFFENCES, b"a,b\n1,2\n", **asked))[0] == 400
    assert (await stats.post(OFFENCES, "tháng".encode("utf-16"), **asked))[0] == 400
    assert (await stats.post(OFFENCES, b"x" * 300_000, **asked))[0] == 413


async def test_a_series_has_every_bucket_once(world: World, stats: Process) -> None:
    now = datetime.now(UTC)
    today = now.astimezone(VIETNAM).date().isoformat()
    await world.say(*follows(7), a_case_change(occurred_at=now, after=facts(opened_at=now)))
    await world.counted("inbound.audience.v1", "cases.events.v1")
    for name, metric in METRICS.items():
        status, body = await stats.get(f"/api/v1/series?metric={name}&from=2020-06-14&to=2020-06-16")
        assert (status, len(body["points"]), body["kind"]) == (200, 3, metric.kind)
    _, body = await stats.get("/api/v1/series?metric=followers&from=2020-06-14&to=2020-06-16")
    assert [p["value"] for p in body["points"]] == [0, 7, 7], "a stock stays"
    _, body = await stats.get(f"/api/v1/series?metric=messages&from={today}&to={today}&step=minute")
    assert sum(p["value"] for p in body["points"]) == 1
    _, body = await stats.get("/api/v1/series?metric=followers&from=2020-06-15&to=2020-06-15&step=minute")
    assert (len(body["points"]), body["points"][-1]["value"]) == (1440, 7)


@pytest.mark.parametrize(
    "query",
    [
        "metric=nothing",
        "metric=post_views&step=minute&from=2020-06-15&to=2020-06-15",
        "metric=posts&step=minute&from=2020-06-01&to=2020-06-15",
        "metric=posts&step=hour",
        "metric=posts&from=1990-01-01",
        "",
    ],
)
async def test_a_series_that_cannot_be_is_refused(stats: Process, query: str) -> None:
    assert (await stats.get(f"/api/v1/series?{query}"))[0] == 400


async def test_the_stream_ticks_when_a_number_moves_and_has_room_for_so_many(world: World, stats: Process) -> None:
    async with aiohttp.ClientSession() as session:
        streams = [await session.get(stats.address + "/api/v1/live") for _ in range(3)]
        assert {s.headers["content-type"].split(";")[0] for s in streams} == {"text/event-stream"}
        first = await tick(streams[0])
        before = first["headline"]["followers"]
        assert set(first["headline"]) >= {"communes", "public_order_offences_change_percent"}
        refused = await session.get(stats.address + "/api/v1/live")
        assert (refused.status, refused.headers["retry-after"]) == (503, "30")
        await world.say(*follows(1, start=100))
        assert (await tick(streams[0]))["headline"]["followers"] == before + 1
        for stream in streams:
            stream.close()
        await asyncio.sleep(2.5)
        again = await session.get(stats.address + "/api/v1/live?from=2020-06-01&to=2020-06-30")
        assert again.status == 200, "who leaves makes room"
        again.close()


async def tick(stream: aiohttp.ClientResponse) -> dict[str, Any]:
    """The next tick's numbers."""
    give_up_at = datetime.now(UTC) + timedelta(seconds=20)
    while datetime.now(UTC) < give_up_at:
        line = (await asyncio.wait_for(stream.content.readline(), 20)).decode()
        if line.startswith("data:") and line != "data: {}\n":
            found: dict[str, Any] = json.loads(line.removeprefix("data:"))
            return found
    raise AssertionError("no tick")


async def test_the_documents_name_every_route_and_topic(stats: Process) -> None:
    _, openapi = await stats.get("/schema/openapi.json")
    assert {
        "/api/v1/headline",
        "/api/v1/headline/details",
        "/api/v1/series",
        "/api/v1/tables",
        "/api/v1/live",
        OFFENCES,
    } <= set(openapi["paths"])
    _, asyncapi = await stats.get("/schema/asyncapi.json")
    assert set(asyncapi["channels"]) == {
        "inbound.audience.v1",
        "cases.events.v1",
        "alerts.events.v1",
        "delivery.receipts.v1",
        "channels.accounts.v1",
        "access.officers.v1",
    }
