"""Corrections kept to learn from, on real servers: in the act's transaction, exported without persons, erased."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.triage.store import examples, shadow
from services.triage.store.shadow import Shadowed
from shared.events import IdentitySealed
from shared.identity import Sealer
from shared.topics import IDENTITIES
from tests.integration.triage.world import World, opened, owner_only
from tests.make import NOON, PAGE, PROVINCE, a_message

pytestmark = pytest.mark.asyncio(loop_scope="session")

DESK = "truc-ban.1"
INSPECTOR = "thanh-tra.1"
SHADOWED = "select s.differs from turns t join shadow_decisions s on s.turn_id = t.id where t.case_id = $1"


async def a_case(world: World, text: str, person: str = "") -> dict[str, Any]:
    person, now = person or uuid4().hex, datetime.now(UTC)
    await world.say(a_message(text, person=person, key=uuid4().hex[:20], occurred_at=now, received_at=now))
    return dict(await world.case_of(person))


async def correct(world: World, case: dict[str, Any], *, by: str = DESK, **fields: Any) -> int:
    path = f"/api/v1/cases/{case['code']}/correct"
    version = (await world.case_of(case["person"]))["version"]
    answer = await world.post(path, by=by, version=version, reason="đọc lại", **fields)
    return answer.status_code


def export(world: World, *options: str) -> list[str]:
    file = world.folder / "learnt.txt"
    done = world.command("examples", "export", str(file), *options)
    assert done.returncode == 0, done.stderr
    assert owner_only(file)
    return [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]


async def test_a_correction_is_kept_whole_with_who_said_what_and_when(world: World) -> None:
    case = await a_case(world, "hàng xóm hát karaoke to quá, gọi 0905 111 222 cho em")
    assert await correct(world, case, category="tip", topic="noise", urgency="normal") == 200
    (row,) = await world.rows("select * from examples where case_id = $1", case["id"])
    assert (row["officer"], row["person"], row["case_version"]) == (DESK, case["person"], 2)
    assert row["version"]
    assert "0905 111 222" in row["turns"]
    body = (await world.get(f"/api/v1/cases/{case['code']}", by=DESK)).json()
    assert body["understood_by"] == [row["version"]]
    assert body["conversation"][0]["decision"]["version"] == row["version"]
    (line,) = [line for line in export(world) if "hát karaoke to quá" in line]
    assert line.startswith("tip;noise")
    assert "0xxx xxx xxx" in line
    assert case["person"] not in line


async def test_each_export_is_on_the_record_with_how_many_and_whether_sealed_ones_are_among_them(world: World) -> None:
    case = await a_case(world, "có người chặt phá rừng ở đầu suối")
    assert await correct(world, case, category="tip", topic="forest") == 200
    counts = [len(export(world)), len(export(world, "--with-sealed"))]
    rows = await world.rows(
        "select actor, subject, (detail->>'count')::int as count, detail->>'sealed' as sealed from audit_log "
        "where act = 'examples.exported' order by id desc limit 2"
    )
    assert [(row["count"], row["sealed"]) for row in rows[::-1]] == list(zip(counts, ("false", "true"), strict=True))
    assert {(row["actor"], row["subject"]) for row in rows} == {("system:examples", f"province:{PROVINCE}")}


async def test_a_correction_that_is_refused_teaches_nothing(world: World) -> None:
    case = await a_case(world, "có đánh bạc ở tổ dân phố")
    path = f"/api/v1/cases/{case['code']}/correct"
    assert (await world.post(path, by=DESK, version=9, category="feedback", reason="cũ")).status_code == 409
    assert not await world.rows("select 1 from examples where case_id = $1", case["id"])


async def test_of_a_case_the_last_word_is_exported_and_a_sealed_one_only_when_asked_for(world: World) -> None:
    case = await a_case(world, "ai đó thả trâu phá nát ruộng mì nhà mình rồi")
    await correct(world, case, category="tip", topic="theft", urgency="normal")
    await correct(world, case, topic="property_damage")
    (line,) = [line for line in export(world) if "thả trâu" in line]
    assert line.startswith("tip;property_damage")
    await correct(world, case, by=INSPECTOR, conflict=True)  # not theirs while it is open
    await correct(world, case, conflict=True)
    assert [line for line in export(world) if "thả trâu" in line] == []
    (line,) = [line for line in export(world, "--with-sealed") if "thả trâu" in line]
    assert "conflict" in line.split(" | ")[0]


async def test_a_village_is_learnt_from_two_persons_and_not_from_one(world: World) -> None:
    store = await opened(world)
    names: list[list[tuple[str, int]]] = []
    for text in ("trộm vào nhà em ở buôn Kmrơng Prông", "buon kmrong prong dem qua bi mat trom"):
        case = await a_case(world, text)
        assert await correct(world, case, commune_2020="24154") == 200
        async with store.transaction(readonly=True) as tx:
            names.append([(row.village, row.times) for row in await examples.villages(tx)])
    await store.database.close()
    assert names == [[], [("buon kmrong prong", 2)]]


async def test_who_is_erased_is_learnt_from_no_more(world: World) -> None:
    case = await a_case(world, "đêm qua trộm vào nhà em ở buôn Dur Kmăl lấy mất cái máy bơm với hai bao cà phê")
    await correct(world, case, commune_2020="24154", category="tip", topic="theft")
    person = case["person"]
    assert await world.rows("select 1 from village_tellings where person = $1", person)

    async def sketched() -> bool:
        return bool(await world.rows("select 1 from chain_senders where person = $1", person))

    await world.until(sketched)
    store, neighbour = await opened(world), uuid4()
    (turn,) = await world.rows("select at, id from turns where case_id = $1 and speaker = 'person'", case["id"])
    read = [Shadowed(at, turn, "model-9", "model-1", {"topic": "fire"}) for at, turn in (turn, (NOON, neighbour))]
    async with store.transaction() as tx:
        await shadow.add(tx, read, province=PROVINCE, now=NOON)
    await store.database.close()
    sealer = Sealer.from_file(world.folder / "secrets" / "sealing.json")
    sealed = sealer.seal("identity", person, b'{"user_id": "1"}')
    await world.put(
        IDENTITIES,
        IdentitySealed(
            id=uuid4(), province=PROVINCE, occurred_at=NOON, channel="zalo", account=PAGE, person=person, sealed=sealed
        ),
    )
    await world.put_raw(IDENTITIES, person, [], None)  # type: ignore[arg-type]  # a tombstone

    async def gone() -> bool:
        return not await world.rows("select 1 from examples where person = $1", person)

    await world.until(gone)
    for table in ("village_tellings", "chain_senders"):
        assert not await world.rows(f"select 1 from {table} where person = $1", person)  # noqa: S608 - the names above
    left = await world.rows("select turn_id from shadow_decisions where version = 'model-9'")
    assert [row["turn_id"] for row in left] == [neighbour]


async def test_a_shadow_reads_what_comes_and_the_same_model_agrees(world: World) -> None:
    case = await a_case(world, "có người đổ trộm rác ra suối sau trường")

    async def read() -> bool:
        return bool(await world.rows(SHADOWED, case["id"]))

    await world.until(read)
    (row,) = await world.rows(SHADOWED, case["id"])
    assert row["differs"] in ("{}", {})


async def test_shadow_decisions_are_kept_once_and_counted(world: World) -> None:
    store, turn = await opened(world), uuid4()
    differing = Shadowed(NOON, turn, "model-2", "lexicon-1", {"category": "tip"})
    agreeing = Shadowed(NOON, uuid4(), "model-2", "lexicon-1", {})
    for _ in range(2):
        async with store.transaction() as tx:
            await shadow.add(tx, [differing, agreeing], province=PROVINCE, now=NOON)
    async with store.transaction(readonly=True) as tx:
        (row,) = [row for row in await shadow.counts(tx) if row["version"] == differing.version]
    await store.database.close()
    assert (row["version"], row["turns"], row["differing"]) == ("model-2", 2, 1)
    told = world.command("shadow")
    assert told.returncode == 0, told.stderr
    assert ["model-2", "lexicon-1", "2", "1"] in [line.split() for line in told.stdout.splitlines()]


async def test_an_export_that_cannot_be_written_says_so(world: World, tmp_path: Path) -> None:
    done = world.command("examples", "export", str(tmp_path / "no" / "file"))
    assert done.returncode != 0
    assert done.stderr.startswith("triage: ")
