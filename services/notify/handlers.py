"""Kafka in. What a message means is in domain/; how it is kept is in store/."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from services.notify.domain.sends import Priority
from services.notify.sending.ledger import Ledger
from services.notify.store import receipts as receipt_store
from services.notify.store import sends
from services.notify.store.receipts import Receipt
from services.notify.store.replicas import apply_accounts, apply_identities
from services.notify.store.sends import NewReply
from shared.access import apply_officers
from shared.broker import Dead, Record, Row
from shared.database import unseen
from shared.events import (
    Event,
    MessageDelivered,
    MessageSeen,
    ReplyRequested,
    SendEchoed,
    Unreadable,
    decode,
)
from shared.service.loop import Loop

REPLIES = "notify.replies"
RECEIPTS = "notify.receipts"
PRIORITIES = {"emergency": Priority.EMERGENCY_REPLY, "reply": Priority.REPLY}

E = TypeVar("E", bound=Event)


@dataclass
class Handlers:
    """Kafka's side of the service. The loops are woken when there is something for them to do."""

    ledger: Ledger
    lease_loop: Loop
    receipt_loop: Loop

    async def queue_replies(self, records: Sequence[Record]) -> Sequence[Dead]:
        """replies.requested → one send each, in one transaction. Raises StoreUnavailable: the batch is read again."""
        events, dead = _decoded(records, (ReplyRequested,))
        async with self.ledger.database.transaction(province=self.ledger.province) as tx:
            fresh = await unseen(tx, REPLIES, list(events))
            queued = await sends.insert_replies(tx, [_reply(event, events[event]) for event in fresh])
            changed = [(send, None) for send in queued]
            await self.ledger.tell(tx, changed)
        if fresh:
            self.lease_loop.wake()
        return dead

    async def keep_receipts(self, records: Sequence[Record]) -> Sequence[Dead]:
        """inbound.receipts → kept until their sends are known. Raises StoreUnavailable: the batch is read again."""
        events, dead = _decoded(records, (MessageDelivered, MessageSeen, SendEchoed))
        async with self.ledger.database.transaction(province=self.ledger.province) as tx:
            fresh = await unseen(tx, RECEIPTS, list(events))
            await receipt_store.keep(tx, [_receipt(e) for e in fresh if isinstance(e, MessageDelivered | MessageSeen)])
            await receipt_store.ask_now(tx, [_recipient(e) for e in fresh if isinstance(e, SendEchoed)])
        if fresh:
            self.receipt_loop.wake()
        return dead

    async def copy_accounts(self, rows: Sequence[Row]) -> None:
        async with self.ledger.database.transaction(province=self.ledger.province) as tx:
            await apply_accounts(tx, rows)

    async def copy_identities(self, rows: Sequence[Row]) -> None:
        async with self.ledger.database.transaction(province=self.ledger.province) as tx:
            await apply_identities(tx, rows)

    async def copy_officers(self, rows: Sequence[Row]) -> None:
        async with self.ledger.database.transaction(province=self.ledger.province) as tx:
            await apply_officers(tx, rows)


def _decoded(records: Sequence[Record], models: tuple[type[E], ...]) -> tuple[dict[E, str | None], list[Dead]]:
    """Events with their traceparent, and what cannot be read."""
    types: dict[str, type[Event]] = {model.type: model for model in models}
    events: dict[E, str | None] = {}
    dead: list[Dead] = []
    for record in records:
        try:
            event = decode(record.headers, record.value, types)
        except Unreadable as error:
            dead.append(Dead(record, str(error)))
            continue
        if isinstance(event, models):
            events.setdefault(event, record.header("traceparent"))
    return events, dead


def _reply(event: ReplyRequested, traceparent: str | None) -> NewReply:
    return NewReply(
        id=event.id,
        province=event.province,
        channel=event.channel,
        account=event.account,
        recipient=event.person,
        priority=PRIORITIES[event.priority],
        not_after=event.not_after,
        case=event.case,
        words=event.text,
        quoted_key=event.quoted_key,
        traceparent=traceparent,
    )


def _receipt(event: MessageDelivered | MessageSeen) -> Receipt:
    kind = "seen" if isinstance(event, MessageSeen) else "delivered"
    return Receipt(event.account, event.message_key, kind, event.decided_at)


def _recipient(event: SendEchoed) -> tuple[str, str]:
    return event.account, event.group or event.person or ""
