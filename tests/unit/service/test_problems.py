"""What a person meets when something is refused: RFC 9457, in two languages, with no inside showing."""

import pytest
from litestar import Litestar, get, post
from litestar.exceptions import HTTPException, ValidationException
from litestar.params import JSONBody
from litestar.testing import TestClient
from pydantic import BaseModel

from shared.database import StoreUnavailable
from shared.service.problems import Refused, on_crash, on_depth, on_http, on_refused, on_validation, on_world

SECRET = "ong Ba danh bac"


class Body(BaseModel):
    count: int


@get("/refused")
async def refused() -> None:
    raise Refused(409, "stale_version", "Hồ sơ đã đổi. / The case has changed.", "Tải lại. / Reload.", version=7)


@get("/crash")
async def crash() -> None:
    raise RuntimeError(SECRET)


@get("/away")
async def away() -> None:
    raise StoreUnavailable


@post("/typed")
async def typed(data: JSONBody[Body]) -> None:
    del data


@pytest.fixture
def client() -> TestClient[Litestar]:
    app = Litestar(
        [refused, crash, away, typed],
        exception_handlers={
            Refused: on_refused,
            ValidationException: on_validation,
            HTTPException: on_http,
            StoreUnavailable: on_world,
            RecursionError: on_depth,
            Exception: on_crash,
        },
    )
    return TestClient(app, raise_server_exceptions=False)


def test_a_refusal_says_what_and_what_to_do(client: TestClient[Litestar]) -> None:
    answer = client.get("/refused")
    assert answer.status_code == 409
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json() == {
        "type": "urn:binhyen:problem:stale_version",
        "title": "Hồ sơ đã đổi. / The case has changed.",
        "status": 409,
        "detail": "Tải lại. / Reload.",
        "instance": "/refused",
        "version": 7,
    }


def test_brackets_within_brackets_are_the_sender_s_mistake(client: TestClient[Litestar]) -> None:
    answer = client.post("/typed", content=b"[" * 100_000)
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:binhyen:problem:too_deep")


def test_a_crash_shows_nothing_of_the_inside(client: TestClient[Litestar]) -> None:
    answer = client.get("/crash")
    assert answer.status_code == 500
    assert SECRET not in answer.text
    assert answer.json()["type"] == "urn:binhyen:problem:broken"


def test_the_worlds_failure_asks_to_come_back(client: TestClient[Litestar]) -> None:
    answer = client.get("/away")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"


def test_a_wrong_body_names_the_field_and_not_its_content(client: TestClient[Litestar]) -> None:
    answer = client.post("/typed", json={"count": SECRET})
    assert answer.status_code == 400
    assert "count" in answer.text
    assert SECRET not in answer.text


def test_nothing_there_is_a_problem_too(client: TestClient[Litestar]) -> None:
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:binhyen:problem:not_found"
