"""The register: provisioned once, groups by Zalo's word alone, and what officers see of it."""

from datetime import date
from typing import Any

import aiohttp
import pytest

from shared.access import Role
from shared.events import AccountState, decode
from tests.ingest import APP, PAGE, a_text
from tests.integration.ingest.conftest import GROUP, OTHER_PAGE, Ingest

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def states(ingest: Ingest, account: str) -> list[AccountState]:
    records = [r for r in await ingest.records("channels.accounts.v1") if r.key == account]
    events = [decode(r.headers, r.value, {AccountState.type: AccountState}) for r in records]
    return [e for e in events if isinstance(e, AccountState)]


async def told(ingest: Ingest, account: str, count: int) -> list[AccountState]:
    """The states of an account, once there are so many."""
    await ingest.until("select version from accounts where account = $1", count, account)
    await ingest.until("select count(*)::int from outbox", 0)
    return await states(ingest, account)


def group_life(name: str, group: str = GROUP, at: str = "1590206400000") -> dict[str, Any]:
    return {"oa_id": PAGE, "group_id": group, "event_name": name, "app_id": APP, "timestamp": at}


async def test_a_provisioned_page_is_published_once_however_often_it_is_provisioned(ingest: Ingest) -> None:
    said = await ingest.run("provision", str(ingest.folder / "province"))
    assert said.strip() == "ingest: 2 pages (0 changed), 3 villages (0 changed), 6 call words (0 changed)"
    (state,) = await told(ingest, PAGE, 1)
    assert (state.kind, state.unit, state.commune_2020, state.commune_2025) == (
        "page",
        "commune-2020-24133",
        "24133",
        "24163",
    )
    assert (state.valid_from, state.state) == (date(2020, 3, 1), "active")
    acts = await ingest.fetch("select actor, act, detail from audit_log")
    assert [(row["actor"], row["act"]) for row in acts] == [("system:provision", "register.provisioned")]


async def test_a_changed_page_is_published_again_and_the_hot_path_learns_of_a_new_one(ingest: Ingest) -> None:
    pages = ingest.folder / "province" / "pages.csv"
    before = pages.read_text("utf-8")
    assert await ingest.zalo(a_text(page="9990001", msg_id="new-page-1")) == 200
    pages.write_text(
        before.replace("Công an tỉnh", "Công an tỉnh Đắk Lắk") + f"9990001,{APP},x,Trang mới,,,,\n", "utf-8"
    )
    assert "3 pages (2 changed)" in await ingest.run("provision", str(ingest.folder / "province"))
    (_, renamed) = await told(ingest, OTHER_PAGE, 2)
    assert renamed.name == "Công an tỉnh Đắk Lắk"
    await ingest.until("select count(*)::int from outbox", 0)
    for number in range(50):
        assert await ingest.zalo(a_text(page="9990001", msg_id=f"new-page-2-{number}")) == 200
        if any(b"new-page-2" in (r.value or b"") for r in await ingest.records("inbound.messages.v1")):
            return
    raise AssertionError("the snapshot was not read anew")


async def test_another_provinces_folder_is_refused(ingest: Ingest) -> None:
    toml = ingest.folder / "province" / "province.toml"
    kept = toml.read_text("utf-8")
    toml.write_text(kept.replace('"66"', '"67"'), "utf-8")
    with pytest.raises(AssertionError, match="is province 67"):
        await ingest.run("provision", str(ingest.folder / "province"))
    toml.write_text(kept, "utf-8")


async def test_a_group_enters_by_zalos_word_is_placed_by_the_map_and_ends_by_zalos_word(ingest: Ingest) -> None:
    assert await ingest.zalo(group_life("create_group")) == 200
    (made,) = await told(ingest, GROUP, 1)
    assert (made.kind, made.page, made.village, made.name) == ("group", PAGE, "24133-01", "Buôn Jù")
    assert (made.commune_2020, made.commune_2025, made.unit) == ("24133", "24163", "commune-2020-24133")
    assert made.valid_from == date(2020, 5, 23)
    assert await ingest.zalo(group_life("create_group")) == 200, "told again, it is the same"
    assert await ingest.zalo(group_life("delete_group", at="1598918400000")) == 200
    (_, ended) = await told(ingest, GROUP, 2)
    assert (ended.state, ended.valid_to) == ("closed", date(2020, 9, 1))


