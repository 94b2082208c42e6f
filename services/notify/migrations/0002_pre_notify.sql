-- migrate:up

-- What notify keeps: copies of registers, tokens, leases, alerts and one row a send.
-- Runs as notify_owner with search_path = notify; new tables only, so nothing waits for a lock.

set local lock_timeout = '5s';
set local statement_timeout = '60s';

-- A copy of channels.accounts.v1: pages, and groups with their communes in both structures.
create table accounts (
    account text primary key,
    province text not null,
    channel text not null,
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
    state text not null,
    changed_at timestamptz not null,
    kafka_partition integer not null,
    kafka_offset bigint not null
);
create index accounts_groups_2020 on accounts (commune_2020) where kind = 'group' and state = 'active';
create index accounts_groups_2025 on accounts (commune_2025) where kind = 'group' and state = 'active';

-- A copy of identities.v1. `sealed` opens for purpose `identity` and the person alone.
create table identities (
    person text primary key,
    sealed text not null,
    changed_at timestamptz not null,
    kafka_partition integer not null,
    kafka_offset bigint not null
);

-- The tokens of a page, sealed. The refresh token is single-use: the row is locked while it is used.
-- `lost`: the channel takes the refresh token no more; the access token may live on until expires_at.
create table tokens (
    account text primary key,
    province text not null,
    app text not null,
    sealed_access text not null,
    sealed_refresh text not null,
    expires_at timestamptz not null,
    refresh_at timestamptz not null,
    epoch bigint not null,
    state text not null check (state in ('good', 'lost')),
    changed_at timestamptz not null default now()
);
create index tokens_to_refresh on tokens (refresh_at) where state = 'good';

-- Grants begun and not yet come back: state → page and the sealed PKCE verifier. Taken once, gone after ten minutes.
create table grants (
    state text primary key,
    account text not null,
    app text not null,
    officer text not null,
    sealed_verifier text not null,
    expires_at timestamptz not null
);

-- Who may send for an account. A take-over raises the epoch; a claim checks owner and epoch under a share lock.
create table leases (
    account text primary key,
    owner uuid not null,
    epoch bigint not null,
    until timestamptz not null
);

-- The living copies of the service, so that each takes no more than its share of the leases.
create table copies (
    owner uuid primary key,
    seen_at timestamptz not null
);

-- A page whose queue stands still until a person has mended something at the channel.
create table halts (
    account text primary key,
    reason text not null,
    since timestamptz not null default now()
);

create table alerts (
    alert uuid primary key,
    province text not null,
    version integer not null,
    state text not null check (state in ('draft', 'approved', 'sending', 'finished', 'cancelled')),
    title text not null,
    words text not null,
    severity text not null check (severity in ('severe', 'ordinary')),
    structure text not null check (structure in ('2020', '2025')),
    communes text[] not null,
    on_doubt text not null default 'leave' check (on_doubt in ('leave', 'resend')),
    groups integer not null,
    drafted_by text not null,
    drafted_at timestamptz not null,
    approved_by text,
    approved_at timestamptz,
    cancelled_by text,
    cancelled_at timestamptz,
    finished_at timestamptz
);
create index alerts_under_way on alerts (alert) where state = 'sending';
create index alerts_newest on alerts (drafted_at desc, alert);

-- One row a send. `due_at`: when something is to be done about it (call it, ask about it); null: nothing more.
-- `words`: a reply's text, emptied 30 days after its end; an alert's text is the alert's.
-- `started_at`, `epoch`: the intent, committed before the call; they say whose answer may still be written.
create table sends (
    id uuid not null,
    created_at timestamptz not null,
    province text not null,
    channel text not null,
    kind text not null check (kind in ('reply', 'alert')),
    account text not null,
    recipient text not null,
    priority smallint not null check (priority between 0 and 3),
    state text not null check (
        state in ('queued', 'sending', 'sent', 'delivered', 'seen', 'failed', 'in_doubt', 'cancelled')),
    version integer not null default 1,
    due_at timestamptz,
    not_after timestamptz,
    attempts integer not null default 0,
    checks integer not null default 0,
    started_at timestamptz,
    epoch bigint,
    message_key text,
    reason text,
    quota_left integer,
    alert uuid,
    "case" uuid,
    words text,
    quoted_key text,
    traceparent text,
    changed_at timestamptz not null default now(),
    primary key (id, created_at)
) partition by range (created_at);

create index sends_due on sends (account, priority, due_at) where due_at is not null;
create index sends_message on sends (account, message_key) where message_key is not null;
create index sends_alert on sends (alert, state) where alert is not null;
create index sends_in_doubt on sends (created_at) where state = 'in_doubt';
create index sends_words on sends (changed_at) where words is not null and due_at is null;

-- What the channel told of messages we may not know yet: a receipt can outrun the call's own answer.
create table receipts_waiting (
    account text not null,
    message_key text not null,
    kind text not null check (kind in ('delivered', 'seen')),
    occurred_at timestamptz not null,
    received_at timestamptz not null default now(),
    primary key (account, message_key, kind)
);
create index receipts_waiting_age on receipts_waiting (received_at);

do $$
begin
    for year in 2026..2035 loop
        execute format(
            'create table %I partition of sends for values from (%L) to (%L)',
            'sends_' || year, year || '-01-01 00:00:00+00', (year + 1) || '-01-01 00:00:00+00');
    end loop;
    create table sends_default partition of sends default;
end
$$;

-- migrate:down

drop table receipts_waiting, sends, alerts, halts, copies, leases, grants, tokens, identities, accounts;
