"""Our changes as events: outbox rows of delivery.receipts, alerts.events and channels.access."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from services.notify.domain.alerts import Act, Alert
from services.notify.domain.sends import State
from services.notify.senders.zalo import CHANNEL
from services.notify.store.sends import Send
from services.notify.store.tokens import Stored
from shared.database import OutboxRow
from shared.events import AccessState, AlertChanged, DeliveryChanged, Event, encode, event_id
from shared.telemetry.tracing import Tracing
from shared.topics import ALERTS_EVENTS, CHANNELS_ACCESS, DELIVERY_RECEIPTS, Topic

SOURCE = "notify"


def deliveries(changes: Iterable[tuple[Send, State | None]], tracing: Tracing) -> list[OutboxRow]:
    """Sends and how they stood before (None: new) → DeliveryChanged rows, each noted in its message's own trace."""
    return [_delivery(send, before, tracing) for send, before in changes if send.state != before]


def _delivery(send: Send, before: State | None, tracing: Tracing) -> OutboxRow:
    traceparent = tracing.noted(f"notify send {send.state}", send.traceparent, kind=send.kind, version=send.version)
    event = DeliveryChanged.model_validate(
        {
            "id": event_id("send", str(send.id), "version", str(send.version)),
            "province": send.province,
            "occurred_at": send.changed_at,
            "send": send.id,
            "version": send.version,
            "kind": send.kind,
            "channel": send.channel,
            "account": send.account,
            "recipient": send.recipient,
            "state": send.state.value,
            "before": before.value if before else None,
            "reason": send.reason,
            "case": send.case,
            "alert": send.alert,
            "quota_left": send.quota_left,
        }
    )
    return _row(DELIVERY_RECEIPTS, event, traceparent)


def alert_changed(
    alert: Alert, act: Act, *, actor: str, at: datetime, progress: Mapping[str, int], traceparent: str | None = None
) -> OutboxRow:
    """One act on an alert. progress: state of its sends → how many."""
    event = AlertChanged(
        id=event_id("alert", str(alert.alert), "version", str(alert.version)),
        province=alert.province,
        occurred_at=at,
        alert=alert.alert,
        version=alert.version,
        act=act,
        actor=actor,
        severity=alert.severity,
        title=alert.title,
        structure=alert.structure,
        communes=alert.communes,
        groups=alert.groups,
        sent=progress.get("sent", 0),
        failed=progress.get("failed", 0),
        in_doubt=progress.get("in_doubt", 0),
    )
    return _row(ALERTS_EVENTS, event, traceparent)


def access_state(tokens: Stored, at: datetime) -> OutboxRow:
    """The sealed access token of a page, for ingest's polls."""
    event = AccessState(
        id=event_id(CHANNEL, tokens.account, "access", str(tokens.epoch)),
        province=tokens.province,
        occurred_at=at,
        channel=CHANNEL,
        account=tokens.account,
        sealed_token=tokens.sealed_access,
        expires_at=tokens.expires_at,
        epoch=tokens.epoch,
    )
    return _row(CHANNELS_ACCESS, event, None)


def _row(topic: Topic, event: Event, traceparent: str | None) -> OutboxRow:
    encoded = encode(event, source=SOURCE, traceparent=traceparent)
    return OutboxRow(topic.name, encoded.key, encoded.headers, encoded.value)
