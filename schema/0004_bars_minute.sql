-- Minute bars, in the shape of the daily ones: about 2 million rows and 233 MB a day, so that a partition is a month.

select ohlcv_create_bars('ohlcv_minute', 'timestamptz', interval '7 days');
create index ohlcv_minute_time on ohlcv_minute using brin (time) with (pages_per_range = 128, autosummarize = on);
comment on table ohlcv_minute is
  'One row a security and minute, time being the start of the minute; extended hours included. A date''s bars are those of its New York day.';

-- The instant a date begins in New York.
create function ohlcv_day_start(day date) returns timestamptz
language sql immutable as $$ select day::timestamp at time zone 'America/New_York' $$;

create function ohlcv_minute_ensure_partitions(first date, last date) returns integer
language plpgsql security definer set search_path from current as $$
declare
  made integer := 0;
  month date;
  partition text;
begin
  if ohlcv_has_timescaledb() then
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
comment on function ohlcv_minute_ensure_partitions(date, date) is
  'Makes the monthly partitions that hold these dates, where they are not there yet; returns how many it made.';

-- A BRIN index knows nothing of new pages until they are summarized. Autovacuum does that minutes later, and until then each
-- further date of the month would be compared by reading all that is new in it.
create function ohlcv_minute_summarize(day date) returns void
language plpgsql security definer set search_path from current set lock_timeout = '2s' as $$
begin
  if not ohlcv_has_timescaledb() then
    perform brin_summarize_new_values(format('ohlcv_minute_%s_time_idx', to_char(day, 'YYYY"m"MM'))::regclass);
  end if;
end $$;
comment on function ohlcv_minute_summarize(date) is
  'Has the index on time take in what is new in the date''s month. Nothing but speed depends on it.';

create function ohlcv_minute_checksum(day date, out row_count bigint, out checksum text)
language plpgsql stable set plan_cache_mode = force_custom_plan as $$
begin
  select count(*), encode(sha256(convert_to(concat_ws('|', count(*), sum(bar), sum(hashint8extended(bar, 1))), 'UTF8')), 'hex')
  into row_count, checksum
  from (
    select ohlcv_bar_hash(hash_numeric_extended(extract(epoch from time), 0), symbol_id, open, high, low, close, volume, transactions) as bar
    from ohlcv_minute
    where time >= ohlcv_day_start(day) and time < ohlcv_day_start(day + 1)
    offset 0
  ) hashed;
end $$;
comment on function ohlcv_minute_checksum(date) is
  'Count and checksum of a New York date''s canonical minute rows, as kept in days.';

create function ohlcv_minute_drop_before(day date) returns integer
language plpgsql as $$
declare
  dropped integer := 0;
  month date;
begin
  if ohlcv_has_timescaledb() then
    select count(*) into dropped from drop_chunks('ohlcv_minute', ohlcv_day_start(day));
    delete from ohlcv_minute where time < ohlcv_day_start(day);
    delete from days where dataset = 'minute_aggs' and date < day;
    return dropped;
  end if;
  for month in
    select to_date(right(inhrelid::regclass::text, 7), 'YYYY"m"MM') from pg_inherits where inhparent = 'ohlcv_minute'::regclass order by 1
  loop
    exit when (month + interval '1 month')::date > day;
    execute format('drop table %I', 'ohlcv_minute_' || to_char(month, 'YYYY"m"MM'));
    delete from days where dataset = 'minute_aggs' and date >= month and date < (month + interval '1 month')::date;
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;
comment on function ohlcv_minute_drop_before(date) is
  'Retention: drops the months (TimescaleDB: the chunks) of minute bars that end before the date, and what days says of them; lineage keeps the history. Returns how many.';
