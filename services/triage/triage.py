"""What triage's handlers and HTTP routes need, made once in app.py."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic

from services.triage.domain.batch import Rules
from services.triage.domain.casework import Desk
from services.triage.domain.clocks import Clocks
from services.triage.domain.routing import Units
from services.triage.domain.understanding import Decision, Message, Understanding
from services.triage.settings import TriageSettings
from services.triage.store import Store, registers
from shared.broker import Dead, Record
from shared.database import Tx
from shared.events import Event, Unreadable, decode
from shared.gazetteer import Register
from shared.identity import Sealer
from shared.telemetry.metrics import UNDERSTOOD_SECONDS, Metrics
from shared.telemetry.tracing import Tracing


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Triage:
    """The parts, as values. `clock` is the wall clock; tests give their own."""

    store: Store
    settings: TriageSettings
    understanding: Understanding
    gazetteer: Register
    clocks: Clocks
    sealer: Sealer
    metrics: Metrics
    tracing: Tracing
    clock: Callable[[], datetime] = _now

    @property
    def province(self) -> str:
        return self.settings.province

    async def rules(self, tx: Tx) -> Rules:
        """What decisions go by now; units may have been provisioned since the last batch."""
        units = Units(await registers.units(tx), data_requests=self.settings.data_request_unit)
        desk = Desk(units, self.settings.case_window)
        return Rules(desk, self.settings.reply_windows, self.settings.emergency_numbers)

    async def understand(self, messages: Sequence[Message]) -> list[Decision]:
        """One call a batch, off the event loop."""
        if not messages:
            return []
        started = monotonic()
        decisions = await asyncio.to_thread(self.understanding.decide, messages)
        self.metrics.observe(UNDERSTOOD_SECONDS, monotonic() - started)
        return decisions


def read(records: Sequence[Record], *types: type[Event]) -> tuple[list[tuple[Event, Record]], list[Dead]]:
    """The events of these types with their records, in order, and what cannot be read."""
    known = {model.type: model for model in types}
    events: list[tuple[Event, Record]] = []
    dead: list[Dead] = []
    for record in records:
        try:
            event = decode(record.headers, record.value, known)
        except Unreadable as error:
            dead.append(Dead(record, str(error)))
            continue
        if event is not None:
            events.append((event, record))
    return events, dead
