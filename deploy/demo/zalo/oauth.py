"""oauth.zaloapp.com: the grant of a page to an app, and tokens.

Source: the manual's "Xác thực và ủy quyền cho ứng dụng". Refresh tokens are single-use.
A failure is HTTP 200 too; what a used token meets is a setting, as it is unconfirmed.
"""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from hmac import compare_digest
from html import escape
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from deploy.demo.zalo.clock import DAY, SECOND
from deploy.demo.zalo.world import World

APP = "SELECT secret_key, redirect_uri FROM apps WHERE app_id = ?"
PAGES = "SELECT oa_id, name FROM pages WHERE app_id = ? ORDER BY name"
PAGE = "SELECT 1 FROM pages WHERE app_id = ? AND oa_id = ?"
ADD_CODE = "INSERT INTO codes (code, app_id, oa_id, challenge, expires_at) VALUES (?, ?, ?, ?, ?)"
CODE = "SELECT app_id, oa_id, challenge, expires_at, used FROM codes WHERE code = ?"
USE_CODE = "UPDATE codes SET used = 1 WHERE code = ?"
ADD_ACCESS = "INSERT INTO access_tokens (token, app_id, oa_id, expires_at) VALUES (?, ?, ?, ?)"
ADD_REFRESH = "INSERT INTO refresh_tokens (token, app_id, oa_id, expires_at) VALUES (?, ?, ?, ?)"
REFRESH = "SELECT app_id, oa_id, expires_at, used FROM refresh_tokens WHERE token = ?"
USE_REFRESH = "UPDATE refresh_tokens SET used = 1 WHERE token = ?"
FORGET_ACCESS = "DELETE FROM access_tokens WHERE expires_at < ?"

INVALID_APP = (-14002, "Invalid app id.")
INVALID_REDIRECT = (-14003, "Invalid redirect uri.")
INVALID_GRANT = (-14004, "Invalid grant type.")
INVALID_SECRET = (-14005, "Invalid secret key.")
INVALID_VERIFIER = (-14010, "Invalid code verifier.")
INVALID_REFRESH = (-14014, "Invalid refresh token.")
INVALID_CODE = (-14019, "Invalid code.")
KEPT_AFTER_EXPIRY = DAY  # so long a token is answered -220 (expired); afterwards -216 (unknown)

CHOOSE = (
    '<!doctype html><html lang="vi"><meta charset="utf-8"><title>Zalo</title><h1>Chọn Official Account</h1>'
    "<p>Choose the page that grants this app its access.</p><ul>{}</ul></html>"
)


class OAuthError(Exception):
    """(error, error_name) of an answer of the OAuth host."""

    def __init__(self, fault: tuple[int, str]) -> None:
        super().__init__(*fault)
        self.code, self.name = fault


class UsedRefreshToken(Exception):  # noqa: N818 - names what was met
    """A refresh token that was already used."""


