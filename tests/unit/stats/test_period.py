"""From and to are days in Viet Nam, both inclusive."""

from datetime import UTC, date, datetime

import pytest

from services.stats.domain.period import Period, PeriodInvalid


def test_a_period_runs_from_midnight_to_midnight_in_viet_nam() -> None:
    period = Period(date(2020, 3, 1), date(2020, 10, 19))
    assert period.start == datetime(2020, 2, 29, 17, tzinfo=UTC)
    assert period.end == datetime(2020, 10, 19, 17, tzinfo=UTC)
    assert period.days == 233


def test_one_day_is_a_period() -> None:
    assert Period(date(2020, 3, 1), date(2020, 3, 1)).days == 1


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(PeriodInvalid):
        Period(date(2020, 3, 2), date(2020, 3, 1))


def test_a_day_out_of_any_calendar_here_is_refused() -> None:
    with pytest.raises(PeriodInvalid):
        Period(date(1, 1, 1), date(2020, 3, 1))
    with pytest.raises(PeriodInvalid):
        Period(date(2020, 1, 1), date.max)
