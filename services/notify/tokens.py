"""Tokens: granted by a person, renewed by us, shared by all copies, never used before they are stored.

A refresh token is single-use, so it is used under its row's lock (`select … for update`), which all copies share:
this is the one place where a transaction is held across an HTTP call. Without the lock two copies would spend the same
token, and the second answer, an empty body, would look like a lost grant. Whoever waited for the lock finds a newer
epoch and reads instead of asking again.
"""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import SystemRandom

from services.notify.events import access_state
from services.notify.senders.zalo_oauth import Declined, Pair, Spent, Unanswered, ZaloOAuth, refresh_form
from services.notify.store import tokens as store
from services.notify.store.tokens import Stored
from shared.audit import AuditRow, record
from shared.database import Database, StoreUnavailable, Tx, add
from shared.identity import CannotOpen, Sealer
from shared.telemetry.logs import get_logger
from shared.telemetry.metrics import TOKEN_FAILURES, Metrics

log = get_logger(__name__)

ACCESS = "access"
REFRESH = "refresh"
JITTER = 0.15
"""Share of the early time by which renewals are spread, so that 225 pages granted together do not renew together."""

ASK_AGAIN = timedelta(minutes=1)
DECLINED_AGAIN = timedelta(minutes=10)
STORE_TRIES = 30
"""A pair in hand whose commit failed is stored again so often, a second apart: dropping it would lose the grant."""

AT_ONCE = 20
RENEWALS_AT_ONCE = 3
"""Connections of the pool that renewals may hold while the channel answers."""

RUNBOOK = "docs/operations.md#grant-lost"


@dataclass(frozen=True)
class Access:
    """An access token and the epoch it belongs to."""

    token: str
    epoch: int


