"""Proposals, what persons decided of them, and incidents. Callers hold the turn (store/tellings.py)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import asyncpg
import msgspec

from services.triage.domain.incidents.proposing import Decided, Pair, pair_id
from shared.database import Tx

STANDING = """
select p.later, p.low, p.high, p.score, p.reasons, c.opened_at
from proposals p join cases c on c.id = case when p.low = p.later then p.high else p.low end
where p.state = 'proposed' and p.later = any($1::uuid[])
"""

SOUGHT_WITH = """
select later from proposals
where state = 'proposed' and (low = any($1::uuid[]) or high = any($1::uuid[])) and later <> all($1::uuid[])
"""
"""The cases whose open proposal is with one of these."""

JOINED = """
select m.case_id, m.incident from incident_cases m join cases c on c.id = m.case_id where m.incident in (
    select incident from incident_cases where case_id = any($1::uuid[])
)
order by c.opened_at, c.id
"""

REFUSED = """
select low, high from proposals where state = 'refused' and low = any($1::uuid[])
union select low, high from proposals where state = 'refused' and high = any($1::uuid[])
"""

WITHDRAW = """
delete from proposals p where p.state = 'proposed' and p.later = any($1::uuid[])
    and not exists (select from unnest($2::uuid[], $3::uuid[]) as n(id, later) where n.id = p.id and n.later = p.later)
"""
"""What is proposed of these cases, but for what is proposed again."""

WITHDRAW_ALL = """
delete from proposals where state = 'proposed' and (low = any($1::uuid[]) or high = any($1::uuid[]))
"""

PUT = """
insert into proposals (id, province, low, high, later, score, reasons, version, proposed_at)
select id, $1, least(later, earlier), greatest(later, earlier), later, score, reasons, $2, $3
from unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::real[], $8::jsonb[]) as p(id, later, earlier, score, reasons)
on conflict (low, high) do update set
    later = excluded.later, score = excluded.score, reasons = excluded.reasons, version = excluded.version,
    proposed_at = excluded.proposed_at
where proposals.state = 'proposed'
returning xmax = 0 as fresh
"""
"""`fresh`: nobody could see it before (a row that was there has the xmax of whom it was updated by)."""

IN_SIGHT = """
    ($1::text[] is null or (l.unit = any($1) and e.unit = any($1))) and ($2 or not (l.conflict or e.conflict))
    and l.conflict = e.conflict
"""
"""Both cases within the officer's units (null: the whole province), sealed ones only for who may see them."""

OF_BOTH = """
    proposals p join cases l on l.id = p.later
    join cases e on e.id = case when p.low = p.later then p.high else p.low end
"""

PAGE = f"""
select p.id, p.score, p.reasons, p.version, p.state, p.proposed_at, l.code as later, e.code as earlier
from {OF_BOTH}
where p.state = 'proposed' and {IN_SIGHT} and ($3::real is null or (p.score, p.id) < ($3, $4::uuid))
order by p.score desc, p.id desc limit $5
"""  # noqa: S608 - the conditions above

COUNT = f"select count(*) from {OF_BOTH} where p.state = 'proposed' and {IN_SIGHT}"  # noqa: S608 - the same

ONE = f"""
select p.id, p.state, l.code as later, e.code as earlier from {OF_BOTH} where p.id = $1
"""  # noqa: S608 - the join above

DECIDE = """
update proposals set state = $2, decided_by = $3, decided_at = $4 where id = $1 and state = 'proposed'
"""

MAKE = "insert into incidents (id, province, made_at, made_by) values ($1, $2, $3, $4)"

JOIN = """
insert into incident_cases (case_id, province, incident, joined_at, joined_by)
select c, $2, $3, $4, $5 from unnest($1::uuid[]) as c
on conflict (case_id) do update set
    incident = excluded.incident, joined_at = excluded.joined_at, joined_by = excluded.joined_by
where incident_cases.incident <> excluded.incident
"""

