"""A simulated Zalo in this process, an app's webhook beside it, and a wall clock that a test can move."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from yarl import URL

from deploy.demo.zalo.app import build_app
from deploy.demo.zalo.oauth import challenge_of
from deploy.demo.zalo.settings import Settings
from deploy.demo.zalo.world import build

APP, SECRET, OA_SECRET = "3570977494304483078", "app-secret", "oa-secret"
PAGE, OTHER_PAGE, PLAIN_PAGE = "2057086764452860443", "607812198688816074", "388613280879808645"
PERSON, STRANGER = "8509985270925410066", "246845883529197922"
GROUP, LAPSED_GROUP, OTHER_GROUP = "48382b0bb7595e070748", "f414c8f76fa586fbdfb4", "aee702d6bc8455da0c95"
VERIFIER = "v" * 43
QUICK: dict[str, Any] = {
    "answer_ms": (0.0, 0.0),
    "delivery_seconds": (0.0, 0.0),
    "seen_seconds": (0.0, 0.0),
    "seen_share": 1.0,
    "error_text_share": 0.0,
    "hold_seconds": 0.2,
}


@dataclass(frozen=True)
class Push:
    """One webhook as the app got it."""

    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self.raw)
        return read


@dataclass
class Stage:
    url: str
    http: aiohttp.ClientSession
    webhook_url: str
    pushes: list[Push] = field(default_factory=list)
    answers: list[Callable[[], web.Response]] = field(default_factory=list)
    ahead: float = 0.0
    tokens: dict[str, dict[str, str]] = field(default_factory=dict)

    def wall(self) -> float:
        return time.time() + self.ahead

    async def control(self, path: str, body: object = None, *, status: int = 200) -> Any:
        """POST with a body, GET without."""
        method = "GET" if body is None else "POST"
        async with self.http.request(method, f"{self.url}/_control/{path}", json=body) as answer:
            said = await answer.json()
            assert answer.status == status, said
            return said

    async def act(self, **what: object) -> Any:
        return await self.control("people/act", {"oa_id": PAGE, "person": PERSON} | what)

    async def code(self, page: str = PAGE, **more: str) -> dict[str, str]:
        """What the callback gets."""
        query = {
            "app_id": APP, "redirect_uri": "https://notify.example/callback", "code_challenge": challenge_of(VERIFIER),
            "state": "bound", "oa_id": page,
        } | more  # fmt: skip
        url = f"{self.url}/v4/oa/permission"
        async with self.http.get(url, params=query, allow_redirects=False) as answer:
            assert answer.status == 302, await answer.text()
            return dict(URL(answer.headers["Location"]).query)

    async def exchange(self, form: dict[str, str], secret: str = SECRET) -> bytes:
        url = f"{self.url}/v4/oa/access_token"
        async with self.http.post(url, data={"app_id": APP} | form, headers={"secret_key": secret}) as answer:
            assert answer.status == 200
            return await answer.read()

    async def grant(self, page: str = PAGE) -> dict[str, str]:
        code = (await self.code(page))["code"]
        form = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER}
        self.tokens[page] = json.loads(await self.exchange(form))
        return self.tokens[page]

    async def ask(self, method: str, path: str, *, page: str = PAGE, **what: Any) -> dict[str, Any]:
        """One call as notify or ingest makes it. The answer's headers are under `headers`."""
        token = what.pop("token", None) or self.tokens[page]["access_token"]
        async with self.http.request(method, self.url + path, headers={"access_token": token}, **what) as answer:
            assert answer.status == 200, await answer.text()
            said: dict[str, Any] = await answer.json()
            return said | {"headers": dict(answer.headers)}

    async def write(self, text: str = "chào bà con", person: str = PERSON, **message: object) -> dict[str, Any]:
        body = {"recipient": {"user_id": person}, "message": {"text": text} | message}
        return await self.ask("POST", "/v3.0/oa/message/cs", json=body)

    async def write_group(self, group: str = GROUP, text: str = "tin báo", page: str = PAGE) -> dict[str, Any]:
        body = {"recipient": {"group_id": group}, "message": {"text": text}}
        return await self.ask("POST", "/v3.0/oa/group/message", page=page, json=body)

    async def until(self, done: Callable[[], bool], seconds: float = 5.0) -> None:
        end = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < end, [push.body for push in self.pushes]
            await asyncio.sleep(0.01)

    async def pushed(self, event: str, times: int = 1) -> list[Push]:
        """The pushes of one event, once there are so many."""
        await self.until(lambda: len(self.of(event)) >= times)
        return self.of(event)

    def of(self, event: str) -> list[Push]:
        return [push for push in self.pushes if push.body["event_name"] == event]


@asynccontextmanager
async def served(state: Path, *, stage: Stage | None = None, **settings: Any) -> AsyncIterator[Stage]:
    """The simulator on a free port. Given the stage of an earlier one, it is the same world after a restart."""
    moved = stage.wall if stage else time.time
    answers: list[Callable[[], web.Response]] = stage.answers if stage else []
    pushes: list[Push] = stage.pushes if stage else []

    async def webhook(request: web.Request) -> web.Response:
        pushes.append(Push(dict(request.headers), await request.read()))
        return answers.pop(0)() if answers else web.json_response({})

    receiver = web.Application()
    receiver.router.add_post("/webhooks/zalo", webhook)
    async with _site(receiver) as app_url, aiohttp.ClientSession() as http:
        now = Stage("", http, f"{app_url}/webhooks/zalo", pushes, answers)
        if stage:
            now.tokens, now.ahead = stage.tokens, stage.ahead
        chosen = Settings(**({"state": str(state)} | QUICK | settings))
        async with _site(build_app(build(chosen, now.wall if not stage else moved))) as url:
            now.url = url
            yield now


@asynccontextmanager
async def _site(app: web.Application) -> AsyncIterator[str]:
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def furnish(stage: Stage, webhook: str | None = None) -> None:
    """An app, three pages (verified, another, plain and unverified), groups, articles, a granted token each."""
    await stage.control("apps", {
        "app_id": APP, "secret_key": SECRET, "oa_secret_key": OA_SECRET, "webhook": webhook or stage.webhook_url,
    })  # fmt: skip
    since = "2020-03-01T00:00:00+07:00"
    await stage.control("pages", {"pages": [
        {"oa_id": PAGE, "name": "Công an xã Ea Tu", "app_id": APP, "verified_at": since},
        {"oa_id": OTHER_PAGE, "name": "Công an xã Hòa Thuận", "app_id": APP, "verified_at": since},
        {"oa_id": PLAIN_PAGE, "name": "Công an xã Cuôr Đăng", "app_id": APP},
    ]})  # fmt: skip
    await stage.control("groups", [
        {"group_id": GROUP, "oa_id": PAGE, "name": "Buôn Ko Tam", "created_at": since, "members": [PERSON, STRANGER]},
        {"group_id": LAPSED_GROUP, "oa_id": PAGE, "name": "Thôn 1", "created_at": since, "members": 60,
         "lapsed_at": "2021-01-01T00:00:00+07:00"},
        {"group_id": OTHER_GROUP, "oa_id": OTHER_PAGE, "name": "Thôn 2", "created_at": since, "members": 8},
    ])  # fmt: skip
    await stage.control("articles", [
        {"oa_id": PAGE, "id": f"article{number:02}", "title": f"Cảnh báo {number}",
         "create_date": f"2020-04-{number:02}T08:00:00+07:00", "views": 100 * number}
        for number in range(1, 13)
    ])  # fmt: skip
    for page in (PAGE, OTHER_PAGE, PLAIN_PAGE):
        await stage.grant(page)
