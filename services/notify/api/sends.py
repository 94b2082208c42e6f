"""/api/v1/sends: what became of single sends, and a person's word on those in doubt. /api/v1/pages: who can send."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from litestar import Router, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from pydantic import BaseModel, ConfigDict, StringConstraints

from services.notify.api.alerts import whole_province
from services.notify.desk import Desk
from services.notify.senders.failures import BY_REASON
from services.notify.store import sends as store
from services.notify.store import tokens
from services.notify.store.sends import Send
from shared.access import Role, SignedIn, requires
from shared.database import Database

SETTLERS = (Role.DISPATCHER, Role.APPROVER, Role.ADMINISTRATOR)
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
SendState = Literal["queued", "sending", "sent", "delivered", "seen", "failed", "in_doubt", "cancelled"]


class Settlement(BaseModel):
    """What a person has found out, and how they know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: Literal["sent", "failed"]
    reason: Reason


class Resumption(BaseModel):
    """What was mended."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Reason


class SendView(BaseModel):
    """One send. `recipient`: a pseudonym or a group's id. `settled_by_person`: nothing more is done by itself."""

    send: UUID
    kind: str
    account: str
    recipient: str
    state: str
    version: int
    attempts: int
    reason: str | None
    says: str | None
    alert: UUID | None
    case: UUID | None
    message_key: str | None
    created_at: datetime
    started_at: datetime | None
    changed_at: datetime


class Sends(BaseModel):
    sends: list[SendView]


class PageView(BaseModel):
    """Whether a page can send. `token`: good, lost or missing; `says`: what a person must do."""

    account: str
    name: str
    app: str
    token: str
    expires_at: datetime | None
    halted: str | None
    halted_since: datetime | None
    waiting: int
    says: str | None


class Pages(BaseModel):
    pages: list[PageView]


class Resumed(BaseModel):
    account: str
    halted: str


def router(desk: Desk, database: Database) -> Router:
    @get("/sends", guards=[requires()], summary="The newest sends")
    async def listed(
        officer: SignedIn,
        standing: Annotated[SendState | None, QueryParameter(name="state")] = None,
        alert: FromQuery[UUID | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=1000)] = 200,
    ) -> Sends:
        whole_province(officer)  # whom a commune's page wrote to is that commune's business, or nobody's
        return Sends(
            sends=[_view(send) for send in await store.listed(database, state=standing, alert=alert, limit=limit)]
        )

    @post("/sends/{send:uuid}/settle", guards=[requires(*SETTLERS)], summary="Settle a doubt", status_code=200)
    async def settle(send: FromPath[UUID], data: JSONBody[Settlement], officer: SignedIn) -> SendView:
        whole_province(officer)
        return _view(await desk.settle(officer, send, data.outcome, data.reason))

    @get("/pages", guards=[requires()], summary="Which pages can send")
    async def pages() -> Pages:
        return Pages(pages=[_page(row) for row in await tokens.pages(database)])

    @post("/pages/{account:str}/resume", guards=[requires(Role.ADMINISTRATOR)], summary="Resume", status_code=200)
    async def resume(account: FromPath[str], data: JSONBody[Resumption], officer: SignedIn) -> Resumed:
        whole_province(officer)
        return Resumed(account=account, halted=await desk.resume(officer, account, data.reason))

    return Router("/api/v1", route_handlers=[listed, settle, pages, resume], tags=["sends"])


def _view(send: Send) -> SendView:
    failure = BY_REASON.get(send.reason or "")
    return SendView(
        send=send.id,
        kind=send.kind,
        account=send.account,
        recipient=send.recipient,
        state=send.state.value,
        version=send.version,
        attempts=send.attempts,
        reason=send.reason,
        says=failure.value.says if failure else None,
        alert=send.alert,
        case=send.case,
        message_key=send.message_key,
        created_at=send.created_at,
        started_at=send.started_at,
        changed_at=send.changed_at,
    )


def _page(row: tokens.PageRow) -> PageView:
    return PageView(
        account=row.account,
        name=row.name,
        app=row.app,
        token=row.token_state or "missing",
        expires_at=row.expires_at,
        halted=row.halted,
        halted_since=row.halted_since,
        waiting=row.waiting,
        says=_says(row),
    )


def _says(row: tokens.PageRow) -> str | None:
    if row.token_state is None:
        return "Cần cấp quyền cho ứng dụng. / The page must grant the app."
    if row.token_state == "lost":  # noqa: S105 - a state, not a secret
        return "Cần cấp quyền lại. / Grant again."
    failure = BY_REASON.get(row.halted or "")
    return failure.value.says if failure else row.halted
