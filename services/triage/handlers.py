"""Kafka in. What a message means is in domain/; how it is kept is in store/."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from services.triage.domain.batch import Decided, decide, laid_out
from services.triage.domain.case import Change, Conversation
from services.triage.domain.data_requests import open_request
from services.triage.domain.intake import Ears, Spoken, ask, conversation_of, understood
from services.triage.domain.sealing import unread_from
from services.triage.shadow import Read, read_along
from services.triage.store import acts, cases, chains, conversations, examples, registers, replies, tellings
from services.triage.triage import Triage, read
from shared.broker import Dead, Record, Row
from shared.database import Tx, unseen
from shared.events import DeliveryChanged, MessageEchoed, MessageReceived, PersonWithdrew
from shared.telemetry.metrics import ANSWERS_JUDGED, AUTOMATIC_MESSAGES, CASES

Traceparents = Mapping[UUID, str | None]


async def open_cases(records: Sequence[Record], triage: Triage) -> Sequence[Dead]:
    """What people sent and officers answered → cases opened, continued, answered; one transaction a batch.

    A record seen before changes nothing. One that cannot be read is returned as dead, its neighbours go on. Raises
    StoreUnavailable: nothing was kept, the batch is read again.
    """
    events, dead = read(records, MessageReceived, MessageEchoed)
    spoken = [event for event, _ in events if isinstance(event, MessageReceived | MessageEchoed)]
    traceparents = {event.id: record.header("traceparent") for event, record in events}
    async with triage.store.transaction() as tx:
        fresh = await unseen(tx, "triage.messages", spoken)
        decided, batch = await _decide_and_keep(tx, fresh, traceparents, triage) if fresh else (Decided(), None)
    await read_along(batch, triage)
    _count(decided.changes, triage)
    _count_sayings(decided, triage)
    return dead


async def _decide_and_keep(
    tx: Tx, fresh: Sequence[Spoken], traceparents: Traceparents, triage: Triage
) -> tuple[Decided, Read]:
    """A second message of a person sees the first one's case, in whatever order the two came."""
    await conversations.lock_new(tx, fresh, triage.province)
    opened = await conversations.open_files(tx, _earliest(fresh))
    files = [each.file for each in opened]
    rules = await triage.rules(tx)
    past = {o.file.conversation.id: o.past for o in opened}
    unread = {f.conversation.id: unread_from(f.cases, rules.desk.window) for f in files}
    sealed = {case.id for file in files for case in file.cases if case.conflict}
    asked = ask(fresh, past, {f.page.account: f.page for f in files}, unread, sealed)
    ears = Ears(triage.wording, triage.gazetteer, rules.speech.windows, triage.understanding.version)
    villages = await triage.villages.known(tx)
    decisions = await triage.understand(asked.messages, villages)
    news = understood(fresh, asked, decisions, ears)
    layouts = laid_out(files, news, rules.desk)
    identities = await cases.new_identities(tx, sum(layout.openings for layout in layouts), triage.province)
    lately = rules.speech.now - rules.speech.budget.longest
    spent = await replies.spent(tx, {n.event.conversation for n in news if n.turn.reachable}, lately)
    decided = decide(layouts, news, identities, rules, spent)
    traced = _noted(decided.changes, traceparents, triage)
    kept = [turn for file in files for turn in file.turns]
    await conversations.save_turns(tx, news, decided.case_of, kept, triage.province)
    await acts.keep(
        tx,
        decided.changes,
        province=triage.province,
        now=rules.speech.now,
        said=decided.replies,
        traceparents=traced,
    )
    await acts.keep_sayings(tx, decided.sayings, triage.province)
    return decided, Read(asked, villages, decisions, news)


async def open_data_requests(records: Sequence[Record], triage: Triage) -> Sequence[Dead]:
    """A person who withdraws → a case with its legal clock. Everything else on the topic passes undecoded."""
    mine = [record for record in records if record.header("ce_type") == PersonWithdrew.type]
    if not mine:
        return ()
    events, dead = read(mine, PersonWithdrew)
    async with triage.store.transaction() as tx:
        fresh = await unseen(tx, "triage.audience", [e for e, _ in events if isinstance(e, PersonWithdrew)])
        units = (await triage.rules(tx)).desk.units
        identities = await cases.new_identities(tx, len(fresh), triage.province)
        changes = [open_request(event, next(identities), units, triage.clocks) for event in fresh]
        await acts.keep(tx, changes, province=triage.province, now=triage.clock())
    _count(changes, triage)
    return dead


async def note_deliveries(records: Sequence[Record], triage: Triage) -> Sequence[Dead]:
    """What became of a reply → noted beside its case. It counts nothing and makes no new version."""
    events, dead = read(records, DeliveryChanged)
    receipts = [event for event, _ in events if isinstance(event, DeliveryChanged) and event.kind == "reply"]
    async with triage.store.transaction() as tx:
        await replies.note(tx, receipts)
    return dead


async def copy_accounts(rows: Sequence[Row], triage: Triage) -> None:
    """channels.accounts.v1 → which unit and communes a page belongs to."""
    async with triage.store.transaction() as tx:
        await registers.apply_accounts(tx, rows)


async def copy_identities(rows: Sequence[Row], triage: Triage) -> None:
    """identities.v1 → the sealed address behind a pseudonym; it stays sealed. Of who is erased nothing is learnt."""
    erased = [row.key for row in rows if row.event is None]
    async with triage.store.transaction() as tx:
        await registers.apply_identities(tx, rows)
        if erased:
            await examples.erase(tx, erased)
            await tellings.take_turn(tx, wait=True)
            await chains.forget_persons(tx, erased)


def _earliest(events: Sequence[Spoken]) -> dict[Conversation, datetime]:
    """Each conversation with the time of its earliest news."""
    found: dict[Conversation, datetime] = {}
    for event in events:
        conversation = conversation_of(event)
        found[conversation] = min(event.decided_at, found.get(conversation, event.decided_at))
    return found


def _noted(changes: Sequence[Change], traceparents: Traceparents, triage: Triage) -> dict[UUID, str | None]:
    """A short span in the trace of each message that changed a case; what it causes goes on from there."""
    noted: dict[UUID, str | None] = {}
    for change in changes:
        traceparent = traceparents.get(change.cause) if change.cause else None
        if change.cause and traceparent:
            act = change.acts[-1].act
            noted[change.cause] = triage.tracing.noted("case decided", traceparent, case=str(change.after.id), act=act)
    return noted


def _count(changes: Sequence[Change], triage: Triage) -> None:
    for change in changes:
        for act in change.acts:
            triage.metrics.inc(CASES, act=act.act)


def _count_sayings(decided: Decided, triage: Triage) -> None:
    for saying in decided.sayings:
        triage.metrics.inc(AUTOMATIC_MESSAGES, what=saying.what)
    for _ in range(decided.withheld):
        triage.metrics.inc(AUTOMATIC_MESSAGES, what="withheld")
    for feedback in decided.feedback:
        triage.metrics.inc(ANSWERS_JUDGED, outcome=feedback)
