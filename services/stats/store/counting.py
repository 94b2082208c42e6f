"""A batch of events into counts: fence, inbox and effects in one transaction, in sets."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from services.stats.domain import cases, presence, sends, views
from services.stats.domain.counts import Count, counted, in_buckets
from services.stats.domain.presence import Happening, Subject
from shared.database import Tx

LOCK_PARTITIONS = """
select pg_advisory_xact_lock(hashtextextended('stats:' || p, 0)) from unnest($1::text[]) as p order by p
"""
"""Whoever counts records of a partition (a live batch, a copy that lost it and does not know yet, a replay of dead
records) waits for the others: a person's or a case's history is read and changed by one at a time."""

PRESENCE_KNOWN = """
select k.account, k.subject, e.at, e.id, e.present
from unnest($2::text[], $3::text[]) as k(account, subject)
cross join lateral (
    select at, id, present from presence_events e
    where e.stock = $1 and e.account = k.account and e.subject = k.subject offset 0
) e
"""
"""`offset 0` keeps it a look-up by key for each subject, however little the planner knows of a table that grows."""

PRESENCE_ADD = """
insert into presence_events (province, stock, account, subject, at, id, present)
select $1, $2, * from unnest($3::text[], $4::text[], $5::timestamptz[], $6::uuid[], $7::boolean[])
on conflict do nothing
"""

PAGE_DAYS_KEEP = """
insert into page_days (province, account, day, at, id, verified, followers)
select distinct on (account, day) $1, account, day, at, id, verified, followers
from unnest($2::text[], $3::date[], $4::timestamptz[], $5::uuid[], $6::boolean[], $7::bigint[])
    as s(account, day, at, id, verified, followers)
order by account, day, at desc, id desc
on conflict (account, day) do update set
    at = excluded.at, id = excluded.id, verified = excluded.verified, followers = excluded.followers
where (page_days.at, page_days.id) < (excluded.at, excluded.id)
"""
"""The last observation of each page and day, in whatever order they come."""

PAGE_STARTS_KEEP = """
insert into page_starts (account, province, at, id, followers, known, left_before)
select distinct on (account) account, $1, at, id, followers, 0, 0
from unnest($2::text[], $3::timestamptz[], $4::uuid[], $5::bigint[]) as s(account, at, id, followers)
order by account, at, id
on conflict (account) do update set at = excluded.at, id = excluded.id, followers = excluded.followers
where (excluded.at, excluded.id) < (page_starts.at, page_starts.id)
returning account
"""
"""The first observation ever of each page; returns the pages whose first one is new."""

PAGE_STARTS_RECOUNT = """
update page_starts set known = k.known, left_before = k.left_before
from (
    select s.account,
        count(*) filter (where p.last) as known,
        count(*) filter (where not p.first) as left_before
    from page_starts s left join lateral (
        select (array_agg(e.present order by e.at desc, e.id desc))[1] as last,
            (array_agg(e.present order by e.at, e.id))[1] as first
        from presence_events e
        where e.stock = 'followers' and e.account = s.account
            and e.at < date_trunc('second', s.at) + interval '1 second'
        group by e.subject
    ) p on true
    where s.account = any($1::text[])
    group by s.account
) k where k.account = page_starts.account
"""
"""What our own events knew at a page's first poll. The poll's HTTP Date names a whole second: what happened within it
is taken as known."""

PAGE_STARTS_MOVE = """
update page_starts set known = known + c.amount, left_before = left_before + c.gone
from (
    select c.account, sum(c.amount) as amount, sum(c.gone) as gone
    from unnest($1::text[], $2::timestamptz[], $3::bigint[], $4::bigint[]) as c(account, at, amount, gone)
    join page_starts s on s.account = c.account and c.at < date_trunc('second', s.at) + interval '1 second'
    group by c.account
) c where c.account = page_starts.account and c.account <> all($5::text[])
"""
"""The same, moved by events that came after the poll and happened before it."""

POSTS_ADD = """
insert into posts (province, account, post, published_at, id)
select $1, * from unnest($2::text[], $3::text[], $4::timestamptz[], $5::uuid[]) as p(account, post, published_at, id)
order by 2, 3
on conflict do nothing
returning account, published_at
"""

VIEWS_KNOWN = """
select k.account, k.post, v.day, v.at, v.id, v.views, v.shares
from unnest($1::text[], $2::text[]) as k(account, post)
cross join lateral (
    select day, at, id, views, shares from post_views v where v.account = k.account and v.post = k.post offset 0
) v
"""

VIEWS_KEEP = """
insert into post_views (province, account, post, day, at, id, views, shares)
select $1, * from unnest(
    $2::text[], $3::text[], $4::date[], $5::timestamptz[], $6::uuid[], $7::bigint[], $8::bigint[])
