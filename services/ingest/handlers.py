"""Kafka in. What an entry of the register means is in domain/; how it is kept is in store/."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from services.ingest.domain.accounts import Account, Village, changed, group_created, group_deleted
from services.ingest.store import accounts
from services.ingest.store.access import apply_access
from services.ingest.store.raised import raise_pushes
from shared.access.replica import apply_officers
from shared.broker import Dead, Record, Row
from shared.database import Database, unseen
from shared.events import (
    Event,
    GroupChanged,
    GroupCreated,
    GroupDeleted,
    PushUnrecognised,
    Unreadable,
    decode,
)

VIET_NAM = timezone(timedelta(hours=7))
"""Asia/Ho_Chi_Minh has had no other offset since 1975; days of the register are its days."""

GROUP_LIFE: dict[str, type[Event]] = {m.type: m for m in (GroupCreated, GroupChanged, GroupDeleted)}
UNRECOGNISED: dict[str, type[Event]] = {PushUnrecognised.type: PushUnrecognised}

GroupEvent = GroupCreated | GroupChanged | GroupDeleted


@dataclass(frozen=True)
class Handlers:
    """A function a topic. Raises StoreUnavailable: nothing was kept, the batch is read again."""

    database: Database
    province: str
    clock: Callable[[], datetime]

    async def group_life(self, records: Sequence[Record]) -> Sequence[Dead]:
        """inbound.audience.v1: groups made and ended enter the register; a changed one is asked for its name again."""
        events, dead = _read(records, GROUP_LIFE)
        if not events:
            return dead
        async with self.database.transaction(province=self.province) as tx:
            fresh = [e for e in await unseen(tx, "ingest.groups", events) if isinstance(e, GroupEvent)]
            known = await accounts.lock(tx, [e.group for e in fresh] + [e.account for e in fresh])
            villages = await accounts.villages_of(tx, [e.account for e in fresh])
            after = registered(fresh, known, villages)
            await accounts.save(tx, after, province=self.province, now=self.clock())
            await accounts.ask_names(tx, [e.group for e in fresh if isinstance(e, GroupChanged)], now=self.clock())
        return dead

    async def unrecognised(self, records: Sequence[Record]) -> Sequence[Dead]:
        """inbound.unrecognised.v1: what nobody could read or place is raised; what is of no use yet is only kept."""
        events, dead = _read(records, UNRECOGNISED)
        if not events:
            return dead
        async with self.database.transaction(province=self.province) as tx:
            fresh = await unseen(tx, "ingest.raised", events)
            await raise_pushes(tx, [e for e in fresh if isinstance(e, PushUnrecognised) and e.reason != "known"])
        return dead

    async def access(self, rows: Sequence[Row]) -> None:
        """channels.access.v1: the pages' sealed tokens."""
        async with self.database.transaction(province=self.province) as tx:
            await apply_access(tx, rows)

    async def officers(self, rows: Sequence[Row]) -> None:
        """access.officers.v1: who may come in."""
        async with self.database.transaction(province=self.province) as tx:
            await apply_officers(tx, rows)


def registered(events: Sequence[GroupEvent], known: dict[str, Account], villages: Sequence[Village]) -> list[Account]:
    """The groups that differ after `events`, in the order told, each at its next version. Pure."""
    by_group = {village.group: village for village in villages if village.group}
    now_known = dict(known)
    for event in events:
        before, on = now_known.get(event.group), vietnamese_date(event.decided_at)
        if isinstance(event, GroupChanged):
            continue
        made = group_created(
            event.group,
            before=before,
            page=known.get(event.account),
            page_id=event.account,
            village=by_group.get(event.group),
            on=on,
        )
        now_known[event.group] = group_deleted(made, on=on) if isinstance(event, GroupDeleted) else made
    after = (changed(known.get(group), account) for group, account in now_known.items())
    return [account for account in after if account is not None]


def vietnamese_date(moment: datetime) -> date:
    return moment.astimezone(VIET_NAM).date()


def _read(records: Sequence[Record], types: dict[str, type[Event]]) -> tuple[list[Event], list[Dead]]:
    """The events of these types, and the records that break their schema."""
    events: list[Event] = []
    dead: list[Dead] = []
    for record in records:
        try:
            event = decode(record.headers, record.value, types)
        except Unreadable as error:
            dead.append(Dead(record, str(error)))
            continue
        if event is not None:
            events.append(event)
    return events, dead
