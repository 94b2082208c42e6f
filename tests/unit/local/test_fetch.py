"""Fetched files are what the lock names, or nothing starts."""

import hashlib
from pathlib import Path

import pytest

from deploy.local import fetch
from deploy.local.errors import Refused
from deploy.local.locks import Jar

GOOD = b"the right bytes"
JAR = Jar("org.a", "b", "1.0", hashlib.sha256(GOOD).hexdigest())


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What the registry gives, one answer a request."""
    answers: list[bytes] = []

    def download(jar: Jar, scratch: Path) -> Path:
        path = scratch / jar.filename
        path.write_bytes(answers.pop(0))
        return path

    monkeypatch.setattr(fetch, "download", download)
    return answers


def test_a_jar_is_fetched_once(tmp_path: Path, served: list[bytes]) -> None:
    served.append(GOOD)
    fetch.fetch([JAR], tmp_path)
    fetch.fetch([JAR], tmp_path)
    assert (tmp_path / "b-1.0.jar").read_bytes() == GOOD
    assert [path.name for path in tmp_path.iterdir()] == ["b-1.0.jar"]


def test_a_torn_download_is_tried_again(tmp_path: Path, served: list[bytes]) -> None:
    served.extend([b"the right", GOOD])
    fetch.fetch([JAR], tmp_path)
    assert (tmp_path / "b-1.0.jar").read_bytes() == GOOD


def test_a_served_file_that_is_not_the_one_locked_is_refused_by_name(tmp_path: Path, served: list[bytes]) -> None:
    served.extend([b"something else"] * fetch.TRIES)
    with pytest.raises(Refused, match=r"b-1\.0\.jar.*org\.a:b:1\.0.*differs"):
        fetch.fetch([JAR], tmp_path)
    assert not (tmp_path / "b-1.0.jar").exists()


def test_an_altered_file_in_the_cache_is_refused_by_name(tmp_path: Path) -> None:
    altered = tmp_path / "b-1.0.jar"
    altered.write_bytes(GOOD + b"!")
    with pytest.raises(Refused, match=str(altered)):
        fetch.fetch([JAR], tmp_path)


def test_a_registry_out_of_reach_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # the discard port: nobody listens
    with pytest.raises(Refused, match="out of reach"):
        fetch.fetch([JAR], tmp_path)


def test_without_a_home_to_write_to_the_cache_lies_in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/nowhere")
    assert fetch.cache_folder() == fetch.PROJECT / ".local" / "cache"