async def test_a_group_whose_end_is_told_first_is_closed_all_the_same(ingest: Ingest) -> None:
    group = "f414c8f76fa586fbdfb4"
    assert await ingest.zalo(group_life("delete_group", group, "1598918400000")) == 200
    await told(ingest, group, 1)
    assert await ingest.zalo(group_life("create_group", group)) == 200
    state = (await told(ingest, group, 2))[-1]
    assert (state.state, state.valid_from, state.valid_to) == ("closed", date(2020, 5, 23), date(2020, 9, 1))


# ── what officers see ────────────────────────────────────────────────────────────────────────────────────────────────


async def get(ingest: Ingest, path: str, headers: dict[str, str]) -> tuple[int, Any]:
    async with ingest.http.get(ingest.url + path, headers=headers) as response:
        return response.status, await response.json()


async def test_the_register_is_for_who_is_signed_in_and_is_paged(ingest: Ingest) -> None:
    assert (await get(ingest, "/api/v1/accounts", {}))[0] == 401
    assert (await get(ingest, "/api/v1/accounts", {"Authorization": "Bearer x"}))[0] == 401
    viewer = await ingest.sign_in(Role.VIEWER)
    status, first = await get(ingest, "/api/v1/accounts?kind=page&limit=1", viewer)
    assert status == 200
    assert [a["account"] for a in first["accounts"]] == [PAGE]
    _, second = await get(ingest, f"/api/v1/accounts?kind=page&limit=1&after={first['next']}", viewer)
    assert [a["account"] for a in second["accounts"]] == [OTHER_PAGE]
    _, mine = await get(ingest, f"/api/v1/accounts?page={PAGE}&limit=500", viewer)
    assert {a["page"] for a in mine["accounts"]} == {PAGE}
    assert mine["next"] is None


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=x", "kind=form", f"after={'x' * 65}"])
async def test_a_query_that_cannot_be_meant_is_a_problem(ingest: Ingest, query: str) -> None:
    viewer = await ingest.sign_in(Role.VIEWER)
    async with ingest.http.get(f"{ingest.url}/api/v1/accounts?{query}", headers=viewer) as response:
        assert response.status == 400
        assert response.content_type == "application/problem+json"


async def test_what_was_raised_is_for_the_duty_desk_and_administrators(ingest: Ingest) -> None:
    for number in range(3):
        assert await ingest.zalo(a_text(event_name=f"user_new_{number}")) == 200
    await ingest.until("select count(*)::int from raised where name like 'user_new_%'", 3)
    assert (await get(ingest, "/api/v1/raised", await ingest.sign_in(Role.COMMUNE_OFFICER)))[0] == 403
    desk = await ingest.sign_in(Role.ADMINISTRATOR)
    status, first = await get(ingest, "/api/v1/raised?limit=2", desk)
    assert status == 200
    assert len(first["raised"]) == 2
    _, rest = await get(ingest, f"/api/v1/raised?limit=500&before={first['next']}", desk)
    ids = [one["id"] for one in first["raised"] + rest["raised"]]
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == len(ids) >= 3
    assert rest["next"] is None


async def test_the_api_is_described(ingest: Ingest) -> None:
    async with aiohttp.ClientSession() as http, http.get(f"{ingest.url}/schema/openapi.json") as response:
        said = await response.json()
    assert {"/api/v1/accounts", "/api/v1/raised"} <= set(said["paths"])
    assert said["openapi"].startswith("3.1")
    async with ingest.http.get(f"{ingest.url}/schema/asyncapi.json") as response:
        said = await response.json()
    assert {"inbound.messages.v1", "identities.v1", "channels.access.v1"} <= set(said["channels"])
