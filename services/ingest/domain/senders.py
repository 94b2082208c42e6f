"""Who may push signed messages of another system (Standard Webhooks)."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sender:
    """`secrets`: `whsec_…`, several while one is replaced by the next. `account`: the page its messages belong to."""

    id: str
    account: str
    secrets: tuple[str, ...] = field(repr=False)
