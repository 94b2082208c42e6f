"""The snapshot of the register that the hot path looks at, read anew by a loop."""

from collections.abc import Mapping

from services.ingest.channels.contract import Known
from services.ingest.domain.register import App
from services.ingest.domain.senders import Sender
from services.ingest.store import accounts
from shared.database import Database
from shared.identity import Pseudonymiser


class Registry:
    """None is known until the first read; while PostgreSQL is away the last snapshot stands."""

    def __init__(
        self,
        database: Database,
        *,
        province: str,
        names: Pseudonymiser,
        apps: Mapping[str, App],
        senders: Mapping[str, Sender],
        signed_tolerance_seconds: int,
    ) -> None:
        self._database = database
        self._province = province
        self._names = names
        self._apps = apps
        self._senders = senders
        self._tolerance = signed_tolerance_seconds
        self._known: Known | None = None

    def known(self) -> Known | None:
        return self._known

    async def refresh(self) -> None:
        """Replaces the snapshot whole. Raises StoreUnavailable."""
        self._known = Known(
            province=self._province,
            register=await accounts.register(self._database, self._province),
            names=self._names,
            apps=self._apps,
            senders=self._senders,
            signed_tolerance_seconds=self._tolerance,
        )

    async def check(self) -> str | None:
        """For /health/ready: the register was read, and at least one app's pushes can be verified."""
        if self._known is None:
            return "not read yet"
        return None if self._apps else "no app's key: zalo_apps.json names none"
