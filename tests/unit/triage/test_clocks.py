"""Legal clocks: the limit of its day of law, counted as the law counts."""

from datetime import UTC, date, datetime, timedelta

from services.triage.domain.clocks import Clocks, clocks_from


def a_limit(amount: str, unit: str, valid_from: str, valid_to: str) -> dict[str, str]:
    row = {"key": "data.request", "amount": amount, "unit": unit, "source": "the law"}
    return row | {"valid_from": valid_from, "valid_to": valid_to}


LIMITS = [a_limit("72", "hours", "2023-07-01", "2025-12-31"), a_limit("2", "working_days", "2026-01-01", "")]
CLOCKS = clocks_from(LIMITS, [{"day": "2026-04-30"}, {"day": "2026-05-01"}])


def test_hours_run_through_nights_and_days_off() -> None:
    at = datetime(2025, 8, 30, 20, tzinfo=UTC)
    assert CLOCKS.due("data.request", at) == at + timedelta(hours=72)


def test_working_days_skip_weekends_and_holidays_and_end_at_midnight_in_viet_nam() -> None:
    wednesday = datetime(2026, 4, 29, 3, tzinfo=UTC)
    # Thursday and Friday are holidays, then a weekend: Monday 4 and Tuesday 5 May count
    assert CLOCKS.due("data.request", wednesday) == datetime(2026, 5, 5, 17, tzinfo=UTC)


def test_the_day_is_that_of_viet_nam() -> None:
    late = datetime(2025, 12, 31, 17, tzinfo=UTC)  # 1 January 2026 there
    assert CLOCKS.due("data.request", late) == datetime(2026, 1, 5, 17, tzinfo=UTC)


def test_where_no_law_sets_a_limit_there_is_none() -> None:
    assert CLOCKS.due("data.request", datetime(2020, 1, 1, tzinfo=UTC)) is None
    assert Clocks((), frozenset({date(2026, 1, 1)})).due("question", datetime(2026, 1, 1, tzinfo=UTC)) is None
