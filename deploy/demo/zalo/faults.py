"""Faults on demand: what a test asks of `/_control/faults`, matched against each request in the order they were set."""

from dataclasses import dataclass, field
from typing import Literal

from deploy.demo.zalo.chance import Chance

Kind = Literal["timeout", "timeout_after", "status", "status_after", "html", "error", "slow"]
# timeout: nothing is done and no answer comes. timeout_after: it is done and no answer comes. status: HTTP `status`
# with a short body, nothing done. status_after: it is done, then `status`. html: a gateway's page with `status`.
# error: HTTP 200 with `error`. slow: `delay_ms` more delay.


@dataclass(slots=True)
class Fault:
    id: int
    kind: Kind
    path: str = ""
    app_id: str = ""
    oa_id: str = ""
    recipient: str = ""
    times: int | None = 1
    chance: float = 1.0
    status: int = 502
    error: int = -200
    message: str = ""
    delay_ms: float = 0.0
    met: int = field(default=0)

    def fits(self, path: str, app_id: str, oa_id: str, recipient: str) -> bool:
        return (
            (self.times is None or self.met < self.times)
            and path.startswith(self.path)
            and self.app_id in {"", app_id}
            and self.oa_id in {"", oa_id}
            and self.recipient in {"", recipient}
        )


class Faults:
    """Kept in memory alone: a restart ends every fault."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self._faults: list[Fault] = []
        self._set = 0
        self._asked = 0

    def add(self, fault: Fault) -> None:
        self._faults.append(fault)

    def next_id(self) -> int:
        self._set += 1
        return self._set

    def clear(self) -> None:
        self._faults.clear()

    def all(self) -> list[Fault]:
        return list(self._faults)

    def meet(self, path: str, app_id: str, oa_id: str, recipient: str) -> Fault | None:
        """The first fault that this request meets, counted."""
        for fault in self._faults:
            if not fault.fits(path, app_id, oa_id, recipient):
                continue
            self._asked += 1
            if self._chance.share("fault", fault.id, self._asked) < fault.chance:
                fault.met += 1
                return fault
        return None
