"""Alerts: the row that is also the flag of a cancellation, and the counts of their sends."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from services.notify.domain.alerts import Alert, AlertState
from shared.database import Database, Tx

COLUMNS = """alert, province, version, state, title, words, severity, structure, communes, on_doubt, groups,
    drafted_by, drafted_at, approved_by, approved_at, cancelled_by, cancelled_at, finished_at"""

INSERT = f"""
insert into alerts ({COLUMNS})
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
"""  # noqa: S608

SAVE = """
update alerts set version = $2, state = $3, groups = $4, approved_by = $5, approved_at = $6, cancelled_by = $7,
    cancelled_at = $8, finished_at = $9
where alert = $1
"""

LOCK = f"select {COLUMNS} from alerts where alert = $1 for update"  # noqa: S608

ONE = f"select {COLUMNS} from alerts where alert = $1"  # noqa: S608

NEWEST = f"select {COLUMNS} from alerts order by drafted_at desc, alert limit $1"  # noqa: S608

ENDED = f"""
select {COLUMNS} from alerts a
where a.state = 'sending' and not exists (select from sends s where s.alert = a.alert and s.due_at is not null)
limit 20 for update skip locked
"""  # noqa: S608

GROUPS = """
select w.commune, count(g.account) as groups, count(distinct g.page) as pages
from unnest($2::text[]) as w(commune)
left join accounts g on g.kind = 'group' and g.state = 'active'
    and (g.valid_to is null or g.valid_to >= (now() at time zone 'Asia/Ho_Chi_Minh')::date)
    and case when $1 = '2020' then g.commune_2020 else g.commune_2025 end = w.commune
group by w.commune order by w.commune
"""

PROGRESS = """
select alert, state, count(*) as sends from sends where alert = any($1::uuid[]) group by alert, state
"""


async def insert(tx: Tx, alert: Alert) -> None:
    """Keep a new draft."""
    await tx.execute(
        INSERT,
        *(alert.alert, alert.province, alert.version, alert.state.value, alert.title, alert.words, alert.severity),
        *(alert.structure, list(alert.communes), alert.on_doubt, alert.groups, alert.drafted_by, alert.drafted_at),
        *(alert.approved_by, alert.approved_at, alert.cancelled_by, alert.cancelled_at, alert.finished_at),
    )


async def save(tx: Tx, alert: Alert) -> None:
    """Keep an alert as an act left it. Its row is locked by `lock`."""
    await tx.execute(
        SAVE,
        *(alert.alert, alert.version, alert.state.value, alert.groups, alert.approved_by, alert.approved_at),
        *(alert.cancelled_by, alert.cancelled_at, alert.finished_at),
    )


async def lock(tx: Tx, alert: UUID) -> Alert | None:
    """One alert, locked until the transaction ends."""
    row = await tx.fetchrow(LOCK, alert)
    return _alert(row) if row else None


async def one(database: Database, alert: UUID) -> Alert | None:
    row = await database.fetchrow(ONE, alert)
    return _alert(row) if row else None


async def newest(database: Database, limit: int) -> list[Alert]:
    return [_alert(row) for row in await database.fetch(NEWEST, limit)]


async def ended(tx: Tx) -> list[Alert]:
    """Alerts under way with nothing more to do about any of their sends, locked."""
    return [_alert(row) for row in await tx.fetch(ENDED)]


async def groups(on: "Database | Tx", structure: str, communes: Sequence[str]) -> dict[str, int]:
    """Commune → its active groups, 0 where there is none."""
    rows = await on.fetch(GROUPS, structure, list(communes))
    return {row["commune"]: row["groups"] for row in rows}


async def progress(on: "Database | Tx", alerts: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """Alert → state of its sends → how many."""
    found: dict[UUID, dict[str, int]] = {alert: {} for alert in alerts}
    for row in await on.fetch(PROGRESS, list(alerts)):
        found[row["alert"]][row["state"]] = row["sends"]
    return found


def _alert(row: asyncpg.Record) -> Alert:
    values = dict(row) | {"state": AlertState(row["state"]), "communes": tuple(row["communes"])}
    return Alert(**values)
