"""The shadow reads along and stops nothing."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest

from services.triage.domain.intake import Asked
from services.triage.domain.understanding import Decision, Message
from services.triage.domain.understanding.place import NO_VILLAGES, Villages
from services.triage.shadow import NOTHING, Read, decided_by, read_along, shadowed, table
from services.triage.triage import Triage
from services.triage.understanding_data import load_understanding
from shared.telemetry.metrics import SHADOW_TURNS, Metrics
from tests.unit.triage_understanding.make import a_message

UNDERSTANDING = load_understanding()
MESSAGES = (a_message("hôm qua nhà em bị trộm mất xe máy"), a_message("làm căn cước ở đâu ạ"))


class Broken:
    version = "broken"

    def knowing(self, _: Villages) -> "Broken":
        return self

    def decide(self, _: Sequence[Message]) -> list[Decision]:
        raise KeyError("a label nobody knows")


def a_batch() -> Read:
    news = [SimpleNamespace(event=SimpleNamespace(id=n), turn=SimpleNamespace(at=n)) for n in range(2)]
    asked = Asked(messages=MESSAGES, at=cast("Any", {0: 0, 1: 1}), alone={}, after={})
    return Read(asked, NO_VILLAGES, UNDERSTANDING.decide(MESSAGES), cast("Any", news))


def test_a_shadow_that_agrees_differs_in_nothing() -> None:
    batch = a_batch()
    turns = shadowed(batch, batch.decisions, UNDERSTANDING, "v1")
    assert [turn.against for turn in turns] == ["v1", "v1"]
    assert not any(turn.differs for turn in turns)


def test_a_shadow_knows_the_villages_that_the_standing_one_knew() -> None:
    villages = Villages.of([("Buôn Kmrơng Prong", "24166", "24121")])
    messages = (a_message("buôn Kmrơng Prong có đánh bạc"),)
    asked = Asked(messages=messages, at={}, alone={}, after={})
    standing = UNDERSTANDING.knowing(villages).decide(messages)
    assert decided_by(UNDERSTANDING, Read(asked, villages, standing, ())) == standing
    assert decided_by(UNDERSTANDING, Read(asked, NO_VILLAGES, standing, ())) != standing


def test_where_it_decides_otherwise_its_own_answer_is_kept() -> None:
    batch = a_batch()
    first, second = shadowed(batch, list(reversed(batch.decisions)), UNDERSTANDING, "v1")
    assert first.differs["category"] == "admin_question"
    assert second.differs["topic"] == "theft"


@pytest.mark.asyncio
async def test_a_shadow_that_breaks_is_counted_and_stops_nothing() -> None:
    metrics = Metrics("triage")
    triage = SimpleNamespace(shadow=Broken(), metrics=metrics, understanding=UNDERSTANDING)
    await read_along(a_batch(), cast(Triage, triage))
    assert 'binhyen_shadow_turns_total{outcome="failed"} 2.0' in metrics.exposition().decode()
    assert SHADOW_TURNS.name in metrics.exposition().decode()


@pytest.mark.asyncio
async def test_without_a_shadow_nothing_is_read() -> None:
    await read_along(a_batch(), cast(Triage, SimpleNamespace(shadow=None)))


def test_how_often_shadows_differ_is_told_in_a_table() -> None:
    rows = [{"version": "model-2", "against": "model-1", "turns": 1200, "differing": 7}]
    head, line = table(rows).splitlines()
    assert head.split("  ")[0] == "Bản đọc thử / version"
    assert line.split() == ["model-2", "model-1", "1200", "7"]
    assert line.index("1200") == head.index("Lượt tin")
    assert table([]) == NOTHING
