"""What a push said, as Kafka records: identities sealed, what we cannot read sealed whole, events encoded."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256

import msgspec

from services.ingest.channels.contract import Identity, Kept, Push, Reading
from shared.broker import Outgoing
from shared.database import OutboxRow
from shared.events import EVENTS, Event, IdentitySealed, PushUnrecognised, encode, event_id
from shared.identity import Pseudonymiser, Sealer

SERVICE = "ingest"

TOPIC_OF: dict[type[Event], str] = {model: topic for topic, models in EVENTS.items() for model in models}


class Records:
    """Makes the records of one installation. Holds the keys, and nothing else."""

    def __init__(self, *, province: str, sealer: Sealer, names: Pseudonymiser) -> None:
        self._province = province
        self._sealer = sealer
        self._names = names

    def of(
        self, channel: str, push: Push, reading: Reading, identities: Sequence[Identity], traceparent: str | None
    ) -> list[Outgoing]:
        """All records of one push; identities first, for readers of the event will look for them."""
        made = [outgoing(self.identity(i, push.received_at), None) for i in identities]
        made += [outgoing(event, traceparent) for event in reading.events]
        if reading.kept is not None:
            made.append(outgoing(self.unrecognised(channel, push, reading.kept), traceparent))
        return made

    def identity(self, identity: Identity, now: datetime) -> IdentitySealed:
        address = msgspec.json.encode(dict(identity.address))
        return IdentitySealed(
            id=event_id(identity.channel, identity.account, "identity", f"{identity.person}|{now.isoformat()}"),
            province=self._province,
            occurred_at=now,
            channel=identity.channel,
            account=identity.account,
            person=identity.person,
            sealed=self._sealer.seal("identity", identity.person, address),
        )

    def unrecognised(self, channel: str, push: Push, kept: Kept) -> PushUnrecognised:
        """The body whole, sealed for purpose `push` and the event's id. The id comes from the body, so that the same
        push sent again is the same event; by way of the pseudonym key, for a body holds a person's id.
        """
        whole = self._names.person(channel, SERVICE, sha256(push.body).hexdigest())
        made = event_id(channel, kept.account, "unrecognised", whole)
        return PushUnrecognised(
            id=made,
            province=self._province,
            occurred_at=kept.moment.at,
            channel=channel,
            account=kept.account,
            received_at=push.received_at,
            time_suspect=kept.moment.suspect,
            reason=kept.reason,
            name=kept.name,
            sealed=self._sealer.seal("push", str(made), push.body),
        )


def outgoing(event: Event, traceparent: str | None) -> Outgoing:
    encoded = encode(event, source=SERVICE, traceparent=traceparent)
    return Outgoing(TOPIC_OF[type(event)], encoded.key, encoded.headers, encoded.value)


def outbox(events: Iterable[Event], traceparent: str | None = None) -> list[OutboxRow]:
    """The same for what is published with a transaction."""
    return [OutboxRow(o.topic, o.key, o.headers, o.value) for o in (outgoing(e, traceparent) for e in events)]
