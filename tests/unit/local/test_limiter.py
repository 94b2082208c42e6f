"""At most three restarts a minute."""

from deploy.local.limiter import RestartLimiter


def test_the_fourth_restart_within_a_minute_is_refused() -> None:
    limiter = RestartLimiter()
    assert [limiter.allow(now) for now in (0.0, 10.0, 20.0, 30.0)] == [True, True, True, False]


def test_a_minute_later_it_may_start_again() -> None:
    limiter = RestartLimiter()
    for now in (0.0, 10.0, 20.0):
        limiter.allow(now)
    assert limiter.allow(60.0)
    assert not limiter.allow(61.0)
    assert limiter.allow(70.0)
