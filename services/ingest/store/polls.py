"""Which page or group is asked next, and what polls have seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.ingest.domain.posts import Counts, Post
from shared.database import Database, Tx

ADD_PAGES = """
insert into polls (channel, account, province, next_due)
select $1, unnest($2::text[]), $3, $4 on conflict do nothing
"""

CLAIM_PAGES = """
with due as (
    select p.channel, p.account, a.sealed_token, a.epoch, r.app
    from polls p
    join access a on a.account = p.account and a.channel = p.channel
    join accounts r on r.account = p.account and r.channel = p.channel
    where p.province = $1 and p.next_due <= $2 and p.refused_epoch is distinct from a.epoch
    order by p.next_due
    limit $4
    for update of p skip locked
)
update polls p set next_due = $3 from due
where p.channel = due.channel and p.account = due.account
returning due.channel, due.account, due.sealed_token, due.epoch, due.app, p.failures
"""
"""A page without a token, or whose token was refused, is not due: it is skipped without a word."""

CLAIM_GROUPS = """
with due as (
    select g.channel, g.account, g.page, a.sealed_token, a.epoch, g.app
    from accounts g
    join access a on a.account = g.page and a.channel = g.channel
    left join polls p on p.account = g.page and p.channel = g.channel
    where g.province = $1 and g.name_due <= $2 and g.valid_to is null and p.refused_epoch is distinct from a.epoch
    order by g.name_due
    limit $4
    for update of g skip locked
)
update accounts g set name_due = $3, name_tries = g.name_tries + 1 from due
where g.channel = due.channel and g.account = due.account
returning due.channel, due.account, due.page, due.sealed_token, due.epoch, due.app, g.name_tries
"""

DONE_PAGE = """
update polls set next_due = $3, failures = $4, last_error = $5, polled_at = coalesce($6, polled_at)
where channel = $1 and account = $2
"""

REFUSE = "update polls set refused_epoch = $3, last_error = $4 where channel = $1 and account = $2"

DONE_GROUP = "update accounts set name_due = $3 where channel = $1 and account = $2"

COUNTS = "select article, views, shares from articles where channel = $1 and article = any($2::text[])"

SAVE_POSTS = """
insert into articles (channel, article, account, province, published_at, views, shares, observed_at)
select $1, u.article, $2, $3, u.published_at, u.views, u.shares, u.observed_at
from unnest($4::text[], $5::timestamptz[], $6::bigint[], $7::bigint[], $8::timestamptz[])
    as u(article, published_at, views, shares, observed_at)
order by u.article
on conflict (channel, article) do update set
    views = excluded.views, shares = excluded.shares, observed_at = excluded.observed_at
"""


@dataclass(frozen=True)
class Due:
    """A page or group to ask about, with its page's sealed token. `tries`: failures in a row before this time."""

    channel: str
    account: str
    page: str
    app: str
    epoch: int
    tries: int
    sealed_token: str = field(repr=False)


async def add_pages(tx: Tx, channel: str, pages: Sequence[str], *, province: str, now: datetime) -> None:
    """Pages to poll from now on; those polled already are left as they are."""
    await tx.execute(ADD_PAGES, channel, list(pages), province, now)


async def claim_pages(tx: Tx, province: str, *, now: datetime, lease: timedelta, limit: int) -> list[Due]:
    """The pages due longest, ours until `lease` is over; other copies pass them by."""
    rows = await tx.fetch(CLAIM_PAGES, province, now, now + lease, limit)
    return [
        Due(r["channel"], r["account"], r["account"], r["app"], r["epoch"], r["failures"], r["sealed_token"])
        for r in rows
    ]


async def claim_groups(tx: Tx, province: str, *, now: datetime, lease: timedelta, limit: int) -> list[Due]:
    """The groups whose name is to be asked for, likewise."""
    rows = await tx.fetch(CLAIM_GROUPS, province, now, now + lease, limit)
    return [
        Due(r["channel"], r["account"], r["page"], r["app"], r["epoch"], r["name_tries"], r["sealed_token"])
        for r in rows
    ]


async def done_page(
    tx: Tx, due: Due, *, next_due: datetime, failures: int, error: str | None, polled_at: datetime | None
) -> None:
    """What became of one page's poll. `polled_at`: by our clock, None when it did not come to its end."""
    await tx.execute(DONE_PAGE, due.channel, due.account, next_due, failures, error, polled_at)


async def refuse(tx: Tx, due: Due, *, error: str) -> None:
    """The page's token was refused: ask nothing until another epoch arrives."""
    await tx.execute(REFUSE, due.channel, due.page, due.epoch, error)


async def done_group(tx: Tx, due: Due, *, next_due: datetime | None) -> None:
    """`next_due` None: the name is known."""
    await tx.execute(DONE_GROUP, due.channel, due.account, next_due)


async def counts_of(reader: "Tx | Database", channel: str, posts: Sequence[str]) -> Mapping[str, Counts]:
    """What is stored of these posts; those never seen are left out."""
    rows = await reader.fetch(COUNTS, channel, list(posts))
    return {row["article"]: Counts(row["views"], row["shares"]) for row in rows}


async def save_posts(tx: Tx, due: Due, posts: Sequence[Post], *, province: str) -> None:
    """The last counts of each post, published with the same transaction."""
    await tx.execute(
        SAVE_POSTS,
        due.channel,
        due.account,
        province,
        [p.id for p in posts],
        [p.published_at for p in posts],
        [p.counts.views for p in posts],
        [p.counts.shares for p in posts],
        [p.at for p in posts],
    )
