"""Standard Webhooks, held against the specification's own vectors and our own rules."""

import contextlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.channels.contract import (
    PayloadInvalid,
    Push,
    SenderUnknown,
    SignatureInvalid,
    TimestampStale,
)
from services.ingest.channels.signed import read_push, verify
from services.ingest.domain.register import EMPTY
from services.ingest.domain.senders import Sender
from tests.ingest import PAGE, RECEIVED_AT, SENDER, SENDER_SECRET, a_known, a_signed_push, body_of, signed_headers

KNOWN = a_known()


def a_message(**changes: Any) -> dict[str, Any]:
    data = {"message_id": "m-1", "person": "hotline/0912", "text": "Có tiếng nổ"} | changes.pop("data", {})
    return {"type": "message.received", "timestamp": "2026-11-24T08:00:00Z", "data": data} | changes


def test_the_specifications_known_answer_is_taken() -> None:
    verify(
        headers={
            "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "webhook-timestamp": "1614265330",
            "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        },
        body=b'{"test": 2432232314}',
        sender=Sender("s", PAGE, ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",)),
        now=datetime.fromtimestamp(1614265330, UTC),
        tolerance_seconds=300,
    )


@pytest.mark.parametrize("minutes", [-4.9, 0, 4.9])
def test_within_five_minutes_either_way_it_is_taken(minutes: float) -> None:
    assert read_push(a_signed_push(a_message(), at=RECEIVED_AT + timedelta(minutes=minutes)), KNOWN).events


@pytest.mark.parametrize("minutes", [-5.1, 5.1, -60 * 24 * 365])
def test_beyond_that_it_is_stale_and_says_so(minutes: float) -> None:
    with pytest.raises(TimestampStale):
        read_push(a_signed_push(a_message(), at=RECEIVED_AT + timedelta(minutes=minutes)), KNOWN)


def test_a_forged_and_stale_push_is_told_that_it_is_forged() -> None:
    push = a_signed_push(a_message(), at=RECEIVED_AT - timedelta(days=1), secret="whsec_" + "QUFB" * 8)
    with pytest.raises(SignatureInvalid):
        read_push(push, KNOWN)


def test_while_a_secret_is_replaced_both_are_taken() -> None:
    new = "whsec_" + "QUFB" * 8
    known = a_known(senders={SENDER: Sender(SENDER, PAGE, (SENDER_SECRET, new))})
    for secret in (SENDER_SECRET, new):
        assert read_push(a_signed_push(a_message(), secret=secret), known).events


def test_one_true_signature_among_several_is_enough_and_other_versions_are_skipped() -> None:
    push = a_signed_push(a_message())
    signature = push.headers["webhook-signature"]
    several = f"v1a,AAAA v1,AAAA {signature} v2,x"
    assert read_push(push._replace(headers={**push.headers, "webhook-signature": several}), KNOWN).events
    only_others = {**push.headers, "webhook-signature": signature.replace("v1,", "v1a,")}
    with pytest.raises(SignatureInvalid):
        read_push(push._replace(headers=only_others), KNOWN)


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_each_of_the_three_headers_is_needed(missing: str) -> None:
    push = a_signed_push(a_message())
    with pytest.raises(SignatureInvalid):
        read_push(push._replace(headers={k: v for k, v in push.headers.items() if k != missing}), KNOWN)


@pytest.mark.parametrize("seconds", ["", "soon", "1e9", "-1", "1614265330.5", "9" * 30, "١٦١٤"])
def test_a_timestamp_that_is_no_count_of_seconds_is_forged(seconds: str) -> None:
    push = a_signed_push(a_message())
    with pytest.raises(SignatureInvalid):
        read_push(push._replace(headers={**push.headers, "webhook-timestamp": seconds}), KNOWN)


def test_an_unknown_sender_is_refused() -> None:
    with pytest.raises(SenderUnknown):
        read_push(a_signed_push(a_message(), sender="stranger"), KNOWN)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"data": {"text": 5}}, "data.text"),
        ({"data": {"message_id": ""}}, "data.message_id"),
        ({"data": {"person": "x" * 201}}, "data.person"),
        ({"timestamp": "yesterday"}, "timestamp"),
        ({"type": 5}, "type"),
    ],
)
def test_a_wrong_field_is_named_and_its_content_is_not(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(PayloadInvalid) as refused:
        read_push(a_signed_push(a_message(**changes)), KNOWN)
    assert refused.value.field == field


def test_a_sender_whose_page_is_not_in_the_register_is_kept() -> None:
    kept = read_push(a_signed_push(a_message()), a_known(register=EMPTY)).kept
    assert kept is not None
    assert (kept.reason, kept.account) == ("unknown_page", PAGE)


def test_two_senders_with_the_same_ids_are_two_messages_of_two_persons() -> None:
    known = a_known(senders={name: Sender(name, PAGE, (SENDER_SECRET,)) for name in ("a", "b")})
    (one,) = read_push(a_signed_push(a_message(), sender="a"), known).events
    (two,) = read_push(a_signed_push(a_message(), sender="b"), known).events
    assert one.id != two.id
    assert one.subject != two.subject


@given(st.binary(max_size=300))
def test_any_signed_bytes_are_events_or_one_clear_refusal(body: bytes) -> None:
    with contextlib.suppress(PayloadInvalid):
        read_push(Push(signed_headers(body), body, RECEIVED_AT, SENDER), KNOWN)


@pytest.mark.parametrize("depth", [500, 200_000])
def test_a_body_nested_without_end_is_no_crash(depth: int) -> None:
    body = body_of(a_message(extra=None)).replace(b"null", b"[" * depth + b"]" * depth)
    with contextlib.suppress(PayloadInvalid):
        read_push(a_signed_push(body), KNOWN)