class Tokens:
    """All tokens of the installation's pages."""

    def __init__(
        self,
        database: Database,
        oauth: ZaloOAuth,
        sealer: Sealer,
        metrics: Metrics,
        *,
        province: str,
        early: timedelta,
        closing: asyncio.Event,
    ) -> None:
        self._database = database
        self._oauth = oauth
        self._sealer = sealer
        self._metrics = metrics
        self._province = province
        self._early = early
        self._closing = closing
        self._renewing: dict[str, asyncio.Lock] = {}
        self._few = asyncio.Semaphore(RENEWALS_AT_ONCE)

    def opened(self, account: str, sealed: str, epoch: int) -> Access | None:
        """The token as the channel wants it; None when it was sealed by a key we do not hold."""
        try:
            return Access(self._sealer.open(ACCESS, account, sealed).decode(), epoch)
        except CannotOpen:
            log.exception("token.sealed_by_an_unknown_key", account=account)
            return None

    async def keep_granted(self, tx: Tx, *, account: str, app: str, pair: Pair, officer: str) -> Stored:
        """Store what a person has granted, its event and its audit row, in the caller's transaction."""
        now = datetime.now(UTC)
        stored = self._sealed(account, app, pair, await store.next_epoch(tx, account), now)
        await self._keep(tx, stored, now)
        await record(
            tx, AuditRow(now, officer, "access.granted", f"page:{account}", self._province, {"epoch": stored.epoch})
        )
        return stored

    async def renewed(self, account: str, *, than: int) -> Access | None:
        """A token newer than epoch `than`: another copy's, else by asking the channel. None: there is none now.

        Raises StoreUnavailable. Who waits here for a renewal of this process holds no connection meanwhile.
        """
        async with self._renewing.setdefault(account, asyncio.Lock()), self._few:
            return await self._renewed(account, than)

    async def _renewed(self, account: str, than: int) -> Access | None:
        pair: Pair | None = None
        stored: Stored | None = None
        try:
            async with self._database.transaction(province=self._province) as tx:
                held = await store.lock(tx, account)
                if held is None:
                    return None
                if held.epoch > than:
                    return self.opened(account, held.sealed_access, held.epoch)
                pair = await self._ask(tx, held)
                if pair is None:
                    return None
                now = datetime.now(UTC)
                stored = self._sealed(account, held.app, pair, held.epoch + 1, now)
                await self._keep(tx, stored, now)
        except StoreUnavailable:
            if pair is None or stored is None:
                raise
            await self._store_after_all(stored)
        return Access(pair.access, stored.epoch)

    async def renew_due(self) -> bool:
        """Renew what nears its end; True when there may be more. Stopping: the one under way is the last."""
        due = await store.to_refresh(self._database, AT_ONCE)
        for account, epoch in due:
            if self._closing.is_set():
                return False
            await self.renewed(account, than=epoch)
        return len(due) == AT_ONCE

    async def refused(self, account: str, epoch: int) -> None:
        """The channel takes this access token no more and there is no newer one: claims stop until a new grant."""
        async with self._database.transaction(province=self._province) as tx:
            await store.spent(tx, account, epoch)

    async def _ask(self, tx: Tx, held: Stored) -> Pair | None:
        if held.state == "lost":
            return None
        try:
            refresh_token = self._sealer.open(REFRESH, held.account, held.sealed_refresh).decode()
        except CannotOpen:
            await self._lost(tx, held.account, "unreadable")
            return None
        match await self._oauth.ask(held.app, refresh_form(app=held.app, refresh_token=refresh_token)):
            case Pair() as pair:
                return pair
            case Spent():
                await self._lost(tx, held.account, "refused")
            case Declined(code):
                self._failed(held.account, f"declined {code}")
                await store.postpone(tx, held.account, datetime.now(UTC) + DECLINED_AGAIN)
            case Unanswered(why):
                log.warning("token.not_renewed", account=held.account, why=why)
                await store.postpone(tx, held.account, datetime.now(UTC) + ASK_AGAIN)
        return None

    async def _lost(self, tx: Tx, account: str, why: str) -> None:
        """A person must grant again: say so at once."""
        self._failed(account, why)
        await store.lose(tx, account)

    def _failed(self, account: str, why: str) -> None:
        self._metrics.inc(TOKEN_FAILURES)
        log.error("token.renewal_failed", account=account, why=why, runbook=RUNBOOK)

    def _sealed(self, account: str, app: str, pair: Pair, epoch: int, now: datetime) -> Stored:
        return Stored(
            account=account,
            province=self._province,
            app=app,
            sealed_access=self._sealer.seal(ACCESS, account, pair.access.encode()),
            sealed_refresh=self._sealer.seal(REFRESH, account, pair.refresh.encode()),
            expires_at=now + pair.life,
            epoch=epoch,
            state="good",
        )

    async def _keep(self, tx: Tx, stored: Stored, now: datetime) -> None:
        """The pair and its event, together. The row's lock comes first, so events keep the order of commits."""
        if await store.store(tx, stored, self._refresh_at(stored, now)):
            await add(tx, [access_state(stored, now)])

    def _refresh_at(self, stored: Stored, now: datetime) -> datetime:
        """Early, with jitter; of a short-lived token (a test's) three quarters of its life are used."""
        early = min(self._early, (stored.expires_at - now) / 4)
        return stored.expires_at - early * (1 + SystemRandom().uniform(0, JITTER))

    async def _store_after_all(self, stored: Stored) -> None:
        """The channel has spent the old refresh token and the commit failed, or its answer did: try until it stands."""
        for _ in range(STORE_TRIES):
            try:
                async with self._database.transaction(province=self._province) as tx:
                    await self._keep(tx, stored, datetime.now(UTC))
            except StoreUnavailable:
                await asyncio.sleep(1.0)
            else:
                return
        self._failed(stored.account, "could not be stored")
        raise StoreUnavailable("a new pair of tokens could not be stored")


def new_state() -> str:
    """An unguessable name for a grant under way."""
    return secrets.token_urlsafe(24)
