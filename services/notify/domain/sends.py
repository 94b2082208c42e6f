"""One send and its states. Pure.

queued → sending → sent → delivered → seen, or failed, in doubt, cancelled. `sending` is the intent before a call and
nobody else's business: events do not tell of it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from services.notify.domain.outcomes import Doubtful, NotCalled, NotSent, Outcome, Sent
from services.notify.senders.failures import Again, SendFailure


class Priority(IntEnum):
    """Life first on the wire (design, promise 9): the lower goes first on one page's pace."""

    EMERGENCY_REPLY = 0
    SEVERE_ALERT = 1
    REPLY = 2
    ORDINARY_ALERT = 3


class State(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    SEEN = "seen"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    CANCELLED = "cancelled"


NEXT: dict[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.SENDING, State.FAILED, State.CANCELLED}),
    State.SENDING: frozenset({State.SENT, State.FAILED, State.IN_DOUBT, State.QUEUED}),
    State.IN_DOUBT: frozenset({State.SENT, State.FAILED, State.QUEUED}),
    State.SENT: frozenset({State.DELIVERED, State.SEEN}),
    State.DELIVERED: frozenset({State.SEEN}),
    State.SEEN: frozenset(),
    State.FAILED: frozenset(),
    State.CANCELLED: frozenset(),
}
"""Where each state may lead. A group's send ends at sent: Zalo gives no receipts there."""

FINAL = frozenset(state for state, after in NEXT.items() if not after)


def may(before: State, after: State) -> bool:
    return after in NEXT[before]


@dataclass(frozen=True)
class Limits:
    """How patient we are. Settings, passed in."""

    max_attempts: int
    first_pause: timedelta
    longest_pause: timedelta
    mended_pause: timedelta
    """How long what a person must mend is left alone; who mends it brings the queue forward."""
    doubt_pauses: tuple[timedelta, ...]
    """After how long a send in doubt is asked about, each time; then its policy decides."""


@dataclass(frozen=True)
class Change:
    """What becomes of a send. `due_at` None: nothing more is to be done about it by the machine."""

    state: State
    due_at: datetime | None = None
    reason: str | None = None
    message_key: str | None = None
    quota_left: int | None = None
    attempts: int = 0
    checks: int = 0
    halt: SendFailure | None = None


def after_call(outcome: Outcome, *, attempts: int, now: datetime, limits: Limits) -> Change:
    """What one call's outcome makes of a send that has failed `attempts` times before."""
    match outcome:
        case Sent(message_key, quota_left):
            return Change(State.SENT, message_key=message_key, quota_left=quota_left, attempts=attempts)
        case Doubtful(why):
            return Change(State.IN_DOUBT, now + limits.doubt_pauses[0], why, attempts=attempts)
        case NotCalled():
            return Change(State.QUEUED, now, attempts=attempts)
        case NotSent(failure):
            return _after_failure(failure, attempts=attempts, now=now, limits=limits)


def _after_failure(failure: SendFailure, *, attempts: int, now: datetime, limits: Limits) -> Change:
    rule = failure.value
    match rule.again:
        case Again.NO:
            return Change(State.FAILED, reason=failure.reason, attempts=attempts)
        case Again.SLOWER:
            return Change(State.QUEUED, now, failure.reason, attempts=attempts)
        case Again.WHEN_MENDED:
            halt = failure if rule.halts else None
            return Change(State.QUEUED, now + limits.mended_pause, failure.reason, attempts=attempts, halt=halt)
        case Again.BOUNDED:
            tried = attempts + 1
            if tried >= limits.max_attempts:
                return Change(State.FAILED, reason=failure.reason, attempts=tried)
            return Change(State.QUEUED, now + _pause(tried, limits), failure.reason, attempts=tried)


def _pause(tried: int, limits: Limits) -> timedelta:
    return min(limits.longest_pause, limits.first_pause * 2.0 ** min(tried - 1, 20))


def after_look(
    found: str | None, *, reason: str | None, checks: int, resend: bool, now: datetime, limits: Limits
) -> Change:
    """What asking the channel makes of a send in doubt: found is sent; else asked again, and at last its policy.

    resend: the alert's policy; false for replies, for what was cancelled meanwhile, and where not all was read that was
    said since the call. Left in doubt: a person settles.
    """
    if found is not None:
        return Change(State.SENT, message_key=found)
    looked = checks + 1
    if looked < len(limits.doubt_pauses):
        return Change(State.IN_DOUBT, now + limits.doubt_pauses[looked], reason, checks=looked)
    if resend:
        return Change(State.QUEUED, now, "resent_after_doubt", checks=looked)
    return Change(State.IN_DOUBT, None, reason, checks=looked)


def after_receipt(before: State, kind: str) -> State | None:
    """Delivered or seen, as the channel tells; None where it adds nothing (seen came first, a copy)."""
    after = State(kind)
    return after if may(before, after) else None


def fair_share(accounts: int, copies: int) -> int:
    """How many accounts' leases one of so many living copies takes at most."""
    return -(-accounts // max(1, copies))
