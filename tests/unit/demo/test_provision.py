"""Pages are granted by the true OAuth way: notify's link, Zalo's permission screen, the code, the exchange."""

import base64
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from deploy.demo import provision
from deploy.demo.province import FOLDER, read_pages
from deploy.demo.provision import Granting, set_up_zalo
from deploy.demo.simulator import Simulator
from deploy.demo.surroundings import DemoError, Surroundings
from deploy.demo.zalo.app import build_app
from deploy.demo.zalo.settings import Settings
from deploy.demo.zalo.world import build

PAGES = read_pages()[:20]
APPS = {page.app_id for page in PAGES}
VERIFIER = "v" * 43


class Notify:
    """A double of notify's two grant routes that exchanges codes at the simulated Zalo, as notify does."""

    def __init__(self, zalo: str) -> None:
        self.zalo, self.tokens = zalo, dict[str, str]()
        self.url = ""

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get(provision.START, self.start)
        app.router.add_get(provision.CALLBACK, self.callback)
        app.router.add_post("/api/v1/sign-in", self.sign_in)
        return app

    async def sign_in(self, _request: web.Request) -> web.Response:
        return web.json_response({"token": "admin", "expires_in_seconds": 600})

    async def start(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != "Bearer admin":
            return web.json_response({"title": "sign in"}, status=401)
        page = next(page for page in PAGES if page.id == request.query["account"])
        challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
        query = {
            "app_id": page.app_id,
            "redirect_uri": self.url + provision.CALLBACK,
            "code_challenge": challenge,
            "state": f"state of {page.id} & more",
        }
        raise web.HTTPFound(f"{self.zalo}/v4/oa/permission?{urlencode(query)}")

    async def callback(self, request: web.Request) -> web.Response:
        oa_id, code = request.query["oa_id"], request.query["code"]
        assert request.query["state"] == f"state of {oa_id} & more"
        app_id = next(page.app_id for page in PAGES if page.id == oa_id)
        form = {"code": code, "app_id": app_id, "grant_type": "authorization_code", "code_verifier": VERIFIER}
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.zalo}/v4/oa/access_token", data=form, headers={"secret_key": "own"}) as answer,
        ):
            told = await answer.json(content_type=None)
        if "access_token" not in told:
            return web.json_response({"title": "no token"}, status=502)
        self.tokens[oa_id] = told["access_token"]
        return web.json_response({})


@asynccontextmanager
async def world(folder: Path) -> AsyncIterator[tuple[Surroundings, Notify, aiohttp.ClientSession]]:
    (folder / "zalo_apps.json").write_text(json.dumps({app: {"oa_secret_key": "oa"} for app in APPS}))
    (folder / "zalo_app_secrets.json").write_text(json.dumps({app: {"secret_key": "own"} for app in APPS}))
    (folder / "accounts.json").write_text(json.dumps({"accounts": [{"account": "quan-tri.1", "password": "p"}]}))
    async with TestServer(build_app(build(Settings(state=str(folder / "zalo"), answer_ms=(0, 0))))) as zalo:
        notify = Notify(str(zalo.make_url("")).rstrip("/"))
        async with TestServer(notify.app()) as server, aiohttp.ClientSession() as session:
            notify.url = str(server.make_url("")).rstrip("/")
            addresses = {
                "zalo": notify.zalo,
                "notify": notify.url,
                "triage": notify.url,
                "ingest": "http://127.0.0.1:9",
            }
            around = Surroundings(
                addresses, folder, folder / "accounts.json", folder, folder / "history", FOLDER, 1, Decimal(1)
            )
            yield around, notify, session


@pytest.mark.asyncio
async def test_every_page_gets_its_token_and_a_second_run_is_no_harm(tmp_path: Path) -> None:
    async with world(tmp_path) as (around, notify, session):
        for _ in range(2):
            await set_up_zalo(Simulator(session, around.url("zalo")), around, PAGES)
            await Granting(session, around, "quan-tri.1").all(PAGES)
        assert notify.tokens.keys() == {page.id for page in PAGES}
        page, token = PAGES[0], notify.tokens[PAGES[0].id]
        async with session.get(f"{notify.zalo}/v2.0/oa/getoa", headers={"access_token": token}) as answer:
            told = await answer.json()
        assert (told["data"]["oaid"], told["data"]["name"], told["data"]["is_verified"]) == (page.id, page.name, True)


@pytest.mark.asyncio
async def test_a_page_zalo_does_not_know_is_told_in_a_sentence(tmp_path: Path) -> None:
    async with world(tmp_path) as (around, _, session):
        await set_up_zalo(Simulator(session, around.url("zalo")), around, PAGES[:1])
        with pytest.raises(ExceptionGroup) as caught:
            await Granting(session, around, "quan-tri.1").all(PAGES[1:2])
        assert caught.group_contains(DemoError, match="/v4/oa/permission: HTTP 200")
