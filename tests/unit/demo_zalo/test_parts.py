"""Clock, chance, limits, signature, settings: the small rules the rest stands on."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.demo.zalo.chance import Chance
from deploy.demo.zalo.clock import Clocks, http_date, to_ms, vietnamese_date
from deploy.demo.zalo.limits import Limits
from deploy.demo.zalo.oauth import challenge_of
from deploy.demo.zalo.settings import Settings, read
from deploy.demo.zalo.state import State
from deploy.demo.zalo.webhooks import signature


def test_a_set_clock_stands_still_while_the_wall_runs() -> None:
    ticks = iter(range(1, 10))
    clocks = Clocks(lambda: float(next(ticks)))
    clocks.set_history(5_000)
    assert (clocks.history(), clocks.wall(), clocks.history(), clocks.wall()) == (5_000, 1_000, 5_000, 2_000)
    clocks.set_history(None)
    assert (clocks.history(), clocks.frozen) == (3_000, False)


def test_a_vietnamese_day_begins_seven_hours_before_utcs() -> None:
    moment = to_ms(datetime(2020, 10, 19, 17, 0, tzinfo=UTC))
    assert vietnamese_date(moment) == "20/10/2020"
    assert http_date(moment + 999) == "Mon, 19 Oct 2020 17:00:00 GMT"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        to_ms(datetime(2020, 10, 19))  # noqa: DTZ001 - the case


def test_ids_look_like_zalos_and_come_from_the_seed() -> None:
    one, same, other = Chance(1), Chance(1), Chance(2)
    assert one.hex_id("message", 1) == same.hex_id("message", 1) != other.hex_id("message", 1)
    assert len(one.hex_id("x")) == 20
    assert all(one.number_id("p", n).isdecimal() and 18 <= len(one.number_id("p", n)) <= 19 for n in range(100))
    assert all(2 <= one.between((2, 5), n) < 5 for n in range(100))


def test_the_pkce_challenge_is_that_of_rfc_7636() -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # RFC 7636, appendix B
    assert challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_the_signature_is_a_plain_hash_with_mac_before_it() -> None:
    known = "9d8b7a703447a117465d7d97fa0101d1f4fafaefc6e4c2ada58b317a2073276c"  # sha256 of 1{"timestamp":"2"}2s
    assert signature("1", b'{"timestamp":"2"}', "2", "s") == f"mac={known}"


def test_a_minute_is_counted_anew_and_families_apart(tmp_path: Path) -> None:
    now = [0.0]
    state = State(tmp_path)
    limits = Limits(Settings(oa_per_minute=2, article_per_minute=1), Clocks(lambda: now[0]), state)
    assert [limits.take("oa", "app", "page").passed for _ in range(3)] == [True, True, False]
    assert limits.take("article", "app", "page").passed
    assert limits.take("oa", "other app", "page").passed
    now[0] = 59.9
    assert not limits.take("oa", "app", "page").passed
    now[0] = 60.0
    assert limits.take("oa", "app", "page").passed


def test_counters_kept_at_shutdown_bind_after_a_restart(tmp_path: Path) -> None:
    state, settings = State(tmp_path), Settings(oa_per_minute=1)
    limits = Limits(settings, Clocks(lambda: 1.0), state)
    assert limits.take("oa", "app", "page").passed
    limits.keep()
    assert not Limits(settings, Clocks(lambda: 2.0), state).take("oa", "app", "page").passed


def test_an_argument_wins_over_the_environment_and_that_over_the_default() -> None:
    settings = read(["--free-replies", "3"], {"ZALO_SIM_FREE_REPLIES": "4", "ZALO_SIM_ANSWER_MS": "0,1.5"})
    assert (settings.free_replies, settings.answer_ms, settings.window_days) == (3, (0.0, 1.5), 7.0)


def test_a_setting_that_cannot_be_read_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        read(["--port", "high"], {})
    assert "--port" in capsys.readouterr().err


def test_the_readme_names_every_setting() -> None:
    readme = (Path(__file__).parents[3] / "deploy/demo/zalo/README.md").read_text(encoding="utf-8")
    assert [name for name in Settings.__dataclass_fields__ if name not in readme] == []
