"""The copy of the officers decides whether a token still counts."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from shared.access import apply_officers, is_active
from shared.broker.replicate import Row
from shared.database import Database
from shared.events import OfficerState

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def a_state(at: datetime = NOW, **changes: Any) -> OfficerState:
    facts: dict[str, Any] = {
        "id": uuid4(), "province": "66", "occurred_at": at, "officer": "o1", "name": "Nguyễn Thị Hạnh",
        "roles": ("dispatcher",), "units": ("u1", "u2"), "active": True, "tokens_valid_after": NOW - timedelta(days=1),
    }  # fmt: skip
    return OfficerState(**(facts | changes))


async def applied(store: Database, *rows: Row) -> None:
    async with store.transaction(province="66") as tx:
        await apply_officers(tx, rows)


async def active(store: Database, officer: str = "o1", issued_at: datetime = NOW) -> bool:
    return await is_active(store, officer, issued_at)


async def test_a_known_officer_comes_in_and_an_unknown_one_does_not(store: Database) -> None:
    await applied(store, Row("o1", a_state(), 0, 5))
    assert await active(store)
    assert not await active(store, "o2")
    row = await store.fetchrow("select name, roles, units, province from officers")
    assert row is not None
    assert tuple(row) == ("Nguyễn Thị Hạnh", ["dispatcher"], ["u1", "u2"], "66")


async def test_tokens_from_before_a_sign_out_do_not_count_and_later_ones_do(store: Database) -> None:
    await applied(store, Row("o1", a_state(tokens_valid_after=NOW), 0, 5))
    assert not await active(store, issued_at=NOW - timedelta(milliseconds=1))
    assert await active(store, issued_at=NOW)


async def test_a_closed_account_and_an_erased_one_do_not_come_in(store: Database) -> None:
    await applied(store, Row("o1", a_state(active=False), 0, 5), Row("o2", a_state(officer="o2"), 0, 6))
    assert not await active(store)
    assert await active(store, "o2")
    await applied(store, Row("o2", None, 0, 7))
    assert not await active(store, "o2")


async def test_an_older_record_never_overwrites_a_newer_one(store: Database) -> None:
    await applied(store, Row("o1", a_state(NOW, active=False), 0, 9))
    await applied(store, Row("o1", a_state(NOW - timedelta(hours=1), active=True), 0, 4))
    assert not await active(store)


async def test_a_clock_that_was_set_back_does_not_hold_up_a_revocation(store: Database) -> None:
    await applied(store, Row("o1", a_state(NOW), 0, 9))
    await applied(store, Row("o1", a_state(NOW - timedelta(minutes=5), active=False), 0, 10))
    assert not await active(store)


async def test_a_topic_made_anew_with_lower_offsets_is_followed(store: Database) -> None:
    await applied(store, Row("o1", a_state(NOW), 0, 900))
    await applied(store, Row("o1", a_state(NOW + timedelta(days=1), active=False), 0, 0))
    assert not await active(store)
