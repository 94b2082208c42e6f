"""The loop that looks at changed cases beside others: chains of one text, and who may be telling the same event.

Behind the acts, never in their transaction: an act only queues its case. What this finds are proposals and reasons; it
decides nothing about a case. One copy of the service works at a time, some hundred cases a transaction.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from time import monotonic
from uuid import UUID

from services.triage.domain.incidents.chain import Sent, joined, sketch_of
from services.triage.domain.incidents.proposing import proposals
from services.triage.domain.incidents.rules import Rules
from services.triage.domain.incidents.telling import LOOKED_AT, Telling, telling_of
from services.triage.store import chains, incidents, tellings
from services.triage.store.audited import detail_of
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
    began, counted = monotonic(), Counter[str]()
    async with triage.store.transaction() as tx:
        if not await tellings.take_turn(tx, wait=False):
            return False
        taken = await tellings.take(tx, CASES_AT_ONCE)
        if taken:
            counted = await _all_or_each(tx, await tellings.wholes(tx, taken), triage)
    _count(counted, triage)
    if len(taken) < CASES_AT_ONCE:
        return False
    await asyncio.sleep(min(LONGEST_REST_SECONDS, ROUNDS_OF_REST * (monotonic() - began)))
    return True


async def forget(triage: Triage) -> bool:
    """Texts that never became a chain, once their window is over; whether more of them are waiting.

    It waits for its turn: the look has it for moments, and the next round here is minutes away.
    """
    async with triage.store.transaction() as tx:
        await tellings.take_turn(tx, wait=True)
        forgotten = await chains.forget_old(tx, now=triage.clock(), window=triage.settings.chain_window)
    return forgotten >= chains.MOST_FORGOTTEN


async def _all_or_each(tx: Tx, taken: Mapping[UUID, Whole], triage: Triage) -> Counter[str]:
    """Where something of ours breaks on a batch, one by one: the case it breaks on is left out, and told.

    Returns how many were proposed anew and how many left out, by outcome; it counts once `tx` has committed.
    """
    try:
        async with tx.transaction():
            return await _look_at(tx, taken, triage)
    except OURS:
        if len(taken) == 1:
            log.exception("incidents.left_out", case=str(next(iter(taken))))
            return Counter(left_out=1)
    counted = Counter[str]()
    for case, whole in taken.items():
        counted += await _all_or_each(tx, {case: whole}, triage)
    return counted


def _count(counted: Counter[str], triage: Triage) -> None:
    for outcome, times in counted.items():
        triage.metrics.inc(PROPOSALS, times, outcome=outcome)


async def _look_at(tx: Tx, taken: Mapping[UUID, Whole], triage: Triage) -> Counter[str]:
    await _part_sealed(tx, taken, triage)
    spread = await _chained(tx, list(taken.values()), triage)
    again = set(await incidents.sought_with(tx, {*taken, *spread})) - spread
    seekers = dict(taken) | await tellings.wholes(tx, again - taken.keys())
    sought = [whole for case, whole in seekers.items() if case not in spread]
    subjects, broken = await asyncio.to_thread(_told, sought, triage.incidents)
    await incidents.withdraw(tx, spread)
    await tellings.put(tx, {*seekers, *spread}, subjects, triage.province)
    proposed = await _propose(tx, seekers.keys() - spread, subjects, triage)
    return Counter(proposed=proposed, left_out=broken)


async def _part_sealed(tx: Tx, taken: Mapping[UUID, Whole], triage: Triage) -> None:
    """A case that was sealed or unsealed since, or others of its incident were, leaves it: together the wrong eyes
    would see it. Unsealed, it leaves the chain of the sealed too.
    """
    await chains.leave(tx, {case: whole.case.conflict for case, whole in taken.items()})
    left = await incidents.part_sealed(tx, list(taken))
    rows = [
        AuditRow(
            triage.clock(),
            "system:triage",
            "incident.parted",
            f"case:{case}",
            triage.province,
            detail_of(taken[case].case, incident=str(incident), why="seals_differ"),
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
        if whole.case.facts.category in LOOKED_AT
        for who in [whole.case.conversation]
        for said, at in zip(whole.said, whole.times, strict=True)
        if (sketch := sketch_of(said.words))
    ]


async def _propose(tx: Tx, cases: Collection[UUID], subjects: Sequence[Telling], triage: Triage) -> int:
    """Returns how many proposals are new."""
    rules, known = triage.incidents, {each.case: each for each in subjects}
    ids = await tellings.near(tx, subjects, rules) - known.keys()
    near, _ = await asyncio.to_thread(_told, (await tellings.wholes(tx, ids)).values(), rules)
    others = known | {each.case: each for each in near}
    standing, decided = await incidents.standing(tx, others), await incidents.decided(tx, others)
    found = await asyncio.to_thread(proposals, subjects, others, standing, decided, rules)
    found |= dict.fromkeys(cases - found.keys())
    return await incidents.propose(tx, found, version=rules.version, province=triage.province, now=triage.clock())


def _told(wholes: Iterable[Whole], rules: Rules) -> tuple[list[Telling], int]:
    """What each tells; milliseconds a hundred, so never on the event loop. Returns also on how many it broke.

    A case that breaks it tells nothing: it would break the look at each of its neighbours too.
    """
    found, broken = [], 0
    for whole in wholes:
        try:
            telling = telling_of(whole.case, whole.said, rules)
        except OURS:
            log.exception("incidents.left_out", case=str(whole.case.id))
            broken += 1
        else:
            found += [telling] if telling else []
    return found, broken
