"""What people do with alerts and sends: each act one transaction with its audit row and its event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID, uuid4

from services.notify.domain import alerts as domain
from services.notify.domain.alerts import Alert, AlertState, OwnAlert, WrongState
from services.notify.domain.sends import Priority, State
from services.notify.events import alert_changed
from services.notify.sending.ledger import Ledger
from services.notify.store import alerts, leases, sends
from services.notify.store.sends import Send
from shared.access import Officer
from shared.audit import AuditRow, record
from shared.database import Tx, add
from shared.service.loop import Loop
from shared.service.problems import Refused

PRIORITIES = {"severe": Priority.SEVERE_ALERT, "ordinary": Priority.ORDINARY_ALERT}
STATES = {
    AlertState.DRAFT: "đang soạn / draft",
    AlertState.APPROVED: "đã duyệt / approved",
    AlertState.SENDING: "đang gửi / being sent",
    AlertState.FINISHED: "đã gửi xong / finished",
    AlertState.CANCELLED: "đã hủy / cancelled",
}


@dataclass(frozen=True)
class Draft:
    """An alert as an officer writes it."""

    title: str
    words: str
    severity: Literal["severe", "ordinary"]
    structure: Literal["2020", "2025"]
    communes: tuple[str, ...]
    on_doubt: Literal["leave", "resend"]


class Desk:
    """The duty desk's acts. Raises Refused for what a person may not do, StoreUnavailable for the world."""

    def __init__(self, ledger: Ledger, lease_loop: Loop) -> None:
        self._ledger = ledger
        self._lease_loop = lease_loop

    async def draft(self, officer: Officer, draft: Draft) -> Alert:
        """Keep a new alert. Raises Refused where no group would hear it."""
        now = datetime.now(UTC)
        async with self._ledger.database.transaction(province=self._ledger.province) as tx:
            groups = sum((await alerts.groups(tx, draft.structure, draft.communes)).values())
            if not groups:
                raise _nobody_hears()
            alert = Alert(
                alert=uuid4(),
                province=self._ledger.province,
                version=1,
                state=AlertState.DRAFT,
                title=draft.title,
                words=draft.words,
                severity=draft.severity,
                structure=draft.structure,
                communes=draft.communes,
                on_doubt=draft.on_doubt,
                groups=groups,
                drafted_by=officer.id,
                drafted_at=now,
            )
            await alerts.insert(tx, alert)
            await self._told(tx, alert, "drafted", officer.id, now)
        return alert

    async def approve(self, officer: Officer, alert: UUID, *, version: int | None, traceparent: str | None) -> Alert:
        """Approve what another has written, and begin to send it, in one transaction."""
        now = datetime.now(UTC)
        async with self._ledger.database.transaction(province=self._ledger.province) as tx:
            draft = await self._locked(tx, alert, version)
            try:
                approved = domain.approve(draft, officer.id, now)
            except OwnAlert:
                raise _own_alert() from None
            except WrongState as error:
                raise _wrong_state(error.state) from None
            await alerts.save(tx, approved)
            await self._told(tx, approved, "approved", officer.id, now)
            queued = await self._fan_out(tx, approved, traceparent)
            if not queued:
                raise _nobody_hears()
            started = domain.start(approved, len(queued))
            await alerts.save(tx, started)
            await self._told(tx, started, "started", officer.id, now, traceparent)
            changed = [(send, None) for send in queued]
            await self._ledger.tell(tx, changed)
        self._lease_loop.wake()
        return started

    async def cancel(self, officer: Officer, alert: UUID, reason: str) -> Alert:
        """Stop it at once: from this commit on no claim takes one of its sends. What is in flight ends by itself."""
        now = datetime.now(UTC)
        async with self._ledger.database.transaction(province=self._ledger.province) as tx:
            standing = await self._locked(tx, alert, None)
            try:
                cancelled = domain.cancel(standing, officer.id, now)
            except WrongState as error:
                raise _wrong_state(error.state) from None
            await alerts.save(tx, cancelled)
            await self._told(tx, cancelled, "cancelled", officer.id, now, reason=reason)
        return cancelled

    async def settle(self, officer: Officer, send: UUID, outcome: Literal["sent", "failed"], reason: str) -> Send:
        """What a person has found out about a send in doubt. Raises Refused where there is no doubt."""
        now = datetime.now(UTC)
        async with self._ledger.database.transaction(province=self._ledger.province) as tx:
            standing = await sends.lock_one(tx, send)
            if standing is None:
                raise Refused(404, "unknown_send", "Không có lượt gửi này. / There is no such send.")
            if standing.state is not State.IN_DOUBT:
                raise Refused(
                    409,
                    "not_in_doubt",
                    "Lượt gửi này không còn nghi vấn. / This send is not in doubt.",
                    state=standing.state.value,
                )
            settled = await sends.settle(tx, standing, State(outcome), "settled_by_officer")
            await self._ledger.tell(tx, [(settled, State.IN_DOUBT)])
            detail = {"outcome": outcome, "reason": reason}
            await record(tx, AuditRow(now, officer.id, "send.settled", f"send:{send}", settled.province, detail))
        self._ledger.count([(settled, State.IN_DOUBT)])
        return settled

    async def resume(self, officer: Officer, account: str, reason: str) -> str:
        """Let a page's queue go on after its trouble was mended; returns what the trouble was."""
        async with self._ledger.database.transaction(province=self._ledger.province) as tx:
            halted = await leases.resume(tx, account)
            if halted is None:
                raise Refused(409, "not_halted", "Trang này không bị dừng. / This page is not halted.")
            detail = {"halted": halted, "reason": reason}
            row = AuditRow(
                datetime.now(UTC), officer.id, "page.resumed", f"page:{account}", self._ledger.province, detail
            )
            await record(tx, row)
        self._lease_loop.wake()
        return halted

    async def groups(self, structure: str, communes: Sequence[str]) -> dict[str, int]:
        """Commune → active groups an alert would reach now."""
        return await alerts.groups(self._ledger.database, structure, communes)

    async def _locked(self, tx: Tx, alert: UUID, version: int | None) -> Alert:
        standing = await alerts.lock(tx, alert)
        if standing is None:
            raise unknown_alert()
        if version is not None and version != standing.version:
            raise Refused(
                409,
                "stale_version",
                "Cảnh báo đã thay đổi, xin tải lại. / The alert has changed, load it again.",
                version=standing.version,
            )
        return standing

    async def _fan_out(self, tx: Tx, alert: Alert, traceparent: str | None) -> list[Send]:
        return await sends.fan_out(
            tx,
            alert.alert,
            priority=PRIORITIES[alert.severity],
            structure=alert.structure,
            communes=alert.communes,
            traceparent=traceparent,
        )

    async def _told(
        self,
        tx: Tx,
        alert: Alert,
        act: domain.Act,
        officer: str,
        now: datetime,
        traceparent: str | None = None,
        *,
        reason: str | None = None,
    ) -> None:
        """The act's event and audit row; the alert's row is locked already."""
        progress = (await alerts.progress(tx, [alert.alert]))[alert.alert]
        event = alert_changed(alert, act, actor=officer, at=now, progress=progress, traceparent=traceparent)
        await add(tx, [event])
        detail: dict[str, object] = {"version": alert.version, "groups": alert.groups, "severity": alert.severity}
        detail |= {"reason": reason} if reason else {}
        await record(tx, AuditRow(now, officer, f"alert.{act}", f"alert:{alert.alert}", alert.province, detail))


def unknown_alert() -> Refused:
    return Refused(404, "unknown_alert", "Không có cảnh báo này. / There is no such alert.")


def _own_alert() -> Refused:
    return Refused(
        403,
        "own_alert",
        "Người soạn không được tự duyệt. / Who wrote an alert cannot approve it.",
        "Cảnh báo phải có hai người: một người soạn, một người khác duyệt. Hãy nhờ một người duyệt khác. / "
        "Two people send an alert: ask another approver.",
    )


def _wrong_state(state: AlertState) -> Refused:
    return Refused(
        409,
        "wrong_state",
        f"Cảnh báo {STATES[state].split(' / ')[0]}. / The alert is {state.value}.",
        state=state.value,
    )


def _nobody_hears() -> Refused:
    return Refused(
        400,
        "no_groups",
        "Không có nhóm nào đang hoạt động ở các xã này. / No active group in these communes.",
        "Chọn xã khác, hoặc kiểm tra sổ nhóm. / Choose other communes, or look at the register of groups.",
    )
