"""What one test has for itself on a stage that it shares: nobody else uses its pages, communes and groups."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from tests.integration.notify.stage import Stage


@dataclass
class Corner:
    """What one test has for itself on a stage that it shares."""

    stage: Stage
    page: str = field(default_factory=lambda: str(uuid4().int)[:19])
    other: str = field(default_factory=lambda: str(uuid4().int)[:19])
    citizen: str = field(default_factory=lambda: str(uuid4().int)[:19])
    commune: str = field(default_factory=lambda: str(uuid4().int)[:5])
    mark: str = field(default_factory=lambda: uuid4().hex[:8])

    def group(self, name: str) -> str:
        return f"{self.mark}-{name}"

    async def furnish(self, *groups: str, others: tuple[str, ...] = ()) -> None:
        """The corner's page with its groups, the other page with others, all granted."""
        pages = {self.page: [self.group(name) for name in groups]}
        pages |= {self.other: [self.group(name) for name in others]} if others else {}
        await self.stage.furnish(pages, commune=self.commune)

    async def person(self, **more: Any) -> str:
        return await self.stage.person(self.page, self.citizen, **more)

    async def reply(self, person: str, text: str, **more: Any) -> UUID:
        return await self.stage.reply(self.page, person, text, **more)

    async def alert(self, **more: Any) -> UUID:
        """Drafted by one, approved by another."""
        alert = await self.stage.draft(codes=[self.commune], **more)
        await self.stage.approve(alert)
        return alert

    async def sent(self) -> list[dict[str, Any]]:
        """What the simulator took from this corner's pages."""
        return await self.stage.sent(oa_id=self.page) + await self.stage.sent(oa_id=self.other)

    async def fault(self, kind: str, **more: object) -> Any:
        return await self.stage.fault(kind, oa_id=self.page, **more)

    async def page_state(self) -> dict[str, Any]:
        pages = (await self.stage.ask("GET", "/api/v1/pages", "viewer"))["pages"]
        found: dict[str, Any] = next(one for one in pages if one["account"] == self.page)
        return found


@dataclass
class Province:
    """Enough pages and groups of one commune for an alert to be interrupted."""

    corner: Corner

    @property
    def stage(self) -> Stage:
        return self.corner.stage

    @property
    def pages(self) -> dict[str, list[str]]:
        mark = self.corner.mark
        return {f"{mark}-{page}": [f"{mark}-{page}-{group:02}" for group in range(15)] for page in range(8)}

    @property
    def groups(self) -> list[str]:
        return sorted(group for groups in self.pages.values() for group in groups)

    async def furnish(self) -> None:
        await self.stage.furnish(self.pages, commune=self.corner.commune)

    async def slowly(self, delay_ms: int) -> None:
        """Every group message takes so long."""
        await self.stage.fault("slow", path="/v3.0/oa/group/message", delay_ms=delay_ms, times=None)

    async def taken(self) -> Counter[str]:
        """Group → how often the simulator took a message for it."""
        wanted = set(self.groups)
        return Counter(one["group_id"] for one in await self.stage.sent() if one["group_id"] in wanted)

    async def some_taken(self, least: int) -> bool:
        return (await self.taken()).total() >= least

    async def states(self) -> Counter[str]:
        query = "select state, count(*) from notify.sends where recipient = any($1) group by state"
        return Counter({row["state"]: row["count"] for row in await self.stage.sql.fetch(query, self.groups)})
