"""Replies and alerts, from the request to the simulator and back to the receipt."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from shared.topics import ALERTS_EVENTS, CHANNELS_ACCESS, DELIVERY_RECEIPTS
from tests.integration.notify.conftest import Staged
from tests.integration.notify.corners import Corner
from tests.integration.notify.outside import until
from tests.integration.notify.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_reply_is_sent_once_and_its_receipts_find_it(corner: Corner) -> None:
    stage = corner.stage
    await corner.furnish()
    person = await corner.person()
    trace = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
    reply = await corner.reply(person, "Đã nhận. Mã của bạn: 482 913 705.", traceparent=trace)

    row = await stage.comes_to(reply, "sent")
    (taken,) = await corner.sent()
    assert (taken["text"], taken["msg_id"]) == ("Đã nhận. Mã của bạn: 482 913 705.", row["message_key"])
    assert taken["person"] == corner.citizen
    await stage.receipt("delivered", corner.page, person, taken["msg_id"])
    await stage.comes_to(reply, "delivered")
    await stage.receipt("seen", corner.page, person, taken["msg_id"])
    await stage.comes_to(reply, "seen")

    told = await stage.events(DELIVERY_RECEIPTS, 4, about=reply)
    assert [(e["state"], e["version"]) for e in told] == [("queued", 1), ("sent", 2), ("delivered", 3), ("seen", 4)]
    assert [e.get("before") for e in told] == [None, "queued", "sent", "delivered"]
    assert told[1]["quota_left"] == 7
    assert {e["headers"]["traceparent"].decode()[:35] for e in told} == {trace[:35]}
    assert {e["recipient"] for e in told} == {person}


async def test_a_request_that_comes_twice_is_sent_once(corner: Corner) -> None:
    stage = corner.stage
    await corner.furnish()
    person = await corner.person()
    same: dict[str, Any] = {"id": uuid4(), "occurred_at": datetime.now(UTC)}
    for _ in range(3):
        await corner.reply(person, "một lần thôi", **same)
    await stage.comes_to(same["id"], "sent")
    marker = await corner.reply(person, "và câu này")
    await stage.comes_to(marker, "sent")
    assert [one["text"] for one in await corner.sent()] == ["một lần thôi", "và câu này"]


async def test_a_page_that_was_granted_tells_ingest_its_sealed_token(corner: Corner) -> None:
    stage = corner.stage
    await corner.furnish()
    (access,) = await stage.events(CHANNELS_ACCESS, 1, about=corner.page)
    token = stage.sealer.open("access", corner.page, access["sealed_token"]).decode()
    async with stage.http.get(f"{stage.zalo}/v2.0/oa/getoa", headers={"access_token": token}) as answer:
        assert int((await answer.json())["error"]) == 0
    assert access["epoch"] == 1


async def test_an_alert_goes_to_every_group_of_its_communes_once(corner: Corner) -> None:
    stage = corner.stage
    await corner.furnish("g1", "g2", "g3", others=("g4",))
    await stage.register({corner.mark: [corner.group("g5")]}, commune="99999")
    preview = await stage.ask("GET", f"/api/v1/alerts/preview?structure=2020&codes={corner.commune},00000", "viewer")
    assert preview["groups"] == 4
    assert {"code": "00000", "groups": 0} in preview["communes"]
    alert = await stage.draft(codes=[corner.commune])
    await stage.approve(alert, json={"version": 1})
    ended = await stage.alert_ends(alert)

    assert ended["progress"] == {"total": 4, "queued": 0, "sent": 4, "failed": 0, "in_doubt": 0, "cancelled": 0}
    taken = await corner.sent()
    assert sorted(one["group_id"] for one in taken) == [corner.group(f"g{number}") for number in range(1, 5)]
    assert {one["text"] for one in taken} == {"Nước hồ dâng nhanh"}
    told = await stage.events(ALERTS_EVENTS, 4, about=alert)
    assert [(e["act"], e["version"]) for e in told] == [
        ("drafted", 1), ("approved", 2), ("started", 3), ("finished", 4),
    ]  # fmt: skip
    assert (told[3]["groups"], told[3]["sent"]) == (4, 4)
    audited = "select act, actor from notify.audit_log where subject = $1 order by id"
    acts = await stage.sql.fetch(audited, f"alert:{alert}")
    assert [tuple(row) for row in acts] == [
        ("alert.drafted", "writer"), ("alert.approved", "approver"), ("alert.started", "approver"),
        ("alert.finished", "system:notify"),
    ]  # fmt: skip


async def test_who_wrote_an_alert_cannot_approve_it(corner: Corner) -> None:
    stage = corner.stage
    await corner.furnish("g1")
    alert = await stage.draft(codes=[corner.commune])
    said = await stage.ask("POST", f"/api/v1/alerts/{alert}/approve", "writer", status=403)
    assert said["type"] == "urn:binhyen:problem:own_alert"
    said = await stage.ask("POST", f"/api/v1/alerts/{alert}/approve", "dispatcher", status=403)
    assert said["type"] == "urn:binhyen:problem:not_allowed"
    said = await stage.approve(alert, json={"version": 7}, status=409)
    assert said["type"] == "urn:binhyen:problem:stale_version"
    assert await corner.sent() == []
    await stage.approve(alert)
    await stage.alert_ends(alert)
    assert len(await corner.sent()) == 1
    assert (await stage.approve(alert, status=409))["type"] == "urn:binhyen:problem:wrong_state"


async def test_an_alert_nobody_would_hear_is_refused(corner: Corner) -> None:
    body = {
        "title": "x", "text": "y", "severity": "ordinary", "communes": {"structure": "2025", "codes": [corner.commune]},
    }  # fmt: skip
    said = await corner.stage.ask("POST", "/api/v1/alerts", "writer", json=body, status=400)
    assert said["type"] == "urn:binhyen:problem:no_groups"
    said = await corner.stage.ask("POST", "/api/v1/alerts", "writer", json=body | {"severity": "huge"}, status=400)
    assert said["type"] == "urn:binhyen:problem:invalid_request"
    await corner.stage.ask("POST", "/api/v1/alerts", "viewer", json=body, status=403)


async def test_a_mention_does_not_leave_by_our_mouth(corner: Corner) -> None:
    await corner.furnish("g1")
    alert = await corner.alert(text="Gọi [@8509985270925410066] ngay")
    await corner.stage.alert_ends(alert)
    (taken,) = await corner.sent()
    assert "[@" not in taken["text"]


async def test_nothing_of_a_citizen_is_in_the_logs_or_traces(staged: Staged) -> None:
    citizen, page = "8509985270925410066", "2057086764452860443"
    async with staged() as stage:
        async with stage.notify():
            await stage.furnish({page: []})
            person = await stage.person(page, citizen)
            trace = "00-" + "c" * 32 + "-" + "d" * 16 + "-01"
            reply = await stage.reply(page, person, "câu nói không được lọt ra", traceparent=trace)
            await stage.comes_to(reply, "sent")
            metrics = await until(lambda: counted(stage), what="the counter")
        files = (stage.folder / "notify.log", stage.folder / "traces.jsonl")
        written = metrics + "".join(path.read_text() for path in files)
        assert "send.changed" in written
        assert "notify send sent" in written
        assert "không được lọt" not in written
        assert citizen not in written


async def counted(stage: Stage) -> str | None:
    """The metrics, once the send is counted: that comes just after its commit."""
    async with stage.http.get(f"{stage.copies[0].url}/metrics") as answer:
        metrics = await answer.text()
    return metrics if 'binhyen_sends_total{kind="reply",state="sent"} 1.0' in metrics else None
