"""Which identities were published just now, so that a chatty person is not published with each message.

In memory and bounded in number and time. Each copy of the service has its own: forgetting costs one more record.
"""

from collections.abc import Iterable

from services.ingest.channels.contract import Identity


class RecentIdentities:
    """`limit` persons, each for `seconds`. `now`: seconds of a monotonic clock, the caller's."""

    def __init__(self, *, limit: int, seconds: float) -> None:
        self._limit = limit
        self._seconds = seconds
        self._published: dict[str, tuple[float, frozenset[tuple[str, str]]]] = {}

    def unpublished(self, identities: Iterable[Identity], *, now: float) -> list[Identity]:
        """Those that say more than what was published, in order, each once.

        A poorer address (a group's list of members has no user_id_by_app) must not overwrite a fuller one.
        """
        return [i for i in dict.fromkeys(identities) if not self._covers(i, now)]

    def _covers(self, identity: Identity, now: float) -> bool:
        at, address = self._published.get(identity.person, (now - self._seconds, frozenset()))
        return now - at < self._seconds and address.issuperset(identity.address)

    def published(self, identities: Iterable[Identity], *, now: float) -> None:
        """Kafka has acknowledged them. The longest known make room."""
        for identity in identities:
            self._published.pop(identity.person, None)
            self._published[identity.person] = (now, frozenset(identity.address))
        while len(self._published) > self._limit:
            del self._published[next(iter(self._published))]
