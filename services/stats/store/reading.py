"""The numbers as they stand. Sums come from the buckets; what no bucket can tell comes from the rows themselves."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from services.stats.domain import offences
from services.stats.domain.headline import Found
from services.stats.domain.period import Period
from services.stats.store.offences import months_up_to
from shared.database import Database
from shared.gazetteer import Structure

SUMS = """
select metric, sum(value)::bigint as stock, coalesce(sum(value) filter (where day >= $2), 0)::bigint as flow
from day_counts where province = $1 and day <= $3 and metric = any($4::text[]) group by metric
"""

PAGES = """
select count(*) filter (where o.verified) as verified,
    count(distinct a.commune_2020) filter (where o.verified) as communes_2020,
    count(distinct a.commune_2025) filter (where o.verified) as communes_2025,
    coalesce(sum(o.followers), 0)::bigint as followers_polled,
    max(o.at) as polled_at
from page_starts s
cross join lateral (
    select verified, followers, at from page_days d
    where d.account = s.account and d.day <= $2 order by d.day desc limit 1
) o
left join accounts a on a.account = s.account and a.kind = 'page'
where s.province = $1 and (a.valid_to is null or a.valid_to >= $2)
"""

FOLLOWED_BEFORE = """
select coalesce(sum(greatest(0, b.surplus - greatest(0, b.gone - b.left_before))), 0)::bigint from (
    select s.followers - s.known as surplus, s.left_before, coalesce((
        select sum(c.value) from page_day_counts c
        where c.province = $1 and c.metric = 'followers_leavers' and c.account = s.account and c.day <= $2
    ), 0) as gone
    from page_starts s where s.province = $1 and s.followers > s.known and s.at < $3
) b
"""
"""At each page's first poll: its figure less what events had told; less who of those has gone since."""

TIPS = """
select count(*) from case_facts
where province = $1 and category in ('tip', 'emergency')
    and resolved_at >= $2 and resolved_at < $3 and opened_at >= $2 and opened_at < $3
"""

SERIES_DAYS = """
select day, value from day_counts where province = $1 and metric = $2 and day between $3 and $4 order by day
"""

SERIES_MINUTES = """
select minute, value from minute_counts
where province = $1 and metric = $2 and minute >= $3 and minute < $4 order by minute
"""

BEFORE = "select coalesce(sum(value), 0)::bigint from day_counts where province = $1 and metric = $2 and day < $3"

ON_DAY = "select metric, value from day_counts where province = $1 and day = $2 and metric = any($3::text[])"

BY_PAGE = """
select a.account, a.name, a.commune_2020, a.commune_2025, coalesce(o.verified, false) as verified,
    o.followers as followers_polled, coalesce(c.followers, 0)::bigint as followers,
    coalesce(c.village_groups, 0)::bigint as village_groups, coalesce(c.posts, 0)::bigint as posts
from accounts a
left join lateral (
    select verified, followers from page_days d
    where d.account = a.account and d.day <= $3 order by d.day desc limit 1
) o on true
left join (
    select account, sum(value) filter (where metric = 'followers') as followers,
        sum(value) filter (where metric = 'village_groups') as village_groups,
        sum(value) filter (where metric = 'posts' and day >= $2) as posts
    from page_day_counts where province = $1 and metric in ('followers', 'village_groups', 'posts') and day <= $3
    group by account
) c on c.account = a.account
where a.province = $1 and a.kind = 'page' and (a.valid_to is null or a.valid_to >= $3)
order by a.name
"""

FLOWS = ("posts", "procedure_questions_answered")
STOCKS = ("followers", "village_groups", "post_views")


class PageRow(NamedTuple):
    """One page at the end of a period; posts within it."""

    account: str
    name: str
    commune_2020: str | None
    commune_2025: str | None
    verified: bool
    followers_polled: int | None
    followers: int
    village_groups: int
    posts: int


class Reading:
    """One province's numbers. Every method raises StoreUnavailable."""

    def __init__(self, database: Database, province: str) -> None:
        self._database = database
        self._province = province

    async def found(self, period: Period) -> Found:
        """All that the headline of a period needs, in one transaction."""
        async with self._database.transaction(province=self._province, readonly=True) as tx:
            rows = await tx.fetch(SUMS, self._province, period.first, period.last, [*FLOWS, *STOCKS])
            stock = {row["metric"]: row["stock"] for row in rows}
            flow = {row["metric"]: row["flow"] for row in rows}
            pages = await tx.fetchrow(PAGES, self._province, period.last)
            before = await tx.fetchval(FOLLOWED_BEFORE, self._province, period.last, period.end)
            tips = await tx.fetchval(TIPS, self._province, period.start, period.end)
            months = await months_up_to(tx, self._province, period.last)
        assert pages is not None  # noqa: S101 - an aggregate always has its row
        return Found(
            pages_verified=pages["verified"],
            communes_verified={
                Structure.OF_2020: pages["communes_2020"],
                Structure.OF_2025: pages["communes_2025"],
            },
            followers_by_events=stock.get("followers", 0),
            followers_before=before,
            followers_polled=pages["followers_polled"],
            polled_at=pages["polled_at"],
            village_groups=stock.get("village_groups", 0),
            posts=flow.get("posts", 0),
            post_views=stock.get("post_views", 0),
            tips_received_and_resolved=tips,
            procedure_questions_answered=flow.get("procedure_questions_answered", 0),
            offences=offences.change(months, period.last),
        )

    async def on_day(self, day: date, metrics: Sequence[str]) -> dict[str, int]:
        """Each metric's count of one day, 0 where nothing was counted."""
        rows = await self._database.fetch(ON_DAY, self._province, day, list(metrics))
        return dict.fromkeys(metrics, 0) | {row["metric"]: row["value"] for row in rows}

    async def days(self, metric: str, period: Period, *, stock: bool) -> list[tuple[date, int]]:
        """Every day of the period with its count, or with the stock at its end."""
        rows = await self._database.fetch(SERIES_DAYS, self._province, metric, period.first, period.last)
        moved = {row["day"]: row["value"] for row in rows}
        total = await self._database.fetchval(BEFORE, self._province, metric, period.first) if stock else 0
        found = []
        for number in range(period.days):
            day = period.first + timedelta(days=number)
            total = (total if stock else 0) + moved.get(day, 0)
            found.append((day, total))
        return found

    async def minutes(self, metric: str, start: datetime, end: datetime) -> list[tuple[datetime, int]]:
        """The minutes of [start, end) in which something moved, with how much."""
        rows = await self._database.fetch(SERIES_MINUTES, self._province, metric, start, end)
        return [(row["minute"], row["value"]) for row in rows]

    async def stock_before(self, metric: str, day: date) -> int:
        """The stock at the end of the day before `day`."""
        return int(await self._database.fetchval(BEFORE, self._province, metric, day))

    async def pages(self, period: Period) -> list[PageRow]:
        """Every page that is open at the end of the period, by name."""
        rows = await self._database.fetch(BY_PAGE, self._province, period.first, period.last)
        return [PageRow(*row) for row in rows]
