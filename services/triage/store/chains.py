"""Texts that many send: their sketches, and who sent them. No word is kept."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from services.triage.domain.incidents.chain import KEYS, VERSION, Chain, Sent, Sketch
from shared.database import Tx

LOOKED_AT = 50
"""So many chains that share a key with a text are looked at, the newest first."""

MOST_PAGES = 1_000

MOST_FORGOTTEN = 5_000

KNOWN = """
select c.id, c.sketch, c.sealed, c.first_at, c.last_at
from chains c join (
    select f.chain from unnest($2::bigint[]) as h(hash)
    cross join lateral (
        select k.chain from chain_keys k where k.version = $1 and k.hash = h.hash
        order by k.last_at desc, k.chain desc limit $3
    ) f
    group by f.chain
) k on k.chain = c.id
order by c.last_at desc, c.id
"""
"""Of each key the newest chains, read from `chain_keys_newest` alone: the one that grows is among them."""

PUT = """
insert into chains (id, province, version, sealed, sketch, first_at, last_at, persons, accounts, touched_at)
select id, $1, $2, sealed, sketch, first_at, last_at, 0, '{}', $3
from unnest($4::uuid[], $5::boolean[], $6::bytea[], $7::timestamptz[], $8::timestamptz[])
    as c(id, sealed, sketch, first_at, last_at)
on conflict (id) do update set
    first_at = least(chains.first_at, excluded.first_at), last_at = greatest(chains.last_at, excluded.last_at),
    touched_at = excluded.touched_at
"""

PUT_KEYS = """
insert into chain_keys (version, hash, chain, province, last_at)
select $1, hash, chain, $2, last_at from unnest($3::bigint[], $4::uuid[], $5::timestamptz[]) as k(hash, chain, last_at)
on conflict (version, hash, chain) do update set last_at = excluded.last_at
where chain_keys.last_at < excluded.last_at
"""

PUT_SENDERS = """
insert into chain_senders (chain, person, province, account, case_id, at)
select distinct on (chain, person) chain, person, $1, account, case_id, at
from unnest($2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::timestamptz[]) as s(chain, person, account, case_id, at)
order by chain, person, at
on conflict do nothing
returning chain, account
"""
"""Only those whom the chain did not have: what is counted is told by the rows that came."""

COUNT = """
update chains c set persons = c.persons + n.persons,
    accounts = array(select distinct a from unnest(c.accounts || n.accounts) as a order by a limit $4)
from (
    select chain, count(*) as persons, array_agg(distinct account) as accounts
    from unnest($1::uuid[], $2::text[]) as s(chain, account) group by chain
) n
where c.id = n.chain
returning c.id, c.marked_at is null and c.persons >= $3 as to_mark
"""

MARK = "update chains set marked_at = $2 where id = any($1::uuid[])"

CASES_OF = "select distinct case_id from chain_senders where chain = any($1::uuid[])"

LEAVE = """
delete from chain_senders s using chains c, unnest($1::uuid[], $2::boolean[]) as n(case_id, sealed)
where s.case_id = n.case_id and c.id = s.chain and c.sealed and not n.sealed returning s.chain
"""
"""Unsealed since it was counted. Who was sealed since counts on among the open ones: a count that falls by one would
tell all who see it that one of these is sealed now.
"""

LEAVE_PERSONS = "delete from chain_senders where person = any($1::text[]) returning chain"

RECOUNT = """
update chains c set persons = (select count(*) from chain_senders s where s.chain = c.id),
    accounts = array(select distinct s.account from chain_senders s where s.chain = c.id order by 1 limit $2)
where c.id = any($1::uuid[])
"""
"""After somebody left, which is rare: a chain counts whom it has."""

OF_CASES = """
select distinct on (s.case_id) s.case_id, c.persons, c.accounts, c.first_at, c.last_at
from chain_senders s join chains c on c.id = s.chain
where s.case_id = any($1::uuid[]) and c.marked_at is not null order by s.case_id, c.persons desc, c.id
"""

FORGET = """
with old as (
    delete from chains where id in (
        select id from chains where marked_at is null and touched_at < $1 order by touched_at limit $2
    ) returning id
), keys as (
    delete from chain_keys k using old where k.chain = old.id
), senders as (
    delete from chain_senders s using old where s.chain = old.id
)
select count(*) from old
"""
"""What never became a chain is forgotten once its window is over; a chain stays, its cases carry the reason."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A chain as its cases show it."""

    persons: int
    pages: int
    first_at: datetime
    last_at: datetime


