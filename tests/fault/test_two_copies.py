"""A second copy of triage joins in the middle of a backlog and leaves again: each case once, as with one copy.

stats' copies: tests/fault/stats/test_crashes.py; notify's share of the leases: tests/integration/notify/test_crash.py.
"""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
import pytest_asyncio

from deploy.local.pair import random_ports
from shared.events import MessageEchoed, MessageReceived
from shared.topics import INBOUND_MESSAGES
from tests.integration.triage.world import World, a_world
from tests.make import NOON, a_message, an_echo
from tests.servers import Databases

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

AT_ONCE = 10
EVERY_SECONDS = 0.2
ROUNDS_AFTER = 40
Spoken = MessageReceived | MessageEchoed


@pytest_asyncio.fixture(loop_scope="session")
async def first(
    postgres: Databases, kafka_bootstrap: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """An installation with one running copy."""
    database = postgres.create("triage")
    async with a_world(database, kafka_bootstrap, tmp_path_factory.mktemp("triage")) as made:
        await made.start()
        yield made
    postgres.drop(database)


def conversation(number: int, person: str) -> list[Spoken]:
    """A question and its answer; one in ten is told twice."""
    at = NOON + timedelta(minutes=number)
    question = a_message("có đánh bạc", person=person, key=f"q{number}", occurred_at=at)
    answer = an_echo(person=person, key=f"a{number}", occurred_at=at + timedelta(hours=1))
    return [question, answer, question] if number % 10 == 0 else [question, answer]


async def handled(copy: World) -> bool:
    """Whether this very copy has handled messages: partitions of theirs were its own."""
    exposition = (await copy.get("/metrics")).text
    found = re.search(
        rf'^binhyen_records_consumed_total{{.*topic="{INBOUND_MESSAGES.name}".*}} (\S+)$', exposition, re.MULTILINE
    )
    return found is not None and float(found[1]) > 0


async def test_a_copy_of_triage_that_joins_and_leaves_in_the_middle_changes_no_case(first: World) -> None:
    persons: list[str] = []
    enough = asyncio.Event()

    async def talk() -> None:
        """Until there was enough, and on for a while: nobody joins or leaves a group that has nothing to do."""
        after = 0
        while after < ROUNDS_AFTER:
            some = [uuid4().hex for _ in range(AT_ONCE)]
            said = [conversation(len(persons) + number, person) for number, person in enumerate(some)]
            persons.extend(some)
            await first.say(*(event for one in said for event in one))
            await asyncio.sleep(EVERY_SECONDS)
            after += enough.is_set()

    talking = asyncio.create_task(talk())
    second = replace(first, port=random_ports(1)[0], process=None, tokens={})
    try:
        await second.start()
        for copy in (first, second):
            await first.until(partial(handled, copy), seconds=120)
        enough.set()
        assert not talking.done()
    finally:
        second.stop()
    await talking
    await first.caught_up(2 * len(persons))
    cases = await first.rows("select person, status, version from cases")
    assert Counter(row["person"] for row in cases) == Counter(persons)
    assert {row["status"] for row in cases} == {"answered"}

    async def all_published() -> bool:
        return not await first.rows("select 1 from outbox limit 1")

    await first.until(all_published)
    changes = {event.id: event for event in await first.events()}.values()
    versions: dict[object, list[int]] = {}
    for change in changes:
        versions.setdefault(change.case, []).append(change.version)
    assert len(versions) == len(persons)
    assert all(sorted(found) == list(range(1, len(found) + 1)) for found in versions.values())
