"""The history of 2020 while every part is killed with -9, three times each: the same totals, and no case twice."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import aiohttp
import pytest

from deploy.demo.api import Services
from deploy.demo.figures import figures
from deploy.demo.outbox import Outbox
from deploy.demo.province import read_pages
from services.ingest.channels.contract import Known, Push
from services.ingest.channels.zalo import read_push
from services.ingest.domain.calls import CallWords
from services.ingest.domain.register import App, Page, Register
from services.stats.decoding import AUDIENCE
from shared.identity import Pseudonymiser
from tests.kills import SERVERS, SERVICES, Killer, a_platform, history_work, until
from tests.outside import Outside, header
from tests.platform import Platform

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.soak, pytest.mark.timeout(3_600)]

SCALE = os.environ.get("FAULT_SCALE", "0.5")
"""Long enough for eighteen kills on a fast machine; FAULT_SCALE=0.15 does on one that has much else to do."""
KILLS_EACH = 3
END_SECONDS = 1_800.0
TODAY_BEGINS = "2021-01-01"
"""The live trickle begins when the history ends: what is of today is none of the history's."""
INBOUND = ("inbound.messages.v1", "inbound.audience.v1")


@pytest.fixture(params=[1, 2], ids="seed {}".format)
def seed(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def platform(seed: int) -> Iterator[Platform]:
    with a_platform(SCALE, SEED=str(seed), TRICKLE_SECONDS="3600") as made:
        yield made


async def test_killed_three_times_each_the_history_ends_at_the_same_totals(platform: Platform, seed: int) -> None:
    outside = Outside(platform)
    wanted = figures(Decimal(SCALE))
    killer = Killer(platform, history_work(outside), seed)
    for part in killer.order((*SERVICES, *SERVERS), KILLS_EACH):
        await killer.kill(part)
    assert Counter(kill.part for kill in killer.done) == dict.fromkeys((*SERVICES, *SERVERS), KILLS_EACH)
    assert all(kill.left > 0 for kill in killer.done)

    async def over() -> bool:
        return outside.history_is_over

    await until(over, END_SECONDS, "the history is over")
    async with aiohttp.ClientSession() as session:
        query = {"from": wanted.first.isoformat(), "to": wanted.last.isoformat()}
        shown = await Services(session, platform.surroundings()).get(
            "stats", "/api/v1/headline", province="66", **query
        )
    assert {key: shown.body[key] for key in wanted.headline} == wanted.headline
    await every_person_has_one_case(outside, wanted.tips + wanted.questions + wanted.others)
    await every_push_is_on_kafka_and_in_every_effect_once(outside)
    assert await outside.buried() == {}


async def every_person_has_one_case(outside: Outside, expected: int) -> None:
    """In the history each tip, question and other message is another person's."""
    (found,) = await outside.sql(
        "select count(*) cases, count(distinct code) codes, count(distinct conversation) conversations,"
        " count(distinct first_message_key) messages from triage.cases where opened_at < '2021-01-01'"
    )
    assert found == dict.fromkeys(("cases", "codes", "conversations", "messages"), expected)
    changes = {header(r, "ce_id"): json.loads(r.value) for r in await outside.records("cases.events.v1")}
    versions: dict[str, list[int]] = {}
    for change in changes.values():
        versions.setdefault(change["case"], []).append(change["version"])
    assert all(sorted(found) == list(range(1, len(found) + 1)) for found in versions.values())


async def every_push_is_on_kafka_and_in_every_effect_once(outside: Outside) -> None:
    assert outside.unacknowledged() == 0
    records = [r for r in await outside.records(*INBOUND) if header(r, "ce_time") < TODAY_BEGINS]
    offsets: Counter[str] = Counter(header(record, "ce_id") for record in records)
    assert told(outside.platform) <= offsets.keys(), "an acknowledged push is not on Kafka"
    audience = [record for record in records if record.topic == "inbound.audience.v1"]
    assert max(Counter(header(record, "ce_id") for record in audience).values()) >= 2, "something was redelivered"
    counted = {header(record, "ce_id") for record in audience if header(record, "ce_type") in AUDIENCE}
    said = {header(record, "ce_id") for record in records if record.topic == "inbound.messages.v1"}
    assert await ids(outside, "stats.inbox where consumer = 'stats.audience' and occurred_at < ") == Counter(counted)
    assert await ids(outside, "triage.inbox where consumer = 'triage.messages' and occurred_at < ") == Counter(said)
    assert await ids(outside, "triage.turns where at < ") == Counter(said)


async def ids(outside: Outside, table: str) -> Counter[str]:
    """The ids of a table's rows of the history, and how often each is there."""
    rows = await outside.sql(f"select id::text from {table} '{TODAY_BEGINS}'")  # noqa: S608 - our own words
    return Counter(row["id"] for row in rows)


def told(platform: Platform) -> set[str]:
    """The ids of all events the history's pushes say, by ingest's own reading of each."""
    surroundings = platform.surroundings()
    pages = {page.id: Page(page.id, page.name, page.app_id) for page in read_pages(surroundings.province)}
    known = Known(
        province="66",
        register=Register(pages, CallWords(())),
        names=Pseudonymiser.from_file(platform.folder / "secrets" / "ingest" / "pseudonym.key"),
        apps={app.app_id: App(app.app_id, app.oa_secret_key) for app in surroundings.apps()},
        senders={},
    )
    outbox = Outbox(surroundings.history)
    outbox.acknowledged = bytearray(outbox.about["pushes"])  # all of them, taken or not
    now = datetime.now(UTC)
    found: set[str] = set()
    for push in outbox.pending():
        headers = {name.lower(): value for name, value in push.headers.items()}
        found.update(str(event.id) for event in read_push(Push(headers, push.body, now), known).events)
    return found
