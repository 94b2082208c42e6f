"""What becomes of a send: no way out of an end, no attempt beyond the bound, no guess in doubt."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.domain.outcomes import Doubtful, NotCalled, NotSent, Outcome, Sent
from services.notify.domain.sends import (
    FINAL,
    NEXT,
    Change,
    Limits,
    Priority,
    State,
    after_call,
    after_look,
    after_receipt,
    fair_share,
    may,
)
from services.notify.senders.failures import Again, SendFailure

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
LIMITS = Limits(
    max_attempts=4,
    first_pause=timedelta(seconds=1),
    longest_pause=timedelta(seconds=5),
    mended_pause=timedelta(seconds=30),
    doubt_pauses=(timedelta(seconds=2), timedelta(seconds=10)),
)
OUTCOMES: st.SearchStrategy[Outcome] = st.one_of(
    st.builds(Sent, st.text("0123456789abcdef", min_size=1), st.none() | st.integers(0, 8)),
    st.builds(NotSent, st.sampled_from(SendFailure)),
    st.builds(Doubtful, st.sampled_from(["timeout", "connection_lost"])),
    st.just(NotCalled()),
)


def after(outcome: Outcome, attempts: int = 0) -> Change:
    return after_call(outcome, attempts=attempts, now=NOW, limits=LIMITS)


def test_no_path_leads_out_of_a_final_state() -> None:
    assert {State.SEEN, State.FAILED, State.CANCELLED} == FINAL
    assert not any(may(state, other) for state in FINAL for other in State)


@given(st.lists(OUTCOMES, max_size=40))
def test_every_life_of_a_send_keeps_to_the_table_and_ends(outcomes: list[Outcome]) -> None:
    state, attempts = State.QUEUED, 0
    for outcome in outcomes:
        if state is not State.QUEUED:
            break
        change = after(outcome, attempts)
        assert may(State.SENDING, change.state)
        assert attempts <= change.attempts <= LIMITS.max_attempts
        # something is due exactly while the machine has something to do
        assert (change.due_at is not None) == (change.state in {State.QUEUED, State.IN_DOUBT})
        state, attempts = change.state, change.attempts
    assert attempts < LIMITS.max_attempts or state is State.FAILED


@given(st.sampled_from(SendFailure), st.integers(0, 3))
def test_only_what_is_tried_with_a_bound_counts_as_an_attempt(failure: SendFailure, attempts: int) -> None:
    change = after(NotSent(failure), attempts)
    assert (change.attempts > attempts) == (failure.value.again is Again.BOUNDED)


@given(st.sampled_from(SendFailure))
def test_a_page_is_halted_for_what_a_person_must_mend_and_nothing_else(failure: SendFailure) -> None:
    change = after(NotSent(failure))
    assert (change.halt is failure) == failure.value.halts
    if failure.value.halts:
        assert (change.state, failure.value.alarm) == (State.QUEUED, True)


def test_pauses_grow_to_a_bound() -> None:
    pauses = [after(NotSent(SendFailure.GATEWAY), attempts).due_at for attempts in range(3)]
    assert pauses == [NOW + timedelta(seconds=seconds) for seconds in (1, 2, 4)]
    assert after(NotSent(SendFailure.GATEWAY), 3).state is State.FAILED


def test_a_send_in_doubt_is_asked_about_and_then_left_to_a_person() -> None:
    first = after(Doubtful("timeout"))
    assert (first.state, first.due_at, first.reason) == (State.IN_DOUBT, NOW + timedelta(seconds=2), "timeout")
    second = after_look(None, reason="timeout", checks=0, resend=False, now=NOW, limits=LIMITS)
    assert (second.due_at, second.checks) == (NOW + timedelta(seconds=10), 1)
    left = after_look(None, reason="timeout", checks=1, resend=False, now=NOW, limits=LIMITS)
    assert (left.state, left.due_at) == (State.IN_DOUBT, None)


def test_a_send_in_doubt_is_sent_again_only_where_its_alert_says_so() -> None:
    again = after_look(None, reason="timeout", checks=1, resend=True, now=NOW, limits=LIMITS)
    assert (again.state, again.due_at) == (State.QUEUED, NOW)
    found = after_look("key", reason="timeout", checks=1, resend=True, now=NOW, limits=LIMITS)
    assert (found.state, found.message_key, found.due_at) == (State.SENT, "key", None)


@given(st.permutations(["delivered", "seen", "delivered", "seen"]))
def test_receipts_in_any_order_end_at_seen_and_never_go_back(kinds: list[str]) -> None:
    state, path = State.SENT, [State.SENT]
    for kind in kinds:
        state = after_receipt(state, kind) or state
        path.append(state)
    assert state is State.SEEN
    order = [State.SENT, State.DELIVERED, State.SEEN]
    assert [order.index(s) for s in path] == sorted(order.index(s) for s in path)


@pytest.mark.parametrize("state", [s for s in State if s not in {State.SENT, State.DELIVERED}])
def test_a_receipt_moves_nothing_that_was_not_sent(state: State) -> None:
    assert after_receipt(state, "delivered") is None


def test_life_goes_first() -> None:
    assert sorted(Priority) == [
        Priority.EMERGENCY_REPLY, Priority.SEVERE_ALERT, Priority.REPLY, Priority.ORDINARY_ALERT,
    ]  # fmt: skip


@given(st.integers(0, 500), st.integers(0, 12))
def test_the_fair_shares_of_all_copies_cover_every_account(accounts: int, copies: int) -> None:
    share = fair_share(accounts, copies)
    assert share * max(1, copies) >= accounts
    assert (share - 1) * max(1, copies) < accounts or accounts == 0


def test_every_state_has_its_row_in_the_table() -> None:
    assert set(NEXT) == set(State)
