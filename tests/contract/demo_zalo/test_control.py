"""The control routes refuse what does not fit by name, and a refused body changes nothing."""

import pytest

from tests.contract.demo_zalo.stage import GROUP, PAGE, PERSON, Stage

BAD: dict[str, tuple[str, object, str]] = {
    "an unknown field": ("pages", {"oa_id": "1", "name": "x", "app_id": "a", "colour": "red"}, "colour"),
    "a missing field": ("followers", [{"oa_id": "1", "person": "2"}], "followed_at"),
    "a number for an id": ("followers", [{"oa_id": 1, "person": "2", "followed_at": 0}], "oa_id"),
    "a moment without a zone": ("clock", {"now": "2020-10-19T23:59:59"}, "zone"),
    "an unknown page": ("people/act", {"oa_id": "none", "person": "2", "text": "x"}, "unknown page"),
    "another page's group": ("people/act", {"oa_id": PAGE, "person": "2", "text": "x", "group_id": "none"}, "no group"),
    "a text without text": ("people/act", {"oa_id": PAGE, "person": "2"}, "text"),
    "a picture without one": ("people/act", {"oa_id": PAGE, "person": "2", "kind": "image"}, "attachment"),
    "a deed nobody does": ("people/act", {"oa_id": PAGE, "person": "2", "kind": "fly"}, "fly"),
    "an answer to nobody": ("officer/answer", {"oa_id": PAGE, "text": "x"}, "person or to group_id"),
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.asyncio
async def test_what_does_not_fit_is_refused_with_what_is_wrong(stage: Stage, name: str) -> None:
    path, body, why = BAD[name]
    before = (await stage.control("state"))["counts"]
    assert why in (await stage.control(path, body, status=400))["error"]
    assert (await stage.control("state"))["counts"] == before


@pytest.mark.asyncio
async def test_one_bad_row_refuses_its_whole_chunk(stage: Stage) -> None:
    good = {"oa_id": PAGE, "person": "1", "followed_at": 0}
    await stage.control("followers", [good, {"oa_id": PAGE, "person": "2"}], status=400)
    assert (await stage.control("state"))["counts"]["follows"] == 0


@pytest.mark.asyncio
async def test_sent_is_read_on_from_where_it_ended_and_narrowed(stage: Stage) -> None:
    await stage.act(text="hỏi")
    replied = [(await stage.write(f"đáp {number}"))["data"]["message_id"] for number in range(3)]
    in_group = (await stage.write_group())["data"]["message_id"]
    first = await stage.control("sent?limit=2")
    rest = await stage.control(f"sent?after={first['next']}")
    assert [one["msg_id"] for one in first["sent"] + rest["sent"]] == [*replied, in_group]
    assert rest["next"] is None
    assert [one["msg_id"] for one in (await stage.control(f"sent?group_id={GROUP}"))["sent"]] == [in_group]
    assert len((await stage.control(f"sent?person={PERSON}"))["sent"]) == 3
    assert (await stage.control(f"sent?msg_id={replied[1]}"))["sent"][0]["text"] == "đáp 1"


@pytest.mark.asyncio
async def test_health_and_state_tell_what_is_there(stage: Stage) -> None:
    async with stage.http.get(f"{stage.url}/health") as answer:
        assert answer.status == 200
    counts = (await stage.control("state"))["counts"]
    assert (counts["pages"], counts["village_groups"], counts["articles"], counts["access_tokens"]) == (3, 3, 12, 3)
