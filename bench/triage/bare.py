"""`python -m bench.triage.bare`: the service without understanding, which triage's draining is held against.

The same records by the same consume wrapper in the same batches, the same reads and rows by the same statements
(inbox, conversations, turns, cases, replies, acts on record, outbox), the same events by the same relay. But nothing
is understood or decided: every case is the same tip. BENCH_REPLIES and BENCH_OWN_TURNS say for which share
of messages something is said, and said as a turn: as the service did in the round before.
"""

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid5

from litestar import Litestar

from services.triage.domain.case import Case, Change, Identity, acted
from services.triage.domain.conversation import Automatic, Turn, reading_of
from services.triage.domain.intake import Understood, conversation_of
from services.triage.domain.replies import Numbers, acknowledgement
from services.triage.domain.speaking import Saying
from services.triage.settings import TriageSettings
from services.triage.store import Store, acts, cases, conversations, replies
from services.triage.triage import read
from shared.broker import Dead, Record, Subscription
from shared.database import Tx, unseen
from shared.events import CaseFacts, MessageReceived
from shared.events.base import NAMESPACE
from shared.service.cli import command_line
from shared.service.platform import Platform
from shared.service.web import application
from shared.topics import INBOUND_MESSAGES
from tests.servers import PROJECT

REASONS = ("Nội dung: tin báo.", "Địa bàn: nơi của trang nhận tin.", "Chuyển công an xã của trang.")
DECISION: dict[str, Any] = {
    "category": "tip",
    "also": [],
    "topic": "theft",
    "topics": ["theft"],
    "urgency": "normal",
    "act": "report",
    "procedure": None,
    "language": "vi",
    "about_police": False,
    "place": "page",
    "province": "66",
    "commune_2020": "24127",
    "commune_2025": "24133",
    "candidates": [],
    "confidence": 0.9,
    "review": [],
    "reasons": list(REASONS),
    "version": "bare",
}
"""Of every message: as long as a decision is."""

READING = reading_of(DECISION, closes=False)
WINDOW = timedelta(days=7)
NUMBERS = Numbers()


class Portions:
    """Of a share, which ones in a row: 0.25 is every fourth."""

    def __init__(self, share: float) -> None:
        self._share, self._sum = share, 0.0

    def __call__(self) -> bool:
        self._sum += self._share
        due = self._sum >= 1
        self._sum -= due
        return due


async def keep(records: Sequence[Record], store: Store, replied: Portions, own_turn: Portions) -> Sequence[Dead]:
    """A batch's messages as cases, one transaction."""
    events, dead = read(records, MessageReceived)
    async with store.transaction() as tx:
        fresh = await unseen(tx, "triage.messages", [e for e, _ in events if isinstance(e, MessageReceived)])
        await conversations.lock_new(tx, fresh, store.province)
        await conversations.open_files(tx, {conversation_of(event): event.decided_at for event in fresh})
        identities = await cases.new_identities(tx, len(fresh), store.province)
        await replies.spent(tx, {event.conversation for event in fresh}, fresh[0].received_at - WINDOW)
        await _keep(tx, fresh, identities, store.province, replied, own_turn)
    return dead


async def _keep(
    tx: Tx,
    fresh: Sequence[MessageReceived],
    identities: Iterator[Identity],
    province: str,
    replied: Portions,
    own_turn: Portions,
) -> None:
    news = [Understood(_turn(event), DECISION, event) for event in fresh]
    changes = [_opened(event, next(identities)) for event in fresh]
    case_of = {event.id: change.after.id for event, change in zip(fresh, changes, strict=True)}
    said = [_saying(e, c.after, own_turn()) for e, c in zip(fresh, changes, strict=True) if replied()]
    await conversations.save_turns(tx, news, case_of, (), province)
    await acts.keep(
        tx,
        changes,
        province=province,
        now=datetime.now(UTC),
        said=[(each.reply, each.cause) for each in said],
    )
    await acts.keep_sayings(tx, [each for each in said if each.turn], province)


def _turn(event: MessageReceived) -> Turn:
    return Turn(at=event.decided_at, id=event.id, speaker="person", key=event.message_key, reading=READING)


def _opened(event: MessageReceived, named: Identity) -> Change:
    facts = CaseFacts(
        category="tip",
        topic="theft",
        urgency="normal",
        status="open",
        unit="commune-2020-24127",
        commune_2020="24127",
        commune_2025="24133",
        opened_at=event.decided_at,
    )
    unopened = Case(
        *(named.id, named.number, named.code, 0, conversation_of(event), facts),
        place="page",
        reasons=REASONS,
        first_message_key=event.message_key,
        messages=1,
        last_message_at=event.decided_at,
        acknowledged=True,
    )
    case, act = acted(unopened, facts, "opened", at=event.decided_at, actor="person")
    return Change(None, case, (act,), event.id)


def _saying(event: MessageReceived, case: Case, as_turn: bool) -> Saying:
    """The acknowledgement, or it as a turn of the page."""
    reply = acknowledgement(case, event, NUMBERS, WINDOW)
    told = Automatic("question", "time", "v1") if as_turn else None
    key = uuid5(NAMESPACE, f"{case.id}|own")
    turn = Turn(event.decided_at, key, "page", f"reply:{key}", case=case.id, automatic=told) if told else None
    return Saying(reply, event.id, event.conversation, turn)


async def build(platform: Platform) -> Litestar:
    """A service with one subscription."""
    settings = platform.settings
    assert isinstance(settings, TriageSettings)  # noqa: S101 - what the command line reads
    handler = partial(
        keep,
        store=Store(platform.database, settings.province),
        replied=Portions(float(os.environ["BENCH_REPLIES"])),
        own_turn=Portions(float(os.environ["BENCH_OWN_TURNS"])),
    )
    wait = settings.understanding_batch_wait_ms
    platform.consumers.add(Subscription(INBOUND_MESSAGES, "triage", handler, batch_wait_ms=wait))
    return application(platform, title="bare", description="Triage without understanding.", handlers=[])


app = command_line(
    "triage",
    TriageSettings,
    build=build,
    migrations=PROJECT / "services" / "triage" / "migrations",
    about="Keeps every message as the same case.",
)

if __name__ == "__main__":
    app()