async def known(tx: Tx, sent: Sequence[Sent]) -> list[Chain]:
    """The chains that any of these texts may belong to."""
    hashes = sorted({key for one in sent for key in one.sketch[:KEYS]})
    rows = await tx.fetch(KNOWN, VERSION, hashes, LOOKED_AT)
    return [Chain(row["id"], _unpacked(row["sketch"]), row["sealed"], row["first_at"], row["last_at"]) for row in rows]


async def keep(
    tx: Tx, sent: Sequence[tuple[Sent, Chain]], *, mark_from: int, province: str, now: datetime
) -> list[UUID]:
    """Each text with its chain. Returns the chains that now have `mark_from` persons, marked, for the first time."""
    chains = list({chain.id: chain for _, chain in sent}.values())
    kept = [(c.id, c.sealed, _packed(c.sketch), c.first_at, c.last_at) for c in chains]
    await tx.execute(PUT, province, VERSION, now, *_columns(kept))
    keys = [(key, chain.id, chain.last_at) for chain in chains for key in chain.sketch[:KEYS]]
    await tx.execute(PUT_KEYS, VERSION, province, *_columns(keys))
    rows = [(chain.id, one.person, one.account, one.case, one.at) for one, chain in sent]
    return await _counted(tx, await tx.fetch(PUT_SENDERS, province, *_columns(rows)), mark_from=mark_from, now=now)


async def _counted(tx: Tx, fresh: Sequence[asyncpg.Record], *, mark_from: int, now: datetime) -> list[UUID]:
    chains, accounts = [row["chain"] for row in fresh], [row["account"] for row in fresh]
    due = [row["id"] for row in await tx.fetch(COUNT, chains, accounts, mark_from, MOST_PAGES) if row["to_mark"]]
    if due:
        await tx.execute(MARK, due, now)
    return due


async def cases_of(tx: Tx, chains: Sequence[UUID]) -> list[UUID]:
    return [row["case_id"] for row in await tx.fetch(CASES_OF, list(chains))]


async def leave(tx: Tx, sealed: Mapping[UUID, bool]) -> None:
    """Cases that were unsealed since they were counted leave the chain of the sealed: they count among the open."""
    await _recounted(tx, await tx.fetch(LEAVE, list(sealed), list(sealed.values())))


async def forget_persons(tx: Tx, persons: Sequence[str]) -> None:
    """Erased persons count no more."""
    await _recounted(tx, await tx.fetch(LEAVE_PERSONS, list(persons)))


async def _recounted(tx: Tx, left: Sequence[asyncpg.Record]) -> None:
    chains = sorted({row["chain"] for row in left})
    if chains:
        await tx.execute(RECOUNT, chains, MOST_PAGES)


async def of_cases(tx: Tx, cases: Collection[UUID]) -> dict[UUID, Marked]:
    """The marked chain of each case that is in one; of several, the one with most persons."""
    rows = await tx.fetch(OF_CASES, list(cases))
    return {
        row["case_id"]: Marked(row["persons"], len(row["accounts"]), row["first_at"], row["last_at"]) for row in rows
    }


async def forget_old(tx: Tx, *, now: datetime, window: timedelta, most: int = MOST_FORGOTTEN) -> int:
    """What was touched last a window ago and never became a chain, `most` at once. Returns how many it were."""
    forgotten: int = await tx.fetchval(FORGET, now - window, most)
    return forgotten


def _packed(sketch: Sketch) -> bytes:
    """32-bit hashes, the lowest byte first, on any machine."""
    return b"".join(each.to_bytes(4, "little") for each in sketch)


def _unpacked(packed: bytes) -> Sketch:
    return tuple(int.from_bytes(packed[at : at + 4], "little") for at in range(0, len(packed), 4))


def _columns(rows: Sequence[tuple[object, ...]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]
