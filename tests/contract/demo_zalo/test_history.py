"""History's clock: what Date says is the moment of which the answer's counts, marks, articles and views are true."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.contract.demo_zalo.stage import APP, GROUP, PAGE, Stage

END = "2020-10-19T23:59:59+07:00"


async def at(stage: Stage, moment: str | None) -> None:
    await stage.control("clock", {"now": moment})


async def getoa(stage: Stage) -> dict[str, Any]:
    return await stage.ask("GET", "/v2.0/oa/getoa")


async def walk(stage: Stage, limit: int = 10) -> tuple[list[dict[str, Any]], int]:
    """All articles, slice by slice, and the total the last slice told."""
    medias: list[dict[str, Any]] = []
    while True:
        query = {"offset": len(medias), "limit": limit, "type": "normal"}
        data = (await stage.ask("GET", "/v2.0/article/getslice", params=query))["data"]
        medias += data["medias"]
        if not data["medias"] or len(medias) >= data["total"]:
            return medias, data["total"]


@pytest.mark.asyncio
async def test_every_answer_carries_historys_date(stage: Stage) -> None:
    await at(stage, END)
    assert (await getoa(stage))["headers"]["Date"] == "Mon, 19 Oct 2020 16:59:59 GMT"
    async with stage.http.get(f"{stage.url}/nowhere") as answer:
        assert (answer.status, answer.headers["Date"]) == (404, "Mon, 19 Oct 2020 16:59:59 GMT")
    await at(stage, None)
    assert "2020" not in (await getoa(stage))["headers"]["Date"]


@pytest.mark.asyncio
async def test_followers_are_those_of_the_second_that_date_names(stage: Stage) -> None:
    rows = [
        ("a", "2020-05-01T08:00:00+07:00", None),
        ("b", "2020-05-01T08:00:00.900+07:00", None),
        ("c", "2020-05-01T08:00:01+07:00", "2020-05-02T08:00:00+07:00"),
        ("c", "2020-05-03T08:00:00+07:00", None),
    ]
    await stage.control("followers", [
        {"oa_id": PAGE, "person": person, "followed_at": begun, "unfollowed_at": ended} for person, begun, ended in rows
    ])  # fmt: skip
    for moment, count in {
        "2020-05-01T07:59:59+07:00": 0, "2020-05-01T08:00:00+07:00": 2, "2020-05-01T08:00:01+07:00": 3,
        "2020-05-02T07:59:59+07:00": 3, "2020-05-02T08:00:00+07:00": 2, "2020-05-03T08:00:00+07:00": 3,
    }.items():  # fmt: skip
        await at(stage, moment)
        assert (await getoa(stage))["data"]["num_follower"] == count, moment


@pytest.mark.asyncio
async def test_followers_sent_twice_count_once(stage: Stage) -> None:
    for _ in range(2):
        await stage.control("followers", {"followers": [
            {"oa_id": PAGE, "person": str(number), "followed_at": "2020-05-01T08:00:00+07:00"} for number in range(50)
        ]})  # fmt: skip
        assert (await getoa(stage))["data"]["num_follower"] == 50


@pytest.mark.asyncio
async def test_a_live_follow_and_unfollow_move_the_count(stage: Stage) -> None:
    for kind, count in (("follow", 1), ("follow", 1), ("unfollow", 0), ("unfollow", 0)):
        await stage.act(kind=kind)
        assert (await getoa(stage))["data"]["num_follower"] == count


@pytest.mark.asyncio
async def test_a_page_is_verified_from_its_moment_on(stage: Stage) -> None:
    await stage.control(
        "pages", {"oa_id": PAGE, "name": "x", "app_id": APP, "verified_at": "2020-06-01T00:00:00+07:00"}
    )
    for moment, verified in (("2020-05-31T23:59:59+07:00", False), ("2020-06-01T00:00:00+07:00", True)):
        await at(stage, moment)
        assert (await getoa(stage))["data"]["is_verified"] is verified


@pytest.mark.asyncio
async def test_articles_appear_on_their_day_newest_first(stage: Stage) -> None:
    await at(stage, "2020-04-03T12:00:00+07:00")
    medias, total = await walk(stage)
    assert [media["id"] for media in medias] == ["article03", "article02", "article01"]
    assert total == 3


@pytest.mark.asyncio
async def test_views_rise_and_end_at_the_given_figure(stage: Stage) -> None:
    seen: list[int] = []
    for days in range(30):
        moment = datetime.fromisoformat("2020-04-01T12:00:00+07:00") + timedelta(days=days)
        await at(stage, moment.isoformat())
        medias, _ = await walk(stage, limit=4)
        seen.append(sum(media["total_view"] for media in medias))
    assert seen == sorted(seen)
    assert 0 < seen[0] < seen[10] < seen[-1] == 100 * sum(range(1, 13))


@pytest.mark.asyncio
async def test_a_given_curve_is_followed_point_by_point(stage: Stage) -> None:
    await stage.control("articles", {
        "oa_id": PAGE, "id": "curve", "title": "x", "create_date": "2020-03-02T00:00:00+07:00",
        "views": [[f"2020-03-{day}T00:00:00+07:00", total] for day, total in (("02", 0), ("04", 100), ("05", 130))],
    })  # fmt: skip
    for moment, views in (("2020-03-03T00:00:00+07:00", 50), ("2020-03-04T00:00:00+07:00", 100), (END, 130)):
        await at(stage, moment)
        medias, _ = await walk(stage)
        assert medias[-1]["total_view"] == views


@pytest.mark.asyncio
async def test_until_cuts_the_growth_short_at_the_exact_figure(stage: Stage) -> None:
    await stage.control("articles", {
        "oa_id": PAGE, "id": "late", "title": "x", "create_date": "2020-10-19T08:00:00+07:00", "views": 777,
        "until": END,
    })  # fmt: skip
    await at(stage, "2020-10-19T20:00:00+07:00")
    assert 0 < (await walk(stage))[0][0]["total_view"] < 777
    await at(stage, END)
    assert (await walk(stage))[0][0]["total_view"] == 777


@pytest.mark.asyncio
async def test_webhooks_carry_historys_time_while_windows_keep_the_walls(stage: Stage) -> None:
    await at(stage, END)
    await stage.act(text="hỏi")
    (push,) = await stage.pushed("user_send_text")
    assert push.body["timestamp"] == str(1_603_126_799_000)
    assert (await stage.write())["error"] == 0


@pytest.mark.asyncio
async def test_a_group_is_not_there_before_it_was_made(stage: Stage) -> None:
    await at(stage, "2020-02-01T00:00:00+07:00")
    assert (await stage.ask("GET", "/v3.0/oa/group/getgroup", params={"group_id": GROUP}))["error"] == -403


@pytest.mark.asyncio
async def test_polls_tell_when_each_page_was_asked_and_walked_through(stage: Stage) -> None:
    await at(stage, "2020-10-18T00:00:00+07:00")
    await getoa(stage)
    await stage.ask("GET", "/v2.0/article/getslice", params={"offset": 0, "limit": 10})
    await at(stage, END)
    report = await stage.control(f"polls?since={END}")
    assert report["behind"] == {"getoa": 3, "getslice": 3}
    await stage.ask("GET", "/v2.0/article/getslice", params={"offset": 10, "limit": 10})  # a walk begun before the end
    await getoa(stage)
    report = await stage.control(f"polls?since={END}")
    assert report["behind"] == {"getoa": 2, "getslice": 3}
    await walk(stage)
    report = await stage.control(f"polls?since={END}")
    assert report["behind"] == {"getoa": 2, "getslice": 2}
    moment = "2020-10-19T16:59:59.000+00:00"
    polled = {"oa_id": PAGE, "getoa_at": moment, "getslice_from": moment, "getslice_at": moment}
    assert polled in report["pages"]
