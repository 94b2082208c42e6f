"""/api/v1/alerts: drafted by one account, approved by another, stopped by either, watched by all."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Request, Router, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.notify.desk import Desk, Draft, unknown_alert
from services.notify.domain.alerts import Alert
from services.notify.senders.zalo import TEXT_LIMIT
from services.notify.store import alerts as store
from shared.access import NotAllowed, Officer, Role, SignedIn, requires
from shared.database import Database
from shared.telemetry.tracing import Tracing, traceparent_of

WRITERS = (Role.DISPATCHER, Role.APPROVER)
Code = Annotated[str, StringConstraints(pattern=r"^\d{5}$")]
Structure = Literal["2020", "2025"]
MOST_COMMUNES = 400
NEWEST = 100


class Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Communes(Body):
    """Where: commune codes of one structure, 2020's or today's. A code without its structure means nothing."""

    structure: Structure
    codes: tuple[Code, ...] = Field(min_length=1, max_length=MOST_COMMUNES)


class AlertDraft(Body):
    """An alert as it is written. `on_doubt`: whether a send that nobody knows the end of is left or sent again."""

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TEXT_LIMIT)]
    severity: Literal["severe", "ordinary"]
    communes: Communes
    on_doubt: Literal["leave", "resend"] = "leave"


class Approval(Body):
    """`version`: what the approver has read; another one is refused."""

    version: int | None = None


class Cancellation(Body):
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


class Counted(BaseModel):
    """How an alert's sends stand."""

    total: int = 0
    queued: int = 0
    sent: int = 0
    failed: int = 0
    in_doubt: int = 0
    cancelled: int = 0


class AlertView(BaseModel):
    """One alert with its progress."""

    alert: UUID
    version: int
    state: str
    title: str
    text: str
    severity: str
    communes: Communes
    on_doubt: str
    groups: int
    drafted_by: str
    drafted_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    cancelled_by: str | None
    cancelled_at: datetime | None
    finished_at: datetime | None
    progress: Counted


class Alerts(BaseModel):
    alerts: list[AlertView]


class Drafted(BaseModel):
    alert: UUID
    version: int
    state: str
    groups: int


class CommuneGroups(BaseModel):
    code: str
    groups: int


class Preview(BaseModel):
    """Whom an alert to these communes would reach now."""

    groups: int
    communes: list[CommuneGroups]


def router(desk: Desk, database: Database, tracing: Tracing) -> Router:
    """The routes over one desk."""

    @post("/", guards=[requires(*WRITERS)], summary="Draft an alert", status_code=201)
    async def draft(data: JSONBody[AlertDraft], officer: SignedIn) -> Drafted:
        whole_province(officer)
        written = Draft(
            data.title, data.text, data.severity, data.communes.structure, _each_once(data.communes), data.on_doubt
        )
        return _drafted(await desk.draft(officer, written))

    @get("/preview", guards=[requires()], summary="Count the groups an alert would reach")
    async def preview(
        structure: FromQuery[Structure],
        codes: Annotated[
            str, QueryParameter(pattern=r"^\d{5}(,\d{5})*$", description="Commune codes, commas between.")
        ],
    ) -> Preview:
        found = await desk.groups(structure, tuple(dict.fromkeys(codes.split(","))))
        rows = [CommuneGroups(code=code, groups=groups) for code, groups in found.items()]
        return Preview(groups=sum(found.values()), communes=rows)

    @post("/{alert:uuid}/approve", guards=[requires(Role.APPROVER)], summary="Approve and send", status_code=200)
    async def approve(
        alert: FromPath[UUID],
        officer: SignedIn,
        request: Request[Any, Any, Any],
        data: JSONBody[Approval | None] = None,
    ) -> Drafted:
        whole_province(officer)
        with tracing.received("approve alert", request.headers.get("traceparent")) as span:
            version = data.version if data else None
            return _drafted(await desk.approve(officer, alert, version=version, traceparent=traceparent_of(span)))

    @post("/{alert:uuid}/cancel", guards=[requires(*WRITERS)], summary="Stop it at once", status_code=200)
    async def cancel(alert: FromPath[UUID], officer: SignedIn, data: JSONBody[Cancellation | None] = None) -> Drafted:
        whole_province(officer)
        return _drafted(await desk.cancel(officer, alert, data.reason if data else ""))

    @get("/", guards=[requires()], summary="The newest alerts")
    async def newest(limit: Annotated[int, QueryParameter(ge=1, le=500)] = NEWEST) -> Alerts:
        found = await store.newest(database, limit)
        progress = await store.progress(database, [alert.alert for alert in found])
        return Alerts(alerts=[_view(alert, progress[alert.alert]) for alert in found])

    @get("/{alert:uuid}", guards=[requires()], summary="One alert and its progress")
    async def one(alert: FromPath[UUID]) -> AlertView:
        found = await store.one(database, alert)
        if found is None:
            raise unknown_alert()
        return _view(found, (await store.progress(database, [alert]))[alert])

    return Router("/api/v1/alerts", route_handlers=[draft, preview, approve, cancel, newest, one], tags=["alerts"])


def whole_province(officer: Officer) -> None:
    """Alerts are the province's: who sees a few units only may not send one. Raises NotAllowed."""
    if not officer.everywhere:
        raise NotAllowed(needs="province")


def _each_once(communes: Communes) -> tuple[str, ...]:
    return tuple(dict.fromkeys(communes.codes))


def _drafted(alert: Alert) -> Drafted:
    return Drafted(alert=alert.alert, version=alert.version, state=alert.state.value, groups=alert.groups)


def _view(alert: Alert, progress: Mapping[str, int]) -> AlertView:
    return AlertView(
        alert=alert.alert,
        version=alert.version,
        state=alert.state.value,
        title=alert.title,
        text=alert.words,
        severity=alert.severity,
        communes=Communes(structure=alert.structure, codes=alert.communes),
        on_doubt=alert.on_doubt,
        groups=alert.groups,
        drafted_by=alert.drafted_by,
        drafted_at=alert.drafted_at,
        approved_by=alert.approved_by,
        approved_at=alert.approved_at,
        cancelled_by=alert.cancelled_by,
        cancelled_at=alert.cancelled_at,
        finished_at=alert.finished_at,
        progress=_counted(progress),
    )


def _counted(progress: Mapping[str, int]) -> Counted:
    """`sending` is queued to everyone outside."""
    counts = Counter({state: count for state, count in progress.items() if state != "sending"})
    counts["queued"] += progress.get("sending", 0)
    return Counted(total=sum(counts.values()), **counts)
