"""Webhooks: signed over the bytes sent, echoed with or without an officer, retried only when no connection opened."""

import asyncio
import socket
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.contract.demo_zalo.stage import APP, GROUP, OA_SECRET, PAGE, PERSON, Push, Stage, furnish, served


def expected_signature(push: Push, secret: str = OA_SECRET) -> str:
    signed = APP.encode() + push.raw + push.body["timestamp"].encode() + secret.encode()
    return "mac=" + sha256(signed).hexdigest()


@pytest.mark.asyncio
async def test_a_push_is_signed_with_the_oa_secret_key_over_its_raw_body(stage: Stage) -> None:
    acted = await stage.act(text="Có người lạ ở đầu buôn")
    (push,) = await stage.pushed("user_send_text")
    assert push.headers["X-ZEvent-Signature"] == expected_signature(push)
    assert push.body["message"] == {"text": "Có người lạ ở đầu buôn", "msg_id": acted["msg_id"]}
    assert "num_retry" not in push.headers


@pytest.mark.asyncio
async def test_a_page_may_have_its_own_oa_secret_key(stage: Stage) -> None:
    await stage.control("pages", {"oa_id": PAGE, "name": "x", "app_id": APP, "oa_secret_key": "own"})
    await stage.act(text="x")
    (push,) = await stage.pushed("user_send_text")
    assert push.headers["X-ZEvent-Signature"] == expected_signature(push, "own")


@pytest.mark.asyncio
async def test_what_the_app_sent_is_echoed_without_admin_id_and_what_an_officer_typed_with_it(stage: Stage) -> None:
    await stage.act(text="hỏi")
    sent = await stage.write("máy đáp")
    typed = await stage.control("officer/answer", {"oa_id": PAGE, "person": PERSON, "text": "cán bộ đáp"})
    echoes = {push.body["message"]["msg_id"]: push.body for push in await stage.pushed("oa_send_text", 2)}
    assert echoes[sent["data"]["message_id"]]["sender"] == {"id": PAGE}
    assert echoes[typed["msg_id"]]["sender"] == {"id": PAGE, "admin_id": typed["admin_id"]}
    assert len(await stage.pushed("user_received_message")) == 1  # receipts go to the app that sent


@pytest.mark.asyncio
async def test_a_group_gives_an_echo_and_no_receipt(stage: Stage) -> None:
    sent = await stage.write_group()
    (push,) = await stage.pushed("oa_send_group_text")
    assert push.body["oa_id"] == PAGE
    assert push.body["recipient"] == {"id": GROUP}
    assert push.body["message"]["msg_id"] == sent["data"]["message_id"]
    await asyncio.sleep(0.05)
    assert [one.body["event_name"] for one in stage.pushes] == ["oa_send_group_text"]


@pytest.mark.asyncio
async def test_whoever_opens_the_chat_has_seen_all_that_had_arrived(tmp_path: Path) -> None:
    async with served(tmp_path, seen_seconds=(0.3, 0.3)) as stage:
        await furnish(stage)
        await stage.act(text="hỏi")
        ids = [(await stage.write())["data"]["message_id"] for _ in range(3)]
        (seen,) = await stage.pushed("user_seen_message")
        assert seen.body["message"] == {"msg_ids": ids}
        told = (await stage.control("sent"))["sent"]
        assert [one["msg_id"] for one in told] == ids
        assert all(one["delivered_at"] and one["seen_at"] for one in told)


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (lambda: web.Response(status=503), "status 503"),
        (lambda: web.Response(status=201), "status 201"),
        (lambda: web.Response(status=302, headers={"Location": "/elsewhere"}), "status 302"),
    ],
    ids=["503", "201", "302"],
)
@pytest.mark.asyncio
async def test_any_status_but_200_counts_against_the_webhook_and_is_not_sent_again(
    stage: Stage, answer: Any, result: str
) -> None:
    stage.answers.append(answer)
    await stage.act(text="mất")
    await settled(stage)
    webhooks = (await stage.control("state"))["webhooks"]
    assert webhooks["results"] == {APP: {result: 1}}
    assert webhooks["faults"][0]["event"] == "user_send_text"
    assert len(stage.pushes) == 1


async def settled(stage: Stage) -> None:
    while (await stage.control("state"))["webhooks"]["waiting"]:
        await asyncio.sleep(0.01)


