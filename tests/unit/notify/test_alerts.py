"""An alert needs two people, and nothing leads out of its end."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.domain.alerts import (
    NEXT,
    Alert,
    AlertState,
    OwnAlert,
    WrongState,
    approve,
    cancel,
    finish,
    start,
)

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


def a_draft(**fields: object) -> Alert:
    values: dict[str, object] = {
        "alert": uuid4(), "province": "66", "version": 1, "state": AlertState.DRAFT, "title": "Lũ", "words": "x",
        "severity": "severe", "structure": "2020", "communes": ("24133",), "on_doubt": "leave", "groups": 6,
        "drafted_by": "writer", "drafted_at": NOW,
    }  # fmt: skip
    return Alert(**(values | fields))  # type: ignore[arg-type]  # fields by name, whatever they are


def act(alert: Alert, name: str, officer: str) -> Alert:
    match name:
        case "approve":
            return approve(alert, officer, NOW)
        case "start":
            return start(alert, alert.groups)
        case "cancel":
            return cancel(alert, officer, NOW)
        case _:
            return finish(alert, NOW)


def test_who_wrote_an_alert_cannot_approve_it() -> None:
    with pytest.raises(OwnAlert):
        approve(a_draft(), "writer", NOW)


def test_another_can_and_it_is_known_who() -> None:
    approved = approve(a_draft(), "approver", NOW)
    assert (approved.state, approved.approved_by, approved.version) == (AlertState.APPROVED, "approver", 2)


ACTS = st.tuples(st.sampled_from(["approve", "start", "cancel", "finish"]), st.sampled_from(["writer", "approver"]))


@given(st.lists(ACTS, max_size=30))
def test_whatever_is_tried_nothing_is_sent_without_a_second_person(acts: list[tuple[str, str]]) -> None:
    alert = a_draft()
    for name, officer in acts:
        try:
            moved = act(alert, name, officer)
        except (OwnAlert, WrongState):
            continue
        assert moved.state in NEXT[alert.state]
        assert moved.version == alert.version + 1
        alert = moved
        if alert.state in {AlertState.SENDING, AlertState.FINISHED}:
            assert alert.approved_by not in {None, alert.drafted_by}


@pytest.mark.parametrize("state", [AlertState.FINISHED, AlertState.CANCELLED])
@pytest.mark.parametrize("name", ["approve", "start", "cancel", "finish"])
def test_nothing_leads_out_of_an_end(state: AlertState, name: str) -> None:
    with pytest.raises(WrongState):
        act(a_draft(state=state), name, "approver")


@pytest.mark.parametrize("officer", ["writer", "approver"])
def test_either_of_the_two_can_stop_it_mid_way(officer: str) -> None:
    sending = start(approve(a_draft(), "approver", NOW), 6)
    assert cancel(sending, officer, NOW).state is AlertState.CANCELLED
