"""The environment's locks."""

from pathlib import Path

import pytest

from deploy.local import venv


@pytest.fixture
def locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(venv, "LOCKS", tmp_path)
    (tmp_path / "requirements.in").write_text("rich>=15\n")
    (tmp_path / "requirements.lock").write_text(f"{venv.MARK}{venv.sources('run')}\nrich==15.0 --hash=sha256:00\n")
    return tmp_path


def test_a_lock_made_from_its_in_file_is_taken(locks: Path) -> None:
    assert locks
    venv.check_lock("run")


def test_a_lock_is_stale_once_its_in_file_has_changed(locks: Path) -> None:
    (locks / "requirements.in").write_text("rich>=16\n")
    with pytest.raises(venv.Wrong, match="stale"):
        venv.check_lock("run")


@pytest.mark.parametrize("kind", ["run", "test"])
def test_the_committed_locks_are_fresh_and_name_no_host(kind: str) -> None:
    venv.check_lock(kind)
    assert "://" not in (venv.LOCKS / f"{venv.NAMES[kind]}.lock").read_text()


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("error: Hash mismatch for `rich==15.0`", "hash of rich==15.0 differs"),
        (
            "THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE\n uv==0.13.9 from",
            "hash of uv==0.13.9 differs",
        ),
        ("Could not connect, are you offline?", "out of reach"),
        ("OSError: No space left on device", "disk is full"),
    ],
)
def test_an_installers_failure_is_told_in_our_words(output: str, said: str) -> None:
    assert said in venv.meaning(output).en
