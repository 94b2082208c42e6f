"""What is wrong is said before anything starts."""

import shutil
import threading
from collections import namedtuple
from pathlib import Path

import pytest

from deploy.local import startup, status
from deploy.local.errors import Refused
from deploy.local.home import Home
from deploy.local.supervisor import Stopped

Usage = namedtuple("Usage", "total used free")  # noqa: PYI024 - as shutil's own


def test_too_little_disk_is_refused_with_the_folders_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 10**12, 10**9))
    with pytest.raises(Refused, match=rf"1\.0 GB free.*{tmp_path}"):
        startup.check_disk(Home(tmp_path))


def test_a_python_we_do_not_know_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.version_info", (3, 14, 0, "final", 0))
    with pytest.raises(Refused, match=r"not 3\.14"):
        startup.check_python()


def test_of_steps_run_together_the_cause_is_raised_not_who_was_stopped_by_it() -> None:
    asked = threading.Event()

    def fails() -> None:
        raise Refused("vi", "the cause")

    def waits() -> None:
        asked.wait(5)
        raise Stopped

    with pytest.raises(Refused, match="the cause"):
        startup.together(asked.set, [waits, fails])


def test_a_service_that_tells_its_consumers_lag_is_believed_else_its_groups_in_kafka_are() -> None:
    groups = {"triage": 5, "triage.replay": 2, "notify": 9, "triagex": 100}
    assert status.lag_of("stats", {"ready": True, "lag": {"a": 3, "b": 1}}, groups) == 4
    assert status.lag_of("notify", {"ready": True, "lag": {"a": None}}, groups) == 9
    assert status.lag_of("triage", {"ready": True}, groups) == 7
    assert status.lag_of("ingest", None, groups) is None
