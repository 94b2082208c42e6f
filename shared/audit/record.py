"""The audit row: who did what to which thing, written with the act or not at all.

The table is append-only for the service (its role may insert and read). The sealer that chains the rows comes later
and fills their chain columns.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from shared.database.pool import Tx

INSERT = """
insert into audit_log (province, at, actor, act, subject, detail, imported)
select * from unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::boolean[])
"""

WORDS = frozenset({"text", "words", "body", "message", "message_text", "user_id", "phone"})
"""Keys under which words or addresses of citizens travel elsewhere; none may enter a record that is never erased."""


@dataclass(frozen=True)
class AuditRow:
    """One act. Raises ValueError when `detail` has a key that carries a citizen's words or address."""

    at: datetime
    """When it was done; for an imported act the register's own time."""
    actor: str
    """An officer's id, or `system:<part>` for what the machine decided."""
    act: str
    """Dotted and stable: `case.corrected`, `alert.approved`, `identity.opened`."""
    subject: str
    """What it was done to: `case:<id>`, `alert:<id>`, `person:<pseudonym>`."""
    province: str
    detail: Mapping[str, object] = field(default_factory=dict)
    """Codes, numbers, names of fields, an officer's stated reason. Never the words of a citizen."""
    imported: bool = False

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("an act's time needs its zone")
        if found := WORDS & self.detail.keys():
            raise ValueError(f"an audit row never holds words or addresses of citizens: {sorted(found)}")


async def record(tx: Tx, *rows: AuditRow) -> None:
    """Put the acts on the record; they stand when `tx` commits, with what they record."""
    if not rows:
        return
    await tx.execute(
        INSERT,
        [row.province for row in rows],
        [row.at for row in rows],
        [row.actor for row in rows],
        [row.act for row in rows],
        [row.subject for row in rows],
        [dict(row.detail) for row in rows],
        [row.imported for row in rows],
    )
