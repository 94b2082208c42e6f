"""What Zalo refuses, and with which code: a table of labelled cases, each beside one that is allowed."""

import json
from typing import Any

import pytest

from tests.contract.demo_zalo.stage import (
    GROUP,
    LAPSED_GROUP,
    OTHER_GROUP,
    PAGE,
    PERSON,
    PLAIN_PAGE,
    STRANGER,
    Stage,
)

CS, GROUP_MESSAGE = "/v3.0/oa/message/cs", "/v3.0/oa/group/message"


def to_person(message: object, person: object = PERSON) -> dict[str, Any]:
    return {"json": {"recipient": {"user_id": person}, "message": message}}


def to_group(group: str, text: str = "tin báo") -> dict[str, Any]:
    return {"json": {"recipient": {"group_id": group}, "message": {"text": text}}}


def data(**values: object) -> dict[str, Any]:
    return {"params": {"data": json.dumps(values)}}


CASES: dict[str, tuple[str, str, dict[str, Any], int]] = {
    "a text of 2,000 characters": ("POST", CS, to_person({"text": "ă" * 2000}), 0),
    "a text of 2,001 characters": ("POST", CS, to_person({"text": "ă" * 2001}), -210),
    "no text": ("POST", CS, to_person({"text": ""}), -201),
    "no message": ("POST", CS, to_person(None), -201),
    "no recipient": ("POST", CS, {"json": {"message": {"text": "x"}}}, -201),
    "a body that is no JSON": ("POST", CS, {"data": b"{"}, -201),
    "a quote of an unknown message": ("POST", CS, to_person({"text": "x", "quote_message_id": "none"}), -201),
    "an unknown kind of attachment": ("POST", CS, to_person({"attachment": {"type": "x", "payload": {}}}), -233),
    "a person the page never met": ("POST", CS, to_person({"text": "x"}, STRANGER), -213),
    "a group of the page": ("POST", GROUP_MESSAGE, to_group(GROUP), 0),
    "an unknown group": ("POST", GROUP_MESSAGE, to_group("nowhere"), -403),
    "another page's group": ("POST", GROUP_MESSAGE, to_group(OTHER_GROUP), -403),
    "a lapsed group": ("POST", GROUP_MESSAGE, to_group(LAPSED_GROUP), -237),
    "members of another page's group": (
        "GET",
        "/v3.0/oa/group/listmember",
        {"params": {"group_id": OTHER_GROUP}},
        -403,
    ),
    "10 of a conversation": ("GET", "/v2.0/oa/conversation", data(user_id=PERSON, offset=0, count=10), 0),
    "11 of a conversation": ("GET", "/v2.0/oa/conversation", data(user_id=PERSON, offset=0, count=11), -210),
    "a conversation with nobody": ("GET", "/v2.0/oa/conversation", data(offset=0, count=10), -201),
    "11 recent chats": ("GET", "/v2.0/oa/listrecentchat", data(offset=0, count=11), -210),
    "10 articles": ("GET", "/v2.0/article/getslice", {"params": {"offset": 0, "limit": 10, "type": "normal"}}, 0),
    "11 articles": ("GET", "/v2.0/article/getslice", {"params": {"offset": 0, "limit": 11, "type": "normal"}}, -210),
    "articles of no known type": ("GET", "/v2.0/article/getslice", {"params": {"type": "poem"}}, -201),
    "an unknown article": ("GET", "/v2.0/article/getdetail", {"params": {"id": "none"}}, -201),
    "50 groups": ("GET", "/v3.0/oa/group/getgroupsofoa", {"params": {"count": 50}}, 0),
    "51 groups": ("GET", "/v3.0/oa/group/getgroupsofoa", {"params": {"count": 51}}, -210),
    "followers from 9,951": ("GET", "/v3.0/oa/user/getlist", data(offset=9951, count=50), 0),
    "followers from 9,952": ("GET", "/v3.0/oa/user/getlist", data(offset=9952, count=50), -210),
    "an unknown token": ("GET", "/v2.0/oa/getoa", {"token": "none"}, -216),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.asyncio
async def test_zalo_answers_http_200_with_its_own_code(stage: Stage, name: str) -> None:
    method, path, what, code = CASES[name]
    await stage.act(text="hỏi")
    said = await stage.ask(method, path, **what)
    assert said["error"] == code, said
    assert "data" in said if code == 0 else "data" not in said


@pytest.mark.asyncio
async def test_a_page_that_is_not_verified_writes_to_no_group(stage: Stage) -> None:
    assert (await stage.write_group(page=PLAIN_PAGE))["error"] == -221
    await stage.control("pages", {
        "oa_id": PAGE, "name": "x", "app_id": "3570977494304483078", "verified_at": 0, "package": "Cơ bản",
    })  # fmt: skip
    assert (await stage.write_group())["error"] == -224


@pytest.mark.asyncio
async def test_what_was_refused_leaves_no_trace(stage: Stage) -> None:
    await stage.write(person=STRANGER)
    await stage.write_group("nowhere")
    assert (await stage.control("sent"))["sent"] == []
    assert stage.pushes == []
