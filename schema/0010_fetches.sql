-- Bars by REST: jobs, requests with their answers, and the tables of hours, weeks and months. A daily or minute bar of an answer
-- is a fill: it stands in the table of the files' bars where no file has spoken, marked, and is no part of what a file gave.

alter table tickers add issuer text, add underlying_index text, add last_updated timestamptz;
comment on column tickers.last_updated is 'When a provider was last asked about the security and knew it.';

-- One by one and without defaults, as TimescaleDB wants it of tables with compressed chunks.
alter table ohlcv_daily add filled_by text;
alter table ohlcv_daily add fetch_id bigint;
alter table ohlcv_minute add filled_by text;
alter table ohlcv_minute add fetch_id bigint;
comment on column ohlcv_daily.filled_by is 'The provider of a fill; null for a bar of a day file. A fill''s load_id is 0, its fetch_id the request it came by.';
comment on column ohlcv_minute.filled_by is 'The provider of a fill; null for a bar of a minute file. A fill''s load_id is 0, its fetch_id the request it came by.';
-- Of fills only: a file's bars do not touch it.
create index ohlcv_daily_fills on ohlcv_daily (time, symbol_id) where filled_by is not null;
create index ohlcv_minute_fills on ohlcv_minute (time, symbol_id) where filled_by is not null;

-- A later kind of bars has them from the beginning.
create or replace function ohlcv_create_bars(bars name, time_type regtype, chunk interval) returns void
language plpgsql as $$
begin
  execute format(
    'create table %I (
       symbol_id integer not null, time %s not null,
       open numeric not null, high numeric not null, low numeric not null, close numeric not null, volume numeric not null,
       transactions bigint, load_id bigint not null, filled_by text, fetch_id bigint,
       primary key (symbol_id, time)
     ) %s', bars, time_type, case when ohlcv_has_timescaledb() then '' else 'partition by range (time)' end);
  if ohlcv_has_timescaledb() then
    perform create_hypertable(bars::regclass, by_range('time', chunk), create_default_indexes => false);
  end if;
  execute format('create index %I on %I (time, symbol_id) where filled_by is not null', bars || '_fills', bars);
end $$;

alter table bar_revisions add old_filled_by text;
comment on column bar_revisions.old_filled_by is 'The provider of the fill that a file''s bar took the place of; null where the old bar was a file''s.';

create or replace function ohlcv_daily_checksum(day date, out row_count bigint, out checksum text, out hash_sum numeric, out rehash_sum numeric)
language plpgsql stable set plan_cache_mode = force_custom_plan set row_security = off as $$
begin
  select count(*), coalesce(sum(bar), 0), coalesce(sum(hashint8extended(bar, 1)), 0)
  into row_count, hash_sum, rehash_sum
  from (
    select ohlcv_bar_hash(0, symbol_id, open, high, low, close, volume, transactions) as bar
    from ohlcv_daily
    where time = day and filled_by is null
    offset 0
  ) hashed;
  checksum := ohlcv_checksum(row_count, hash_sum, rehash_sum);
end $$;
comment on function ohlcv_daily_checksum(date) is
  'Count, checksum and sums of a date''s stored rows without fills, as days keeps those of its file.';

create or replace function ohlcv_minute_checksum(day date, out row_count bigint, out checksum text, out hash_sum numeric, out rehash_sum numeric)
language plpgsql stable set plan_cache_mode = force_custom_plan set row_security = off as $$
begin
  select count(*), coalesce(sum(bar), 0), coalesce(sum(hashint8extended(bar, 1)), 0)
  into row_count, hash_sum, rehash_sum
  from (
    select ohlcv_bar_hash(hash_numeric_extended(extract(epoch from time), 0), symbol_id, open, high, low, close, volume, transactions) as bar
    from ohlcv_minute
    where time >= ohlcv_day_start(day) and time < ohlcv_day_start(day + 1) and filled_by is null
    offset 0
  ) hashed;
  checksum := ohlcv_checksum(row_count, hash_sum, rehash_sum);
end $$;
comment on function ohlcv_minute_checksum(date) is
  'Count, checksum and sums of a New York date''s stored minute rows without fills, as days keeps those of its file.';

create table jobs (
  job_id text primary key check (job_id ~ '^[A-Za-z0-9._-]{1,128}$'),
  kind text not null,
  request jsonb not null,
  state text not null default 'queued' check (state in ('queued', 'running', 'completed', 'completed_with_errors', 'failed', 'interrupted')),
  progress numeric not null default 0 check (progress between 0 and 100),
  message text,
  result jsonb,
  run_id bigint references ingestion_runs,
  created_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  finished_at timestamptz
);
comment on table jobs is
  'What was asked for and how far it has come, in percent; run_id is the latest run that works or worked on it. A running job whose run has died can be resumed.';

