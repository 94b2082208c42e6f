"""The record stands with the act, and nobody who runs the service can change it."""

from datetime import UTC, datetime

import asyncpg
import pytest

from shared.audit import AuditRow, record
from shared.database import Database
from tests.integration.database.support import undone

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOW = datetime(2020, 6, 1, 8, 30, tzinfo=UTC)
ROWS = "select at, actor, act, subject, detail, province, imported, chain_hash from audit_log order by id"


def a_row(act: str = "case.corrected", *, imported: bool = False) -> AuditRow:
    return AuditRow(NOW, "officer-1", act, "case:1", "66", {"field": "category", "from": "a", "to": "b"}, imported)


async def test_acts_are_recorded_in_order_with_their_own_time(store: Database) -> None:
    async with store.transaction(province="66") as tx:
        await record(tx, a_row("case.corrected"), a_row("case.resolved", imported=True))
        await record(tx)
    rows = [tuple(row) for row in await store.fetch(ROWS)]
    detail = {"field": "category", "from": "a", "to": "b"}
    assert rows == [
        (NOW, "officer-1", "case.corrected", "case:1", detail, "66", False, None),
        (NOW, "officer-1", "case.resolved", "case:1", detail, "66", True, None),
    ]


async def test_the_record_of_an_act_that_failed_goes_with_it(store: Database) -> None:
    async with undone(store) as tx:
        await record(tx, a_row())
    assert await store.fetch(ROWS) == []


@pytest.mark.parametrize(
    "statement",
    [
        "update audit_log set actor = 'someone else'",
        "delete from audit_log",
        "truncate audit_log",
        "update audit_log_2026 set actor = 'someone else'",
        "delete from audit_log_default",
        "insert into audit_log_2026 overriding system value select * from audit_log",
        "alter table audit_log disable trigger all",
    ],
)
async def test_the_run_role_can_add_and_read_and_nothing_else(store: Database, statement: str) -> None:
    async with store.transaction(province="66") as tx:
        await record(tx, a_row())
    with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.PostgresError), match=r"permission|owner"):
        await store.fetch(statement)
    assert len(await store.fetch(ROWS)) == 1
