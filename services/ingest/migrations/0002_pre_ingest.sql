-- migrate:up

-- The register of pages and groups, the province's villages and call words, what polls have seen, the copy of the
-- pages' access tokens (sealed), and what was raised to a person. No words and no ids of citizens anywhere.

set local lock_timeout = '5s';
set local statement_timeout = '60s';

-- A page or a group, whose it is and since when. `version` grows with each state published on channels.accounts.v1.
-- Closed = valid_to is set. `name_due`: when the channel is next asked for a group's name; null = it is known.
create table accounts (
    channel text not null,
    account text not null,
    province text not null,
    kind text not null check (kind in ('page', 'group')),
    page text not null,
    app text not null,
    name text not null,
    unit text,
    commune_2020 text,
    commune_2025 text,
    district_2020 text,
    village text,
    valid_from date,
    valid_to date,
    version integer not null,
    changed_at timestamptz not null,
    name_due timestamptz,
    name_tries integer not null default 0,
    primary key (channel, account)
);

create index accounts_account on accounts (account);
create index accounts_page on accounts (page) where kind = 'group';
create index accounts_name_due on accounts (name_due) where name_due is not null;

-- The province's map of villages. `group_id`: the id Zalo gave the village's group, where it is known beforehand.
create table villages (
    village text primary key,
    province text not null,
    kind text not null,
    name text not null,
    commune_2020 text,
    commune_2025 text,
    page text not null,
    group_id text
);

create index villages_page on villages (page);

-- Words by which a message in a village group calls the page.
create table call_words (
    province text not null,
    word text not null,
    primary key (province, word)
);

-- When each page is polled next. Claiming a page moves next_due ahead by a lease, so a copy that dies loses nothing.
-- `refused_epoch`: the token of this epoch was refused; nothing is asked until another one arrives.
create table polls (
    channel text not null,
    account text not null,
    province text not null,
    next_due timestamptz not null,
    refused_epoch integer,
    failures integer not null default 0,
    polled_at timestamptz,
    last_error text,
    primary key (channel, account)
);

create index polls_due on polls (next_due);

-- Posts seen by poll, with the last counts that were published.
create table articles (
    channel text not null,
    article text not null,
    account text not null,
    province text not null,
    published_at timestamptz not null,
    views bigint not null,
    shares bigint not null,
    observed_at timestamptz not null,
    primary key (channel, article)
);

create index articles_account on articles (account);

-- A copy of channels.access.v1: the sealed access token of each page. Written by the replica alone.
create table access (
    account text primary key,
    channel text not null,
    province text not null,
    sealed_token text not null,
    expires_at timestamptz not null,
    epoch integer not null,
    changed_at timestamptz not null,
    kafka_partition integer not null,
    kafka_offset bigint not null
);

-- Signed pushes that were kept because nobody could read or place them: which, how many, since when.
create table raised (
    id bigint generated always as identity primary key,
    province text not null,
    channel text not null,
    account text not null,
    reason text not null,
    name text not null,
    pushes bigint not null,
    first_at timestamptz not null,
    last_at timestamptz not null,
    unique (province, channel, account, reason, name)
);

-- migrate:down

drop table raised, access, articles, polls, call_words, villages, accounts;
