"""What time does to sends: windows close, addresses do not come, alerts end, receipts find their sends."""

from datetime import UTC, datetime, timedelta
from time import monotonic

from services.notify.domain import alerts as domain
from services.notify.domain.sends import State, after_receipt
from services.notify.events import alert_changed
from services.notify.sending.ledger import Ledger
from services.notify.store import alerts, endings, leases, receipts, tokens
from services.notify.store.receipts import Match
from services.notify.store.sends import Send
from shared.audit import AuditRow, record
from shared.database import add
from shared.telemetry.metrics import SENDS_WAITING

BATCH = 1_000
HOUSEKEEPING_SECONDS = 600.0
MACHINE = "machine"


class Upkeep:
    """Set-based rounds that need no lease: every copy may run them, row locks keep them apart."""

    def __init__(self, ledger: Ledger, *, parked: timedelta, receipts_kept: timedelta, words_kept: timedelta) -> None:
        self._ledger = ledger
        self._parked = parked
        self._receipts_kept = receipts_kept
        self._words_kept = words_kept
        self._kept_house_at = -HOUSEKEEPING_SECONDS

    async def close(self) -> bool:
        """End what must not be sent any more; True when a whole batch was."""
        async with self._ledger.database.transaction(province=self._ledger.province) as tx:
            ended = await endings.withdraw(tx, BATCH)
            ended += await endings.close_windows(tx, BATCH)
            ended += await endings.give_up_identities(tx, BATCH, self._parked)
            changed = [(send, State.QUEUED) for send in ended]
            await self._ledger.tell(tx, changed)
        self._ledger.count(changed)
        self._ledger.metrics.set(SENDS_WAITING, await endings.waiting(self._ledger.database))
        return len(ended) >= BATCH

    async def finish(self) -> None:
        """Alerts whose every send has ended, or was left to a person, are finished."""
        now = datetime.now(UTC)
        async with self._ledger.database.transaction(province=self._ledger.province) as tx:
            ended = await alerts.ended(tx)
            progress = await alerts.progress(tx, [alert.alert for alert in ended]) if ended else {}
            for alert in ended:
                done = domain.finish(alert, now)
                await alerts.save(tx, done)
                counts = progress[alert.alert]
                await add(tx, [alert_changed(done, "finished", actor=MACHINE, at=now, progress=counts)])
                row = AuditRow(now, "system:notify", "alert.finished", f"alert:{alert.alert}", alert.province, counts)
                await record(tx, row)

    async def match_receipts(self) -> bool:
        """Receipts whose sends are known by now move them; True when a whole batch did."""
        async with self._ledger.database.transaction(province=self._ledger.province) as tx:
            matches = await receipts.matched(tx, BATCH)
            if not matches:
                return False
            moves = _moves(matches)
            before = {send.id: send.state for send, _ in moves}
            moved = await receipts.move(tx, moves) if moves else []
            changed = [(send, before[send.id]) for send in moved]
            await self._ledger.tell(tx, changed)
            await receipts.forget(tx, [match.receipt for match in matches])
        self._ledger.count(changed)
        return len(matches) == BATCH

    async def keep_house(self) -> None:
        """Now and then: words, receipts and grants whose time is over."""
        if monotonic() - self._kept_house_at < HOUSEKEEPING_SECONDS:
            return
        async with self._ledger.database.transaction(province=self._ledger.province) as tx:
            await endings.forget_words(tx, self._words_kept)
            await receipts.expire(tx, self._receipts_kept)
            await tokens.forget_grants(tx)
            await leases.forget_copies(tx)
        self._kept_house_at = monotonic()


def _moves(matches: list[Match]) -> list[tuple[Send, State]]:
    """Each send once, to the furthest its receipts take it."""
    furthest: dict[Send, State] = {}
    for match in matches:
        state = after_receipt(furthest.get(match.send, match.send.state), match.receipt.kind)
        if state is not None:
            furthest[match.send] = state
    return list(furthest.items())
