"""Replies and alerts, from the request to the simulator and back to the receipt."""

import pytest

from shared.topics import ALERTS_EVENTS, CHANNELS_ACCESS, DELIVERY_RECEIPTS
from tests.integration.notify.conftest import Staged
from tests.integration.notify.stage import until

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGE, OTHER_PAGE = "2057086764452860443", "607812198688816074"
CITIZEN = "8509985270925410066"


async def test_a_reply_is_sent_once_and_its_receipts_find_it(staged: Staged) -> None:
    async with staged() as stage, stage.notify():
        await stage.furnish({PAGE: []})
        person = await stage.person(PAGE, CITIZEN)
        trace = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
        reply = await stage.reply(PAGE, person, "Đã nhận. Mã của bạn: 482 913 705.", traceparent=trace)

        row = await stage.comes_to(reply, "sent")
        (taken,) = await stage.sent(oa_id=PAGE, person=CITIZEN)
        assert (taken["text"], taken["msg_id"]) == ("Đã nhận. Mã của bạn: 482 913 705.", row["message_key"])
        await stage.receipt("delivered", PAGE, person, taken["msg_id"])
        await stage.comes_to(reply, "delivered")
        await stage.receipt("seen", PAGE, person, taken["msg_id"])
        await stage.comes_to(reply, "seen")

        told = await stage.events(DELIVERY_RECEIPTS, 4)
        assert [(e["state"], e["version"]) for e in told] == [("queued", 1), ("sent", 2), ("delivered", 3), ("seen", 4)]
        assert [e.get("before") for e in told] == [None, "queued", "sent", "delivered"]
        assert told[1]["quota_left"] == 7
        assert {e["headers"]["traceparent"].decode()[:35] for e in told} == {trace[:35]}
        assert {e["recipient"] for e in told} == {person}


async def test_a_page_that_was_granted_tells_ingest_its_sealed_token(staged: Staged) -> None:
    async with staged() as stage, stage.notify():
        await stage.furnish({PAGE: []})
        (access,) = await stage.events(CHANNELS_ACCESS, 1)
        token = stage.sealer.open("access", PAGE, access["sealed_token"]).decode()
        async with stage.http.get(f"{stage.zalo}/v2.0/oa/getoa", headers={"access_token": token}) as answer:
            assert int((await answer.json())["error"]) == 0
        assert access["epoch"] == 1


async def test_an_alert_goes_to_every_group_of_its_communes_once(staged: Staged) -> None:
    async with staged() as stage, stage.notify():
        await stage.furnish({PAGE: ["g1", "g2", "g3"], OTHER_PAGE: ["g4"]})
        await stage.register({"9": ["g5"]}, commune="24136")
        preview = await stage.ask("GET", "/api/v1/alerts/preview?structure=2020&codes=24133,24999", "viewer")
        assert preview["groups"] == 4
        alert = await stage.draft()
        await stage.approve(alert, json={"version": 1})
        ended = await stage.alert_ends(alert)

        assert ended["progress"] == {"total": 4, "queued": 0, "sent": 4, "failed": 0, "in_doubt": 0, "cancelled": 0}
        taken = await stage.sent()
        assert sorted(one["group_id"] for one in taken) == ["g1", "g2", "g3", "g4"]
        assert {one["text"] for one in taken} == {"Nước hồ dâng nhanh"}
        told = await stage.events(ALERTS_EVENTS, 4)
        assert [(e["act"], e["version"]) for e in told] == [
            ("drafted", 1), ("approved", 2), ("started", 3), ("finished", 4),
        ]  # fmt: skip
        assert (told[3]["groups"], told[3]["sent"]) == (4, 4)
        acts = await stage.sql.fetch("select act, actor from notify.audit_log where subject like 'alert:%' order by id")
        assert [tuple(row) for row in acts] == [
            ("alert.drafted", "writer"), ("alert.approved", "approver"), ("alert.started", "approver"),
            ("alert.finished", "system:notify"),
        ]  # fmt: skip


async def test_who_wrote_an_alert_cannot_approve_it(staged: Staged) -> None:
    async with staged() as stage, stage.notify():
        await stage.furnish({PAGE: ["g1"]})
        alert = await stage.draft()
        said = await stage.ask("POST", f"/api/v1/alerts/{alert}/approve", "writer", status=403)
        assert said["type"] == "urn:binhyen:problem:own_alert"
        said = await stage.ask("POST", f"/api/v1/alerts/{alert}/approve", "dispatcher", status=403)
        assert said["type"] == "urn:binhyen:problem:not_allowed"
        said = await stage.approve(alert, json={"version": 7}, status=409)
        assert said["type"] == "urn:binhyen:problem:stale_version"
        assert await stage.sent() == []
        await stage.approve(alert)
        await stage.alert_ends(alert)
        assert len(await stage.sent()) == 1
        assert (await stage.approve(alert, status=409))["type"] == "urn:binhyen:problem:wrong_state"


async def test_a_mention_does_not_leave_by_our_mouth(staged: Staged) -> None:
    async with staged() as stage, stage.notify():
        await stage.furnish({PAGE: ["g1"]})
        alert = await stage.draft(text="Gọi [@8509985270925410066] ngay")
        await stage.approve(alert)
        await stage.alert_ends(alert)
        (taken,) = await stage.sent()
        assert "[@" not in taken["text"]


async def test_nothing_of_a_citizen_is_in_the_logs_or_traces(staged: Staged) -> None:
    async with staged() as stage:
        async with stage.notify():
            await stage.furnish({PAGE: []})
            person = await stage.person(PAGE, CITIZEN)
            trace = "00-" + "c" * 32 + "-" + "d" * 16 + "-01"
            reply = await stage.reply(PAGE, person, "câu nói không được lọt ra", traceparent=trace)
            await stage.comes_to(reply, "sent")
            async with stage.http.get(f"{stage.copies[0].url}/metrics") as answer:
                metrics = await answer.text()
        assert 'binhyen_sends_total{kind="reply",state="sent"} 1.0' in metrics
        written = metrics + "".join(
            path.read_text() for path in (stage.folder / "notify.log", stage.folder / "traces.jsonl")
        )
        assert "send.changed" in written
        assert "không được lọt" not in written
        assert CITIZEN not in written
        await until(lambda: stage.sql.fetchval("select count(*) = 0 from notify.leases where until > now()"))
