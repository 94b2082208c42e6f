"""Whatever is sent over HTTP, what is wrong with it is said (RFC 9457): it is never our crash."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.integration.triage.world import World
from tests.make import a_message

pytestmark = pytest.mark.asyncio(loop_scope="session")

OWN = "ca.thong-nhat"
DESK = "truc-ban.1"


def refused_as(answer: httpx.Response, kind: str) -> bool:
    return (answer.status_code, answer.json()["type"]) == (400, f"urn:binhyen:problem:{kind}")


async def a_case(world: World) -> dict[str, Any]:
    person, now = uuid4().hex, datetime.now(UTC)
    words = "có đánh bạc ở tổ dân phố 3 mỗi tối"
    await world.say(a_message(words, person=person, key=uuid4().hex[:20], occurred_at=now, received_at=now))
    return dict(await world.case_of(person))


@pytest.mark.parametrize("path", ["/api/v1/cases", "/api/v1/cases/count"])
@pytest.mark.parametrize("name", ["from", "to"])
async def test_a_day_at_an_end_of_the_calendar_is_refused(world: World, path: str, name: str) -> None:
    for day in ("0001-01-01", "1969-12-31", "2200-01-01", "9999-12-31"):
        assert refused_as(await world.get(path, by=OWN, **{name: day}), "bad_day"), day
    for day in ("1970-01-01", "2199-12-31"):
        assert (await world.get(path, by=OWN, **{name: day})).status_code == 200, day


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/api/v1/cases", "0001-01-01T00:00:00+14:00"),
        ("/api/v1/cases", "9999-12-31T23:59:59-14:00"),
        ("/api/v1/cases", "2026-01-01"),
        ("/api/v1/proposals", "1e39"),
        ("/api/v1/proposals", "-1"),
        ("/api/v1/proposals", "nan"),
    ],
)
async def test_a_cursor_that_no_page_gave_is_refused(world: World, path: str, place: str) -> None:
    cursor = urlsafe_b64encode(f"{place} {uuid4()}".encode()).decode().rstrip("=")
    assert refused_as(await world.get(path, by=OWN, after=cursor), "bad_cursor")


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("correct", {"version": 1, "topic": "theft", "reason": "abc\0def"}),
        ("answer", {"version": 1, "text": "abc\0def"}),
        ("resolve", {"version": 1, "outcome": "unfounded", "note": "abc\0def"}),
        ("person", {"reason": "abc\0def"}),
    ],
)
async def test_a_nul_in_a_text_is_refused_and_changes_nothing(world: World, act: str, body: dict[str, Any]) -> None:
    case = await a_case(world)
    assert refused_as(await world.post(f"/api/v1/cases/{case['code']}/{act}", by=DESK, **body), "invalid_request")
    assert (await world.rows("select version from cases where id = $1", case["id"]))[0]["version"] == 1


async def test_a_nul_elsewhere_is_refused_too(world: World) -> None:
    case = await a_case(world)
    register = f"case_code,outcome,acted_at,note\n{case['code']},unfounded,2026-01-01T00:00,a\0b\n"
    assert refused_as(await world.post_csv("/api/v1/imports/outcomes", register, by=DESK), "bad_import")
    part = {"code": case["code"], "reason": "abc\0def"}
    assert refused_as(await world.post(f"/api/v1/incidents/{uuid4()}/part", by=OWN, **part), "invalid_request")
    assert refused_as(await world.post("/api/v1/sign-in", account="a\0b", password="x"), "invalid_request")
    assert (await world.post("/api/v1/officers/a%00b/revoke", by="quan-tri.1")).status_code == 404


async def test_a_body_of_brackets_within_brackets_is_refused(world: World) -> None:
    await world.sign_in(DESK)
    answer = await world.client.post(
        f"{world.url}/api/v1/cases/{(await a_case(world))['code']}/correct",
        content=b"[" * 100_000,
        headers={"Authorization": f"Bearer {await world.sign_in(DESK)}", "content-type": "application/json"},
    )
    assert refused_as(answer, "too_deep")
