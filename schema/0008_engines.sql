-- What differs between engines is asked of the table, because an extension may be installed after it was made. And functions
-- do not depend on the settings of the session that calls them.

create function ohlcv_is_partitioned(bars regclass) returns boolean
language sql stable as $$ select relkind = 'p' from pg_class where oid = bars $$;
comment on function ohlcv_is_partitioned(regclass) is
  'Whether the table is partitioned by PostgreSQL itself, also where Citus distributes it; if not, it is a hypertable of TimescaleDB.';

-- Minute bars are read by symbol, daily ones by date as well: in segments by symbol a date's checksum would take fifty times as long.
create or replace function ohlcv_compress_after(bars regclass, age interval) returns void
language plpgsql as $$
begin
  if ohlcv_is_partitioned(bars) then
    raise exception 'only TimescaleDB compresses, and % is no hypertable of it', bars
      using hint = 'TimescaleDB must be installed before `ohlcv db up` makes the tables; without it, minute bars are kept small by: select ohlcv_minute_drop_before(DATE)';
  end if;
  if bars = 'ohlcv_minute'::regclass then
    execute format('alter table %s set (timescaledb.compress, timescaledb.compress_segmentby = ''symbol_id'', timescaledb.compress_orderby = ''time'')', bars);
  else
    execute format('alter table %s set (timescaledb.compress, timescaledb.compress_segmentby = '''', timescaledb.compress_orderby = ''time, symbol_id'')', bars);
  end if;
  perform remove_compression_policy(bars, if_exists => true);
  perform add_compression_policy(bars, age);
end $$;

create or replace function ohlcv_daily_ensure_partitions(first date, last date) returns integer
language plpgsql security definer set DateStyle = 'ISO, YMD' set TimeZone = 'UTC' as $$
declare
  made integer := 0;
  quarter date;
  partition text;
begin
  if not ohlcv_is_partitioned('ohlcv_daily') then
    return 0;
  end if;
  perform pg_advisory_xact_lock(1869114467, 1);
  for quarter in
    select q::date from generate_series(date_trunc('quarter', first::timestamp), last::timestamp, interval '3 months') q
  loop
    partition := 'ohlcv_daily_' || to_char(quarter, 'YYYY"q"Q');
    continue when to_regclass(quote_ident(partition)) is not null;
    execute format('create table %I (like ohlcv_daily including all)', partition);
    execute format('alter table ohlcv_daily attach partition %I for values from (%L) to (%L)',
                   partition, quarter, (quarter + interval '3 months')::date);
    made := made + 1;
  end loop;
  return made;
end $$;

create or replace function ohlcv_minute_ensure_partitions(first date, last date) returns integer
language plpgsql security definer set DateStyle = 'ISO, YMD' set TimeZone = 'UTC' as $$
declare
  made integer := 0;
  month date;
  partition text;
begin
  if not ohlcv_is_partitioned('ohlcv_minute') then
    return 0;
  end if;
  perform pg_advisory_xact_lock(1869114467, 1);
  for month in
    select m::date from generate_series(date_trunc('month', first::timestamp), last::timestamp, interval '1 month') m
  loop
    partition := 'ohlcv_minute_' || to_char(month, 'YYYY"m"MM');
    continue when to_regclass(quote_ident(partition)) is not null;
    execute format('create table %I (like ohlcv_minute including all)', partition);
    execute format('alter table ohlcv_minute attach partition %I for values from (%L) to (%L)',
                   partition, ohlcv_day_start(month), ohlcv_day_start((month + interval '1 month')::date));
    made := made + 1;
  end loop;
  return made;
end $$;

create or replace function ohlcv_minute_summarize(day date) returns void
language plpgsql security definer set lock_timeout = '2s' as $$
begin
  if ohlcv_is_partitioned('ohlcv_minute') then
    perform brin_summarize_new_values(format('ohlcv_minute_%s_time_idx', to_char(day, 'YYYY"m"MM'))::regclass);
  end if;
end $$;

create or replace function ohlcv_minute_drop_before(day date) returns integer
language plpgsql as $$
declare
  dropped integer := 0;
  month date;
begin
  if not ohlcv_is_partitioned('ohlcv_minute') then
    -- Of the chunk that holds the date some bars are deleted, however many that unpacks.
    perform set_config('timescaledb.max_tuples_decompressed_per_dml_transaction', '0', true);
    select count(*) into dropped from drop_chunks('ohlcv_minute', ohlcv_day_start(day));
    delete from ohlcv_minute where time < ohlcv_day_start(day);
    delete from days where dataset = 'minute_aggs' and date < day;
    return dropped;
  end if;
  for month in
    select to_date(right(relname, 7), 'YYYY"m"MM') from pg_inherits join pg_class on oid = inhrelid where inhparent = 'ohlcv_minute'::regclass order by 1
  loop
    exit when (month + interval '1 month')::date > day;
    execute format('drop table %I', 'ohlcv_minute_' || to_char(month, 'YYYY"m"MM'));
    delete from days where dataset = 'minute_aggs' and date >= month and date < (month + interval '1 month')::date;
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;

do $$
declare
  -- Where TimescaleDB's functions are, or will be.
  timescaledb name := coalesce((select nspname from pg_extension join pg_namespace n on n.oid = extnamespace where extname = 'timescaledb'), 'public');
  with_timescaledb text := concat_ws(', ', quote_ident(current_schema()), case when timescaledb <> current_schema() then quote_ident(timescaledb) end, 'pg_temp');
  pinned regprocedure;
begin
  foreach pinned in array array[
    'ohlcv_daily_ensure_partitions(date, date)', 'ohlcv_minute_ensure_partitions(date, date)', 'ohlcv_minute_summarize(date)', 'ohlcv_grant_roles()',
    'ohlcv_daily_checksum(date)', 'ohlcv_minute_checksum(date)'
  ]::regprocedure[] loop
    execute format('alter function %s set search_path = %I, pg_temp', pinned, current_schema());
  end loop;
  foreach pinned in array array[
    'ohlcv_create_bars(name, regtype, interval)', 'ohlcv_compress_after(regclass, interval)', 'ohlcv_minute_drop_before(date)'
  ]::regprocedure[] loop
    execute format('alter function %s set search_path = %s', pinned, with_timescaledb);
  end loop;
end $$;
-- A checksum of those bars only that a policy lets the caller see would be a wrong one: rather an error.
alter function ohlcv_daily_checksum(date) set row_security = off;
alter function ohlcv_minute_checksum(date) set row_security = off;
