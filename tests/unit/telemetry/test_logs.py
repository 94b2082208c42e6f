"""No word and no id of a citizen in a log, whoever passes them."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from shared.telemetry.logs import FORBIDDEN, configure_logs, get_logger

PHRASE = "ong Ba danh bac sau nha van hoa"


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    """Where the logs of a test go."""
    root = logging.getLogger()
    handlers = list(root.handlers)
    stream = io.StringIO()
    configure_logs("test", stream=stream)
    yield stream
    root.handlers[:] = handlers
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.mark.parametrize("key", sorted(FORBIDDEN))
def test_what_may_hold_words_or_identities_is_withheld(key: str, out: io.StringIO) -> None:
    get_logger("x").info("some.event", **{key: PHRASE})
    line = json.loads(out.getvalue())
    assert line[key] == "[withheld]"
    assert line["service"] == "test"


def test_an_exception_is_told_by_type_and_place_without_its_text(out: io.StringIO) -> None:
    try:
        int(PHRASE)
    except ValueError as error:
        get_logger("x").warning("some.failure", exc_info=error)
    assert PHRASE not in out.getvalue()
    line = json.loads(out.getvalue())
    assert line["error"] == "ValueError"
    assert "test_logs.py" in line["where"][-1]


def test_asyncios_own_account_of_a_lost_exception_holds_none_of_its_text(out: io.StringIO) -> None:
    loop = asyncio.new_event_loop()
    context = {"message": "Task exception was never retrieved", "exception": ValueError(PHRASE), "future": PHRASE}
    loop.default_exception_handler(context)
    loop.close()
    assert PHRASE not in out.getvalue()
    assert json.loads(out.getvalue())["message"] == "Task exception was never retrieved"


def test_a_librarys_log_is_told_by_its_template(out: io.StringIO) -> None:
    logging.getLogger("aiokafka").warning("could not read %s", PHRASE)
    assert PHRASE not in out.getvalue()
    assert json.loads(out.getvalue())["message"] == "could not read %s"


def test_a_librarys_line_is_not_repeated_all_the_time_and_ours_always_are(out: io.StringIO) -> None:
    for number in range(50):
        logging.getLogger("aiokafka").error("Unable to connect to %s", number)
        get_logger("x").warning("webhook.refused")
    logging.getLogger("aiokafka").error("another line")
    told = [json.loads(line)["event"] for line in out.getvalue().splitlines()]
    assert told.count("aiokafka") == 2
    assert told.count("webhook.refused") == 50
