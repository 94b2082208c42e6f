-- migrate:up

set local lock_timeout = '5s';
set local statement_timeout = '60s';

-- Numbers of cases; a code that a citizen can read out is made of each (domain/codes.py). Gaps are fine.
create sequence case_numbers as bigint minvalue 1 maxvalue 99999999;

-- Who may be responsible for a case, with both days of validity. Written by `provision`.
create table units (
    unit text primary key,
    province text not null,
    kind text not null,
    name text not null,
    structure text,
    commune text,
    district text,
    valid_from date not null,
    valid_to date
);

-- A copy of channels.accounts.v1: pages and groups. kafka_* say which record a row is from.
create table channel_accounts (
    account text primary key,
    province text not null,
    channel text not null,
    kind text not null,
    page text not null,
    name text not null,
    unit text,
    commune_2020 text,
    commune_2025 text,
    village text,
    state text not null,
    changed_at timestamptz not null,
    kafka_partition integer not null,
    kafka_offset bigint not null
);

-- A copy of identities.v1: the sealed address behind a pseudonym. Read by one function, which writes its audit row.
create table identities (
    person text primary key,
    province text not null,
    channel text not null,
    account text not null,
    sealed text not null,
    changed_at timestamptz not null,
    kafka_partition integer not null,
    kafka_offset bigint not null
);

-- Officers' accounts: the original of access.officers.v1. No units means the whole province.
create table officer_accounts (
    account text primary key,
    province text not null,
    name text not null,
    roles text[] not null,
    units text[] not null,
    active boolean not null default true,
    password_hash text not null,
    tokens_valid_after timestamptz not null default 'epoch',
    changed_at timestamptz not null
);

-- Wrong passwords in a row, by account; names we do not know share a few rows, so that a stranger cannot fill it.
create table sign_in_attempts (
    account text primary key,
    province text not null,
    wrong integer not null default 0,
    wait_until timestamptz not null default 'epoch'
);

-- One person with one page. Its row is the lock under which a conversation's cases change.
create table conversations (
    conversation text primary key,
    province text not null,
    channel text not null,
    account text not null,
    person text not null,
    person_across_pages text,
    last_turn_at timestamptz not null
);

create table cases (
    id uuid primary key,
    province text not null,
    number bigint not null unique,
    code text not null unique,
    kind text not null,
    version integer not null,
    conversation text not null,
    channel text not null,
    account text not null,
    person text not null,
    category text not null,
    topic text not null,
    urgency text not null,
    status text not null,
    unit text,
    structure text not null,
    place text not null,
    commune_2020 text,
    commune_2025 text,
    conflict boolean not null,
    review jsonb not null,
    reasons jsonb not null,
    corrections jsonb not null,
    opened_at timestamptz not null,
    answered_at timestamptz,
    resolved_at timestamptz,
    first_resolved_at timestamptz,
    outcome text,
    outcome_note text,
    due_at timestamptz,
    first_message_key text,
    messages integer not null,
    last_message_at timestamptz,
    acknowledged boolean not null
);

create index cases_by_conversation on cases (conversation, opened_at);
-- The list pages by (opened_at, id), within the province or within a unit.
create index cases_by_time on cases (opened_at, id);
create index cases_by_unit on cases (unit, opened_at, id);

-- What was said, by whom, in order of (at, id). `words` and what was understood of them; erased with the person.
create table turns (
    at timestamptz not null,
    id uuid not null,
    province text not null,
    conversation text not null,
    case_id uuid,
    speaker text not null check (speaker in ('person', 'page')),
    message_key text not null,
    quoted_key text,
    officer text,
    words text not null,
    attachments jsonb not null,
    decision jsonb,
    closes boolean not null,
    received_at timestamptz not null,
    primary key (at, id)
) partition by range (at);

create index turns_by_conversation on turns (conversation, at);
create index turns_by_case on turns (case_id, at);

-- What was asked to be said, and what became of it.
create table replies (
    id uuid primary key,
    province text not null,
    case_id uuid not null,
    purpose text not null,
    requested_at timestamptz not null,
    state text not null default 'requested',
    state_version integer not null default -1,
    reason text,
    changed_at timestamptz not null
);

create index replies_by_case on replies (case_id, requested_at);

-- Years begin at 00:00 UTC: a partition is a place to keep rows, not a day anyone counts.
do $$
begin
    for year in 2019..2035 loop
        execute format(
            'create table %I partition of turns for values from (%L) to (%L)',
            'turns_' || year, year || '-01-01 00:00:00+00', (year + 1) || '-01-01 00:00:00+00');
    end loop;
    create table turns_default partition of turns default;
end
$$;

-- migrate:down

drop table replies, turns, cases, conversations, sign_in_attempts, officer_accounts, identities, channel_accounts, units;
drop sequence case_numbers;