create table fetches (
  fetch_id bigint generated always as identity primary key,
  job_id text not null references jobs,
  provider text not null,
  symbol text collate "C",
  symbol_id integer,
  timespan text not null check (timespan in ('minute', 'hour', 'day', 'week', 'month')),
  start_date date not null,
  end_date date not null,
  status text not null check (status in ('stored', 'unchanged', 'empty', 'rejected', 'failed')),
  code text,
  message text,
  tries integer not null,
  bars integer not null default 0,
  inserted integer not null default 0,
  updated integer not null default 0,
  unchanged integer not null default 0,
  held_back integer not null default 0,
  rejected integer not null default 0,
  unknown integer not null default 0,
  duplicates integer not null default 0,
  pages text[] not null default '{}',
  raw_hash text,
  bars_hash text,
  bytes bigint not null default 0,
  rules_version integer not null,
  identity_seq bigint not null,
  pulled_at timestamptz not null,
  duration_ms integer not null,
  withdrawn_at timestamptz,
  pruned_at timestamptz,
  check (start_date <= end_date),
  check (bars = inserted + updated + unchanged + held_back + rejected + unknown + duplicates or status in ('unchanged', 'rejected', 'failed'))
);
create index fetches_job on fetches (job_id);
create index fetches_symbol on fetches (symbol, timespan, fetch_id);
create index fetches_pulled_at on fetches (pulled_at);
create index fetches_withdrawn on fetches (fetch_id) where withdrawn_at is not null;
comment on table fetches is
  'One row a request with its pages: for a symbol (null: all symbols of a date) on dates on which it named one security. pages: SHA-256 of each kept body, in order; raw_hash: of all their bytes; bars_hash: of the bars as stored. withdrawn: its bars were taken back; pruned: its bodies are no longer kept.';

create table ingestion_audit (
  audit_id bigint generated always as identity primary key,
  job_id text not null references jobs,
  symbol text collate "C" not null,
  timespan text not null,
  part text not null default '',
  provider text not null,
  status text not null,
  code text,
  message text,
  reason text,
  tries jsonb not null,
  expected integer,
  counted integer,
  bars integer not null default 0,
  inserted integer not null default 0,
  updated integer not null default 0,
  unchanged integer not null default 0,
  filled integer not null default 0,
  held_back integer not null default 0,
  raw_hash text,
  fetch_ids bigint[] not null default '{}',
  started_at timestamptz not null,
  finished_at timestamptz not null,
  unique (job_id, symbol, timespan, part)
);
comment on table ingestion_audit is
  'How each symbol and timespan of a job ended, with every try. part: the date of grouped bars (symbol *) or the month of minutes; else empty.';

create table provider_metrics (
  provider_name text not null,
  date date not null,
  requests bigint not null default 0,
  succeeded bigint not null default 0,
  failed bigint not null default 0,
  rate_limited bigint not null default 0,
  bars bigint not null default 0,
  bytes bigint not null default 0,
  latency_ms bigint not null default 0,
  primary key (provider_name, date)
);
comment on table provider_metrics is 'What each provider did on each day (UTC): tries sent and how they ended; latency_ms is their sum.';

create table ohlcv_hourly (
  symbol_id integer not null, time timestamptz not null,
  open numeric not null, high numeric not null, low numeric not null, close numeric not null, volume numeric not null, transactions bigint,
  regular boolean not null, partial boolean not null, fetch_id bigint not null, created_at timestamptz not null default clock_timestamp(),
  primary key (symbol_id, time)
);
comment on table ohlcv_hourly is 'One row a security and hour, as the provider aggregates them, unadjusted. regular: the hour touches the regular session; partial: it was not over when asked for.';

create table ohlcv_weekly (
  symbol_id integer not null, time date not null,
  open numeric not null, high numeric not null, low numeric not null, close numeric not null, volume numeric not null, transactions bigint,
  partial boolean not null, fetch_id bigint not null, created_at timestamptz not null default clock_timestamp(),
  primary key (symbol_id, time)
);
comment on table ohlcv_weekly is 'One row a security and week, time being its Sunday, as the provider aggregates them, unadjusted. partial: the week was not over when asked for.';

