"""Which cases wait to be looked at beside others, and where and of what kind the looked-at ones are told."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.triage.domain.case import Case, Change
from services.triage.domain.incidents.rules import Rules
from services.triage.domain.incidents.telling import Said, Telling, tells_anew
from services.triage.store.cases import SELECT, case_of
from shared.database import Tx

TURNS_READ = 3
"""So many of a case's first messages are compared."""

NEIGHBOURS = 30
"""So many cases are looked at on either side of one in time: an event told by thousands costs each a bounded look."""

IN_TURN = "select pg_advisory_xact_lock(hashtextextended('triage:incidents', 0))"
"""One at a time, the loop of every copy and the officers' decisions: each sees what the one before decided."""

TRY_IN_TURN = "select pg_try_advisory_xact_lock(hashtextextended('triage:incidents', 0))"

TAKE = """
delete from incident_queue where id in (select id from incident_queue order by id limit $1) returning case_id
"""

CASES = f"{SELECT} where id = any($1::uuid[])"

SAID = """
select s.case_id, s.at, s.words, s.decision
from unnest($1::uuid[]) as c(id) cross join lateral (
    select t.case_id, t.at, t.id, t.words, t.decision from turns t
    where t.case_id = c.id and t.speaker = 'person' and not t.closes order by t.at, t.id limit $2
) s
order by s.case_id, s.at, s.id
"""

FORGET = "delete from tellings where case_id = any($1::uuid[])"

PUT = """
insert into tellings (case_id, province, place, native, family, sealed, at)
select * from unnest($1::uuid[], $2::text[], $3::text[], $4::boolean[], $5::text[], $6::boolean[], $7::timestamptz[])
on conflict do nothing
"""

NEAR = """
select distinct n.case_id
from unnest($1::uuid[], $2::text[], $3::boolean[], $4::text[], $5::boolean[], $6::timestamptz[], $7::interval[])
    as s(case_id, place, native, family, sealed, at, span)
cross join lateral (
    (
        select t.case_id from tellings t
        where t.place = s.place and t.native = s.native and t.family = s.family and t.sealed = s.sealed
            and t.at <= s.at and t.at >= s.at - s.span
        order by t.at desc, t.case_id desc limit $8
    )
    union all
    (
        select t.case_id from tellings t
        where t.place = s.place and t.native = s.native and t.family = s.family and t.sealed = s.sealed
            and t.at > s.at and t.at <= s.at + s.span
        order by t.at, t.case_id limit $8
    )
) n
"""


@dataclass(frozen=True, slots=True)
class Whole:
    """A case with its first messages, each with its time."""

    case: Case
    said: tuple[Said, ...]
    times: tuple[datetime, ...]


async def put_in_queue(tx: Tx, changes: Sequence[Change], province: str) -> None:
    """The cases that an act may have made tell something else; one COPY a batch, in the act's transaction."""
    rows = [(province, change.after.id) for change in changes if tells_anew(change)]
    if rows:
        await tx.copy_records_to_table("incident_queue", records=rows, columns=("province", "case_id"))


async def again(tx: Tx, cases: Collection[UUID], province: str) -> None:
    """These are to be looked at anew."""
    rows = [(province, case) for case in cases]
    await tx.copy_records_to_table("incident_queue", records=rows, columns=("province", "case_id"))


async def take_turn(tx: Tx, *, wait: bool) -> bool:
    """Whether it is our turn until `tx` ends."""
    if wait:
        await tx.execute(IN_TURN)
        return True
    return bool(await tx.fetchval(TRY_IN_TURN))


async def take(tx: Tx, most: int) -> list[UUID]:
    """The cases that wait longest, each once; they wait again when `tx` rolls back."""
    return list(dict.fromkeys(row["case_id"] for row in await tx.fetch(TAKE, most)))


async def wholes(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Whole]:
    """The cases there are among these, with what their persons said first."""
    found = {row["id"]: case_of(row) for row in await tx.fetch(CASES, list(ids))}
    said: dict[UUID, list[Said]] = {}
    times: dict[UUID, list[datetime]] = {}
    for row in await tx.fetch(SAID, list(found), TURNS_READ):
        said.setdefault(row["case_id"], []).append(Said(row["words"], row["decision"]))
        times.setdefault(row["case_id"], []).append(row["at"])
    return {case: Whole(one, tuple(said.get(case, ())), tuple(times.get(case, ()))) for case, one in found.items()}


async def put(tx: Tx, cases: Collection[UUID], tellings: Sequence[Telling], province: str) -> None:
    """What these cases tell now, instead of what they told; a case without a telling is found by none."""
    await tx.execute(FORGET, list(cases))
    rows = [
        (each.case, province, place.key, place.native, family, each.sealed, each.at)
        for each in tellings
        for place in each.places
        for family in each.families
    ]
    if rows:
        await tx.execute(PUT, *[list(column) for column in zip(*rows, strict=True)])


async def near(tx: Tx, tellings: Sequence[Telling], rules: Rules) -> set[UUID]:
    """The cases told near these in place, kind and time; bounded for each."""
    rows = [
        (each.case, key, native, family, each.sealed, each.at, rules.families[family].window)
        for each in tellings
        for key, native in each.looked_up
        for family in each.families
    ]
    if not rows:
        return set()
    columns = [list(column) for column in zip(*rows, strict=True)]
    return {row["case_id"] for row in await tx.fetch(NEAR, *columns, NEIGHBOURS)}
