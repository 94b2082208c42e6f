"""No word and no id of a citizen in a log, whoever passes them."""

import json
import logging

import pytest

from shared.telemetry.logs import FORBIDDEN, configure_logs, get_logger

PHRASE = "ong Ba danh bac sau nha van hoa"


@pytest.fixture(autouse=True)
def _configured(capsys: pytest.CaptureFixture[str]) -> None:
    del capsys  # it must have taken stdout before the logs are pointed at it
    configure_logs("test")


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("key", sorted(FORBIDDEN))
def test_what_may_hold_words_or_identities_is_withheld(key: str, capsys: pytest.CaptureFixture[str]) -> None:
    get_logger("x").info("some.event", **{key: PHRASE})
    (line,) = lines(capsys)
    assert line[key] == "[withheld]"
    assert line["service"] == "test"


def test_an_exception_is_told_by_type_and_place_without_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        int(PHRASE)
    except ValueError as error:
        get_logger("x").warning("some.failure", exc_info=error)
    out = capsys.readouterr().out
    assert PHRASE not in out
    line = json.loads(out)
    assert line["error"] == "ValueError"
    assert "test_logs.py" in line["where"][-1]


def test_a_librarys_log_is_told_by_its_template(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("aiokafka").warning("could not read %s", PHRASE)
    out = capsys.readouterr().out
    assert PHRASE not in out
    assert json.loads(out)["message"] == "could not read %s"