def challenge_of(verifier: str) -> str:
    """PKCE S256 (RFC 7636): URL-safe base64 of SHA-256, without padding."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def routes(world: World) -> list[web.RouteDef]:
    async def permission(request: web.Request) -> web.StreamResponse:
        return _permission(world, request.query)

    async def access_token(request: web.Request) -> web.StreamResponse:
        form = {name: str(value) for name, value in (await request.post()).items()}
        return _access_token(world, request.headers.get("secret_key", ""), form)

    return [web.get("/v4/oa/permission", permission), web.post("/v4/oa/access_token", access_token)]


def _permission(world: World, query: Mapping[str, str]) -> web.Response:
    """What the admin meets in the console. With oa_id the page is chosen at once; without it a person chooses."""
    app_id, oa_id, redirect = query.get("app_id", ""), query.get("oa_id", ""), query.get("redirect_uri", "")
    app = world.state.one(APP, app_id)
    if app is None:
        return _refused(INVALID_APP)
    if not redirect or (app[1] and redirect != app[1]):
        return _refused(INVALID_REDIRECT)
    if not oa_id:
        return _choice(world, query)
    if world.state.one(PAGE, app_id, oa_id) is None:
        return _refused(INVALID_APP)
    with world.state.transaction():
        code = world.chance.secret("code", world.state.number("code"))
        expires = world.clocks.wall() + world.settings.code_seconds * SECOND
        world.state.run(ADD_CODE, code, app_id, oa_id, query.get("code_challenge", ""), expires)
    back = {"code": code, "oa_id": oa_id} | ({"state": query["state"]} if "state" in query else {})
    location = f"{redirect}{'&' if '?' in redirect else '?'}{urlencode(back)}"
    return web.Response(status=302, headers={"Location": location})


def _choice(world: World, query: Mapping[str, str]) -> web.Response:
    links = "".join(
        f'<li><a href="?{escape(urlencode({**query, "oa_id": oa_id}))}">{escape(name)}</a></li>'
        for oa_id, name in world.state.all(PAGES, query["app_id"])
    )
    return web.Response(text=CHOOSE.format(links), content_type="text/html")


def _refused(fault: tuple[int, str]) -> web.Response:
    return web.Response(body=msgspec.json.encode({"error": fault[0], "error_name": fault[1]}), content_type="text/json")


def _access_token(world: World, secret: str, form: Mapping[str, str]) -> web.Response:
    try:
        with world.state.transaction():
            app_id = _app(world, form, secret)
            issued = _issue(world, app_id, _granted(world, app_id, form))
    except UsedRefreshToken:
        if world.settings.reused_refresh == "empty":
            return web.Response(body=b"", content_type="text/json")
        return _refused(INVALID_REFRESH)
    except OAuthError as error:
        return _refused((error.code, error.name))
    return web.Response(body=msgspec.json.encode(issued), content_type="text/json")


def _app(world: World, form: Mapping[str, str], secret: str) -> str:
    app_id = form.get("app_id", "")
    app = world.state.one(APP, app_id)
    if app is None:
        raise OAuthError(INVALID_APP)
    if not compare_digest(app[0].encode(), secret.encode()):
        raise OAuthError(INVALID_SECRET)
    return app_id


def _granted(world: World, app_id: str, form: Mapping[str, str]) -> str:
    """The page that the form's code or refresh token stands for."""
    match form.get("grant_type"):
        case "authorization_code":
            return _by_code(world, app_id, form)
        case "refresh_token":
            return _by_refresh(world, app_id, form)
        case _:
            raise OAuthError(INVALID_GRANT)


def _by_code(world: World, app_id: str, form: Mapping[str, str]) -> str:
    """The page that a code was given for; the code is used up by it, not by a wrong verifier."""
    code = form.get("code", "")
    row = world.state.one(CODE, code)
    if row is None or row[0] != app_id or row[4] or row[3] <= world.clocks.wall():
        raise OAuthError(INVALID_CODE)
    if row[2] and not compare_digest(challenge_of(form.get("code_verifier", "")), row[2].rstrip("=")):
        raise OAuthError(INVALID_VERIFIER)
    world.state.run(USE_CODE, code)
    return str(row[1])


def _by_refresh(world: World, app_id: str, form: Mapping[str, str]) -> str:
    token = form.get("refresh_token", "")
    row = world.state.one(REFRESH, token)
    if row is None or row[0] != app_id or row[2] <= world.clocks.wall():
        raise OAuthError(INVALID_REFRESH)
    if row[3]:
        raise UsedRefreshToken
    world.state.run(USE_REFRESH, token)
    return str(row[1])


def _issue(world: World, app_id: str, oa_id: str) -> dict[str, str]:
    """A new pair. The older access token lives on to its own end; `expires_in` is text, as Zalo's is."""
    number, wall, settings = world.state.number("token"), world.clocks.wall(), world.settings
    access, refresh = world.chance.secret("access", number), world.chance.secret("refresh", number)
    world.state.run(FORGET_ACCESS, wall - KEPT_AFTER_EXPIRY)
    world.state.run(ADD_ACCESS, access, app_id, oa_id, wall + settings.token_seconds * SECOND)
    world.state.run(ADD_REFRESH, refresh, app_id, oa_id, wall + int(settings.refresh_days * DAY))
    return {"access_token": access, "refresh_token": refresh, "expires_in": str(settings.token_seconds)}
