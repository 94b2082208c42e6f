"""Which accounts this copy of the service sends for.

A lease has an owner, an epoch and an end. It is renewed while there is work, given back when there is none, and taken
over once its owner has been silent for its length; then what the old owner had begun is in doubt.
"""

import asyncio
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from uuid import UUID, uuid4

from services.notify.domain.pacing import Held, Paces
from services.notify.domain.sends import State, fair_share
from services.notify.sending.ledger import Ledger
from services.notify.store import leases as store
from services.notify.store import queue
from services.notify.store.sends import Send
from shared.database import Tx
from shared.telemetry.logs import get_logger

log = get_logger(__name__)

MARGIN = 0.8
"""A call is begun only within this part of the lease, so that it is over, or the lease renewed, before its end."""

IN_DOUBT = "docs/operations.md#sends-in-doubt"


@dataclass(frozen=True)
class Lease:
    """An account that is ours until `deadline` (this process's monotonic seconds)."""

    held: Held
    epoch: int
    deadline: float


class Leases:
    """The leases this copy holds. `claiming` is held during a claim and during a round, never both at once."""

    def __init__(
        self,
        ledger: Ledger,
        paces: Paces,
        *,
        length: timedelta,
        doubt_pause: timedelta,
        busy: Callable[[], AbstractSet[str]],
    ) -> None:
        self.owner: UUID = uuid4()
        self.held: dict[str, Lease] = {}
        self.claiming = asyncio.Lock()
        self._ledger = ledger
        self._paces = paces
        self._length = length
        self._doubt_pause = doubt_pause
        self._busy = busy

    async def round(self) -> bool:
        """Renew, give back, take. Returns whether accounts were taken. Raises StoreUnavailable: nothing is lost yet."""
        async with self.claiming:
            begun = monotonic()
            async with self._ledger.database.transaction(province=self._ledger.province) as tx:
                copies = await store.seen(tx, self.owner, self._length)
                work = {one.account: one for one in await store.work(tx, self.owner)}
                fair = fair_share(len(work), copies)
                kept = self._to_keep(set(work), fair)
                gone = [account for account in self.held if account not in kept]
                await store.release(tx, self.owner, gone)
                epochs = await store.renew(tx, self.owner, sorted(kept), self._length)
                free = [a for a, w in work.items() if a not in epochs and not w.elsewhere]
                taken = await store.take(tx, self.owner, free[: max(0, fair - len(epochs))], self._length)
                doubtful = [(send, State.QUEUED) for send in await self._from_the_dead(tx, list(taken))]
                await self._ledger.tell(tx, doubtful)
                shares = await store.by_app(tx, self.owner)
            self._ledger.count(doubtful)
            apps = {account: lease.held.app for account, lease in self.held.items()}
            apps |= {account: one.app for account, one in work.items()}
            until = begun + self._length.total_seconds() * MARGIN
            self.held = {
                account: Lease(Held(account, apps[account]), epoch, until)
                for account, epoch in (epochs | taken).items()
            }
            self._paces.share_out(shares)
        return bool(taken)

    async def give_back(self) -> None:
        """All of them, at the end: the others go on at once."""
        async with self.claiming:
            accounts, self.held = list(self.held), {}
            async with self._ledger.database.transaction(province=self._ledger.province) as tx:
                await store.release(tx, self.owner, accounts)

    def valid(self, account: str, epoch: int | None) -> bool:
        """Whether a call may be begun now under the lease its intent was written under."""
        lease = self.held.get(account)
        return lease is not None and lease.epoch == epoch and monotonic() < lease.deadline

    def _to_keep(self, work: AbstractSet[str], fair: int) -> set[str]:
        """What has calls in flight, and of what has work no more than our share."""
        busy = self._busy() & self.held.keys()
        idle = sorted((self.held.keys() & work) - busy)
        return busy | set(idle[: max(0, fair - len(busy))])

    async def _from_the_dead(self, tx: Tx, taken: list[str]) -> list[Send]:
        found = await queue.mark_dead_owners(tx, taken, self._doubt_pause) if taken else []
        if found:
            accounts = len({send.account for send in found})
            log.warning("sends.in_doubt", count=len(found), accounts=accounts, runbook=IN_DOUBT)
        return found
