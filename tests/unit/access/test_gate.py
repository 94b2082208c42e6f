"""The gate over HTTP: who is let in, and what the others are told. The whole app is litestar's own, no network."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from litestar import Litestar, get
from litestar.datastructures import State
from litestar.di import Provide
from litestar.testing import AsyncTestClient

from shared.access import Gate, Role, SignedIn, TokenSigner, TokenVerifier, provide_officer, requires
from shared.database import StoreUnavailable
from shared.service.problems import Refused, on_refused
from tests.unit.access.test_tokens import NOW, PRIVATE, PUBLIC, an_officer

pytestmark = pytest.mark.asyncio(loop_scope="session")

SIGNED_OUT = "officer-signed-out"
UNKNOWABLE = "officer-while-the-store-is-away"


@get("/approve", guards=[requires(Role.APPROVER)])
async def approve(officer: SignedIn) -> str:
    return officer.id


@get("/who")
async def who(officer: SignedIn) -> str:
    return officer.name


@get("/signed-in", guards=[requires()])
async def signed_in() -> str:
    return "in"


async def active(officer: str, issued_at: datetime) -> bool:
    if officer == UNKNOWABLE:
        raise StoreUnavailable
    return officer != SIGNED_OUT and issued_at == NOW


def an_app(**state: Any) -> Litestar:
    return Litestar(
        [approve, who, signed_in],
        state=State(state),
        dependencies={"officer": Provide(provide_officer)},
        exception_handlers={Refused: on_refused},
    )


@pytest_asyncio.fixture(loop_scope="session")
async def client() -> AsyncIterator[AsyncTestClient[Litestar]]:
    gate = Gate(TokenVerifier(PUBLIC, province="66"), active, clock=lambda: NOW + timedelta(minutes=1))
    async with AsyncTestClient(an_app(gate=gate)) as client:
        yield client


def bearer(**changes: Any) -> dict[str, str]:
    token = TokenSigner(PRIVATE, province="66").sign(an_officer(**changes), now=NOW)
    return {"Authorization": f"Bearer {token}"}


async def test_who_has_the_role_is_let_in_and_known(client: AsyncTestClient[Litestar]) -> None:
    answer = await client.get("/approve", headers=bearer(roles=frozenset({Role.APPROVER})))
    assert (answer.status_code, answer.text) == (200, "officer-1")


async def test_without_the_role_it_is_403_with_what_is_missing_and_what_to_do(
    client: AsyncTestClient[Litestar],
) -> None:
    answer = await client.get("/approve", headers=bearer(roles=frozenset({Role.DISPATCHER})))
    problem = answer.json()
    assert answer.status_code == 403
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert problem["needs"] == "approver"
    assert "Không được phép" in problem["title"]
    assert "administrator" in problem["action"]


@pytest.mark.parametrize("path", ["/approve", "/who", "/signed-in"])
async def test_without_a_token_it_is_401_with_what_to_do(client: AsyncTestClient[Litestar], path: str) -> None:
    answer = await client.get(path)
    problem = answer.json()
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert problem["reason"] == "missing"
    assert "Đăng nhập" in problem["action"]


async def test_any_role_is_enough_where_none_is_named(client: AsyncTestClient[Litestar]) -> None:
    assert (await client.get("/signed-in", headers=bearer(roles=frozenset()))).status_code == 200


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer ", "Basic abc", "Bearer abc", "abc"])
async def test_no_other_form_of_the_header_counts(client: AsyncTestClient[Litestar], value: str) -> None:
    assert (await client.get("/who", headers={"Authorization": value})).status_code == 401


async def test_no_other_header_names_the_user(client: AsyncTestClient[Litestar]) -> None:
    token = bearer()["Authorization"]
    for name in ("X-User", "X-Forwarded-User", "X-Officer", "Cookie", "X-Authorization", "Proxy-Authorization"):
        assert (await client.get("/who", headers={name: token})).status_code == 401


async def test_two_authorization_headers_are_no_way_in_for_a_second_person(client: AsyncTestClient[Litestar]) -> None:
    answer = await client.get("/who", headers=[("Authorization", "Bearer forged"), *bearer().items()])
    assert answer.status_code == 401


async def test_who_was_signed_out_is_refused_though_the_token_is_good(client: AsyncTestClient[Litestar]) -> None:
    answer = await client.get("/who", headers=bearer(id=SIGNED_OUT))
    assert (answer.status_code, answer.json()["reason"]) == (401, "revoked")


async def test_an_expired_token_says_so() -> None:
    gate = Gate(TokenVerifier(PUBLIC, province="66"), active, clock=lambda: NOW + timedelta(hours=1))
    async with AsyncTestClient(an_app(gate=gate)) as client:
        answer = await client.get("/who", headers=bearer())
    assert (answer.status_code, answer.json()["reason"]) == (401, "expired_token")


async def test_nobody_comes_in_while_revocation_cannot_be_asked(client: AsyncTestClient[Litestar]) -> None:
    assert (await client.get("/who", headers=bearer(id=UNKNOWABLE))).status_code == 500


async def test_an_app_without_its_gate_opens_to_nobody() -> None:
    async with AsyncTestClient(an_app()) as client:
        assert (await client.get("/who", headers=bearer())).status_code == 500


async def test_the_gate_reads_the_real_clock_unless_told() -> None:
    gate = Gate(TokenVerifier(PUBLIC, province="66"), active)
    assert abs(gate.clock() - datetime.now(UTC)) < timedelta(seconds=5)
