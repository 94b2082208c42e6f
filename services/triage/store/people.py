"""Who is behind a pseudonym: the one place where triage opens a sealed address, with the audit row as it reads."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.triage.domain.case import Case
from services.triage.store.audited import detail_of
from shared.audit import AuditRow, record
from shared.database import Tx
from shared.identity import Sealer

SEALED = "select sealed from identities where person = $1"


async def reveal(
    tx: Tx, sealer: Sealer, case: Case, *, officer: str, reason: str, at: datetime, province: str
) -> Mapping[str, Any] | None:
    """What the channel tells of the case's person, or None when it was erased or never known.

    The audit row stands whether or not there was something to see: asking is the act. Raises CannotOpen.
    """
    person = case.conversation.person
    detail = detail_of(case, case=str(case.id), reason=reason)
    await record(tx, AuditRow(at, officer, "identity.opened", f"person:{person}", province, detail))
    sealed = await tx.fetchval(SEALED, person)
    if sealed is None:
        return None
    opened: Mapping[str, Any] = json.loads(sealer.open("identity", person, sealed))
    return opened
