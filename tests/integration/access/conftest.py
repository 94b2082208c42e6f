"""The kernel's tables on a database of the test's own."""

from tests.integration.database.conftest import store

__all__ = ["store"]
