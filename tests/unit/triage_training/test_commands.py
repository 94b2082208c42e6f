"""`python -m services.triage.training`: what it cannot work with it says in a sentence, and ends with 1."""

from pathlib import Path

import pytest

from services.triage.training.__main__ import evaluate, fit, retrain
from services.triage.training.evaluation import read_evaluation
from services.triage.training.texts import TextInvalid


def ended(error: pytest.ExceptionInfo[SystemExit]) -> str:
    """What is printed: a text ends the process with 1."""
    assert isinstance(error.value.code, str)
    return error.value.code


@pytest.mark.parametrize("name", ["", "missing"])
def test_a_folder_without_messages_evaluates_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(SystemExit) as error:
        evaluate(tmp_path / name)
    assert "no *.jsonl with messages" in ended(error)


def test_a_folder_without_texts_teaches_nothing(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as error:
        fit(tmp_path / "new.npz", tmp_path)
    assert "no *.txt to learn from" in ended(error)


@pytest.mark.parametrize("line", ["no json", "[]", '{"in": {}, "out": {}}', '{"out": {}}'])
def test_a_line_that_is_no_judged_message_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.jsonl").write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(TextInvalid, match=r"a\.jsonl, line 2"):
        read_evaluation(tmp_path)


@pytest.mark.parametrize("content", [None, b"", b"no model", b"PK\x03\x04 half a file"])
def test_a_model_that_is_none_is_named(tmp_path: Path, content: bytes | None) -> None:
    model = tmp_path / "model.npz"
    if content is not None:
        model.write_bytes(content)
    with pytest.raises(SystemExit) as error:
        evaluate(model=model)
    assert f"the model cannot be opened: {model}" in ended(error)


def test_corrections_that_are_not_utf_8_are_named(tmp_path: Path) -> None:
    file = tmp_path / "corrections.txt"
    file.write_bytes("tip;theft;normal;report | mất xe".encode("utf-16"))
    with pytest.raises(SystemExit) as error:
        retrain(file, out=tmp_path / "new.npz", record=tmp_path / "models.jsonl")
    assert "corrections.txt: không phải UTF-8 / is not UTF-8" in ended(error)


def test_a_standing_model_that_is_missing_is_named_before_anything_is_learnt(tmp_path: Path) -> None:
    file = tmp_path / "corrections.txt"
    file.write_text("tip;theft;normal;report | mất xe\n", encoding="utf-8")
    with pytest.raises(SystemExit) as error:
        retrain(file, out=tmp_path / "new.npz", record=tmp_path / "r.jsonl", standing=tmp_path / "missing.npz")
    assert "missing.npz" in ended(error)
    assert not (tmp_path / "new.npz").exists()
