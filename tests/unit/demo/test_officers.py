"""The simulated officers: what they correct, what they enter, and what the headline must say afterwards."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from deploy.demo import headline, officers
from deploy.demo.api import Services
from deploy.demo.figures import OFFENCES, figures
from deploy.demo.surroundings import DemoError, Surroundings

TRUTH: Mapping[str, Mapping[str, str | None]] = {
    "m1": {"key": "m1", "category": "tip", "topic": "theft", "resolved_at": "1583000000000"},
    "m2": {"key": "m2", "category": "admin_question", "topic": "vehicle", "resolved_at": None},
    "m3": {"key": "m3", "category": "other", "topic": "greeting", "resolved_at": None},
}


class Triage:
    """A double of triage's documented routes: three cases, one of them wrong, changed once behind our back."""

    def __init__(self) -> None:
        self.cases: dict[str, dict[str, Any]] = {
            "A1": {"code": "A1", "version": 1, "category": "tip", "first_message_key": "m1"},
            "A2": {"code": "A2", "version": 3, "category": "other", "first_message_key": "m2"},
            "A3": {"code": "A3", "version": 1, "category": "other", "first_message_key": "m3"},
        }
        self.corrections: list[tuple[str, str]] = []
        self.conflicts = 1
        self.sign_ins = 0

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/api/v1/sign-in", self.sign_in)
        app.router.add_get("/api/v1/cases", self.list)
        app.router.add_get("/api/v1/cases/{code}", self.one)
        app.router.add_post("/api/v1/cases/{code}/correct", self.correct)
        app.router.add_post("/api/v1/imports/outcomes", self.outcomes)
        return app

    async def sign_in(self, request: web.Request) -> web.Response:
        asked = await request.json()
        if asked["password"] != "secret":
            return web.json_response({"title": "no"}, status=401)
        self.sign_ins += 1
        return web.json_response({"token": "t", "expires_in_seconds": 600})

    async def list(self, request: web.Request) -> web.Response:
        codes = sorted(self.cases)
        start = codes.index(request.query["after"]) + 1 if "after" in request.query else 0
        page = codes[start : start + 2]
        after = page[-1] if start + 2 < len(codes) else None
        return web.json_response({"cases": [self.cases[code] for code in page], "next": after})

    async def one(self, request: web.Request) -> web.Response:
        return web.json_response({"case": self.cases[request.match_info["code"]], "conversation": []})

    async def correct(self, request: web.Request) -> web.Response:
        case, asked = self.cases[request.match_info["code"]], await request.json()
        if self.conflicts:
            self.conflicts -= 1
            case["version"] += 1
        if asked["version"] != case["version"]:
            return web.json_response({"title": "stale"}, status=409)
        case |= {"category": asked["category"], "version": case["version"] + 1}
        self.corrections.append((case["code"], case["category"]))
        return web.json_response(case)

    async def outcomes(self, request: web.Request) -> web.Response:
        rows = list(csv.DictReader(io.StringIO(await request.text())))
        refused = [{"line": 2, "code": row["case_code"], "why": "unknown"} for row in rows if row["case_code"] != "A1"]
        return web.json_response({"imported": len(rows) - len(refused), "unchanged": 0, "refused": refused})


def accounts_file(passwords: Mapping[str, str]) -> dict[str, object]:
    """As `services.triage provision` writes it."""
    return {"accounts": [{"account": one, "password": password} for one, password in passwords.items()]}


def surroundings(folder: Path, url: str) -> Surroundings:
    accounts = folder / "accounts.json"
    passwords = {"truc-ban.1": "secret", "truc-ban.2": "secret", "quan-tri.1": "no"}
    accounts.write_text(json.dumps(accounts_file(passwords)))
    return Surroundings({"triage": url}, folder, accounts, folder, folder, folder, 1, Decimal(1))


