"""What goes wrong: a poisoned record, kill -9 under a backlog, a stopped server, and words that must not leak."""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest
import pytest_asyncio

from shared.events import encode
from shared.events.messages import ConversationEvent
from shared.topics import CASES_EVENTS, INBOUND_MESSAGES, TOPICS
from tests.integration.triage.world import World, a_world, owner_only, searched, small_province
from tests.make import NOON, a_message, an_echo
from tests.servers import Databases

pytestmark = pytest.mark.asyncio(loop_scope="session")

PHRASE = "con-gà-trống-biết-hát-ngoài-nương"
PERSONS = 100
KILLS = 2
"""After each the groups wait ten seconds for the member that will not come back."""


@pytest_asyncio.fixture(loop_scope="session")
async def own(
    postgres: Databases, kafka_bootstrap: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """An installation whose service is not started yet."""
    database = postgres.create("triage")
    async with a_world(database, kafka_bootstrap, tmp_path_factory.mktemp("triage")) as made:
        yield made
    postgres.drop(database)


async def test_a_poisoned_record_dies_alone_and_a_replay_heals_it(world: World) -> None:
    good = [a_message("mất trộm", person=uuid4().hex, key=uuid4().hex) for _ in range(3)]
    bad = encode(a_message("mất trộm", person=uuid4().hex, key=uuid4().hex), source="test")
    await world.say(good[0])
    await world.put_raw(INBOUND_MESSAGES, "bad", bad.headers, b'{"id": "no event", "text": "%b"}' % PHRASE.encode())
    await world.say(*good[1:])
    for message in good:
        await world.case_of(message.person)

    async def buried() -> bool:
        return bool(await world.records(INBOUND_MESSAGES.dead))

    await world.until(buried)
    (dead,) = await world.records(INBOUND_MESSAGES.dead)
    headers = {name: value.decode() for name, value in dead.headers}
    assert headers["dead_group"] == "triage"
    assert headers["dead_reason"].startswith("vn.binhyen.message_received.v1")
    assert PHRASE not in str(headers)
    done = await asyncio.to_thread(world.command, "replay", INBOUND_MESSAGES.name)
    assert "1 read, 0 healed, 1 dead again" in done.stdout, done.stdout + done.stderr


@pytest.mark.timeout(300)
async def test_killed_under_a_backlog_it_ends_at_the_same_totals_and_no_case_twice(own: World) -> None:
    persons = [uuid4().hex for _ in range(PERSONS)]
    said: list[ConversationEvent] = []
    for number, person in enumerate(persons):
        at = NOON + timedelta(minutes=number)
        said.append(a_message("có đánh bạc", person=person, key=f"q{number}", occurred_at=at))
        said.append(an_echo(person=person, key=f"a{number}", occurred_at=at + timedelta(hours=1)))
    await own.start()
    for kill in range(KILLS):
        some = said[kill * 100 : (kill + 1) * 100]
        await own.say(*some, *some[:20])  # the first twenty are redelivered
        assert len(await own.rows("select 1 from turns")) < (kill + 1) * 100, "there is a backlog when it is killed"
        own.kill()
        await own.start()
    await own.caught_up(len(said))
    cases = await own.rows("select person, status, version from cases")
    assert Counter(row["person"] for row in cases) == Counter(persons)
    assert {row["status"] for row in cases} == {"answered"}

    async def all_published() -> bool:
        return not await own.rows("select 1 from outbox limit 1")

    await own.until(all_published)
    events = {event.id: event for event in await own.events(CASES_EVENTS)}.values()
    versions: dict[object, list[int]] = {}
    for event in events:
        versions.setdefault(event.case, []).append(event.version)
    assert len(versions) == PERSONS
    assert all(sorted(found) == list(range(1, len(found) + 1)) for found in versions.values())
    assert own.stop() in {0, -signal.SIGTERM}, "it ended by itself, in order"


async def test_no_word_of_a_citizen_is_in_any_log_trace_metric_or_topic_without_words(world: World) -> None:
    person = uuid4().hex
    trace = "00-0af7651916cd43dd8448eb211c80319d-b7ad6b7169203331-01"
    await world.say(a_message(f"có trộm {PHRASE}", person=person, key=uuid4().hex), traceparent=trace)
    case = await world.case_of(person)
    await world.get(f"/api/v1/cases/{case['code']}", by="truc-ban.1")

    async def traced() -> bool:
        return "0af7651916cd43dd8448eb211c80319d" in (world.folder / "traces.jsonl").read_text()

    await world.until(traced)
    assert searched(world.folder, PHRASE) == []
    assert PHRASE not in (await world.get("/metrics")).text
    for topic in TOPICS:
        if not topic.words:
            assert all(PHRASE.encode() not in (record.value or b"") for record in await world.records(topic.name))
    audited = await world.rows("select detail::text from audit_log")
    assert not any(PHRASE in row["detail"] for row in audited)


async def test_ready_is_false_while_its_register_is_behind_or_its_database_away(own: World) -> None:
    own.settings["database_url"] = own.database.run_url("triage").replace(own.database.name, "nowhere")
    own.launch()

    async def answers() -> bool:
        return (await own.why_not()).startswith("{")

    await own.until(answers)
    answer = await own.get("/health/ready")
    assert (answer.status_code, answer.json()["ready"]) == (503, False)
    assert answer.json()["checks"]["postgres"] != "ok"
    own.stop()
    own.settings.pop("database_url")
    await own.start()
    checks = (await own.get("/health/ready")).json()["checks"]
    assert set(checks) >= {"postgres", "kafka", "migrations", "consumers", "registers", "understanding"}
    assert set(checks.values()) == {"ok"}


async def test_provisioning_again_keeps_passwords_and_a_changed_officer_is_told_to_the_others(own: World) -> None:
    accounts = own.folder / "accounts.json"
    before = own.accounts
    assert owner_only(accounts)
    again = await asyncio.to_thread(own.provision, own.folder / "province")
    assert "0 new or changed, 0 passwords generated" in again.stdout, again.stdout + again.stderr
    assert own.accounts == before
    officers = small_province(own.folder / "province") / "officers.csv"
    officers.write_text(officers.read_text().replace("H'Lan Niê", "H'Lan Mlô"))
    changed = await asyncio.to_thread(own.provision, own.folder / "province")
    assert "1 new or changed, 0 passwords generated" in changed.stdout
    told = await own.rows("select convert_from(value, 'utf8') as state from outbox order by id")
    assert "H'Lan Mlô" in told[-1]["state"]
    assert not any(one["password"] in row["state"] for one in before.values() for row in told)
