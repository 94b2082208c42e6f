"""The tables that every service has are the same in every service."""

from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3]
KERNEL = PROJECT / "shared" / "database" / "kernel.sql"


@pytest.mark.parametrize("service", ["ingest", "triage", "notify", "stats"])
def test_each_services_first_migration_is_the_kernels_text(service: str) -> None:
    first = min((PROJECT / "services" / service / "migrations").glob("*.sql"))
    assert first.name == "0001_pre_kernel.sql"
    assert first.read_bytes() == KERNEL.read_bytes()
