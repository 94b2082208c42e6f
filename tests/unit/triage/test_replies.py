"""What is said by itself: once a case, in few and respectful words, and never to the past."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.triage.domain.case import Change
from services.triage.domain.casework import File, lay_out, settle
from services.triage.domain.conversation import Turn
from services.triage.domain.replies import (
    ACKNOWLEDGED,
    Numbers,
    acknowledged,
    acknowledgement,
    acknowledgement_text,
    acknowledges,
    open_until,
    reachable,
)
from services.triage.domain.routing import Page
from tests import make
from tests.unit.triage.make import CONVERSATION, START, a_desk, a_message, a_reading, an_answer, identities

WINDOWS = {"zalo": timedelta(days=7)}


def opened(*turns: Turn) -> tuple[Change, list[Turn]]:
    file = File(CONVERSATION, Page("page-1"), (), turns, frozenset(turn.id for turn in turns))
    (change,) = settle(lay_out(file, a_desk()), identities(), a_desk()).changes
    return change, list(turns)


@pytest.mark.parametrize("category", sorted(ACKNOWLEDGED))
def test_an_acknowledgement_has_the_code_to_read_out_and_the_emergency_numbers(category: str) -> None:
    text = acknowledgement_text(category, "482913705", Numbers(police="112"))
    assert "482 913 705" in text
    assert "112" in text
    assert "114" in text
    assert "115" in text
    assert "ông/bà" in text
    assert len(text) < 500


@pytest.mark.parametrize(
    ("category", "answered"), [("tip", True), ("emergency", True), ("other", False), ("spam", False)]
)
def test_greetings_and_adverts_get_no_automatic_message(category: Any, answered: bool) -> None:
    change, fresh = opened(a_message(reading=a_reading(category=category)))
    assert (acknowledges(change, fresh) is not None) == answered


def test_a_case_is_acknowledged_once() -> None:
    change, fresh = opened(a_message())
    assert acknowledges(change, fresh) == fresh[0]
    assert acknowledges(acknowledged(change), fresh) is None


def test_where_an_officer_was_quicker_nothing_is_sent() -> None:
    change, fresh = opened(a_message(), an_answer())
    assert acknowledges(change, fresh) is None


def test_a_message_that_may_not_be_answered_is_not() -> None:
    change, fresh = opened(a_message(reachable=False))
    assert acknowledges(change, fresh) is None


@pytest.mark.parametrize(
    ("late", "fields", "answered"),
    [
        (timedelta(0), {}, True),
        (timedelta(days=7), {}, True),
        (timedelta(days=7, seconds=1), {}, False),
        (timedelta(0), {"time_suspect": True}, False),
        (timedelta(0), {"answerable": False}, False),
        (timedelta(0), {"channel": "signed"}, False),
    ],
)
def test_the_past_is_not_answered(late: timedelta, fields: dict[str, Any], answered: bool) -> None:
    message = make.a_message(received_at=make.NOON + late).model_copy(update=fields)
    assert reachable(message, WINDOWS) == answered


def test_an_acknowledgement_ends_with_the_channel_s_window_and_is_the_same_when_asked_for_twice() -> None:
    change, _ = opened(a_message(reading=a_reading(category="emergency", urgency="critical")))
    message = make.a_message()
    first, second = (acknowledgement(change.after, message, Numbers(), WINDOWS["zalo"]) for _ in range(2))
    assert first == second
    assert (first.priority, first.not_after) == ("emergency", make.NOON + timedelta(days=7))
    assert first.quoted_key == message.message_key


def test_an_answer_may_go_out_until_the_window_after_the_person_s_last_message_ends() -> None:
    case = opened(a_message(0, 1), a_message(2, 2))[0].after
    assert open_until(case, WINDOWS) == START + timedelta(days=9)
    assert open_until(case, {}) is None
    assert open_until(replace(case, last_message_at=None), WINDOWS) is None
