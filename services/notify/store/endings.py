"""Ends that come by time or by a person's word, set by set; and words that are forgotten."""

from datetime import timedelta

from services.notify.store.sends import COLUMNS, Send
from shared.database import Database, Tx

WITHDRAW = f"""
update sends s set state = 'cancelled', due_at = null, reason = 'cancelled', version = s.version + 1, changed_at = now()
where (s.id, s.created_at) in (
    select w.id, w.created_at from sends w join alerts a on a.alert = w.alert
    where a.state = 'cancelled' and w.state = 'queued' and w.due_at is not null
    order by w.id limit $1 for update of w skip locked)
returning {COLUMNS}
"""  # noqa: S608


CLOSE_WINDOWS = f"""
update sends s set state = 'failed', due_at = null, reason = 'window_closed', version = s.version + 1,
    changed_at = now()
where (s.id, s.created_at) in (
    select w.id, w.created_at from sends w
    where w.due_at is not null and w.state = 'queued' and w.not_after <= now()
    order by w.id limit $1 for update of w skip locked)
returning {COLUMNS}
"""  # noqa: S608


GIVE_UP_IDENTITIES = f"""
update sends s set state = 'failed', due_at = null, reason = 'identity_missing', version = s.version + 1,
    changed_at = now()
where (s.id, s.created_at) in (
    select w.id, w.created_at from sends w
    where w.due_at is not null and w.state = 'queued' and w.kind = 'reply' and w.created_at < now() - $2::interval
        and not exists (select from identities i where i.person = w.recipient)
    order by w.id limit $1 for update of w skip locked)
returning {COLUMNS}
"""  # noqa: S608


FORGET_WORDS = """
update sends s set words = null
where (s.id, s.created_at) in (
    select w.id, w.created_at from sends w
    where w.words is not null and w.due_at is null and w.changed_at < now() - $1::interval limit 1000)
"""
"""A reply's text goes as long after its end as the topics that carried it keep it."""


WAITING = "select count(*) from sends where state = 'queued' and due_at <= now()"


async def withdraw(tx: Tx, limit: int) -> list[Send]:
    """Cancel what cancelled alerts still have queued."""
    return [Send.of(row) for row in await tx.fetch(WITHDRAW, limit)]


async def close_windows(tx: Tx, limit: int) -> list[Send]:
    """Fail what must not be sent any more: past its not_after."""
    return [Send.of(row) for row in await tx.fetch(CLOSE_WINDOWS, limit)]


async def give_up_identities(tx: Tx, limit: int, parked: timedelta) -> list[Send]:
    """Fail replies whose recipient's address has not come for so long."""
    return [Send.of(row) for row in await tx.fetch(GIVE_UP_IDENTITIES, limit, parked)]


async def forget_words(tx: Tx, kept: timedelta) -> None:
    """Empty the texts of replies that ended so long ago."""
    await tx.execute(FORGET_WORDS, kept)


async def waiting(database: Database) -> int:
    """Sends due and not yet made."""
    return int(await database.fetchval(WAITING))
