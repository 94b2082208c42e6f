-- migrate:up

-- The tables every service has, whatever it does. This text is shared/database/kernel.sql; each service's
-- 0001_pre_kernel.sql is the same text, held equal by a test. A change is a new migration, never an edit here.
-- Runs as <schema>_owner with search_path = <schema>; the run role <schema>_run exists already and has
-- SELECT, INSERT, UPDATE, DELETE by default privileges.

set local lock_timeout = '5s';
set local statement_timeout = '60s';

-- Events already taken, by consumer. The key leads with time because the table is partitioned by it.
create table inbox (
    consumer text not null,
    occurred_at timestamptz not null,
    id uuid not null,
    primary key (consumer, occurred_at, id)
) partition by range (occurred_at);

-- What is to be published: written with the act, deleted once Kafka has acknowledged it. The lowest ids go first.
create table outbox (
    id bigint generated always as identity primary key,
    topic text not null,
    key bytea not null,
    header_names text[] not null default '{}',
    header_values bytea[] not null default '{}',
    value bytea,
    added_at timestamptz not null default now()
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);

-- How far a consumer's effects have come, moved in the transaction of the effects. `first` is the offset the last
-- batch began at, `next` the one the following batch begins at. The topic's id is part of the key: a topic made anew
-- under the same name begins at nothing.
create table fence (
    consumer text not null,
    topic text not null,
    topic_id text not null,
    partition integer not null,
    first bigint not null,
    next bigint not null check (next > first),
    moved_at timestamptz not null default now(),
    primary key (consumer, topic, topic_id, partition)
);

-- A copy of access.officers.v1. No units means the whole province. Tokens issued before tokens_valid_after are void.
-- kafka_partition and kafka_offset say which record a row is from: an older one never overwrites a newer.
create table officers (
    officer text primary key,
    province text not null,
    name text not null,
    roles text[] not null,
    units text[] not null,
    active boolean not null,
    tokens_valid_after timestamptz not null,
    changed_at timestamptz not null,
    kafka_partition integer not null,
    kafka_offset bigint not null
);

-- Who did what. Append-only: the run role may insert and read, nothing else. `detail` holds codes, numbers and field
-- names, no words of citizens. The chain columns stay null until the sealer, which comes with its own right to them.
create table audit_log (
    id bigint generated always as identity,
    recorded_at timestamptz not null default now(),
    province text not null,
    at timestamptz not null,
    actor text not null,
    act text not null,
    subject text not null,
    detail jsonb not null default '{}',
    imported boolean not null default false,
    chain_position bigint,
    chain_hash bytea,
    primary key (recorded_at, id)
) partition by range (recorded_at);

create index audit_log_subject on audit_log (subject, recorded_at);

-- Years begin at 00:00 UTC: a partition is a place to keep rows, not a day anyone counts.
do $$
declare
    run_role text := current_schema() || '_run';
    parent text;
    part text;
begin
    foreach parent in array array['inbox', 'audit_log'] loop
        for year in 2019..2035 loop
            execute format(
                'create table %I partition of %I for values from (%L) to (%L)',
                parent || '_' || year, parent, year || '-01-01 00:00:00+00', (year + 1) || '-01-01 00:00:00+00');
        end loop;
        execute format('create table %I partition of %I default', parent || '_default', parent);
    end loop;

    if not exists (select from pg_roles where rolname = run_role) then
        raise exception 'role % is missing: the roles of a service are made before its first migration', run_role;
    end if;
    execute format('revoke all on audit_log from %I', run_role);
    execute format('grant select, insert on audit_log to %I', run_role);
    for part in select inhrelid::regclass::text from pg_inherits where inhparent = 'audit_log'::regclass loop
        execute format('revoke all on %s from %I', part, run_role);
    end loop;
    execute format('revoke all on schema_migrations from %I', run_role);
    execute format('grant select on schema_migrations to %I', run_role);
end
$$;

-- migrate:down

drop table audit_log, officers, fence, outbox, inbox;
