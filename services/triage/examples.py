"""`examples export`: what officers corrected, as lines of the training text, de-identified."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from services.triage.domain.examples import lines
from services.triage.store import Store, examples

OWNER_ONLY = 0o600
HEAD = (
    "# Corrections by officers, exported {now:%Y-%m-%d}. Who wrote: people of the province, to their police.",
    "# Numbers that lead to a person are masked with x; there is no pseudonym and no case in this file.",
    "# Labels are the officers' where they said one, else the machine's; see docs/labels.md.",
)


def open_private(file: Path) -> TextIO:
    """Readable by the owner alone from its first byte on: it holds what people wrote. Raises OSError."""
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY), "w", encoding="utf-8")


async def export(store: Store, out: TextIO, *, sealed: bool) -> tuple[int, int]:
    """Writes the lines. Returns how many, and how many examples had no whole labels. Raises StoreUnavailable."""
    async with store.transaction(readonly=True) as tx:
        found = [example async for example in examples.read(tx, sealed=sealed)]
    made, without = lines(found)
    now = datetime.now(UTC)
    out.writelines(f"{line}\n" for line in (*(head.format(now=now) for head in HEAD), *made))
    return len(made), without
