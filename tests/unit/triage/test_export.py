"""A file of what people wrote is its owner's alone."""

import stat
from pathlib import Path

from services.triage.examples import open_private


def test_an_export_is_readable_by_its_owner_alone_also_where_an_open_file_was(tmp_path: Path) -> None:
    file = tmp_path / "learnt.txt"
    file.write_text("bản cũ dài hơn hẳn\n", encoding="utf-8")
    file.chmod(0o644)
    with open_private(file) as out:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        out.write("mới\n")
    assert file.read_text(encoding="utf-8") == "mới\n"


def test_a_new_export_is_so_too(tmp_path: Path) -> None:
    with open_private(tmp_path / "learnt.txt"):
        assert stat.S_IMODE((tmp_path / "learnt.txt").stat().st_mode) == 0o600
