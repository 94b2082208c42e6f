"""What was raised to a person: pushes nobody could read or place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.database import Database, Tx
from shared.events import PushUnrecognised

ADD = """
insert into raised (province, channel, account, reason, name, pushes, first_at, last_at)
select u.province, u.channel, u.account, u.reason, u.name, count(*), min(u.at), max(u.at)
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
    as u(province, channel, account, reason, name, at)
group by u.province, u.channel, u.account, u.reason, u.name
order by u.province, u.channel, u.account, u.reason, u.name
on conflict (province, channel, account, reason, name) do update set
    pushes = raised.pushes + excluded.pushes,
    first_at = least(raised.first_at, excluded.first_at),
    last_at = greatest(raised.last_at, excluded.last_at)
"""

LIST = """
select id, channel, account, reason, name, pushes, first_at, last_at from raised
where province = $1 and ($2::bigint is null or id < $2) order by id desc limit $3
"""


@dataclass(frozen=True)
class Raised:
    """One kind of push, of one account, that somebody should look at."""

    id: int
    channel: str
    account: str
    reason: str
    name: str
    pushes: int
    first_at: datetime
    last_at: datetime


async def raise_pushes(tx: Tx, pushes: Sequence[PushUnrecognised]) -> None:
    """Counts each push once; the caller has claimed them in the inbox."""
    if not pushes:
        return
    await tx.execute(
        ADD,
        [p.province for p in pushes],
        [p.channel for p in pushes],
        [p.account for p in pushes],
        [p.reason for p in pushes],
        [p.name for p in pushes],
        [p.received_at for p in pushes],
    )


async def listed(database: Database, province: str, *, before: int | None, limit: int) -> list[Raised]:
    """The newest kinds first, from the one before `before`."""
    return [Raised(**dict(row)) for row in await database.fetch(LIST, province, before, limit)]
