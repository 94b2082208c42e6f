"""Faults on demand: each does what its name says, as often as asked, to whom it was asked for, and nothing else."""

from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.contract.demo_zalo.stage import OTHER_PAGE, PAGE, PERSON, Stage, furnish, served

GETOA = "/v2.0/oa/getoa"


async def raw(stage: Stage, path: str = GETOA) -> tuple[int, str, str]:
    headers = {"access_token": stage.tokens[PAGE]["access_token"]}
    async with stage.http.get(stage.url + path, headers=headers) as answer:
        return answer.status, answer.content_type, await answer.text()


@pytest.mark.asyncio
async def test_a_status_and_a_gateways_page_come_once_and_then_all_is_well(stage: Stage) -> None:
    await stage.control("faults", {"kind": "status", "status": 503, "path": GETOA})
    await stage.control("faults", {"kind": "html", "status": 502, "path": GETOA})
    assert (await raw(stage))[:2] == (503, "text/plain")
    status, kind, page = await raw(stage)
    assert (status, kind) == (502, "text/html")
    assert "502 Bad Gateway" in page
    assert (await raw(stage))[0] == 200


@pytest.mark.parametrize(("kind", "kept"), [("timeout", 0), ("timeout_after", 1)])
@pytest.mark.asyncio
async def test_a_time_out_before_or_after_the_act_gives_no_answer(stage: Stage, kind: str, kept: int) -> None:
    await stage.act(text="hỏi")
    await stage.control("faults", {"kind": kind, "path": "/v3.0/oa/message/cs"})
    with pytest.raises(aiohttp.ClientError):
        await stage.write("có tới không?")
    said = await stage.ask("GET", "/v2.0/oa/listrecentchat", params={"data": '{"offset":0,"count":10}'})
    assert [one["message"] for one in said["data"] if one["src"] == 0] == ["có tới không?"] * kept
    assert len((await stage.control("sent"))["sent"]) == kept


@pytest.mark.asyncio
async def test_a_status_after_the_act_comes_although_it_is_done(stage: Stage) -> None:
    await stage.act(text="hỏi")
    await stage.control("faults", {"kind": "status_after", "status": 500, "path": "/v3.0/oa/message/cs"})
    with pytest.raises(AssertionError, match="500 Internal Server Error"):
        await stage.write("có tới không?")
    assert len((await stage.control("sent"))["sent"]) == 1


@pytest.mark.asyncio
async def test_an_error_may_be_asked_for_one_person_and_page(stage: Stage) -> None:
    await stage.act(text="hỏi")
    await stage.act(text="hỏi", person="1")
    fault = {"kind": "error", "error": -217, "recipient": PERSON, "oa_id": PAGE, "times": None}
    await stage.control("faults", fault)
    await stage.control("faults", {"kind": "error", "error": -1, "oa_id": OTHER_PAGE})
    assert [(await stage.write())["error"] for _ in range(2)] == [-217, -217]
    assert (await stage.write(person="1"))["error"] == 0
    async with stage.http.delete(f"{stage.url}/_control/faults") as answer:
        assert answer.status == 200
    assert (await stage.write())["error"] == 0


@pytest.mark.asyncio
async def test_an_unknown_kind_is_refused(stage: Stage) -> None:
    await stage.control("faults", {"kind": "earthquake"}, status=400)


@pytest.mark.asyncio
async def test_the_error_number_is_text_now_and_then_and_repeats_with_the_seed(tmp_path: Path) -> None:
    async def kinds(folder: str) -> list[type[Any]]:
        async with served(tmp_path / folder, error_text_share=0.3) as stage:
            await furnish(stage)
            return [type((await stage.ask("GET", GETOA))["error"]) for _ in range(40)]

    first = await kinds("a")
    assert set(first) == {int, str}
    assert await kinds("b") == first