INCIDENTS_OF = "select case_id, incident from incident_cases where case_id = any($1::uuid[])"

CASES_OF = """
select c.code from incident_cases m join cases c on c.id = m.case_id where m.incident = $1 order by c.opened_at, c.id
"""

LEAVE = "delete from incident_cases where case_id = $1 and incident = $2"

LEAVE_SEALED = """
delete from incident_cases m using cases c
where c.id = m.case_id and m.case_id = any($1::uuid[]) and exists (
    select from incident_cases o join cases d on d.id = o.case_id
    where o.incident = m.incident and d.conflict <> c.conflict
)
returning m.case_id, m.incident
"""
"""A case that was sealed, or unsealed, since it joined: with the others it would be seen by the wrong eyes."""

DISSOLVE = """
with small as (
    select i.id from incidents i where i.id = any($1::uuid[])
        and (select count(*) from incident_cases m where m.incident = i.id) < 2
), last as (delete from incident_cases m using small where m.incident = small.id)
select id from small
"""

DROP = "delete from incidents where id = any($1::uuid[])"

NOT_THE_SAME = """
update proposals set state = 'refused', decided_by = $3, decided_at = $4
where state = 'confirmed' and (low = $1 or high = $1)
    and (case when low = $1 then high else low end) = any($2::uuid[])
"""

REFUSE_PAIR = """
insert into proposals (
    id, province, low, high, later, score, reasons, version, state, proposed_at, decided_by, decided_at
)
values ($1, $2, least($3::uuid, $4::uuid), greatest($3::uuid, $4::uuid), $3, 0, '[]', '', 'refused', $6, $5, $6)
on conflict (low, high) do update set
    state = 'refused', decided_by = excluded.decided_by, decided_at = excluded.decided_at
"""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposal by the codes of its cases."""

    id: UUID
    state: str
    later: str
    earlier: str


async def standing(tx: Tx, cases: Collection[UUID]) -> dict[UUID, Pair]:
    """The open proposal of each case that has one."""
    found = {}
    for row in await tx.fetch(STANDING, list(cases)):
        earlier = row["high"] if row["low"] == row["later"] else row["low"]
        score = round(row["score"], 3)  # a real's digits, as the score was rounded
        found[row["later"]] = Pair(row["later"], earlier, score, row["opened_at"], tuple(row["reasons"]))
    return found


async def sought_with(tx: Tx, cases: Collection[UUID]) -> list[UUID]:
    """Whoever is proposed to join one of these: what is theirs must be found anew when these tell something else."""
    return [row["later"] for row in await tx.fetch(SOUGHT_WITH, list(cases))]


async def decided(tx: Tx, cases: Collection[UUID]) -> Decided:
    """What persons decided about these cases and about the incidents that any of them is in."""
    incidents: dict[UUID, list[UUID]] = {}
    for row in await tx.fetch(JOINED, list(cases)):
        incidents.setdefault(row["incident"], []).append(row["case_id"])
    refused = await tx.fetch(REFUSED, list({*cases, *(case for members in incidents.values() for case in members)}))
    return Decided(incidents, [(row["low"], row["high"]) for row in refused])


async def propose(tx: Tx, found: Mapping[UUID, Pair | None], *, version: str, province: str, now: datetime) -> int:
    """The open proposal of each of these cases: this one, or none any more. Returns how many are new."""
    pairs = [pair for pair in found.values() if pair]
    await tx.execute(WITHDRAW, list(found), [pair.id for pair in pairs], [pair.later for pair in pairs])
    if not pairs:
        return 0
    rows = [(p.id, p.later, p.earlier, p.score, msgspec.Raw(msgspec.json.encode(p.reasons))) for p in pairs]
    put = await tx.fetch(PUT, province, version, now, *[list(column) for column in zip(*rows, strict=True)])
    return sum(row["fresh"] for row in put)


async def withdraw(tx: Tx, cases: Collection[UUID]) -> None:
    """No open proposal with any of these."""
    await tx.execute(WITHDRAW_ALL, list(cases))


async def page(
    tx: Tx, units: Sequence[str] | None, *, conflicts: bool, after: tuple[float, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Open proposals in sight, the likest first."""
    score, proposal = after or (None, None)
    return await tx.fetch(PAGE, list(units) if units is not None else None, conflicts, score, proposal, limit)


