"""A restart changes nothing, kill -9 included; the same seed gives the same run."""

import asyncio
import signal
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.contract.demo_zalo.stage import APP, PAGE, PERSON, Stage, furnish, served
from tests.contract.demo_zalo.test_pushes import closed_port


async def run(folder: Path, seed: int) -> list[str]:
    """Message ids and tokens of a short run."""
    async with served(folder, seed=seed) as stage:
        await furnish(stage)
        asked = await stage.act(text="hỏi")
        replied = await stage.write()
        return [
            asked["msg_id"],
            replied["data"]["message_id"],
            stage.tokens[PAGE]["access_token"],
            asked["user_id_by_app"],
        ]


@pytest.mark.asyncio
async def test_the_same_seed_gives_the_same_ids_and_another_seed_others(tmp_path: Path) -> None:
    first, again, other = [await run(tmp_path / str(n), seed) for n, seed in enumerate((7, 7, 8))]
    assert first == again
    assert not set(first) & set(other)


@pytest.mark.asyncio
async def test_a_restart_keeps_tokens_windows_quotas_messages_clock_and_waiting_pushes(tmp_path: Path) -> None:
    async with served(tmp_path, retry_seconds=(0.1,) * 5) as before:
        await furnish(before, f"http://127.0.0.1:{closed_port()}/")
        asked = await before.act(text="hỏi")
        replied = await before.write()
        await before.control("clock", {"now": "2020-10-19T23:59:59+07:00"})
    async with served(tmp_path, stage=before) as after:
        assert (await after.control("clock"))["frozen"] is True
        answer = await after.write("lần hai")
        assert answer["data"]["quota"]["remain"] == "6"
        assert answer["data"]["message_id"] not in {asked["msg_id"], replied["data"]["message_id"]}
        sent = (await after.control("sent", None))["sent"]
        assert [one["text"] for one in sent] == ["chào bà con", "lần hai"]
        await after.control("apps", {
            "app_id": APP, "secret_key": "app-secret", "oa_secret_key": "oa-secret", "webhook": after.webhook_url,
        })  # fmt: skip
        (push,) = await after.pushed("user_send_text")
        assert push.body["message"]["msg_id"] == asked["msg_id"]


@pytest.mark.asyncio
async def test_a_used_refresh_token_stays_used_after_a_restart(tmp_path: Path) -> None:
    async with served(tmp_path) as before:
        await furnish(before)
        form = {"grant_type": "refresh_token", "refresh_token": before.tokens[PAGE]["refresh_token"]}
        assert await before.exchange(form)
    async with served(tmp_path, stage=before) as after:
        assert await after.exchange(form) == b""


async def start(state: Path, port: int) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "deploy.demo.zalo", "--port", str(port), "--state", str(state), "--answer-ms", "0,0",
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert (await process.stdout.readline()).startswith(b"zalo: http://127.0.0.1:")
    return process


@pytest.mark.asyncio
async def test_what_was_answered_before_kill_9_is_there_after_it(tmp_path: Path) -> None:
    port = closed_port()
    process = await start(tmp_path, port)
    async with aiohttp.ClientSession() as http:
        stage = Stage(f"http://127.0.0.1:{port}", http, f"http://127.0.0.1:{closed_port()}/")
        await furnish(stage)
        await stage.act(text="hỏi")
        sent: dict[str, Any] = await stage.write()
        process.kill()
        assert await process.wait() == -signal.SIGKILL
        process = await start(tmp_path, port)
        (kept,) = (await stage.control("sent"))["sent"]
        assert (kept["msg_id"], kept["person"]) == (sent["data"]["message_id"], PERSON)
        assert int((await stage.write())["error"]) == 0
        process.terminate()
        assert await process.wait() == 0
