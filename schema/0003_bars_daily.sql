-- Daily bars: the one authoritative table, unadjusted prices.

create table ohlcv_daily (
  symbol_id integer not null,
  time date not null,
  open numeric not null,
  high numeric not null,
  low numeric not null,
  close numeric not null,
  volume numeric not null,
  transactions bigint,
  load_id bigint not null,
  primary key (symbol_id, time)
) partition by range (time);
create index ohlcv_daily_time on ohlcv_daily using brin (time) with (pages_per_range = 32, autosummarize = on);
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

-- Two levels, a SHA-256 a bucket of 256 securities and one over the buckets, so that memory stays small on any date.
create function ohlcv_daily_checksum(day date, out row_count bigint, out checksum text)
language sql stable as $$
  with bucket as (
    select symbol_id >> 8 as bucket, count(*) as bars,
           sha256(convert_to(string_agg(
             concat_ws('|', symbol_id, trim_scale(open), trim_scale(high), trim_scale(low), trim_scale(close),
                       trim_scale(volume), coalesce(transactions::text, '-')),
             E'\n' order by symbol_id), 'UTF8')) as hash
    from ohlcv_daily
    where time = day
    group by symbol_id >> 8
  )
  select coalesce(sum(bars), 0)::bigint,
         encode(sha256(coalesce(string_agg(hash, ''::bytea order by bucket), ''::bytea)), 'hex')
  from bucket
$$;
comment on function ohlcv_daily_checksum(date) is
  'Count and checksum of a date''s canonical rows, as kept in days.';
