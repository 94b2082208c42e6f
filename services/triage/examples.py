"""`examples export`: what officers corrected, as lines of the training text, numbers masked."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from services.triage.domain.examples import lines
from services.triage.store import Store, examples
from shared.audit import AuditRow, record

OWNER_ONLY = 0o600
HEAD = (
    "# Corrections by officers, exported {now:%Y-%m-%d}. Who wrote: people of the province, to their police.",
    "# Numbers that lead to a person are masked with x; there is no pseudonym and no case in this file.",
    "# Labels are the officers' where they said one, else the machine's; see docs/labels.md.",
)


def open_private(file: Path) -> TextIO:
    """Readable by the owner alone from its first byte on, also where it was there before: it holds what people wrote.

    Raises OSError.
    """
    out = os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT, OWNER_ONLY), "w", encoding="utf-8")
    try:
        os.fchmod(out.fileno(), OWNER_ONLY)
        out.truncate(0)
    except OSError:
        out.close()
        raise
    return out


async def export(store: Store, out: TextIO, *, sealed: bool) -> tuple[int, int]:
    """Writes the lines once it is on the record that they are. Raises StoreUnavailable: then nothing was written.

    Returns how many, and how many examples had no whole labels. `sealed`: also those of sealed cases.
    """
    now = datetime.now(UTC)
    async with store.transaction() as tx:
        made, without = lines([example async for example in examples.read(tx, sealed=sealed)])
        detail = {"count": len(made), "without_labels": without, "sealed": sealed}
        subject = f"province:{store.province}"
        await record(tx, AuditRow(now, "system:examples", "examples.exported", subject, store.province, detail))
    out.writelines(f"{line}\n" for line in (*(head.format(now=now) for head in HEAD), *made))
    return len(made), without
