"""Every answer and webhook has the fields of the manual's own sample, no more and no fewer.

`shapes.json` is drawn from the manual's samples: field names and kinds of values alone. Where the samples are at hand,
a test holds it to them.
"""

import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.contract.demo_zalo.stage import GROUP, PAGE, PERSON, VERIFIER, Stage

HERE = Path(__file__).parent
SAMPLES = HERE.parents[3] / "shared" / "conformance" / "zalo"
SHAPES: dict[str, dict[str, Any]] = json.loads((HERE / "shapes.json").read_text(encoding="utf-8"))
PICTURE = {
    "type": "template",
    "payload": {"template_type": "media", "elements": [{"media_type": "image", "url": "https://example.vn/a.jpg"}]},
}
INFO = {"name": "Y Ê", "phone": 84900000001, "address": "1", "ward": "Ea Tu", "district": "BMT", "city": "Đắk Lắk"}


def shape_of(value: object) -> Any:
    """Field names and kinds; a list as the distinct shapes of its elements."""
    if isinstance(value, dict):
        return {name: shape_of(one) for name, one in value.items()}
    if isinstance(value, list):
        shapes: list[Any] = []
        for shape in map(shape_of, value):
            if shape not in shapes:
                shapes.append(shape)
        return shapes
    if isinstance(value, bool):
        return "flag"
    return "number" if isinstance(value, int | float) else "text"


def fits(expected: Any, got: Any) -> bool:
    """A list may hold any of the expected shapes of elements; all else is equal."""
    if isinstance(expected, dict) and isinstance(got, dict):
        return expected.keys() == got.keys() and all(fits(expected[name], got[name]) for name in got)
    if isinstance(expected, list) and isinstance(got, list):
        return all(any(fits(one, element) for one in expected) for element in got)
    return bool(expected == got)


async def a_conversation(stage: Stage) -> None:
    await stage.act(text="cho em hỏi thủ tục", name="Khoa Phạm")
    await stage.act(text="trong nhóm", group_id=GROUP)


async def quote(stage: Stage) -> dict[str, Any]:
    asked = await stage.act(text="hỏi")
    return await stage.write("đáp", quote_message_id=asked["msg_id"])


async def reply_paid_by(stage: Stage, **page: object) -> dict[str, Any]:
    """The answer to the ninth message, when the free ones are used up."""
    await stage.control("pages", {"oa_id": PAGE, "name": "x", "app_id": "3570977494304483078"} | page)
    await stage.act(text="hỏi")
    for _ in range(8):
        await stage.write()
    return await stage.write()


async def in_conversation(stage: Stage, path: str, **query: object) -> dict[str, Any]:
    await a_conversation(stage)
    return await stage.ask("GET", path, params=query)


async def picture_in_group(stage: Stage) -> dict[str, Any]:
    attachment = {
        "payload": {"thumbnail": "https://example.vn/t.jpg", "url": "https://example.vn/p.jpg"},
        "type": "image",
    }
    await stage.act(kind="image", attachment=attachment, group_id=GROUP)
    return await in_conversation(stage, "/v3.0/oa/group/conversation", group_id=GROUP)


async def detail(stage: Stage) -> dict[str, Any]:
    await stage.act(kind="submit_info", info=INFO)
    return await stage.ask("GET", "/v3.0/oa/user/detail", params={"data": json.dumps({"user_id": PERSON})})


async def followers(stage: Stage) -> dict[str, Any]:
    await stage.act(kind="follow")
    return await stage.ask("GET", "/v3.0/oa/user/getlist", params={"data": '{"offset":0,"count":15}'})


