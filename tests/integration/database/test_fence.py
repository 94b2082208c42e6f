"""Whoever cannot move the offset from where the batch began is not the owner any more."""

import asyncio
from uuid import uuid4

import pytest

from shared.database import Database, Fenced, Move, advance_fence, fence_positions

pytestmark = pytest.mark.asyncio(loop_scope="session")

TOPIC, TOPIC_ID = "inbound.audience.v1", uuid4()


def a_move(first: int, following: int, *, partition: int = 0, topic_id: object = TOPIC_ID) -> Move:
    return Move(TOPIC, str(topic_id), partition, first, following)


async def advanced(store: Database, *moves: Move) -> bool:
    try:
        async with store.transaction(province="66") as tx:
            await advance_fence(tx, "stats", moves)
    except Fenced:
        return False
    return True


async def positions(store: Database, topic_id: object = TOPIC_ID) -> dict[int, int]:
    return await fence_positions(store, "stats", TOPIC, str(topic_id))


async def test_the_position_follows_the_batches(store: Database) -> None:
    assert await positions(store) == {}
    assert await advanced(store, a_move(0, 10), a_move(5, 7, partition=3))
    assert await advanced(store, a_move(10, 20))
    assert await positions(store) == {0: 20, 3: 7}


async def test_a_batch_read_again_is_fenced(store: Database) -> None:
    await advanced(store, a_move(0, 10))
    assert not await advanced(store, a_move(0, 10))
    assert not await advanced(store, a_move(9, 15))
    assert await positions(store) == {0: 10}


async def test_one_fenced_partition_fences_the_whole_batch(store: Database) -> None:
    await advanced(store, a_move(0, 10, partition=1))
    assert not await advanced(store, a_move(0, 5), a_move(5, 12, partition=1))
    assert await positions(store) == {1: 10}


async def test_a_gap_is_no_fence_for_compaction_leaves_them(store: Database) -> None:
    await advanced(store, a_move(0, 10))
    assert await advanced(store, a_move(14, 20))


async def test_of_two_owners_of_one_batch_one_wins(store: Database) -> None:
    for first in range(0, 50, 10):
        outcomes = await asyncio.gather(*(advanced(store, a_move(first, first + 10)) for _ in range(6)))
        assert outcomes.count(True) == 1
    assert await positions(store) == {0: 50}


async def test_a_topic_made_anew_begins_at_nothing(store: Database) -> None:
    await advanced(store, a_move(0, 500))
    anew = uuid4()
    assert await positions(store, anew) == {}
    assert await advanced(store, a_move(0, 3, topic_id=anew))
    assert (await positions(store), await positions(store, anew)) == ({0: 500}, {0: 3})


async def test_an_empty_batch_moves_nothing(store: Database) -> None:
    assert await advanced(store)
