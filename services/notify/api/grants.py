"""/api/v1/zalo/grants: a page's admin grants the app, once; from then on tokens renew themselves.

`start` is an administrator's; `callback` is where Zalo sends the browser back, and asks for no sign-in: its `state`,
unguessable and good once for ten minutes, is bound to the page and to who began.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from litestar import Router, get
from litestar.params import FromQuery, QueryParameter
from litestar.response import Redirect
from pydantic import BaseModel

from services.notify.senders.zalo_oauth import (
    Declined,
    Pair,
    Spent,
    Unanswered,
    ZaloOAuth,
    code_form,
    permission_link,
    verifier,
)
from services.notify.store import leases
from services.notify.store import tokens as store
from services.notify.store.tokens import Grant
from services.notify.tokens import Tokens, new_state
from shared.access import Role, SignedIn, requires
from shared.database import Database
from shared.identity import Sealer
from shared.service.problems import Refused

CODE_LIFE = timedelta(minutes=10)
CALLBACK = "/api/v1/zalo/grants/callback"
VERIFIER = "verifier"


class Granted(BaseModel):
    """The page can send from now on."""

    account: str
    epoch: int
    expires_at: datetime
    says: str = "Trang đã cấp quyền, có thể đóng trang này. / Granted: you may close this page."


class Grants:
    """What a grant needs: the register of pages, the OAuth host, the tokens."""

    def __init__(
        self, database: Database, oauth: ZaloOAuth, tokens: Tokens, sealer: Sealer, *, province: str, notify_url: str
    ) -> None:
        self._database = database
        self._oauth = oauth
        self._tokens = tokens
        self._sealer = sealer
        self._province = province
        self._redirect_uri = notify_url.rstrip("/") + CALLBACK

    async def begin(self, account: str, officer: str) -> str:
        """Where to send the admin. Raises Refused for a page or an app that is not ours."""
        app = await store.app_of(self._database, account)
        if app is None:
            raise Refused(404, "unknown_page", "Không có trang này trong sổ. / This page is not in the register.")
        if not self._oauth.knows(app):
            raise Refused(409, "unknown_app", "Thiếu khóa bí mật của ứng dụng. / The app's secret key is not set.")
        state, code_verifier = new_state(), verifier()
        sealed = self._sealer.seal(VERIFIER, account, code_verifier.encode())
        async with self._database.transaction(province=self._province) as tx:
            await store.begin_grant(tx, state, Grant(account, app, officer, sealed, datetime.now(UTC) + CODE_LIFE))
        return permission_link(
            self._oauth.base_url,
            app=app,
            redirect_uri=self._redirect_uri,
            code_verifier=code_verifier,
            state=state,
            page=account,
        )

    async def come_back(self, *, state: str, code: str, page: str) -> Granted:
        """The code becomes tokens, stored before anyone uses them. Raises Refused."""
        async with self._database.transaction(province=self._province) as tx:
            grant = await store.take_grant(tx, state)
        if grant is None or grant.expires_at < datetime.now(UTC):
            raise Refused(400, "unknown_grant", "Lượt cấp quyền không còn hiệu lực. / This grant is not known or over.")
        if page != grant.account:
            raise Refused(409, "another_page", "Đã chọn nhầm trang khác. / Another page was chosen.", chosen=page)
        code_verifier = self._sealer.open(VERIFIER, grant.account, grant.sealed_verifier).decode()
        pair = _pair(await self._oauth.ask(grant.app, code_form(app=grant.app, code=code, code_verifier=code_verifier)))
        async with self._database.transaction(province=self._province) as tx:
            stored = await self._tokens.keep_granted(
                tx, account=grant.account, app=grant.app, pair=pair, officer=grant.officer
            )
            await leases.resume(tx, grant.account)
        return Granted(account=stored.account, epoch=stored.epoch, expires_at=stored.expires_at)


def router(grants: Grants) -> Router:
    @get("/start", guards=[requires(Role.ADMINISTRATOR)], summary="Begin a page's grant", status_code=302)
    async def start(account: FromQuery[str], officer: SignedIn) -> Redirect:
        return Redirect(await grants.begin(account, officer.id), status_code=302)

    @get("/callback", summary="Where Zalo sends the browser back")
    async def callback(
        code: Annotated[str, QueryParameter(min_length=1, max_length=4096)],
        oa_id: Annotated[str, QueryParameter(min_length=1, max_length=64)],
        granted_state: Annotated[str, QueryParameter(name="state", min_length=1, max_length=128)],
    ) -> Granted:
        return await grants.come_back(state=granted_state, code=code, page=oa_id)

    return Router("/api/v1/zalo/grants", route_handlers=[start, callback], tags=["grants"])


def _pair(said: Pair | Spent | Declined | Unanswered) -> Pair:
    match said:
        case Pair():
            return said
        case Unanswered(why):
            raise Refused(502, "channel_away", "Zalo không trả lời, xin thử lại. / Zalo did not answer.", why=why)
        case Declined(code):
            raise Refused(502, "grant_refused", "Zalo từ chối cấp quyền. / Zalo refused the grant.", code=code)
        case Spent():
            raise Refused(409, "code_used", "Mã cấp quyền đã dùng. / The code was used already.")