async def count(tx: Tx, units: Sequence[str] | None, *, conflicts: bool) -> int:
    """How many the list holds in all."""
    found: int = await tx.fetchval(COUNT, list(units) if units is not None else None, conflicts)
    return found


async def one(tx: Tx, proposal: UUID) -> Proposal | None:
    row = await tx.fetchrow(ONE, proposal)
    return Proposal(row["id"], row["state"], row["later"], row["earlier"]) if row else None


async def incidents_of(tx: Tx, cases: Collection[UUID]) -> dict[UUID, UUID]:
    """The incident of each of these cases that is in one."""
    return {row["case_id"]: row["incident"] for row in await tx.fetch(INCIDENTS_OF, list(cases))}


async def codes_of(tx: Tx, incident: UUID) -> list[str]:
    """The codes of its cases, the earliest first."""
    return [row["code"] for row in await tx.fetch(CASES_OF, incident)]


async def confirm(
    tx: Tx, proposal: UUID, later: UUID, earlier: UUID, *, by: str, at: datetime, province: str
) -> UUID | None:
    """Both cases, and whatever was one incident with either, are one incident. Returns it.

    None, and nothing is done, where a person has meanwhile refused what would so come together.
    """
    if not (await decided(tx, (later, earlier))).may_be_one(later, earlier):
        return None
    await tx.execute(DECIDE, proposal, "confirmed", by, at)
    joined = await incidents_of(tx, (later, earlier))
    incident = joined.get(earlier) or joined.get(later)
    if incident is None:
        incident = uuid4()
        await tx.execute(MAKE, incident, province, at, by)
    others = {other for other in joined.values() if other != incident}
    members = [row["case_id"] for row in await tx.fetch(JOINED, [later, earlier]) if row["incident"] in others]
    await tx.execute(JOIN, sorted({later, earlier, *members}), province, incident, at, by)
    if others:
        await tx.execute(DROP, list(others))
    return incident


async def refuse(tx: Tx, proposal: UUID, *, by: str, at: datetime) -> None:
    """Never proposed again."""
    await tx.execute(DECIDE, proposal, "refused", by, at)


async def part(tx: Tx, incident: UUID, case: UUID, *, by: str, at: datetime, province: str) -> list[UUID]:
    """The case is not of it, and is not proposed for it again. Returns the cases that were in it, this one too."""
    members = [row["case_id"] for row in await tx.fetch(JOINED, [case]) if row["incident"] == incident]
    others = [member for member in members if member != case]
    await tx.execute(LEAVE, case, incident)
    await tx.execute(NOT_THE_SAME, case, others, by, at)
    if others:
        await tx.execute(REFUSE_PAIR, pair_id(case, others[0]), province, case, others[0], by, at)
    await _dissolve(tx, [incident])
    return members


async def part_sealed(tx: Tx, cases: Collection[UUID]) -> list[tuple[UUID, UUID]]:
    """Those of these cases that no longer share a seal with their incident leave it: (case, incident)."""
    left = [(row["case_id"], row["incident"]) for row in await tx.fetch(LEAVE_SEALED, list(cases))]
    await _dissolve(tx, [incident for _, incident in left])
    return left


async def _dissolve(tx: Tx, incidents: Sequence[UUID]) -> None:
    """One case alone is no incident. Two statements: the rows that refer to it go first."""
    if incidents:
        small = [row["id"] for row in await tx.fetch(DISSOLVE, list(incidents))]
        await tx.execute(DROP, small)
