"""Who may be written to, how often for nothing, and how fast: windows and limits run by the wall clock."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.contract.demo_zalo.stage import APP, PAGE, PERSON, Stage, furnish, served

DAY = 86_400.0


@pytest.mark.asyncio
async def test_a_window_closes_seven_days_after_the_last_act(stage: Stage) -> None:
    await stage.act(text="hỏi")
    stage.ahead = 7 * DAY - 60
    await stage.grant()
    assert (await stage.write())["error"] == 0
    stage.ahead = 7 * DAY + 60
    await stage.grant()
    assert (await stage.write())["error"] == -230
    await stage.act(kind="click")
    assert (await stage.write())["error"] == 0


@pytest.mark.asyncio
async def test_who_followed_in_2020_is_a_follower_with_a_closed_window(stage: Stage) -> None:
    await stage.control("followers", [{"oa_id": PAGE, "person": PERSON, "followed_at": "2020-05-01T08:00:00+07:00"}])
    assert (await stage.write())["error"] == -230


@pytest.mark.asyncio
async def test_eight_replies_are_free_then_the_package_pays(stage: Stage) -> None:
    await stage.act(text="hỏi")
    quotas = [(await stage.write())["data"]["quota"] for _ in range(9)]
    assert [quota["remain"] for quota in quotas[:8]] == ["7", "6", "5", "4", "3", "2", "1", "0"]
    assert {quota["quota_type"] for quota in quotas[:8]} == {"reply"}
    assert (quotas[8]["quota_type"], quotas[8]["remain"], quotas[8]["total"]) == ("sub_quota", "1999", "2000")


@pytest.mark.asyncio
async def test_after_48_hours_no_reply_is_free_until_the_person_acts_again(stage: Stage) -> None:
    await stage.act(text="hỏi")
    stage.ahead = 2 * DAY + 60
    await stage.grant()
    assert (await stage.write())["data"]["quota"]["quota_type"] == "sub_quota"
    await stage.act(text="hỏi nữa")
    assert (await stage.write())["data"]["quota"]["remain"] == "7"


@pytest.mark.asyncio
async def test_a_page_that_may_not_pay_runs_out(stage: Stage) -> None:
    await stage.control("pages", {
        "oa_id": PAGE, "name": "x", "app_id": APP, "package_messages": 1, "chargeable": False,
    })  # fmt: skip
    await stage.act(text="hỏi")
    assert [(await stage.write())["error"] for _ in range(10)] == [0] * 9 + [-211]


def mid_minute() -> float:
    """Seconds to move the wall clock on so that it stands in a minute's first second."""
    return 60.0 - datetime.now(UTC).timestamp() % 60.0


@pytest.mark.asyncio
async def test_beyond_the_apps_rate_each_call_is_refused_until_the_next_minute(tmp_path: Path) -> None:
    async with served(tmp_path, oa_per_minute=3, article_per_minute=2) as stage:
        await furnish(stage)
        stage.ahead = mid_minute()
        answers = [await stage.ask("GET", "/v2.0/oa/getoa") for _ in range(4)]
        assert [answer["error"] for answer in answers] == [0, 0, 0, -32]
        assert [answer["headers"]["X-RateLimit-Remain"] for answer in answers] == ["2", "1", "0", "0"]
        assert {answer["headers"]["X-RateLimit-Limit"] for answer in answers} == {"3"}
        articles = [await stage.ask("GET", "/v2.0/article/getslice") for _ in range(3)]
        assert [answer["error"] for answer in articles] == [0, 0, -32]
        stage.ahead += 60
        assert (await stage.ask("GET", "/v2.0/oa/getoa"))["error"] == 0


@pytest.mark.asyncio
async def test_a_pages_own_rate_binds_that_page_alone(tmp_path: Path) -> None:
    async with served(tmp_path, page_per_minute=1) as stage:
        await furnish(stage)
        stage.ahead = mid_minute()
        assert [(await stage.ask("GET", "/v2.0/oa/getoa"))["error"] for _ in range(2)] == [0, -32]
        assert (await stage.ask("GET", "/v2.0/oa/getoa", page="607812198688816074"))["error"] == 0
