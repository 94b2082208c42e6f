"""Changes of sends on their way out: events in the transaction, counts after it."""

from collections.abc import Sequence

from services.notify.domain.sends import State
from services.notify.events import deliveries
from services.notify.store.sends import Send
from shared.database import Database, Tx, add
from shared.telemetry.logs import get_logger
from shared.telemetry.metrics import SENDS, Metrics
from shared.telemetry.tracing import Tracing

log = get_logger(__name__)

Changed = Sequence[tuple[Send, State | None]]
"""Sends as they stand, each with how it stood before (None: it is new)."""


class Ledger:
    """What every change of a send goes through, with the database it happens in."""

    def __init__(self, database: Database, province: str, metrics: Metrics, tracing: Tracing) -> None:
        self.database = database
        self.province = province
        self.metrics = metrics
        self.tracing = tracing

    async def tell(self, tx: Tx, changed: Changed) -> None:
        """Publish the changes with `tx`. The rows are locked by it already, so events keep the order of commits."""
        await add(tx, deliveries(changed, self.tracing))

    def count(self, changed: Changed) -> None:
        """After the commit: metrics and the log, ids only."""
        for send, before in changed:
            if send.state in {before, State.QUEUED}:
                continue
            self.metrics.inc(SENDS, kind=send.kind, state=send.state.value)
            log.info("send.changed", send=send.id, state=send.state.value, reason=send.reason, kind=send.kind)
