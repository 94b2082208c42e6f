"""What triage's handlers and HTTP routes need, made once in app.py."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from services.triage.domain.answers import Knowledge
from services.triage.domain.batch import Rules
from services.triage.domain.casework import Desk
from services.triage.domain.clocks import Clocks
from services.triage.domain.heard import Wording
from services.triage.domain.incidents.rules import Rules as IncidentRules
from services.triage.domain.routing import Units
from services.triage.domain.speaking import Speech
from services.triage.domain.understanding import Decision, Message, Understanding
from services.triage.domain.understanding.place import NO_VILLAGES, Villages
from services.triage.settings import TriageSettings
from services.triage.store import Store, examples, registers
from shared.broker import Dead, Record
from shared.database import Tx
from shared.events import Event, Unreadable, decode
from shared.gazetteer import Register, vietnamese_date
from shared.identity import Sealer
from shared.telemetry.metrics import UNDERSTOOD_SECONDS, Metrics
from shared.telemetry.tracing import Tracing

UNITS_SECONDS = 5.0
VILLAGES_SECONDS = 60.0
ESCAPED_NUL = rb"\u0000"


def _now() -> datetime:
    return datetime.now(UTC)


class KnownUnits:
    """The units table, read anew when it was read some seconds ago: `provision` may have changed it meanwhile."""

    def __init__(self, *, data_requests: str | None) -> None:
        self._data_requests = data_requests
        self._known = Units(())
        self._read_at = -UNITS_SECONDS

    async def known(self, tx: Tx) -> Units:
        """An empty table is asked again each time: before it is provisioned every second counts."""
        if monotonic() - self._read_at >= UNITS_SECONDS:
            rows = await registers.units(tx)
            self._known = Units(rows, data_requests=self._data_requests)
            self._read_at = monotonic() if rows else -UNITS_SECONDS
        return self._known


class KnownVillages:
    """The villages of officers' groups and of what they corrected, read anew now and then: groups come and go."""

    def __init__(self) -> None:
        self._known: Villages = NO_VILLAGES
        self._read_at = -VILLAGES_SECONDS

    async def known(self, tx: Tx) -> Villages:
        if monotonic() - self._read_at >= VILLAGES_SECONDS:
            of_groups = await registers.villages(tx)
            corrected = [row[:3] for row in await examples.villages(tx)]
            self._known = Villages.of([*of_groups, *corrected])
            self._read_at = monotonic()
        return self._known


@dataclass(frozen=True)
class Triage:
    """The parts, as values. `clock` is the wall clock; tests give their own."""

    store: Store
    settings: TriageSettings
    understanding: Understanding
    gazetteer: Register
    wording: Wording
    knowledge: Knowledge
    clocks: Clocks
    incidents: IncidentRules
    sealer: Sealer
    metrics: Metrics
    tracing: Tracing
    units: KnownUnits
    villages: KnownVillages
    clock: Callable[[], datetime] = _now
    shadow: Understanding | None = None

    @property
    def province(self) -> str:
        return self.settings.province

    async def rules(self, tx: Tx) -> Rules:
        """What decisions go by now."""
        desk = Desk(await self.units.known(tx), self.settings.case_window)
        return Rules(desk, self._speech(desk.units))

    def _speech(self, units: Units) -> Speech:
        """What the machine says of itself goes by."""
        settings = self.settings
        return Speech(
            windows=settings.reply_windows,
            numbers=settings.emergency_numbers,
            budget=settings.reply_budget,
            questions=settings.questions_per_case,
            policy=settings.answer_policy,
            knowledge=self.knowledge,
            wording=self.wording,
            register=self.gazetteer,
            units=units,
            now=self.clock(),
        )

    async def understands(self) -> str | None:
        """For /health/ready: its data is loaded, and it decides."""
        probe = Message("probe", "alo", "health", None, None, vietnamese_date(self.clock()))
        return None if self.understanding.decide([probe]) else "decides nothing"

    async def understand(self, messages: Sequence[Message], villages: Villages = NO_VILLAGES) -> list[Decision]:
        """One call a batch, off the event loop."""
        if not messages:
            return []
        started = monotonic()
        decisions = await asyncio.to_thread(self.understanding.knowing(villages).decide, messages)
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
            events.append((_storable(event, record), record))
    return events, dead


def _storable(event: Event, record: Record) -> Event:
    """PostgreSQL's text holds every character but NUL: a message with one is kept without it, not buried."""
    if record.value is None or ESCAPED_NUL not in record.value:
        return event
    return type(event).model_validate(_without_nul(event.model_dump()))


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, dict):
        return {name: _without_nul(each) for name, each in value.items()}
    return [_without_nul(each) for each in value] if isinstance(value, list | tuple) else value