on conflict (account, post, day) do update set
    at = excluded.at, id = excluded.id, views = excluded.views, shares = excluded.shares
"""

CASES_KNOWN = """
select case_id, version, account, category, opened_at, answered_at, resolved_at from case_facts
where case_id = any($1::uuid[])
"""

CASES_KEEP = """
insert into case_facts (province, case_id, version, account, category, opened_at, answered_at, resolved_at)
select $1, * from unnest(
    $2::uuid[], $3::integer[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::timestamptz[])
on conflict (case_id) do update set
    version = excluded.version, account = excluded.account, category = excluded.category,
    opened_at = excluded.opened_at, answered_at = excluded.answered_at, resolved_at = excluded.resolved_at
where case_facts.version < excluded.version
"""

SENDS_KNOWN = """
select send_id, account, kind, version, state, changed_at, sent_at from send_facts where send_id = any($1::uuid[])
"""

SENDS_KEEP = """
insert into send_facts (province, send_id, account, kind, version, state, changed_at, sent_at)
select $1, * from unnest(
    $2::uuid[], $3::text[], $4::text[], $5::integer[], $6::text[], $7::timestamptz[], $8::timestamptz[])
on conflict (send_id) do update set
    version = excluded.version, state = excluded.state, changed_at = excluded.changed_at, sent_at = excluded.sent_at
"""

MINUTES_ADD = """
insert into minute_counts (province, metric, minute, value)
select $1, * from unnest($2::text[], $3::timestamptz[], $4::bigint[])
on conflict (province, metric, minute) do update set value = minute_counts.value + excluded.value
"""

DAYS_ADD = """
insert into day_counts (province, metric, day, value)
select $1, * from unnest($2::text[], $3::date[], $4::bigint[])
on conflict (province, metric, day) do update set value = day_counts.value + excluded.value
"""

PAGE_DAYS_ADD = """
insert into page_day_counts (province, metric, account, day, value)
select $1, * from unnest($2::text[], $3::text[], $4::date[], $5::bigint[])
on conflict (province, metric, account, day) do update set value = page_day_counts.value + excluded.value
"""


async def lock_partitions(tx: Tx, partitions: Iterable[str]) -> None:
    """Hold `topic/partition` names until the transaction ends; in one order, so that nobody deadlocks."""
    await tx.execute(LOCK_PARTITIONS, sorted(set(partitions)))


async def add_presence(
    tx: Tx, province: str, stock: str, fresh: Sequence[tuple[Subject, Happening]]
) -> list[presence.Change]:
    """Keep who came and went, and say how the stock changed."""
    by_subject: dict[Subject, list[Happening]] = defaultdict(list)
    for subject, happening in fresh:
        by_subject[subject].append(happening)
    known: dict[Subject, list[Happening]] = defaultdict(list)
    for row in await tx.fetch(PRESENCE_KNOWN, stock, *_columns(list(by_subject), 2)):
        known[Subject(row[0], row[1])].append(Happening(row[2], row[3], row[4]))
    rows = [(*subject, *happening) for subject, happening in fresh]
    await tx.execute(PRESENCE_ADD, province, stock, *_columns(rows, 5))
    return presence.changes(known, by_subject)


async def add_pages(
    tx: Tx,
    province: str,
    observed: Sequence[tuple[str, date, datetime, UUID, bool, int]],
    moved: Sequence[presence.Change],
) -> None:
    """Keep what the channel showed of pages (account, day, at, id, verified, followers), and what we knew then."""
    begun: list[str] = []
    if observed:
        await tx.execute(PAGE_DAYS_KEEP, province, *_columns(observed, 6))
        starts = [(account, at, event, followers) for account, _, at, event, _, followers in observed]
        begun = [row[0] for row in await tx.fetch(PAGE_STARTS_KEEP, province, *_columns(starts, 4))]
        await tx.execute(PAGE_STARTS_RECOUNT, begun)
    if moved:
        await tx.execute(PAGE_STARTS_MOVE, *_columns(moved, 4), begun)


async def add_posts(tx: Tx, province: str, posts: Sequence[tuple[str, str, datetime, UUID]]) -> list[Count]:
    """Keep posts (account, post, published_at, id): each counts once, when the channel says it was published."""
    rows = await tx.fetch(POSTS_ADD, province, *_columns(posts, 4))
    return [counted("posts", row[1], account=row[0]) for row in rows]


async def add_views(
    tx: Tx, province: str, observed: Sequence[tuple[views.Post, date, views.Observation]]
) -> list[Count]:
    """Keep the last view count of each day and post."""
    fresh: dict[views.Post, list[tuple[date, views.Observation]]] = defaultdict(list)
    for post, day, observation in observed:
        fresh[post].append((day, observation))
    known: dict[views.Post, dict[date, views.Observation]] = defaultdict(dict)
    for row in await tx.fetch(VIEWS_KNOWN, *_columns(list(fresh), 2)):
        known[views.Post(row[0], row[1])][row[2]] = views.Observation(*row[3:])
    counts: list[Count] = []
    rows: list[tuple[object, ...]] = []
    for post, seen in fresh.items():
        after = views.last_of_days(known[post], seen)
        counts += views.changes(post, known[post], after)
        rows += [(*post, day, *after[day]) for day in after if known[post].get(day) != after[day]]
    await tx.execute(VIEWS_KEEP, province, *_columns(rows, 7))
    return counts


async def add_cases(tx: Tx, province: str, changed: Sequence[tuple[UUID, cases.Facts]]) -> list[Count]:
    """Keep each case as its highest version says."""
    fresh: dict[UUID, list[cases.Facts]] = defaultdict(list)
    for case, facts in changed:
        fresh[case].append(facts)
    known = {row[0]: cases.Facts(*row[1:]) for row in await tx.fetch(CASES_KNOWN, list(fresh))}
    standing = {case: cases.standing(facts) for case, facts in fresh.items()}
    await tx.execute(CASES_KEEP, province, *_columns([(case, *facts) for case, facts in standing.items()], 7))
    return [count for case, facts in standing.items() for count in cases.changes(known.get(case), facts)]


async def add_sends(tx: Tx, province: str, changed: Sequence[tuple[UUID, sends.Send]]) -> list[Count]:
    """Keep each send as all its changes together say."""
    ids = list({send for send, _ in changed})
    known = {row[0]: sends.Send(*row[1:]) for row in await tx.fetch(SENDS_KNOWN, ids)}
    after = dict(known)
    for send, change in changed:
        after[send] = sends.merged(after.get(send), change)
    await tx.execute(SENDS_KEEP, province, *_columns([(send, *after[send]) for send in ids], 7))
    return [count for send in ids for count in sends.changes(known.get(send), after[send])]


async def add_counts(tx: Tx, province: str, counts: Iterable[Count]) -> None:
    """Move the sums. Last in the transaction: these rows are shared by all partitions, so they are held briefly."""
    buckets = in_buckets(counts)
    if buckets.page_days:
        await tx.execute(PAGE_DAYS_ADD, province, *_columns(buckets.page_days, 4))
    if buckets.minutes:
        await tx.execute(MINUTES_ADD, province, *_columns(buckets.minutes, 3))
    if buckets.days:
        await tx.execute(DAYS_ADD, province, *_columns(buckets.days, 3))


def _columns(rows: Sequence[Sequence[object]], width: int) -> list[list[object]]:
    """Rows as `unnest` takes them: an array a column."""
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]
