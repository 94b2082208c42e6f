"""The loop that looks at changed cases beside others: chains of one text, and who may be telling the same event.

Behind the acts, never in their transaction: an act only queues its case. What this finds are proposals and reasons; it
decides nothing about a case. One copy of the service works at a time, some hundred cases a transaction.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from time import monotonic
from uuid import UUID

from services.triage.domain.incidents.chain import Sent, joined, sketch_of
from services.triage.domain.incidents.proposing import proposals
from services.triage.domain.incidents.telling import Telling, telling_of
from services.triage.store import chains, incidents, tellings
from services.triage.store.tellings import Whole
from services.triage.triage import Triage
from shared.audit import AuditRow, record
from shared.database import Tx
from shared.telemetry.logs import get_logger
from shared.telemetry.metrics import PROPOSALS

log = get_logger(__name__)

OURS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a case can break in us; what the database raises is the world's and is tried again."""

CASES_AT_ONCE = 100
BACKLOG = 1_000  # messages: a whole batch
ROUNDS_OF_REST = 9
LONGEST_REST_SECONDS = 2.0


async def look(triage: Triage, behind: Callable[[], int | None]) -> bool:
    """One round; whether more is waiting. Raises StoreUnavailable: what was taken waits again.

    People's messages come first: with more waiting it rests for as long as nine such rounds take, and it does not
    begin while so many messages wait (`behind` tells) that they are a backlog.
    """
    if (behind() or 0) >= BACKLOG:
        return False
    began = monotonic()
    async with triage.store.transaction() as tx:
        if not await tellings.take_turn(tx, wait=False):
            return False
        taken = await tellings.take(tx, CASES_AT_ONCE)
        if taken:
            await _all_or_each(tx, await tellings.wholes(tx, taken), triage)
    if len(taken) < CASES_AT_ONCE:
        return False
    await asyncio.sleep(min(LONGEST_REST_SECONDS, ROUNDS_OF_REST * (monotonic() - began)))
    return True


async def forget(triage: Triage) -> None:
    """Texts that never became a chain, once their window is over."""
    async with triage.store.transaction() as tx:
        if await tellings.take_turn(tx, wait=False):
            await chains.forget_old(tx, now=triage.clock(), window=triage.settings.chain_window)


async def _all_or_each(tx: Tx, taken: Mapping[UUID, Whole], triage: Triage) -> None:
    """Where something of ours breaks on a batch, one by one: the case it breaks on is left out, and told."""
    try:
        async with tx.transaction():
            await _look_at(tx, taken, triage)
    except OURS:
        if len(taken) == 1:
            log.exception("incidents.left_out", case=str(next(iter(taken))))
            return
        for case, whole in taken.items():
            await _all_or_each(tx, {case: whole}, triage)


async def _look_at(tx: Tx, taken: Mapping[UUID, Whole], triage: Triage) -> None:
    await _part_sealed(tx, taken, triage)
    spread = await _chained(tx, list(taken.values()), triage)
    again = set(await incidents.sought_with(tx, {*taken, *spread})) - spread
    seekers = dict(taken) | await tellings.wholes(tx, again - taken.keys())
    subjects = _told([whole for case, whole in seekers.items() if case not in spread], triage)
    await incidents.withdraw(tx, spread)
    await tellings.put(tx, {*seekers, *spread}, subjects, triage.province)
    await _propose(tx, seekers.keys() - spread, subjects, triage)


async def _part_sealed(tx: Tx, taken: Mapping[UUID, Whole], triage: Triage) -> None:
    """A case that was sealed since leaves its incident and its chain: with the others the wrong eyes would see it."""
    await chains.leave(tx, {case: whole.case.conflict for case, whole in taken.items()})
    left = await incidents.part_sealed(tx, list(taken))
    rows = [
        AuditRow(
            triage.clock(),
            "system:triage",
            "incident.parted",
            f"case:{case}",
            triage.province,
            {"incident": str(incident), "why": "sealed"},
        )
        for case, incident in left
    ]
    await record(tx, *rows)


async def _chained(tx: Tx, wholes: Sequence[Whole], triage: Triage) -> set[UUID]:
    """The cases whose text many send: they are no event that others may be telling too."""
    sent = await asyncio.to_thread(_sent, wholes)
    window, now = triage.settings.chain_window, triage.clock()
    marked: list[UUID] = []
    if sent:
        found = joined(sent, await chains.known(tx, sent), window)
        persons = triage.settings.chain_persons
        marked = await chains.keep(tx, found, mark_from=persons, province=triage.province, now=now)
    spread = set(await chains.of_cases(tx, [whole.case.id for whole in wholes]))
    return spread | set(await chains.cases_of(tx, marked) if marked else ())


def _sent(wholes: Sequence[Whole]) -> list[Sent]:
    return [
        Sent(sketch, who.person, who.account, whole.case.id, at, whole.case.conflict)
        for whole in wholes
        if whole.case.facts.category in tellings.LOOKED_AT
        for who in [whole.case.conversation]
        for said, at in zip(whole.said, whole.times, strict=True)
        if (sketch := sketch_of(said.words))
    ]


async def _propose(tx: Tx, cases: Collection[UUID], subjects: Sequence[Telling], triage: Triage) -> None:
    rules, known = triage.incidents, {each.case: each for each in subjects}
    ids = await tellings.near(tx, subjects, rules) - known.keys()
    others = known | {each.case: each for each in _told(list((await tellings.wholes(tx, ids)).values()), triage)}
    standing, decided = await incidents.standing(tx, others), await incidents.decided(tx, others)
    found = await asyncio.to_thread(proposals, subjects, others, standing, decided, rules)
    found |= dict.fromkeys(cases - found.keys())
    await incidents.propose(tx, found, version=rules.version, province=triage.province, now=triage.clock())
    triage.metrics.inc(PROPOSALS, sum(pair is not None for pair in found.values()), outcome="proposed")


def _told(wholes: Sequence[Whole], triage: Triage) -> list[Telling]:
    found = (telling_of(whole.case, whole.said, triage.incidents) for whole in wholes)
    return [telling for telling in found if telling is not None]
