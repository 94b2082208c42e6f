"""The service's schema, opened in the scope of its province."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from shared.database import Database, Tx


@dataclass(frozen=True)
class Store:
    """What the modules beside it work on."""

    database: Database
    province: str

    def transaction(self, *, readonly: bool = False) -> AbstractAsyncContextManager[Tx]:
        """One transaction in the province's scope. Raises StoreUnavailable: then nothing was kept."""
        return self.database.transaction(province=self.province, readonly=readonly)
