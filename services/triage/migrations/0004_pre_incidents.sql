-- migrate:up

set local lock_timeout = '5s';
set local statement_timeout = '60s';

-- Cases to be looked at beside others, put in with the act that changed them; one loop at a time takes the lowest.
create table incident_queue (
    id bigint generated always as identity primary key,
    province text not null,
    case_id uuid not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);

-- Where and what a report tells, as its look-up key: a row a place (structure:code) and family of topics. `native`
-- false: the commune of today of a case of 2020, for events that the change of structure parts.
create table tellings (
    case_id uuid not null,
    province text not null,
    place text not null,
    native boolean not null,
    family text not null,
    sealed boolean not null,
    at timestamptz not null,
    primary key (case_id, place, family)
);

create index tellings_near on tellings (place, native, family, sealed, at, case_id);

-- The same event told several times, as a person decided. A case belongs to one at most.
create table incidents (
    id uuid primary key,
    province text not null,
    made_at timestamptz not null,
    made_by text not null
);

create table incident_cases (
    case_id uuid primary key,
    province text not null,
    incident uuid not null references incidents (id),
    joined_at timestamptz not null,
    joined_by text not null
);

create index incident_cases_of on incident_cases (incident);

-- Two cases that may tell the same event. `low` < `high`; `later` is the one that seeks, with one open proposal at
-- most. A refused pair stays, so that it is never proposed again.
create table proposals (
    id uuid primary key,
    province text not null,
    low uuid not null,
    high uuid not null,
    later uuid not null,
    score real not null,
    reasons jsonb not null,
    version text not null,
    state text not null default 'proposed' check (state in ('proposed', 'confirmed', 'refused')),
    proposed_at timestamptz not null,
    decided_by text,
    decided_at timestamptz,
    unique (low, high)
);

create unique index proposals_open_of on proposals (later) where state = 'proposed';
create index proposals_high on proposals (high);
create index proposals_open on proposals (score, id) where state = 'proposed';

-- One text that many send. `sketch`: the smallest hashes of its runs of words, 4 bytes each, no words; `version` says how it was made.
create table chains (
    id uuid primary key,
    province text not null,
    version text not null,
    sealed boolean not null,
    sketch bytea not null,
    first_at timestamptz not null,
    last_at timestamptz not null,
    persons integer not null,
    accounts text[] not null,
    marked_at timestamptz,
    touched_at timestamptz not null
);

create index chains_forgotten on chains (touched_at) where marked_at is null;

create table chain_keys (
    version text not null,
    hash bigint not null,
    chain uuid not null,
    province text not null,
    last_at timestamptz not null,
    primary key (version, hash, chain)
);

create index chain_keys_newest on chain_keys (version, hash, last_at, chain);
create index chain_keys_of on chain_keys (chain);

create table chain_senders (
    chain uuid not null,
    person text not null,
    province text not null,
    account text not null,
    case_id uuid not null,
    at timestamptz not null,
    primary key (chain, person)
);

create index chain_senders_case on chain_senders (case_id);
create index chain_senders_person on chain_senders (person);

-- An officer's correction as something to learn from: words, what the machine said, what the officer says. Erased with
-- the person.
create table examples (
    id uuid primary key,
    province text not null,
    case_id uuid not null,
    case_version integer not null,
    person text not null,
    sealed boolean not null,
    turns jsonb not null,
    understood jsonb,
    version text,
    corrected jsonb not null,
    standing jsonb not null,
    officer text not null,
    at timestamptz not null,
    unique (case_id, case_version)
);

create index examples_person on examples (person);
create index examples_at on examples (at, id);

-- A village as a person named it, in the commune that an officer corrected their case to.
create table village_tellings (
    village text not null,
    case_id uuid not null,
    province text not null,
    person text not null,
    commune_2020 text,
    commune_2025 text,
    officer text not null,
    at timestamptz not null,
    primary key (village, case_id)
);

create index village_tellings_case on village_tellings (case_id);
create index village_tellings_person on village_tellings (person);

-- What a second understanding would have decided otherwise: labels alone, no words. `turn_at` as in `turns`.
create table shadow_decisions (
    turn_at timestamptz not null,
    turn_id uuid not null,
    version text not null,
    province text not null,
    against text not null,
    differs jsonb not null,
    at timestamptz not null,
    primary key (turn_at, turn_id, version)
) partition by range (turn_at);

do $$
begin
    for year in 2019..2035 loop
        execute format(
            'create table %I partition of shadow_decisions for values from (%L) to (%L)',
            'shadow_decisions_' || year, year || '-01-01 00:00:00+00', (year + 1) || '-01-01 00:00:00+00');
    end loop;
    create table shadow_decisions_default partition of shadow_decisions default;
end
$$;

-- migrate:down

drop table shadow_decisions, village_tellings, examples, chain_senders, chain_keys, chains, proposals, incident_cases,
    incidents, tellings, incident_queue;
