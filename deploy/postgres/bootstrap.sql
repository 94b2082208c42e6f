-- The roles, schemas and rights of one installation. Run as a superuser inside the database `binhyen`; may be run again.
--
-- Each service has one schema and two roles: <service>_owner migrates it, <service>_run reads and writes rows in it and
-- nowhere else. The passwords come as session settings, so that this one file serves psql and any driver:
--   select set_config('bootstrap.ingest_owner', '…', false);   and so on for all eight roles.

create schema if not exists extensions;
create extension if not exists unaccent schema extensions;
create extension if not exists pg_trgm schema extensions;
create extension if not exists btree_gist schema extensions;
create extension if not exists pgcrypto schema extensions;

revoke all on schema public from public;

do $bootstrap$
declare
  service text;
  suffix text;
  role text;
begin
  execute format('revoke all on database %I from public', current_database());
  foreach service in array array['ingest', 'triage', 'notify', 'stats'] loop
    foreach suffix in array array['owner', 'run'] loop
      role := service || '_' || suffix;
      if not exists (select from pg_roles where rolname = role) then
        execute format('create role %I', role);
      end if;
      execute format('alter role %I login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password %L',
                     role, current_setting('bootstrap.' || role));
      execute format('alter role %I set search_path = %I, extensions', role, service);
      -- temporary: batches are copied into a temporary table and inserted from there
      execute format('grant connect, temporary on database %I to %I', current_database(), role);
      execute format('grant usage on schema extensions to %I', role);
    end loop;

    execute format('create schema if not exists %I authorization %I', service, service || '_owner');
    execute format('grant usage on schema %I to %I', service, service || '_run');
    execute format('alter default privileges for role %I in schema %I grant select, insert, update, delete on tables to %I',
                   service || '_owner', service, service || '_run');
    execute format('alter default privileges for role %I in schema %I grant usage on sequences to %I',
                   service || '_owner', service, service || '_run');
  end loop;
end
$bootstrap$;
