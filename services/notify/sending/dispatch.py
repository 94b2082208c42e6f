"""The loop that sends: claim what is due, call, write what came of it. Intent before the call, the result after.

A place is free again only when its result is committed, so that a crash leaves no more in doubt than `concurrency`.
"""

import asyncio
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from time import monotonic, time
from uuid import UUID

from services.notify.domain.doubt import Look
from services.notify.domain.outcomes import NotCalled, Outcome
from services.notify.domain.pacing import Paces, Room
from services.notify.domain.sends import Change, Limits, State, after_call, after_look
from services.notify.sending.calls import Calls
from services.notify.sending.leases import Leases
from services.notify.sending.ledger import Ledger
from services.notify.store import leases as lease_store
from services.notify.store import queue as store
from services.notify.store.queue import Claimed
from services.notify.store.sends import Send
from shared.database import StoreUnavailable
from shared.telemetry.logs import get_logger

log = get_logger(__name__)

ASK_AGAIN = timedelta(seconds=30)
"""When the channel could not be asked about a send in doubt; it does not count as asked."""

QUESTION_SECONDS = 0.5
"""How often the table is looked through for sends in doubt that are due to be asked about."""

HALTED = "docs/operations.md#page-halted"


class Dispatch:
    """At most `concurrency` calls and questions at once, over all accounts this copy holds."""

    def __init__(self, ledger: Ledger, paces: Paces, *, limits: Limits, concurrency: int, poll_seconds: float) -> None:
        self.leases: Leases
        self.calls: Calls
        self.closing = asyncio.Event()
        self._ledger = ledger
        self._paces = paces
        self._limits = limits
        self._concurrency = concurrency
        self._poll = poll_seconds
        self._under_way: dict[UUID, str] = {}
        """Send → account, from the claim to the written result."""
        self._tasks: dict[asyncio.Task[Change], Claimed] = {}
        self._results: list[tuple[Send, Change]] = []
        self._found: set[tuple[str, str]] = set()
        self._reconcile = False
        self._asked_at = 0.0

    def busy(self) -> AbstractSet[str]:
        """Accounts with calls under way: their leases are not given back."""
        return set(self._under_way.values())

    async def once(self) -> bool:
        """One round. Raises StoreUnavailable: what was called is remembered and written later."""
        if self.closing.is_set():
            await self.drain()
            return False
        await self._write()
        await self._reconciled()
        begun = await self._claim() + await self._question()
        if not self._tasks:
            return False
        await self._wait()
        await self._write()
        if self.closing.is_set():
            await self.drain()
        return begun > 0 or bool(self._tasks)

    async def _claim(self) -> int:
        """Write the intents of what may go now, and begin the calls."""
        places = self._concurrency - len(self._under_way)
        if places <= 0:
            return 0
        async with self.leases.claiming:
            rooms = self._rooms()
            if not rooms:
                return 0
            apps = {app: self._paces.app_room(app, time()) for app in {app for _, _, app in rooms}}
            try:
                async with self._ledger.database.transaction(province=self._ledger.province) as tx:
                    claimed = await store.claim(tx, self.leases.owner, rooms, apps, places=places)
            except StoreUnavailable:
                self._reconcile = True  # the commit may have happened: then intents stand that nobody calls
                raise
            for one in claimed:
                self._begin(one, question=False)
        return len(claimed)

    def _rooms(self) -> list[tuple[Room, int, str]]:
        now = time()
        found = ((self._paces.room(lease.held, now), lease) for lease in self.leases.held.values())
        return [(room, lease.epoch, lease.held.app) for room, lease in found if room is not None]

    async def _question(self) -> int:
        """Begin to ask about sends in doubt, where places are left."""
        places = self._concurrency - len(self._under_way)
        accounts = [room.account for room, _, _ in self._rooms()]
        if places <= 0 or not accounts or monotonic() - self._asked_at < QUESTION_SECONDS:
            return 0
        self._asked_at = monotonic()
        claimed = await store.to_ask(self._ledger.database, self.leases.owner, accounts, places + len(self._under_way))
        fresh = [one for one in claimed if one.send.id not in self._under_way][:places]
        for one in fresh:
            self._begin(one, question=True)
        return len(fresh)

    def _begin(self, claimed: Claimed, *, question: bool) -> None:
        self._under_way[claimed.send.id] = claimed.send.account
        work = self._look(claimed) if question else self._call(claimed)
        self._tasks[asyncio.create_task(work, name=f"send-{claimed.send.id}")] = claimed
        if not question:
            self._paces.take(self.leases.held[claimed.send.account].held, time())

    async def _call(self, claimed: Claimed) -> Change:
        send = claimed.send
        self._ledger.tracing.noted("notify call", send.traceparent, kind=send.kind)
        lease = self.leases.held.get(send.account)
        outcome: Outcome = NotCalled() if lease is None else await self.calls.send(claimed, lease.held)
        return after_call(outcome, attempts=send.attempts, now=datetime.now(UTC), limits=self._limits)

    async def _look(self, claimed: Claimed) -> Change:
        send, lease = claimed.send, self.leases.held.get(claimed.send.account)
        if lease is None:
            told, found = Look.UNANSWERED, None
        else:
            told, found = await self.calls.look(claimed, lease.held, self._found)
        now = datetime.now(UTC)
        if told is Look.UNANSWERED:
            return Change(State.IN_DOUBT, now + ASK_AGAIN, send.reason, attempts=send.attempts, checks=send.checks)
        resend = told is Look.WHOLE and claimed.on_doubt == "resend" and not claimed.cancelled
        return after_look(found, reason=send.reason, checks=send.checks, resend=resend, now=now, limits=self._limits)

    async def _wait(self) -> None:
        """Until something has ended, or the next look at the queue is due."""
        done, _ = await asyncio.wait(self._tasks, timeout=self._poll, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            claimed = self._tasks.pop(task)
            self._results.append((claimed.send, self._result(task, claimed)))

    def _result(self, task: "asyncio.Task[Change]", claimed: Claimed) -> Change:
        """A call that broke in our own code is in doubt like any other whose end is unknown; it is logged as ours."""
        error = task.exception()
        if error is None:
            return task.result()
        log.error("send.broke", send=claimed.send.id, exc_info=error)
        now = datetime.now(UTC)
        return Change(State.IN_DOUBT, now + ASK_AGAIN, "broken", checks=claimed.send.checks)

    async def _write(self) -> None:
        """Commit results with their events, and free their places. Again until it stands: a repeat changes nothing."""
        if not self._results:
            return
        async with self._ledger.database.transaction(province=self._ledger.province) as tx:
            changed = await store.save(tx, self._results)
            await self._ledger.tell(tx, changed)
            for send, change in self._results:
                if change.halt is not None:
                    await lease_store.halt(tx, send.account, change.halt.reason)
        self._ledger.count(changed)
        for send, change in self._results:
            self._under_way.pop(send.id, None)
            if change.halt is not None:
                log.error("page.halted", account=send.account, reason=change.halt.reason, runbook=HALTED)
        self._results.clear()
        if not self._tasks:
            self._found.clear()

    async def _reconciled(self) -> None:
        if not self._reconcile:
            return
        async with self._ledger.database.transaction(province=self._ledger.province) as tx:
            await store.reconcile(tx, self.leases.owner, list(self._under_way))
        self._reconcile = False

    async def drain(self) -> None:
        """Stopping: take no more, let the calls in flight end, write what came of them, give the leases back."""
        while self._tasks:
            await self._wait()
        await self._write()
        if self.leases.held:
            await self.leases.give_back()