async def after_question(stage: Stage, call: Callable[[Stage], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
    await stage.act(text="hỏi")
    return await call(stage)


async def a_token(stage: Stage) -> dict[str, Any]:
    form = {
        "grant_type": "authorization_code", "code": (await stage.code())["code"], "code_verifier": VERIFIER
    }  # fmt: skip
    said: dict[str, Any] = json.loads(await stage.exchange(form))
    return said


Case = Callable[[Stage], Awaitable[dict[str, Any]]]
DATA = json.dumps({"user_id": int(PERSON), "offset": 0, "count": 5})
ANSWERS: dict[str, Case] = {
    "token": a_token,
    "message_reply": lambda stage: after_question(stage, lambda stage: stage.write()),
    "message_sub_quota": lambda stage: reply_paid_by(stage, package_messages=5),
    "message_purchase_quota": lambda stage: reply_paid_by(stage, package_messages=0, purchase_quota=5),
    "message_reward_quota": lambda stage: reply_paid_by(stage, package_messages=0, reward_quota=5),
    "message_charged": lambda stage: reply_paid_by(stage, package_messages=0),
    "message_picture": lambda stage: after_question(stage, lambda stage: stage.write(attachment=PICTURE)),
    "message_quote": quote,
    "quota_of_person": lambda stage: after_question(
        stage, lambda stage: stage.ask("POST", "/v3.0/oa/quota/message", json={"user_id": PERSON})
    ),
    "quota_of_page": lambda stage: stage.ask("POST", "/v3.0/oa/quota/message", json={"quota_owner": "OA"}),
    "conversation": lambda stage: in_conversation(stage, "/v2.0/oa/conversation", data=DATA),
    "listrecentchat": lambda stage: in_conversation(stage, "/v2.0/oa/listrecentchat", data='{"offset":0,"count":5}'),
    "group_message": lambda stage: stage.write_group(),
    "getgroup": lambda stage: stage.ask("GET", "/v3.0/oa/group/getgroup", params={"group_id": GROUP}),
    "getgroupsofoa": lambda stage: stage.ask("GET", "/v3.0/oa/group/getgroupsofoa"),
    "listmember": lambda stage: stage.ask("GET", "/v3.0/oa/group/listmember", params={"group_id": GROUP}),
    "quota_group": lambda stage: stage.ask("POST", "/v3.0/oa/quota/group", json={"quota_owner": "OA"}),
    "group_listrecentchat": lambda stage: in_conversation(stage, "/v3.0/oa/group/listrecentchat", offset=0, count=10),
    "group_conversation": picture_in_group,
    "getoa": lambda stage: stage.ask("GET", "/v2.0/oa/getoa"),
    "getslice": lambda stage: stage.ask("GET", "/v2.0/article/getslice", params={"offset": 0, "limit": 5}),
    "getdetail": lambda stage: stage.ask("GET", "/v2.0/article/getdetail", params={"id": "article01"}),
    "user_detail": detail,
    "user_getlist": followers,
    "deletefollowerinfo": lambda stage: stage.ask("POST", "/v2.0/oa/deletefollowerinfo", json={"user_id": PERSON}),
}


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.asyncio
async def test_an_answer_has_the_fields_of_the_manuals_sample(stage: Stage, name: str) -> None:
    said = await ANSWERS[name](stage)
    said.pop("headers", None)
    assert said.get("error", 0) == 0, said
    assert fits(SHAPES[name]["shape"], shape_of(said)), (SHAPES[name]["shape"], said)
    assert said.get("data") != []


async def officer(stage: Stage) -> None:
    await stage.control("officer/answer", {"oa_id": PAGE, "person": PERSON, "text": "mời anh lên xã"})


async def written_to(stage: Stage) -> None:
    await stage.act(text="hỏi")
    await stage.write()


EVENTS: dict[str, Callable[[Stage], Awaitable[None]]] = {
    "user_send_text": lambda stage: stage.act(text="message"),
    "user_send_group_text": lambda stage: stage.act(text="message", group_id=GROUP),
    "follow": lambda stage: stage.act(kind="follow"),
    "create_group": lambda stage: stage.control("groups", {
        "group_id": "g9", "oa_id": PAGE, "name": "Thôn 9", "created_at": 1_600_000_000_000, "push": True,
    }),
    "user_join_group": lambda stage: stage.act(kind="join_group", group_id=GROUP),
    "user_out_group": lambda stage: stage.act(kind="out_group", group_id=GROUP),
    "oa_send_text": officer,
    "user_received_message": written_to,
    "user_seen_message": written_to,
    "user_reacted_message": lambda stage: stage.act(kind="react", msg_id="789f573aecf8a9a4f0eb"),
    "user_click_chatnow": lambda stage: stage.act(kind="click"),
    "user_withdraw": lambda stage: stage.act(kind="withdraw"),
    "user_submit_info": lambda stage: stage.act(kind="submit_info", info=INFO),
}  # fmt: skip


@pytest.mark.parametrize("name", EVENTS)
@pytest.mark.asyncio
async def test_a_webhook_has_the_fields_of_the_manuals_sample(stage: Stage, name: str) -> None:
    await EVENTS[name](stage)
    (push, *_) = await stage.pushed(name)
    assert fits(SHAPES[f"event_{name}"]["shape"], shape_of(push.body)), (SHAPES[f"event_{name}"]["shape"], push.body)


def test_every_shape_has_its_case() -> None:
    assert set(SHAPES) == set(ANSWERS) | {f"event_{name}" for name in EVENTS}


def test_the_shapes_are_those_of_the_manuals_samples_where_these_are_at_hand() -> None:
    for name, known in SHAPES.items():
        sample = SAMPLES / known["file"]
        if sample.is_file():
            mended = re.sub(
                r",(\s*[}\]])", r"\1", sample.read_text(encoding="utf-8")
            )  # one sample has a comma too many
            assert shape_of(json.loads(mended)) == known["shape"], name
