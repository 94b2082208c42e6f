"""The loops that poll: pages that are due, and groups whose name is not known yet.

Several copies of the service share the work by claiming what is due in PostgreSQL; what a dead copy had claimed comes
back when its lease is over. A page without a token yet is skipped.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.ingest.domain.accounts import changed, group_named
from services.ingest.domain.pace import again_after
from services.ingest.domain.posts import Post, news
from services.ingest.polling.events import observed, told
from services.ingest.polling.zalo import Answered, NotAnswered, PageFacts, ZaloClient, posts_of
from services.ingest.records import outbox
from services.ingest.store import accounts, polls
from services.ingest.store.polls import Due
from shared.database import Database, add
from shared.identity import CannotOpen, Sealer
from shared.telemetry.logs import get_logger

log = get_logger(__name__)

LEASE = timedelta(seconds=60)
"""Longer than a whole walk. Whoever takes longer is polled twice, which tells nothing twice."""

NAME_TRIES = 20
"""So often is a group's name asked for; then it stays as the map has it, until the group changes."""


@dataclass(frozen=True)
class Polling:
    """What the loops need. `interval_seconds`: between two polls of a page; `whole_walk`: every post each time."""

    database: Database
    province: str
    client: ZaloClient
    sealer: Sealer
    clock: Callable[[], datetime]
    interval_seconds: float
    at_once: int
    slice_size: int
    whole_walk: bool

    async def pages(self) -> bool:
        """One round: what is due now, `at_once` at a time. True when there may be more."""
        async with self.database.transaction(province=self.province) as tx:
            due = await polls.claim_pages(tx, self.province, now=self.clock(), lease=LEASE, limit=self.at_once)
        await _each(self._page(one) for one in due)
        return len(due) == self.at_once

    async def groups(self) -> bool:
        """Likewise for the names of groups."""
        async with self.database.transaction(province=self.province) as tx:
            due = await polls.claim_groups(tx, self.province, now=self.clock(), lease=LEASE, limit=self.at_once)
        await _each(self._group(one) for one in due)
        return len(due) == self.at_once

    # ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _page(self, due: Due) -> None:
        token = self._token(due)
        facts = NotAnswered("token") if token is None else await self.client.page(token, app=due.app)
        if token is None or isinstance(facts, NotAnswered):
            await self._failed(due, facts if isinstance(facts, NotAnswered) else NotAnswered("token"))
            return
        posts, stopped = await self._walk(due, token)
        await self._save(due, facts, posts, stopped)

    async def _walk(self, due: Due, token: str) -> tuple[list[Post], NotAnswered | None]:
        """The page's posts, the newest first, and what stopped the walk before its end."""
        found: list[Post] = []
        offset = 0
        while True:
            answer = await self.client.posts(token, app=due.app, offset=offset, limit=self.slice_size)
            if isinstance(answer, NotAnswered):
                return found, answer
            posts = posts_of(answer)
            found += posts
            offset += len(posts)
            if not posts or offset >= answer.data.total:
                return found, None
            if not self.whole_walk and await self._any_known(due, posts):
                return found, None

    async def _any_known(self, due: Due, posts: Sequence[Post]) -> bool:
        return bool(await polls.counts_of(self.database, due.channel, [post.id for post in posts]))

    async def _save(
        self, due: Due, facts: Answered[PageFacts], posts: Sequence[Post], stopped: NotAnswered | None
    ) -> None:
        """What was seen and what is published of it, in one transaction a page."""
        now = self.clock()
        place = {"channel": due.channel, "account": due.account, "province": self.province}
        async with self.database.transaction(province=self.province) as tx:
            fresh = news(await polls.counts_of(tx, due.channel, [post.id for post in posts]), posts)
            events = [observed(facts, **place, received_at=now), *told(fresh, **place, received_at=now)]
            await polls.save_posts(tx, due, fresh.counted, province=self.province)
            await add(tx, outbox(events))
            if stopped is None:
                then = now + timedelta(seconds=self.interval_seconds)
                await polls.done_page(tx, due, next_due=then, failures=0, error=None, polled_at=now)
        if stopped is not None:
            await self._failed(due, stopped)

    async def _failed(self, due: Due, why: NotAnswered) -> None:
        """Tried again: soon, at the next minute, or once a new token has come."""
        now = self.clock()
        _tell(due, why)
        failures = due.tries if why.why == "slow_down" else due.tries + 1
        async with self.database.transaction(province=self.province) as tx:
            if why.why == "token":
                await polls.refuse(tx, due, error=why.said)
            then = now + self._pause(why, failures)
            await polls.done_page(tx, due, next_due=then, failures=failures, error=why.said, polled_at=None)

    def _pause(self, why: NotAnswered, failures: int) -> timedelta:
        """A code of Zalo's will not have changed soon; a time-out may have. A new token is looked for at once."""
        if why.why in {"token", "slow_down"}:
            return timedelta(seconds=why.wait_seconds)
        seconds = self.interval_seconds if why.why == "refused" else again_after(failures, self.interval_seconds)
        return timedelta(seconds=seconds)

    # ── groups ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def _group(self, due: Due) -> None:
        token = self._token(due)
        facts = (
            NotAnswered("token") if token is None else await self.client.group(token, app=due.app, group=due.account)
        )
        if isinstance(facts, NotAnswered):
            await self._unnamed(due, facts)
            return
        now = self.clock()
        async with self.database.transaction(province=self.province) as tx:
            group = (await accounts.lock(tx, [due.account])).get(due.account)
            if group is not None:
                villages = await accounts.villages_of(tx, [group.page])
                after = changed(group, group_named(group, facts.data.group_info.name, villages))
                await accounts.save(tx, [after] if after else [], province=self.province, now=now)
            await polls.done_group(tx, due, next_due=None)

    async def _unnamed(self, due: Due, why: NotAnswered) -> None:
        """The group may be younger than what the API knows: asked again, a bounded number of times."""
        _tell(due, why)
        async with self.database.transaction(province=self.province) as tx:
            if why.why == "token":
                await polls.refuse(tx, due, error=why.said)
            pause = timedelta(seconds=why.wait_seconds or again_after(due.tries, self.interval_seconds))
            again = why.why in {"token", "slow_down"} or due.tries < NAME_TRIES
            await polls.done_group(tx, due, next_due=self.clock() + pause if again else None)

    def _token(self, due: Due) -> str | None:
        """None when it was not sealed for us: then, too, only another one helps."""
        try:
            return self.sealer.open("access", due.page, due.sealed_token).decode()
        except CannotOpen:
            log.warning("poll.token_unreadable", account=due.page)
            return None


async def _each(rounds: Iterable[Coroutine[Any, Any, None]]) -> None:
    """All to their end; then the first failure is raised, for the loop to back off."""
    for outcome in await asyncio.gather(*rounds, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome


def _tell(due: Due, why: NotAnswered) -> None:
    """Page and group ids are no citizens' ids."""
    log.warning("poll.not_answered", account=due.account, why=why.why, code=why.code, tries=due.tries)