@pytest.mark.asyncio
async def test_wrong_categories_are_corrected_once_even_where_the_case_changed_meanwhile(tmp_path: Path) -> None:
    triage = Triage()
    async with TestServer(triage.app()) as server, aiohttp.ClientSession() as session:
        services = Services(session, surroundings(tmp_path, str(server.make_url(""))))
        cases = await officers.all_cases(services, "truc-ban.1", figures(), TRUTH)
        done = await officers.correct(services, ["truc-ban.1", "truc-ban.2"], cases, TRUTH)
        again = await officers.all_cases(services, "truc-ban.1", figures(), TRUTH)
        nothing = await officers.correct(services, ["truc-ban.1"], again, TRUTH)
    assert (done.cases, done.corrected) == (3, 1)
    assert done.by_kind == {("other", "admin_question"): 1}
    assert triage.corrections == [("A2", "admin_question")]
    assert nothing.corrected == 0
    assert triage.sign_ins == 1


@pytest.mark.asyncio
async def test_a_tip_without_a_case_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(officers, "GIVE_UP_SECONDS", 0.0)
    triage = Triage()
    del triage.cases["A1"]
    async with TestServer(triage.app()) as server, aiohttp.ClientSession() as session:
        services = Services(session, surroundings(tmp_path, str(server.make_url(""))))
        with pytest.raises(DemoError, match="1 tips or questions have no case"):
            await officers.all_cases(services, "truc-ban.1", figures(), TRUTH)


@pytest.mark.asyncio
async def test_who_may_not_sign_in_is_told_so(tmp_path: Path) -> None:
    async with TestServer(Triage().app()) as server, aiohttp.ClientSession() as session:
        services = Services(session, surroundings(tmp_path, str(server.make_url(""))))
        with pytest.raises(DemoError, match=r"quan-tri.1 cannot sign in: no"):
            await services.authorization("quan-tri.1")
        with pytest.raises(DemoError, match="no password for nobody"):
            await services.authorization("nobody")


@pytest.mark.asyncio
async def test_the_register_holds_a_line_a_tip_with_the_acts_own_time(tmp_path: Path) -> None:
    triage = Triage()
    by_key = {case["first_message_key"]: case for case in triage.cases.values()}
    register = officers.register_of_outcomes(by_key, TRUTH.values())
    rows = list(csv.DictReader(io.StringIO(register)))
    assert [row["case_code"] for row in rows] == ["A1"]
    assert rows[0]["acted_at"] == "2020-02-29T18:13:20+00:00"
    async with TestServer(triage.app()) as server, aiohttp.ClientSession() as session:
        services = Services(session, surroundings(tmp_path, str(server.make_url(""))))
        assert await officers.enter_outcomes(services, "truc-ban.1", register) == (1, 0)
        with pytest.raises(DemoError, match="1 lines of the register were refused"):
            await officers.enter_outcomes(services, "truc-ban.1", register.replace("A1", "ZZ"))


def test_a_figure_that_is_not_reached_is_marked() -> None:
    told: dict[str, Any] = dict(figures().headline) | {"followers": 129207, "more": 1}
    lines = headline.compare(told, figures())
    assert [line.key for line in lines if not line.right] == ["followers"]
    assert len(lines) == 10


@pytest.mark.parametrize(
    ("value", "shown"), [(129208, "129.208"), (-6.58, "−6,58"), (None, "—"), (5264, "5.264"), (225, "225")]
)
def test_numbers_are_written_as_in_vietnam(value: object, shown: str) -> None:
    assert headline.number(value) == shown


def test_the_offences_give_the_published_change() -> None:
    months: Sequence[Mapping[str, str]] = list(csv.DictReader(io.StringIO(OFFENCES.read_text(encoding="utf-8"))))
    before, after = (
        sum(int(m["offences"]) for m in months if m["month"].startswith(year)) for year in ("2019", "2020")
    )
    assert (before, after) == (760, 710)
    assert round((after - before) / before * 100, 2) == -6.58
    assert all(m["illustrative"] == "true" for m in months)
    assert len(months) == 18
