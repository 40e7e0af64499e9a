-- Daily bars: the one authoritative table, unadjusted prices. What differs between engines stands in the next three functions.

create function ohlcv_has_timescaledb() returns boolean
language sql stable as $$ select exists (select from pg_extension where extname = 'timescaledb') $$;

-- Makes a table of bars: partitioned on time, or a hypertable with chunks of this width where TimescaleDB is installed.
create function ohlcv_create_bars(bars name, time_type regtype, chunk interval) returns void
language plpgsql as $$
begin
  execute format(
    'create table %I (
       symbol_id integer not null, time %s not null,
       open numeric not null, high numeric not null, low numeric not null, close numeric not null, volume numeric not null,
       transactions bigint, load_id bigint not null,
       primary key (symbol_id, time)
     ) %s', bars, time_type, case when ohlcv_has_timescaledb() then '' else 'partition by range (time)' end);
  if ohlcv_has_timescaledb() then
    perform create_hypertable(bars::regclass, by_range('time', chunk), create_default_indexes => false);
  end if;
end $$;

-- A setting of the owner: chunks older than this are compressed, and can be loaded into all the same.
create function ohlcv_compress_after(bars regclass, age interval) returns void
language plpgsql as $$
begin
  if not ohlcv_has_timescaledb() then
    raise exception 'only TimescaleDB compresses, and it is not installed in this database'
      using hint = 'without it, minute bars are kept small by: select ohlcv_minute_drop_before(DATE)';
  end if;
  execute format('alter table %s set (timescaledb.compress, timescaledb.compress_segmentby = ''symbol_id'', timescaledb.compress_orderby = ''time'')', bars);
  perform remove_compression_policy(bars, if_exists => true);
  perform add_compression_policy(bars, age);
end $$;
comment on function ohlcv_compress_after(regclass, interval) is
  'TimescaleDB only: compresses the chunks of ohlcv_daily or ohlcv_minute that are older than this, from now on.';

select ohlcv_create_bars('ohlcv_daily', 'date', interval '3 months');
-- Not BRIN: it would hold nothing of what a hydrate has just written, so that each date read all of its quarter again.
create index ohlcv_daily_time on ohlcv_daily (time);
comment on table ohlcv_daily is
  'One row a security and session. Prices and volumes as the vendor gave them, without trailing zeros; load_id is the lineage row that wrote the bar last.';

-- A partition is built aside and attached, because CREATE TABLE ... PARTITION OF would wait for, and block, running loads.
create function ohlcv_daily_ensure_partitions(first date, last date) returns integer
language plpgsql security definer set search_path from current as $$
declare
  made integer := 0;
  quarter date;
  partition text;
begin
  if ohlcv_has_timescaledb() then
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
comment on function ohlcv_daily_ensure_partitions(date, date) is
  'Makes the quarterly partitions that hold these dates, where they are not there yet; returns how many it made.';

-- The hash functions that PostgreSQL partitions by: equal numbers hash alike whatever their trailing zeros, and a release
-- that changed them would break every hash-partitioned table. The seed goes from value to value.
create function ohlcv_bar_hash(
  seed bigint, symbol_id integer, open numeric, high numeric, low numeric, close numeric, volume numeric, transactions bigint
) returns bigint
language sql immutable parallel safe as $$
  select hash_numeric_extended(open, hash_numeric_extended(high, hash_numeric_extended(low, hash_numeric_extended(close,
         hash_numeric_extended(volume, hashint8extended(coalesce(transactions, -1), hashint4extended(symbol_id, seed)))))))
$$;
comment on function ohlcv_bar_hash(bigint, integer, numeric, numeric, numeric, numeric, numeric, bigint) is
  'A 64-bit hash of one bar''s values, another for each seed.';

-- A 64-bit hash of each bar and the hash of that hash, summed: in no order, in no memory, and six times as fast as a SHA-256
-- over the rows as text. OFFSET 0 has each bar hashed once; the plan is made for the date, or else it would hold every partition.
create function ohlcv_daily_checksum(day date, out row_count bigint, out checksum text)
language plpgsql stable set plan_cache_mode = force_custom_plan as $$
begin
  select count(*), encode(sha256(convert_to(concat_ws('|', count(*), sum(bar), sum(hashint8extended(bar, 1))), 'UTF8')), 'hex')
  into row_count, checksum
  from (
    select ohlcv_bar_hash(0, symbol_id, open, high, low, close, volume, transactions) as bar
    from ohlcv_daily
    where time = day
    offset 0
  ) hashed;
end $$;
comment on function ohlcv_daily_checksum(date) is
  'Count and checksum of a date''s canonical rows, as kept in days.';
