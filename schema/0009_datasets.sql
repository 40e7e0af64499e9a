-- The kinds of bars are a list, from which the roles get their rights and functions that act as their owner are closed to others.
-- Of a new kind a migration makes the table (ohlcv_create_bars), its functions, and then its entry: select ohlcv_add_dataset(...).

create table datasets (
  dataset text primary key,
  bars name not null unique
);
comment on table datasets is
  'The kinds of bars: what the other tables call one, and the table that holds its bars.';

-- Those functions of a table of bars that act as their owner; not every table has each.
create function ohlcv_definer_functions(bars name) returns setof regprocedure
language sql stable as $$
  select definer
  from (values ('_ensure_partitions', '(date, date)'), ('_summarize', '(date)')) named (suffix, arguments)
  cross join lateral to_regprocedure(quote_ident(bars || suffix) || arguments) definer
  where definer is not null
$$;

create or replace function ohlcv_grant_roles() returns void
language plpgsql as $$
declare
  wanted text;
  bars name;
  definer regprocedure;
begin
  foreach wanted in array array['ohlcv_loader', 'ohlcv_reader'] loop
    if to_regrole(wanted) is null then
      raise notice 'the role % is not there: have it made (create role % nologin), then run: select ohlcv_grant_roles()', wanted, wanted;
      continue;
    end if;
    if not has_schema_privilege(wanted, current_schema(), 'usage') then
      execute format('grant usage on schema %I to %I', current_schema(), wanted);
    end if;
    execute format(
      'grant select on schema_migrations, tickers, ticker_symbols, universe_changes, ingestion_runs, attempts, lineage, days, rejected_rows,
         unknown_symbols, bar_revisions, calendar_overrides, identity_facts, datasets to %I', wanted);
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
  -- What happened cannot be written anew: these are append-only.
  grant insert on universe_changes, identity_facts, attempts, lineage to ohlcv_loader;
  grant insert, update on ingestion_runs, bar_revisions to ohlcv_loader;
  grant insert, update, delete on tickers, ticker_symbols, days, rejected_rows, unknown_symbols, calendar_overrides to ohlcv_loader;
  for bars in select d.bars from datasets d loop
    execute format('grant insert, update, delete on %I to ohlcv_loader', bars);
    for definer in select ohlcv_definer_functions(bars) loop
      execute format('grant execute on function %s to ohlcv_loader', definer);
    end loop;
  end loop;
end $$;

create function ohlcv_add_dataset(dataset text, bars name) returns void
language plpgsql as $$
declare
  definer regprocedure;
begin
  insert into datasets values (dataset, bars);
  -- Not for everybody, and never on a caller's temporary table of the same name.
  for definer in select ohlcv_definer_functions(bars) loop
    execute format('revoke execute on function %s from public', definer);
    execute format('alter function %s set search_path = %I, pg_temp', definer, current_schema());
  end loop;
  -- A checksum of those bars only that a policy lets the caller see would be a wrong one: rather an error.
  execute format('alter function %I(date) set search_path = %I, pg_temp', bars || '_checksum', current_schema());
  execute format('alter function %I(date) set row_security = off', bars || '_checksum');
  perform ohlcv_grant_roles();
end $$;
comment on function ohlcv_add_dataset(text, name) is
  'Enters a kind of bars whose table and functions (TABLE_ensure_partitions, TABLE_checksum, perhaps TABLE_summarize) are there: pins the functions to this schema and gives the roles their rights.';

-- A partition is built aside and attached, because CREATE TABLE ... PARTITION OF would wait for, and block, running loads.
create function ohlcv_make_partitions(bars name, unit text, first date, last date) returns integer
language plpgsql set DateStyle = 'ISO, YMD' set TimeZone = 'UTC' as $$
declare
  made integer := 0;
  step interval not null := case unit when 'quarter' then interval '3 months' when 'month' then interval '1 month' end;
  suffix text := case unit when 'quarter' then '_YYYY"q"Q' when 'month' then '_YYYY"m"MM' end;
  of_instants boolean := (select atttypid = 'timestamptz'::regtype from pg_attribute where attrelid = bars::regclass and attname = 'time');
  start date;
  next date;
  partition text;
begin
  if not ohlcv_is_partitioned(bars::regclass) then
    return 0;
  end if;
  perform pg_advisory_xact_lock(1869114467, 1);
  for start in
    select p::date from generate_series(date_trunc(unit, first::timestamp), last::timestamp, step) p
  loop
    partition := bars || to_char(start, suffix);
    continue when to_regclass(quote_ident(partition)) is not null;
    next := start + step;
    execute format('create table %I (like %I including all)', partition, bars);
    execute format('alter table %I attach partition %I for values from (%L) to (%L)', bars, partition,
                   case when of_instants then ohlcv_day_start(start)::text else start::text end,
                   case when of_instants then ohlcv_day_start(next)::text else next::text end);
    made := made + 1;
  end loop;
  return made;
end $$;
comment on function ohlcv_make_partitions(name, text, date, date) is
  'Makes the partitions (of a quarter or a month) of a table of bars that hold these dates, where they are not there yet; returns how many it made.';

create or replace function ohlcv_daily_ensure_partitions(first date, last date) returns integer
language sql security definer as $$ select ohlcv_make_partitions('ohlcv_daily', 'quarter', first, last) $$;

create or replace function ohlcv_minute_ensure_partitions(first date, last date) returns integer
language sql security definer as $$ select ohlcv_make_partitions('ohlcv_minute', 'month', first, last) $$;

-- The lock's key has 64 bits: those of "ohlc" before those of the id, which go on into the upper half from 2^32 on.
create function ohlcv_run_is_alive(run_id bigint) returns boolean
language sql stable as $$
  select exists (
    select from pg_locks
    where locktype = 'advisory' and granted and objsubid = 1
      and database = (select oid from pg_database where datname = current_database())
      and classid::bigint = 1869114467 + (run_id >> 32) and objid::bigint = run_id & 4294967295)
$$;
comment on function ohlcv_run_is_alive(bigint) is
  'Whether a session holds the lock that a run holds for as long as it lives.';

do $$
declare
  pinned regprocedure;
begin
  foreach pinned in array array[
    'ohlcv_definer_functions(name)', 'ohlcv_grant_roles()', 'ohlcv_add_dataset(text, name)', 'ohlcv_make_partitions(name, text, date, date)', 'ohlcv_run_is_alive(bigint)'
  ]::regprocedure[] loop
    execute format('alter function %s set search_path = %I, pg_temp', pinned, current_schema());
  end loop;
end $$;

select ohlcv_add_dataset('day_aggs', 'ohlcv_daily');
select ohlcv_add_dataset('minute_aggs', 'ohlcv_minute');