@pytest.mark.asyncio
async def test_an_answer_later_than_two_seconds_counts_and_is_not_sent_again(tmp_path: Path) -> None:
    async with served(tmp_path, webhook_seconds=0.1) as stage, slow_server() as url:
        await furnish(stage, url)
        await stage.act(text="chậm")
        await settled(stage)
        assert (await stage.control("state"))["webhooks"]["results"] == {APP: {"late": 1}}


def slow_server() -> Any:
    from contextlib import asynccontextmanager  # noqa: PLC0415 - a helper of one test

    @asynccontextmanager
    async def serve() -> Any:
        async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await asyncio.sleep(0.5)
            writer.close()

        server = await asyncio.start_server(silent, "127.0.0.1", 0)
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        server.close()

    return serve()


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.mark.asyncio
async def test_a_push_is_tried_again_with_the_same_body_when_no_connection_opened(tmp_path: Path) -> None:
    async with served(tmp_path, retry_seconds=(0.1, 0.1, 0.1, 0.1, 0.1)) as stage:
        await furnish(stage, f"http://127.0.0.1:{closed_port()}/")
        acted = await stage.act(text="chờ")
        while (await stage.control("state"))["webhooks"]["results"].get(APP, {}).get("unopened", 0) < 2:
            await asyncio.sleep(0.01)
        await stage.control("apps", {
            "app_id": APP, "secret_key": "app-secret", "oa_secret_key": OA_SECRET, "webhook": stage.webhook_url,
        })  # fmt: skip
        (push,) = await stage.pushed("user_send_text")
        assert int(push.headers["num_retry"]) >= 2
        assert push.body["message"]["msg_id"] == acted["msg_id"]
        assert push.headers["X-ZEvent-Signature"] == expected_signature(push)


@pytest.mark.asyncio
async def test_after_the_fifth_retry_the_webhook_is_switched_off_until_the_app_is_saved_again(tmp_path: Path) -> None:
    async with served(tmp_path, retry_seconds=(0.01,) * 5) as stage:
        await furnish(stage, f"http://127.0.0.1:{closed_port()}/")
        await stage.act(text="một")
        await settled(stage)
        assert (await stage.control("state"))["webhooks"]["results"] == {APP: {"unopened": 6}}
        await stage.act(text="hai")
        assert (await stage.control("state"))["webhooks"]["waiting"] == 0
        await furnish(stage)
        await stage.act(text="ba")
        (push,) = await stage.pushed("user_send_text")
        assert push.body["message"]["text"] == "ba"


@pytest.mark.asyncio
async def test_an_event_that_is_not_switched_on_is_not_pushed(stage: Stage) -> None:
    await stage.control("apps", {
        "app_id": APP, "secret_key": "s", "oa_secret_key": "o", "webhook": stage.webhook_url, "events": ["follow"],
    })  # fmt: skip
    await stage.act(text="x")
    await stage.act(kind="follow")
    await stage.pushed("follow")
    assert len(stage.pushes) == 1


@pytest.mark.asyncio
async def test_a_full_queue_refuses_acts_and_drops_echoes_by_count(tmp_path: Path) -> None:
    async with served(tmp_path, queue_limit=2) as stage:
        await furnish(stage, f"http://127.0.0.1:{closed_port()}/")
        await stage.act(text="một")
        await stage.act(text="hai")
        assert (
            "full"
            in (await stage.control("people/act", {"oa_id": PAGE, "person": PERSON, "text": "ba"}, status=400))["error"]
        )
        assert (await stage.write())["error"] == 0
        assert (await stage.control("state"))["webhooks"]["results"][APP]["dropped"] == 3


@pytest.mark.asyncio
async def test_a_lost_webhook_is_found_in_the_conversation(stage: Stage) -> None:
    lost = await stage.act(text="lạc mất", push=False)
    said = await stage.ask(
        "GET", "/v2.0/oa/conversation", params={"data": f'{{"user_id":"{PERSON}","offset":0,"count":10}}'}
    )
    assert [(one["message_id"], one["message"], one["src"]) for one in said["data"]] == [(lost["msg_id"], "lạc mất", 1)]
    await asyncio.sleep(0.05)
    assert stage.pushes == []
