-- migrate:up

-- What stats counts. Runs as stats_owner with search_path = stats.
-- Days are Asia/Ho_Chi_Minh dates; every other time is a UTC instant. Each table has its tenant, `province`.

set local lock_timeout = '5s';
set local statement_timeout = '60s';

-- The sums the pages read. A value moves by what an event adds or takes back, in the bucket of the event's own time.
-- Of a stock (followers, village_groups, post_views) the bucket holds the change: the stock is the sum up to a moment.
create table minute_counts (
    province text not null,
    metric text not null,
    minute timestamptz not null,
    value bigint not null,
    primary key (province, metric, minute)
) partition by range (minute);

do $$
begin
    for year in 2019..2035 loop
        execute format(
            'create table %I partition of minute_counts for values from (%L) to (%L) with (fillfactor = 70)',
            'minute_counts_' || year, year || '-01-01 00:00:00+00', (year + 1) || '-01-01 00:00:00+00');
    end loop;
    create table minute_counts_default partition of minute_counts default;
end
$$;

create table day_counts (
    province text not null,
    metric text not null,
    day date not null,
    value bigint not null,
    primary key (province, metric, day)
) with (fillfactor = 50);

create table page_day_counts (
    province text not null,
    metric text not null,
    account text not null,
    day date not null,
    value bigint not null,
    primary key (province, metric, account, day)
) with (fillfactor = 70);

-- What the sums are made of, from which they can be counted anew by plain SQL (README).

-- Who follows a page, which groups it has: the last event at or before a moment says whether `subject` is there.
-- Not partitioned by time: it is asked by person, whenever they last did something. `subject` of a follower is a
-- pseudonym.
create table presence_events (
    province text not null,
    stock text not null check (stock in ('followers', 'village_groups')),
    account text not null,
    subject text not null,
    at timestamptz not null,
    id uuid not null,
    present boolean not null,
    primary key (stock, account, subject, at, id)
);

-- The last figure the channel showed of a page on a day.
create table page_days (
    province text not null,
    account text not null,
    day date not null,
    at timestamptz not null,
    id uuid not null,
    verified boolean not null,
    followers bigint not null,
    primary key (account, day)
);

-- The first figure ever polled of a page, and what our own events knew of it then. What is left over followed the page
-- before the platform did. `known` and `left_before` count events up to the end of the second that the poll names.
create table page_starts (
    account text primary key,
    province text not null,
    at timestamptz not null,
    id uuid not null,
    followers bigint not null,
    known bigint not null,
    left_before bigint not null
);

create table posts (
    province text not null,
    account text not null,
    post text not null,
    published_at timestamptz not null,
    id uuid not null,
    primary key (account, post)
);

create index posts_published on posts (province, published_at);

-- The last view count the channel showed of a post on a day.
create table post_views (
    province text not null,
    account text not null,
    post text not null,
    day date not null,
    at timestamptz not null,
    id uuid not null,
    views bigint not null,
    shares bigint not null,
    primary key (account, post, day)
);

-- Each case as its highest version says.
create table case_facts (
    case_id uuid primary key,
    province text not null,
    version integer not null,
    account text not null,
    category text not null,
    opened_at timestamptz not null,
    answered_at timestamptz,
    resolved_at timestamptz
);

create index case_facts_resolved on case_facts (province, resolved_at) where resolved_at is not null;

-- Each send as its highest version says; sent_at is the earliest moment known at which it was out.
create table send_facts (
    send_id uuid primary key,
    province text not null,
    account text not null,
    kind text not null,
    version integer not null,
    state text not null,
    changed_at timestamptz not null,
    sent_at timestamptz
);

-- Public-order offences of a month, imported by an administrator. Illustrative: not an official figure.
create table offence_months (
    province text not null,
    month date not null check (extract(day from month) = 1),
    offences integer not null check (offences >= 0),
    illustrative boolean not null,
    imported_at timestamptz not null,
    imported_by text not null,
    primary key (province, month)
);

-- A copy of channels.accounts.v1: which page speaks for which commune. An older record never overwrites a newer one.
create table accounts (
    account text primary key,
    province text not null,
    channel text not null,
    kind text not null,
    page text not null,
    name text not null,
    unit text,
    commune_2020 text,
    commune_2025 text,
    valid_from date,
    valid_to date,
    state text not null,
    changed_at timestamptz not null,
    kafka_partition integer not null,
    kafka_offset bigint not null
);

create index accounts_page on accounts (province, kind);

-- migrate:down

drop table accounts, offence_months, send_facts, case_facts, post_views, posts, page_starts, page_days,
    presence_events, page_day_counts, day_counts, minute_counts;
