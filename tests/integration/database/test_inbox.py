"""An event seen many times is claimed once."""

import asyncio
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from shared.database import Database, claim, unseen
from tests.integration.database.support import undone

pytestmark = pytest.mark.asyncio(loop_scope="session")

START = datetime(2020, 3, 1, tzinfo=UTC)

Key = tuple[datetime, UUID]


@dataclass(frozen=True)
class Seen:
    occurred_at: datetime
    id: UUID


def keys(count: int) -> list[Key]:
    return [(START + timedelta(hours=number), uuid4()) for number in range(count)]


async def claimed(store: Database, batch: list[Key], consumer: str = "triage") -> set[UUID]:
    async with store.transaction(province="66") as tx:
        return await claim(tx, consumer, batch)


async def test_a_claim_is_made_once(store: Database) -> None:
    batch = keys(10)
    assert await claimed(store, batch) == {event for _, event in batch}
    assert await claimed(store, batch) == set()


async def test_only_what_is_new_in_a_batch_is_claimed(store: Database) -> None:
    old, new = keys(5), keys(5)
    await claimed(store, old)
    assert await claimed(store, [*old, *new]) == {event for _, event in new}


async def test_an_empty_batch_claims_nothing(store: Database) -> None:
    assert await claimed(store, []) == set()


async def test_a_claim_that_was_rolled_back_can_be_made_again(store: Database) -> None:
    batch = keys(3)
    async with undone(store) as tx:
        assert len(await claim(tx, "triage", batch)) == 3
    assert len(await claimed(store, batch)) == 3


async def test_consumers_claim_for_themselves(store: Database) -> None:
    batch = keys(3)
    await claimed(store, batch, "messages")
    assert len(await claimed(store, batch, "audience")) == 3


async def test_events_of_any_year_find_their_place(store: Database) -> None:
    years = [datetime(year, 6, 1, tzinfo=UTC) for year in (1974, 2019, 2020, 2026, 2035, 2040)]
    batch = [(year, uuid4()) for year in years]
    assert len(await claimed(store, batch)) == len(batch)
    assert await claimed(store, batch) == set()
    assert await store.fetchval("select count(*) from inbox_default") == 2


async def test_of_an_event_twice_in_a_batch_the_first_is_taken_and_the_order_stays(store: Database) -> None:
    one, two, three = (Seen(at, event) for at, event in keys(3))
    async with store.transaction(province="66") as tx:
        assert await unseen(tx, "triage", [three, one, three, two, one]) == [three, one, two]
    async with store.transaction(province="66") as tx:
        assert await unseen(tx, "triage", [one, two, three]) == []


async def test_copies_that_share_a_batch_claim_each_event_once_between_them(store: Database) -> None:
    batch = keys(400)
    shuffled = [random.Random(seed).sample(batch, len(batch)) for seed in range(8)]  # noqa: S311 - an order, no secret
    won = await asyncio.gather(*(claimed(store, part) for part in shuffled))
    assert sum(map(len, won)) == len(batch)
    assert set().union(*won) == {event for _, event in batch}


async def test_batches_that_overlap_do_not_deadlock(store: Database) -> None:
    batch = keys(300)
    windows = [batch[start : start + 150] for start in range(0, 150, 15)]
    won = await asyncio.gather(*(claimed(store, list(reversed(part))) for part in windows))
    assert sum(map(len, won)) == len({event for part in windows for _, event in part})
