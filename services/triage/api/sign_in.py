"""Signing in with a local account, who one is, signing out, and signing somebody else out."""

import math
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from pydantic import BaseModel, ConfigDict, Field

from services.triage.api import problems
from services.triage.api.models import Body
from services.triage.api.parts import Parts
from services.triage.passwords import Crowded, Passwords
from services.triage.store import officers
from services.triage.store.officers import Account
from services.triage.triage import Triage
from shared.access import TOKEN_LIFETIME, Role, SignedIn, TokenSigner, requires
from shared.audit import AuditRow, record
from shared.telemetry.metrics import SIGN_INS


@dataclass(frozen=True)
class Doorkeeper:
    """What signing in needs beside the service's parts."""

    signer: TokenSigner
    passwords: Passwords


class Credentials(Body):
    """`account` and `password` as `provision` wrote them."""

    model_config = ConfigDict(extra="ignore")

    account: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=200)


class Token(BaseModel):
    """To be sent as `Authorization: Bearer <token>` to any of the four services."""

    model_config = ConfigDict(frozen=True)

    token: str
    expires_in_seconds: int


class Me(BaseModel):
    """Who is signed in. No units: the whole province."""

    model_config = ConfigDict(frozen=True)

    officer: str
    name: str
    roles: list[str]
    units: list[str]
    province: str


@post("/api/v1/sign-in", summary="Đăng nhập / Sign in", tags=["sign-in"], status_code=200)
async def sign_in(data: JSONBody[Credentials], triage: Parts, doorkeeper: NamedDependency[Doorkeeper]) -> Token:
    """401 for a wrong account or password; 429 with Retry-After once there were too many."""
    account = await officers.find(triage.store.database, data.account, triage.province)
    row = officers.throttled_as(data.account, known_account=account is not None)
    allowed = partial(_not_throttled, triage, row)
    await allowed()
    try:
        known = account.password_hash if account else None
        good = await doorkeeper.passwords.matches(data.password, known, allowed=allowed)
    except Crowded:
        triage.metrics.inc(SIGN_INS, outcome="throttled")
        raise problems.crowded() from None
    if account is None or not good or not account.active:
        await _note_wrong(triage, row)
        raise problems.wrong_sign_in()
    await _note_right(triage, account, row)
    token = doorkeeper.signer.sign(account.officer, now=triage.clock())
    return Token(token=token, expires_in_seconds=int(TOKEN_LIFETIME.total_seconds()))


async def _not_throttled(triage: Triage, row: str) -> None:
    """Asked before the password is looked at, so that guessing costs us nothing."""
    now = triage.clock()
    until = await officers.must_wait_until(triage.store.database, row, now)
    if until is not None:
        triage.metrics.inc(SIGN_INS, outcome="throttled")
        raise problems.must_wait(max(1, math.ceil((until - now).total_seconds())))


async def _note_wrong(triage: Triage, row: str) -> None:
    triage.metrics.inc(SIGN_INS, outcome="refused")
    async with triage.store.transaction() as tx:
        await officers.wrong_password(
            tx,
            row,
            province=triage.province,
            allowed=triage.settings.wrong_passwords_allowed,
            first_wait=timedelta(seconds=triage.settings.sign_in_wait_seconds),
            now=triage.clock(),
        )


async def _note_right(triage: Triage, account: Account, row: str) -> None:
    triage.metrics.inc(SIGN_INS, outcome="ok")
    async with triage.store.transaction() as tx:
        await officers.right_password(tx, row)
        subject = f"officer:{account.officer.id}"
        await record(tx, AuditRow(triage.clock(), account.officer.id, "officer.signed_in", subject, triage.province))


@get("/api/v1/me", summary="Tôi là ai / Who is signed in", tags=["sign-in"])
async def me(officer: SignedIn) -> Me:
    return Me(
        officer=officer.id,
        name=officer.name,
        roles=sorted(officer.roles),
        units=sorted(officer.units),
        province=officer.province,
    )


@post("/api/v1/sign-out", summary="Đăng xuất / Sign out everywhere", tags=["sign-in"], status_code=204)
async def sign_out(officer: SignedIn, triage: Parts) -> None:
    """Every token of the officer is void at once, in all services."""
    await _revoke(triage, officer.id, by=officer.id, act="officer.signed_out")


@post(
    "/api/v1/officers/{account:str}/revoke",
    summary="Thu hồi phiên / Sign an officer out everywhere",
    tags=["sign-in"],
    status_code=204,
    guards=[requires(Role.ADMINISTRATOR)],
)
async def revoke(account: FromPath[str], officer: SignedIn, triage: Parts) -> None:
    """Their tokens are void at once; they may sign in again with their password."""
    if "\0" in account:  # PostgreSQL keeps none, so nobody is called so
        raise problems.no_such_officer()
    await _revoke(triage, account, by=officer.id, act="officer.revoked")


async def _revoke(triage: Triage, account: str, *, by: str, act: str) -> None:
    now = triage.clock()
    async with triage.store.transaction() as tx:
        if not await officers.revoke(tx, account, province=triage.province, at=now):
            raise problems.no_such_officer()
        await record(tx, AuditRow(now, by, act, f"officer:{account}", triage.province))
