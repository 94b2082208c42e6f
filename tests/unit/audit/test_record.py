"""What an audit row may hold."""

from datetime import UTC, datetime

import pytest

from shared.audit import AuditRow

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize("key", ["text", "words", "body", "message", "user_id", "phone"])
def test_words_and_addresses_of_citizens_never_enter_the_record(key: str) -> None:
    with pytest.raises(ValueError, match=key):
        AuditRow(NOW, "officer-1", "case.answered", "case:1", "66", {key: "…"})


def test_a_time_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        AuditRow(datetime(2026, 11, 24), "officer-1", "case.answered", "case:1", "66")  # noqa: DTZ001 - the fault tested
