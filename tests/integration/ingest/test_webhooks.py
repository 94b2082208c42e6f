"""Pushes through the real door: what is taken lies on Kafka before the 200, what is refused changes nothing."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from shared.access import Role
from shared.events import IdentitySealed, MessageReceived, PushUnrecognised, decode
from tests.ingest import APP, NAMES, PAGE, SENDER, a_text, body_of, signed_headers, zalo_headers, zalo_signature
from tests.integration.ingest.conftest import SEALER, Ingest

pytestmark = pytest.mark.asyncio(loop_scope="session")

PERSON = "8509985270925410066"


def key() -> str:
    return uuid4().hex[:20]


async def of(ingest: Ingest, topic: str, *, msg_id: str) -> list[Any]:
    return [r for r in await ingest.records(topic) if r.value and msg_id.encode() in r.value]


async def count(ingest: Ingest) -> int:
    return len(await ingest.records())


async def test_a_signed_push_lies_on_kafka_as_a_cloudevent_when_the_200_comes(ingest: Ingest) -> None:
    msg_id = key()
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    assert await ingest.zalo(a_text("Mất xe máy", msg_id=msg_id), traceparent=trace) == 200
    (record,) = await of(ingest, "inbound.messages.v1", msg_id=msg_id)
    event = decode(record.headers, record.value, {MessageReceived.type: MessageReceived})
    assert isinstance(event, MessageReceived)
    person = NAMES.person("zalo", PAGE, PERSON)
    assert (event.text, event.person, record.key) == ("Mất xe máy", person, person)
    assert record.header("ce_specversion") == "1.0"
    assert record.header("ce_id") == str(event.id)
    assert record.header("ce_source") == "/binhyen/66/ingest"
    assert record.header("ce_subject") == person
    assert record.header("ce_time") == "2020-05-23T04:00:00+00:00"
    assert record.header("content-type") == "application/json"
    assert (record.header("traceparent") or "").startswith("00-0af7651916cd43dd8448eb211c80319c-")


async def test_who_is_behind_the_pseudonym_went_sealed_before_the_200(ingest: Ingest) -> None:
    person = "8509985270925419999"
    assert await ingest.zalo(a_text(msg_id=key(), person=person)) == 200
    pseudonym = NAMES.person("zalo", PAGE, person)
    (record,) = [r for r in await ingest.records("identities.v1") if r.key == pseudonym]
    identity = decode(record.headers, record.value, {IdentitySealed.type: IdentitySealed})
    assert isinstance(identity, IdentitySealed)
    address = json.loads(SEALER.open("identity", pseudonym, identity.sealed))
    assert address == {"user_id": person, "user_id_by_app": "552177279717587730"}
    assert await ingest.zalo(a_text(msg_id=key(), person=person)) == 200
    assert len([r for r in await ingest.records("identities.v1") if r.key == pseudonym]) == 1, "published just now"


async def test_a_redelivered_push_is_there_twice_with_one_id(ingest: Ingest) -> None:
    msg_id = key()
    assert await ingest.zalo(a_text(msg_id=msg_id)) == 200
    assert await ingest.zalo(a_text(msg_id=msg_id), num_retry="1") == 200
    one, two = await of(ingest, "inbound.messages.v1", msg_id=msg_id)
    assert one.offset != two.offset
    assert one.header("ce_id") == two.header("ce_id")


@pytest.mark.parametrize(
    ("headers", "body", "status", "problem"),
    [
        ({"x-zevent-signature": "mac=" + "0" * 64}, body_of(a_text()), 401, "signature_invalid"),
        ({}, body_of(a_text()), 401, "signature_invalid"),
        (
            {"x-zevent-signature": zalo_signature(body_of(a_text(app_id="1")), signer="1")},
            body_of(a_text(app_id="1")),
            401,
            "unknown_sender",
        ),
        ({"x-zevent-signature": "mac=00"}, b'{"event_name": "user_send', 400, "invalid_payload"),
        ({"x-zevent-signature": "mac=00"}, b"", 400, "invalid_payload"),
        ({"x-zevent-signature": "mac=00"}, b"[1]", 400, "invalid_payload"),
        ({"x-zevent-signature": "mac=00"}, b"x" * (10 * 1024 * 1024), 413, "too_large"),
    ],
    ids=["forged", "unsigned", "unknown app", "broken JSON", "empty", "not an object", "10 MB"],
)
async def test_what_zalo_did_not_send_gets_its_own_refusal_and_changes_nothing(
    ingest: Ingest, headers: dict[str, str], body: bytes, status: int, problem: str
) -> None:
    before = await count(ingest)
    found, said, told = await ingest.post("/webhooks/zalo", body, headers)
    assert (found, said["type"]) == (status, f"urn:binhyen:problem:{problem}")
    assert told["content-type"] == "application/problem+json"
    assert await count(ingest) == before


async def test_a_body_that_does_not_say_how_long_it_is_is_stopped_at_the_limit(ingest: Ingest) -> None:
    async def endless() -> Any:
        for _ in range(64):
            yield b"x" * 65_536

    async with ingest.http.post(f"{ingest.url}/webhooks/zalo", data=endless()) as response:
        assert response.status == 413


@pytest.mark.parametrize("event", ["user_send_text", "user_send_hologram"])
async def test_the_largest_body_allowed_is_taken_also_where_it_is_sealed_whole(ingest: Ingest, event: str) -> None:
    said = a_text("", msg_id=key(), event_name=event)
    said["message"]["text"] = "x" * (1_048_576 - len(body_of(said)))
    body = body_of(said)
    assert len(body) == 1_048_576
    status, answer, _ = await ingest.post("/webhooks/zalo", body, zalo_headers(body))
    assert (status, answer) == (200, {"error": 0})


async def test_only_post_is_taken(ingest: Ingest) -> None:
    async with ingest.http.get(f"{ingest.url}/webhooks/zalo") as response:
        assert response.status == 405
        assert response.headers["Allow"] == "POST"


async def test_an_unknown_event_and_an_unknown_page_are_kept_sealed_answered_200_and_raised(ingest: Ingest) -> None:
    name, page = f"user_new_{key()}", "388613280878808645"
    event = a_text(event_name=name)
    stranger = a_text("Lời không ai được thấy", page=page, msg_id=key())
    assert [await ingest.zalo(push) for push in (event, event, stranger)] == [200, 200, 200]
    records = await ingest.records("inbound.unrecognised.v1")
    found = [decode(r.headers, r.value, {PushUnrecognised.type: PushUnrecognised}) for r in records]
    kept = [e for e in found if isinstance(e, PushUnrecognised) and (e.name == name or e.account == page)]
    assert sorted(e.reason for e in kept) == ["unknown_event", "unknown_event", "unknown_page"]
    assert len({e.id for e in kept}) == 2, "the same push again is the same event"
    for e in kept:
        opened = json.loads(SEALER.open("push", str(e.id), e.sealed))
        assert opened in (event, stranger)
    await ingest.until("select pushes::int from raised where name = $1", 1, name)
    await ingest.until("select count(*) from raised where account = $1 and reason = 'unknown_page'", 1, page)
    officer = await ingest.sign_in(Role.DISPATCHER)
    async with ingest.http.get(f"{ingest.url}/api/v1/raised", headers=officer) as response:
        said = await response.text()
    assert name in said
    assert "không ai được thấy" not in said


async def test_a_known_event_of_no_use_yet_is_kept_and_raises_nobody(ingest: Ingest) -> None:
    tag = {
        "app_id": APP,
        "oa_id": PAGE,
        "event_name": "remove_tag",
        "tag": {"name": key()},
        "timestamp": "1590206400000",
    }
    assert await ingest.zalo(tag) == 200
    marker = f"user_new_{key()}"
    assert await ingest.zalo(a_text(event_name=marker)) == 200
    await ingest.until("select count(*) from raised where name = $1", 1, marker)
    await asyncio.sleep(0.5)
    assert (await ingest.fetch("select count(*) from raised where name = 'remove_tag'"))[0][0] == 0


async def test_talk_of_a_group_that_does_not_call_the_page_is_answered_and_forgotten(ingest: Ingest) -> None:
    said = a_text("mai ai đi chợ không", msg_id=key(), event_name="user_send_group_text", oa_id=PAGE)
    said["recipient"] = {"id": "48382b0bb7595e070748"}
    before = await count(ingest)
    assert await ingest.zalo(said) == 200
    assert await count(ingest) == before
    said["message"]["text"] = "gọi công an xã giúp"
    assert await ingest.zalo(said) == 200
    (record,) = await of(ingest, "inbound.messages.v1", msg_id=said["message"]["msg_id"])
    assert json.loads(record.value)["group"] == "48382b0bb7595e070748"


# ── signed messages of another system ────────────────────────────────────────────────────────────────────────────────


def a_signed(**data: Any) -> dict[str, Any]:
    message = {"message_id": key(), "person": "hotline/0912", "text": "Có tiếng nổ"} | data
    return {"type": "message.received", "timestamp": "2026-11-24T08:00:00Z", "data": message}


async def test_a_signed_message_is_taken_and_cannot_be_answered(ingest: Ingest) -> None:
    said = a_signed()
    assert await ingest.signed(said) == 200
    (record,) = await of(ingest, "inbound.messages.v1", msg_id=said["data"]["message_id"])
    event = json.loads(record.value)
    assert (event["channel"], event["account"], event["answerable"]) == ("signed", PAGE, False)


@pytest.mark.parametrize(
    ("sender", "how", "body", "status", "problem"),
    [
        (
            SENDER,
            {},
            body_of(a_signed()),
            400,
            "stale_timestamp",
        ),  # signed at the tests' fixed time, long past or ahead
        (SENDER, {"secret": "whsec_" + "QUFB" * 8}, body_of(a_signed()), 401, "signature_invalid"),
        ("stranger", {}, body_of(a_signed()), 401, "unknown_sender"),
    ],
    ids=["stale", "forged", "unknown sender"],
)
async def test_a_stale_or_forged_signature_gets_its_own_refusal_and_changes_nothing(
    ingest: Ingest, sender: str, how: dict[str, str], body: bytes, status: int, problem: str
) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    before = await count(ingest)
    found, said, _ = await ingest.post(f"/webhooks/signed/{sender}", body, signed_headers(body, at=at, **how))
    assert (found, said["type"]) == (status, f"urn:binhyen:problem:{problem}")
    assert await count(ingest) == before


async def test_a_wrong_field_is_named(ingest: Ingest) -> None:
    body = body_of({"type": "message.received", "timestamp": "2026-11-24T08:00:00Z", "data": {"person": "x"}})
    status, said, _ = await ingest.post(f"/webhooks/signed/{SENDER}", body, signed_headers(body, at=datetime.now(UTC)))
    assert (status, said["type"]) == (400, "urn:binhyen:problem:invalid_payload")
    assert said["field"] == "data.message_id"


# ── what must never leave ────────────────────────────────────────────────────────────────────────────────────────────


async def test_no_id_of_a_person_is_on_any_topic_and_no_word_or_id_in_logs_metrics_or_traces(ingest: Ingest) -> None:
    phrase, person, by_app = f"bí mật {key()}", "7700000000000000123", "7700000000000000456"
    pushes: list[dict[str, Any]] = [
        a_text(phrase, msg_id=key(), person=person, user_id_by_app=by_app),
        a_text(phrase, msg_id=key(), person=person, user_id_by_app=by_app, page="388613280878808645"),
        a_text(phrase, msg_id=key(), person=person, user_id_by_app=by_app, event_name="user_new_thing"),
        a_text(phrase, msg_id=key(), person=person, user_id_by_app=by_app, message={"attachments": phrase}),
    ]
    assert [await ingest.zalo(push) for push in pushes] == [200] * 4
    body = body_of(pushes[0])
    await ingest.post("/webhooks/zalo", body, {"x-zevent-signature": "mac=00"})
    assert await ingest.signed(a_signed(person=person, text=phrase)) == 200
    await asyncio.sleep(1.5)
    for record in await ingest.records():
        whole = b"".join((record.key.encode(), record.value or b"", *(v for _, v in record.headers)))
        assert person.encode() not in whole, record.topic
        assert by_app.encode() not in whole, record.topic
        assert phrase.encode() not in whole or record.topic == "inbound.messages.v1"
    async with ingest.http.get(f"{ingest.url}/metrics") as response:
        metrics = await response.text()
    traces = (ingest.folder / "traces.jsonl").read_text("utf-8")
    assert "POST /webhooks/zalo" in traces
    for where, said in (("log", ingest.logged()), ("metrics", metrics), ("traces", traces)):
        assert phrase not in said, where
        assert person not in said, where
        assert NAMES.person("zalo", PAGE, person) not in said, where


async def test_metrics_tell_what_became_of_pushes(ingest: Ingest) -> None:
    await ingest.zalo(a_text(msg_id=key()))
    async with ingest.http.get(f"{ingest.url}/metrics") as response:
        said = await response.text()
    assert 'binhyen_webhooks_total{channel="zalo",outcome="accepted"}' in said
    assert "binhyen_last_push_seconds" in said


async def test_many_pushes_at_once_are_all_kept(ingest: Ingest) -> None:
    keys = [key() for _ in range(300)]
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=32)) as http:

        async def push(msg_id: str) -> int:
            body = body_of(a_text(msg_id=msg_id, person=msg_id))
            async with http.post(f"{ingest.url}/webhooks/zalo", data=body, headers=zalo_headers(body)) as response:
                return response.status

        assert set(await asyncio.gather(*(push(k) for k in keys))) == {200}
    found = b"".join(r.value or b"" for r in await ingest.records("inbound.messages.v1"))
    assert all(k.encode() in found for k in keys)
