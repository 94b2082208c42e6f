"""The grant and the tokens: a code is single-use and bound to its verifier; a refresh token is single-use."""

import json
from pathlib import Path

import pytest

from tests.contract.demo_zalo.stage import PAGE, SECRET, VERIFIER, Stage, furnish, served


def by_code(code: str, verifier: str = VERIFIER) -> dict[str, str]:
    return {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}


def by_refresh(token: str) -> dict[str, str]:
    return {"grant_type": "refresh_token", "refresh_token": token}


@pytest.mark.asyncio
async def test_the_callback_gets_code_page_and_state(stage: Stage) -> None:
    back = await stage.code()
    assert set(back) == {"code", "oa_id", "state"}
    assert (back["oa_id"], back["state"]) == (PAGE, "bound")


@pytest.mark.asyncio
async def test_without_a_page_a_person_chooses(stage: Stage) -> None:
    query = {"app_id": "3570977494304483078", "redirect_uri": "https://notify.example/cb", "state": 'a"b'}
    async with stage.http.get(f"{stage.url}/v4/oa/permission", params=query) as answer:
        page = await answer.text()
    assert "Công an xã Ea Tu" in page
    assert 'a"b' not in page


@pytest.mark.asyncio
async def test_a_code_is_used_once(stage: Stage) -> None:
    code = (await stage.code())["code"]
    assert json.loads(await stage.exchange(by_code(code)))["expires_in"] == "90000"
    assert json.loads(await stage.exchange(by_code(code)))["error"] == -14019


@pytest.mark.asyncio
async def test_a_code_lives_ten_minutes(stage: Stage) -> None:
    early, late = (await stage.code())["code"], (await stage.code())["code"]
    stage.ahead = 590
    assert "access_token" in json.loads(await stage.exchange(by_code(early)))
    stage.ahead = 601
    assert json.loads(await stage.exchange(by_code(late)))["error"] == -14019


@pytest.mark.asyncio
async def test_another_verifier_or_secret_gets_no_token_and_does_not_use_the_code_up(stage: Stage) -> None:
    code = (await stage.code())["code"]
    assert json.loads(await stage.exchange(by_code(code, "w" * 43)))["error"] == -14010
    assert json.loads(await stage.exchange(by_code(code), secret="x"))["error"] == -14005
    assert "access_token" in json.loads(await stage.exchange(by_code(code)))


@pytest.mark.asyncio
async def test_a_used_refresh_token_meets_an_empty_body(stage: Stage) -> None:
    first = stage.tokens[PAGE]["refresh_token"]
    renewed = json.loads(await stage.exchange(by_refresh(first)))
    assert renewed["refresh_token"] != first
    assert await stage.exchange(by_refresh(first)) == b""
    assert "access_token" in json.loads(await stage.exchange(by_refresh(renewed["refresh_token"])))


@pytest.mark.asyncio
async def test_a_used_refresh_token_may_meet_the_error_instead(tmp_path: Path) -> None:
    async with served(tmp_path, reused_refresh="error") as stage:
        await furnish(stage)
        token = stage.tokens[PAGE]["refresh_token"]
        await stage.exchange(by_refresh(token))
        said = json.loads(await stage.exchange(by_refresh(token)))
        assert said == {"error": -14014, "error_name": "Invalid refresh token."}


@pytest.mark.asyncio
async def test_an_unknown_refresh_token_and_an_unknown_app_are_refused_by_name(stage: Stage) -> None:
    assert json.loads(await stage.exchange(by_refresh("none")))["error"] == -14014
    assert json.loads(await stage.exchange({"app_id": "0"} | by_refresh("none"), SECRET))["error"] == -14002


@pytest.mark.asyncio
async def test_an_access_token_expires_after_25_hours_and_on_demand(stage: Stage) -> None:
    stage.ahead = 90_001
    assert (await stage.ask("GET", "/v2.0/oa/getoa"))["error"] == -220
    await stage.grant()
    assert (await stage.ask("GET", "/v2.0/oa/getoa"))["error"] == 0
    assert await stage.control("faults", {"kind": "token_expiry", "oa_id": PAGE}) == {"expired": 1}
    assert (await stage.ask("GET", "/v2.0/oa/getoa"))["error"] == -220
