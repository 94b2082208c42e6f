"""`python -m services.triage explain`, run as whoever evaluates understanding runs it."""

import io
import json
import subprocess
import sys
from itertools import cycle, islice

import pytest

from services.triage import explain
from services.triage.domain.understanding import Act, Category, Place, Review, Urgency
from services.triage.domain.understanding.explained import WORDS
from services.triage.training.evaluation import FOLDER
from tests.servers import PROJECT

GOOD = b'{"id": "1", "text": "co danh nhau", "occurred_on": "2026-01-01"}'


def command(*words: str, said: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(  # noqa: S603 - our own module
        (sys.executable, "-m", "services.triage", "explain", *words),
        cwd=PROJECT,
        input=said,
        capture_output=True,
        check=False,
    )


def run(*lines: bytes) -> tuple[int, list[str]]:
    out = io.StringIO()
    return explain.lines([line + b"\n" for line in lines], out, province="66"), out.getvalue().splitlines()


def test_a_thousand_messages_give_a_thousand_decisions_in_order() -> None:
    messages = [
        json.loads(line)["in"]
        for file in sorted(FOLDER.glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").split("\n")
        if line
    ]
    messages = list(islice(cycle(messages), 1_000))
    lines = "".join(json.dumps(message, ensure_ascii=False) + "\n" for message in messages)
    ended = command("--jsonl", said=lines.encode())
    assert ended.returncode == 0, ended.stderr[-500:]
    decided = [json.loads(line)["id"] for line in ended.stdout.decode().splitlines()]
    assert decided == [str(message["id"]) for message in messages]


def test_blank_lines_are_passed_over_also_the_last() -> None:
    code, out = run(GOOD, b"", b" \r", GOOD, b"")
    assert (code, len(out)) == (0, 2)


def test_a_bad_line_is_named_and_what_came_before_it_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    code, out = run(GOOD, b"", GOOD, b"bad", GOOD)
    assert (code, len(out)) == (1, 2)
    assert capsys.readouterr().err.startswith("line 4: not JSON")


def test_half_of_a_pair_of_utf_16_ends_nothing() -> None:
    ended = command("--jsonl", said=GOOD.replace(b'"1"', b'"\\ud800"') + b"\n")
    assert (ended.returncode, json.loads(ended.stdout)["id"]) == (0, "\ud800")


def test_a_text_is_explained_in_vietnamese_and_in_english() -> None:
    text = "cháy nhà ở xã Ea Tu, cứu với"
    ended = {tongue: command(text, "--language", tongue) for tongue in WORDS}
    assert [each.returncode for each in ended.values()] == [0, 0]
    assert command(text).stdout == ended["vi"].stdout
    vi, en = (each.stdout.decode() for each in ended.values())
    assert "Mức gấp     đi ngay trong vài phút (critical)" in vi
    assert "Urgency     go within minutes (critical)" in en
    assert "Xã Ea Tu, Thành phố Buôn Ma Thuột (today Phường Tân An) · from the message" in en
    assert command(text, "--language", "fr").returncode != 0


def test_each_language_has_a_word_for_everything() -> None:
    for words in WORDS.values():
        assert words.labels.keys() == WORDS["vi"].labels.keys()
        assert words.categories.keys() == set(Category)
        assert words.urgencies.keys() == set(Urgency)
        assert words.acts.keys() == set(Act)
        assert words.reviews.keys() == set(Review)
        assert words.places.keys() == set(Place)
