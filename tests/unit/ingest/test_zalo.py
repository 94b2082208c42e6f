"""Zalo's signature, and that no bytes whatever do more harm than one clear refusal."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.channels.contract import (
    PayloadInvalid,
    Push,
    PushRefused,
    SenderUnknown,
    SignatureInvalid,
)
from services.ingest.channels.zalo import read_push
from services.ingest.channels.zalo_events import EVENTS
from services.ingest.domain.register import App
from services.ingest.records import Records
from shared.events import MessageReceived, encode
from shared.identity import Sealer
from tests.ingest import APP, NAMES, OA_SECRET, PAGE, RECEIVED_AT, a_known, a_text, a_zalo_push, body_of, zalo_signature

KNOWN = a_known()
BODY = body_of(a_text("Trộm vào nhà"))

RECORDS = Records(province="66", sealer=Sealer({"k1": bytes(32)}, current="k1"), names=NAMES)


def a_push(headers: Mapping[str, str], body: bytes = BODY) -> Push:
    return Push(headers, body, RECEIVED_AT)


@pytest.mark.parametrize(
    ("signature", "form"),
    [
        (zalo_signature(BODY), "app_id"),
        (zalo_signature(BODY).removeprefix("mac="), "app_id"),
        (zalo_signature(BODY).upper().replace("MAC=", "mac="), "app_id"),
        (zalo_signature(BODY, signer=PAGE), "page_id"),
    ],
    ids=["with mac=", "bare hex", "capital hex", "signed with the page's id"],
)
def test_a_true_signature_is_taken_and_its_form_told(signature: str, form: str) -> None:
    assert read_push(a_push({"x-zevent-signature": signature}), KNOWN).signed_by == form


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-zevent-signature": ""},
        {"x-zevent-signature": "mac="},
        {"x-zevent-signature": "mac=" + "0" * 64},
        {"x-zevent-signature": zalo_signature(BODY, secret="another")},
        {"x-zevent-signature": zalo_signature(BODY + b" ", timestamp="1590206400000")},
        {"x-zevent-signature": zalo_signature(BODY, timestamp="1590206400001")},
        {"x-zevent-signature": zalo_signature(BODY, signer="8509985270925410066")},
        {"x-zevent-signature": "mac=ữ" + zalo_signature(BODY)[5:]},
    ],
    ids=["none", "empty", "no hex", "zeros", "other key", "other body", "other time", "other signer", "not ASCII"],
)
def test_anything_else_is_forged(headers: dict[str, str]) -> None:
    with pytest.raises(SignatureInvalid):
        read_push(a_push(headers), KNOWN)


def test_a_body_changed_by_one_letter_is_forged() -> None:
    headers = {"x-zevent-signature": zalo_signature(BODY)}
    with pytest.raises(SignatureInvalid):
        read_push(a_push(headers, BODY.replace("Trộm".encode(), "Trốm".encode())), KNOWN)


def test_the_bytes_received_are_hashed_whatever_their_spelling() -> None:
    """The same text with its letters escaped is another body with another signature."""
    escaped = json.dumps(a_text("Trộm vào nhà")).encode()
    assert escaped != BODY
    (event,) = read_push(a_zalo_push(escaped), KNOWN).events
    assert isinstance(event, MessageReceived)
    assert event.text == "Trộm vào nhà"


@pytest.mark.parametrize("app", ["1", "", None, 0, True, {"id": APP}])
def test_an_unknown_app_is_refused_whoever_signed(app: object) -> None:
    body = body_of(a_text(app_id=app))
    with pytest.raises((SenderUnknown, SignatureInvalid)):
        read_push(a_zalo_push(body, secret="the stranger's own"), KNOWN)


def test_a_page_may_have_a_key_of_its_own_which_replaces_the_apps() -> None:
    known = a_known(apps={APP: App(APP, OA_SECRET, {PAGE: "the page's own"})})
    assert read_push(a_zalo_push(BODY, secret="the page's own"), known).events
    with pytest.raises(SignatureInvalid):
        read_push(a_zalo_push(BODY), known)


def test_a_body_without_an_app_is_checked_with_the_configured_ones() -> None:
    quota = {"event_name": "change_oa_daily_quota", "oaId": PAGE, "timestamp": "1602560967477"}
    known = a_known(apps={"1": App("1", "other"), APP: App(APP, OA_SECRET)})
    reading = read_push(a_zalo_push(quota), known)
    assert reading.kept is not None
    assert reading.kept.account == PAGE
    with pytest.raises(SignatureInvalid):
        read_push(a_zalo_push(quota, secret="guessed"), known)


@pytest.mark.parametrize("age", ["1590206400000", "154390853474", "0"])
def test_a_late_tip_is_still_a_tip(age: str) -> None:
    assert read_push(a_zalo_push(a_text(timestamp=age)), KNOWN).events


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b"{}}", b'{"event_name":"\xc3\x28"}']
)
def test_what_is_no_json_object_is_refused_before_anything_else(body: bytes) -> None:
    with pytest.raises(PayloadInvalid):
        read_push(a_push({"x-zevent-signature": "mac=00"}, body), KNOWN)


def test_a_redelivered_push_is_the_same_event_at_the_same_time() -> None:
    """Also when its clock cannot be read: readers know an event by both."""
    for push in (a_text(), a_text(timestamp="never"), a_text(timestamp=None), a_text(message={"msg_id": None})):
        first = read_push(a_zalo_push(push), KNOWN).events
        again = read_push(a_zalo_push(push)._replace(received_at=RECEIVED_AT.replace(hour=9)), KNOWN).events
        assert [(e.id, e.occurred_at) for e in first] == [(e.id, e.occurred_at) for e in again]
        assert first


def records_of(push: Push) -> int:
    """As many records as the push makes, sealed and encoded; or a refusal."""
    try:
        reading = read_push(push, KNOWN)
    except PushRefused:
        return 0
    return len(RECORDS.of("zalo", push, reading, reading.identities, None))


@given(st.binary(max_size=400))
def test_any_bytes_are_one_clear_refusal(body: bytes) -> None:
    with pytest.raises(PushRefused):
        read_push(a_push({"x-zevent-signature": "mac=00"}, body), KNOWN)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FIELDS = [
    "sender",
    "recipient",
    "follower",
    "message",
    "user_id",
    "user_id_by_app",
    "group_id",
    "users",
    "oa_id",
    "oaId",
    "timestamp",
    "info",
    "tag",
    "event_name",
    "app_id",
]


@st.composite
def signed_pushes(draw: st.DrawFn) -> Push:
    """Of an event we know, with some fields replaced or gone, truly signed."""
    name = draw(st.sampled_from(sorted(EVENTS)))
    said: dict[str, Any] = a_text(event_name=name) | {"oa_id": PAGE, "group_id": "48382b0bb7595e070748"}
    said["sender"], said["recipient"] = draw(st.permutations([{"id": PAGE}, {"id": "8509985270925410066"}]))
    for field in draw(st.lists(st.sampled_from(FIELDS), max_size=3)):
        said[field] = draw(JSON)
    part = draw(st.sampled_from(["text", "msg_id", "msg_ids", "quote_msg_id", "attachments", "react_icon", "nothing"]))
    if isinstance(said["message"], dict):
        said["message"][part] = draw(JSON)
    body = json.dumps(said, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")
    try:
        return a_zalo_push(body)
    except UnicodeDecodeError:
        return a_push({}, body)


@given(signed_pushes())
def test_a_signed_push_of_any_shape_becomes_records_or_one_clear_refusal(push: Push) -> None:
    records_of(push)


def test_a_half_letter_in_a_text_is_no_crash() -> None:
    body = body_of(a_text("x")).replace(b'"text": "x"', rb'"text": "\ud83d"')
    assert records_of(a_zalo_push(body)) in {0, 1, 2}


@pytest.mark.parametrize("depth", [500, 200_000])
def test_a_body_nested_without_end_is_no_crash(depth: int) -> None:
    body = body_of(a_text(extra=None)).replace(b"null", b"[" * depth + b"]" * depth)
    push = a_push({"x-zevent-signature": zalo_signature(body, timestamp="1590206400000")}, body)
    records_of(push)


def test_what_goes_out_holds_the_person_only_sealed() -> None:
    push = a_zalo_push(a_text())
    reading = read_push(push, KNOWN)
    records = RECORDS.of("zalo", push, reading, reading.identities, None)
    assert [record.topic for record in records] == ["identities.v1", "inbound.messages.v1"]
    for record in records:
        assert b"8509985270925410066" not in record.key + (record.value or b"") + b"".join(v for _, v in record.headers)
    assert encode(reading.events[0], source="ingest").key == records[1].key
