"""The supervisor with real processes: restarts within the limit, stops in order, ends only its own."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.local import process, supervisor
from deploy.local.errors import Refused
from deploy.local.home import Home, read_json
from deploy.local.process import Identity, Part
from deploy.local.supervisor import Stopped, Supervisor

STAYS = "import time; time.sleep(60)"
SAYS_WHEN_STOPPED = """
import signal, sys, time
def asked(*_):
    open({journal!r}, 'a').write({name!r} + '\\n')
    sys.exit(0)
signal.signal(signal.SIGTERM, asked)
open({up!r}, 'w').close()
time.sleep(60)
"""


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[Supervisor]:
    """A supervisor whose watching runs beside the test."""
    one = Supervisor(Home(tmp_path))
    watching = threading.Thread(target=one.watch)
    watching.start()
    yield one
    one.stop.set()
    watching.join()
    one.stop_all()


def a_part(home: Home, name: str, code: str, **more: bool) -> Part:
    log = home.folder / "logs" / f"{name}.log"
    return Part(
        name=name,
        command=(sys.executable, "-c", code),
        env={},
        log=log,
        ready=lambda: True,
        ends=more.get("ends", False),
    )


def until(true: Callable[[], object], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def test_a_killed_part_is_started_again_and_written_down(keeper: Supervisor) -> None:
    first = keeper.start(a_part(keeper.home, "stats", STAYS)).identity
    os.kill(first.pid, signal.SIGKILL)
    until(lambda: keeper.watched["stats"].identity != first)
    until(lambda: read_json(keeper.home.state)["parts"]["stats"]["pid"] == keeper.watched["stats"].identity.pid)
    assert keeper.watched["stats"].identity.find()


def test_a_part_that_keeps_dying_is_left_down_and_the_others_stay_up(
    keeper: Supervisor, capsys: pytest.CaptureFixture[str]
) -> None:
    keeper.start(a_part(keeper.home, "triage", STAYS))
    keeper.start(a_part(keeper.home, "stats", "print('the reason'); raise SystemExit(1)"))
    until(lambda: keeper.watched["stats"].given_up)
    assert keeper.watched["triage"].running.poll() is None
    assert read_json(keeper.home.state)["parts"]["stats"]["restarts"] == 3
    assert "the reason" in capsys.readouterr().out


def test_steps_of_the_demo_follow_one_another(keeper: Supervisor) -> None:
    keeper.follow([a_part(keeper.home, "replay", "pass", ends=True), a_part(keeper.home, "trickle", STAYS)])
    until(lambda: set(keeper.watched) == {"trickle"})


def test_everything_is_stopped_in_order_services_then_demo_then_kafka_then_postgres(tmp_path: Path) -> None:
    keeper, journal = Supervisor(Home(tmp_path)), tmp_path / "journal"
    for name in ("postgres", "kafka", "trickle", "triage"):
        up = tmp_path / f"{name}.up"
        keeper.start(a_part(keeper.home, name, SAYS_WHEN_STOPPED.format(journal=str(journal), name=name, up=str(up))))
        until(up.exists)
    ours = [watched.identity for watched in keeper.watched.values()]
    keeper.stop_all()
    assert journal.read_text().split() == ["triage", "trickle", "kafka", "postgres"]
    assert [one for one in ours if one.find()] == []
    assert not keeper.home.state.exists()


def test_what_a_killed_supervisor_left_is_ended_and_a_stranger_is_not(tmp_path: Path) -> None:
    killed = Supervisor(Home(tmp_path))
    left = killed.start(a_part(killed.home, "stats", STAYS)).identity
    stranger = killed.start(a_part(killed.home, "notify", STAYS))
    stranger.identity = Identity(stranger.identity.pid, stranger.identity.started - 100)  # the pid was used again
    killed.write_down()
    assert supervisor.end_leftovers(killed.home) == 1
    assert left.find() is None
    assert stranger.running.poll() is None
    process.stop(stranger.part, stranger.running)


def test_a_step_that_fails_shows_its_log(tmp_path: Path) -> None:
    keeper = Supervisor(Home(tmp_path))
    with pytest.raises(Refused, match="exited with 7") as refusal:
        keeper.run_to_end(a_part(keeper.home, "stats migrate", "print('no table'); raise SystemExit(7)", ends=True))
    assert "no table" in refusal.value.tail


def test_a_stop_asked_for_while_a_step_runs_ends_the_step(tmp_path: Path) -> None:
    keeper = Supervisor(Home(tmp_path))
    threading.Timer(0.3, keeper.stop.set).start()
    with pytest.raises(Stopped):
        keeper.run_to_end(a_part(keeper.home, "stats migrate", STAYS, ends=True))