create table ohlcv_monthly (
  symbol_id integer not null, time date not null,
  open numeric not null, high numeric not null, low numeric not null, close numeric not null, volume numeric not null, transactions bigint,
  partial boolean not null, fetch_id bigint not null, created_at timestamptz not null default clock_timestamp(),
  primary key (symbol_id, time)
);
comment on table ohlcv_monthly is 'One row a security and month, time being its first day, as the provider aggregates them, unadjusted. partial: the month was not over when asked for.';

-- Which rights the roles have is a list: a later table is one row more, and then: select ohlcv_grant_roles().
create table ohlcv_rights (
  relation text primary key,
  loader text check (loader ~ '^(insert|update|delete)(, (insert|update|delete))*$')
);
comment on table ohlcv_rights is
  'Tables and views that ohlcv_loader and ohlcv_reader may read, and what else ohlcv_loader may do with them; null: nothing. Tables of bars are listed in datasets.';
insert into ohlcv_rights values
  ('schema_migrations', null), ('datasets', null), ('ohlcv_rights', null),
  -- What happened cannot be written anew: these are append-only.
  ('universe_changes', 'insert'), ('identity_facts', 'insert'), ('attempts', 'insert'), ('lineage', 'insert'),
  ('ingestion_runs', 'insert, update'), ('bar_revisions', 'insert, update'), ('jobs', 'insert, update'), ('fetches', 'insert, update'),
  ('ingestion_audit', 'insert, update'), ('provider_metrics', 'insert, update'),
  ('tickers', 'insert, update, delete'), ('ticker_symbols', 'insert, update, delete'), ('days', 'insert, update, delete'), ('rejected_rows', 'insert, update, delete'),
  ('unknown_symbols', 'insert, update, delete'), ('calendar_overrides', 'insert, update, delete'),
  ('ohlcv_hourly', 'insert, update, delete'), ('ohlcv_weekly', 'insert, update, delete'), ('ohlcv_monthly', 'insert, update, delete');

create or replace function ohlcv_grant_roles() returns void
language plpgsql as $$
declare
  wanted text;
  bars name;
  definer regprocedure;
  listed record;
  used text;
begin
  foreach wanted in array array['ohlcv_loader', 'ohlcv_reader'] loop
    if to_regrole(wanted) is null then
      raise notice 'the role % is not there: have it made (create role % nologin), then run: select ohlcv_grant_roles()', wanted, wanted;
      continue;
    end if;
    for used in select distinct relnamespace::regnamespace::text from ohlcv_rights join pg_class on oid = relation::regclass loop
      if not has_schema_privilege(wanted, used::regnamespace, 'usage') then
        execute format('grant usage on schema %s to %I', used, wanted);
      end if;
    end loop;
    for listed in select relation from ohlcv_rights loop
      execute format('grant select on %s to %I', listed.relation, wanted);
    end loop;
    for bars in select d.bars from datasets d loop
      execute format('grant select on %I to %I', bars, wanted);
    end loop;
  end loop;
  if to_regrole('ohlcv_loader') is null then
    return;
  end if;
  if not has_database_privilege('ohlcv_loader', current_database(), 'temporary') then
    execute format('grant temporary on database %I to ohlcv_loader', current_database());
  end if;
  for listed in select relation, loader from ohlcv_rights where loader is not null loop
    execute format('grant %s on %s to ohlcv_loader', listed.loader, listed.relation);
  end loop;
  for bars in select d.bars from datasets d loop
    execute format('grant insert, update, delete on %I to ohlcv_loader', bars);
    for definer in select ohlcv_definer_functions(bars) loop
      execute format('grant execute on function %s to ohlcv_loader', definer);
    end loop;
  end loop;
end $$;

do $$
declare
  -- Where TimescaleDB's functions are, or will be.
  timescaledb name := coalesce((select nspname from pg_extension join pg_namespace n on n.oid = extnamespace where extname = 'timescaledb'), 'public');
  pinned regprocedure;
begin
  foreach pinned in array array['ohlcv_daily_checksum(date)', 'ohlcv_minute_checksum(date)', 'ohlcv_grant_roles()']::regprocedure[] loop
    execute format('alter function %s set search_path = %I, pg_temp', pinned, current_schema());
  end loop;
  execute format('alter function ohlcv_create_bars(name, regtype, interval) set search_path = %s',
                 concat_ws(', ', quote_ident(current_schema()), case when timescaledb <> current_schema() then quote_ident(timescaledb) end, 'pg_temp'));
end $$;

select ohlcv_grant_roles();
