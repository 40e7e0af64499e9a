-- What days says of a date comes from the date's file, never from the table: sums of the hashes of its bars, to which those
-- of a moved bar can be added and from which they can be subtracted.

-- Dates that are as they were loaded by the checksums of before; the others must be found out by the new ones too.
create temporary table as_loaded on commit drop as
select d.dataset, d.date from days d cross join lateral ohlcv_daily_checksum(d.date) now
where d.dataset = 'day_aggs' and (d.row_count, d.checksum) = (now.row_count, now.checksum)
  and not exists (select from ohlcv_daily b where b.time = d.date and least(open, high, low, close, volume) < 0)
union all
select d.dataset, d.date from days d cross join lateral ohlcv_minute_checksum(d.date) now
where d.dataset = 'minute_aggs' and (d.row_count, d.checksum) = (now.row_count, now.checksum)
  and not exists (
    select from ohlcv_minute b
    where b.time >= ohlcv_day_start(d.date) and b.time < ohlcv_day_start(d.date + 1) and least(open, high, low, close, volume) < 0);

-- PostgreSQL's hash of a number leaves out its sign. No valid bar has a negative one, so that only wrong ones are slow. Nothing here
-- is less than immutable (as format() is), or else each bar would be a call that cannot be inlined, twenty times as slow.
create or replace function ohlcv_bar_hash(
  seed bigint, symbol_id integer, open numeric, high numeric, low numeric, close numeric, volume numeric, transactions bigint
) returns bigint
language sql immutable parallel safe as $$
  select case when open < 0 or high < 0 or low < 0 or close < 0 or volume < 0
    then hashtextextended(symbol_id::text || '|' || open::text || '|' || high::text || '|' || low::text || '|' || close::text || '|' || volume::text
         || '|' || coalesce(transactions::text, ''), seed)
    else hash_numeric_extended(open, hash_numeric_extended(high, hash_numeric_extended(low, hash_numeric_extended(close,
         hash_numeric_extended(volume, hashint8extended(coalesce(transactions, -1), hashint4extended(symbol_id, seed))))))) end
$$;

create function ohlcv_checksum(row_count bigint, hash_sum numeric, rehash_sum numeric) returns text
language sql immutable parallel safe as $$
  select encode(sha256(convert_to(concat_ws('|', row_count, hash_sum, rehash_sum), 'UTF8')), 'hex')
$$;
comment on function ohlcv_checksum(bigint, numeric, numeric) is
  'The checksum of so many bars: SHA-256 of their count, the sum of their hashes and the sum of the hashes of these, as text joined by |.';

drop function ohlcv_daily_checksum(date);
create function ohlcv_daily_checksum(day date, out row_count bigint, out checksum text, out hash_sum numeric, out rehash_sum numeric)
language plpgsql stable set plan_cache_mode = force_custom_plan as $$
begin
  select count(*), coalesce(sum(bar), 0), coalesce(sum(hashint8extended(bar, 1)), 0)
  into row_count, hash_sum, rehash_sum
  from (
    select ohlcv_bar_hash(0, symbol_id, open, high, low, close, volume, transactions) as bar
    from ohlcv_daily
    where time = day
    offset 0
  ) hashed;
  checksum := ohlcv_checksum(row_count, hash_sum, rehash_sum);
end $$;
comment on function ohlcv_daily_checksum(date) is
  'Count, checksum and sums of a date''s stored rows, as days keeps those of its file.';

drop function ohlcv_minute_checksum(date);
create function ohlcv_minute_checksum(day date, out row_count bigint, out checksum text, out hash_sum numeric, out rehash_sum numeric)
language plpgsql stable set plan_cache_mode = force_custom_plan as $$
begin
  select count(*), coalesce(sum(bar), 0), coalesce(sum(hashint8extended(bar, 1)), 0)
  into row_count, hash_sum, rehash_sum
  from (
    select ohlcv_bar_hash(hash_numeric_extended(extract(epoch from time), 0), symbol_id, open, high, low, close, volume, transactions) as bar
    from ohlcv_minute
    where time >= ohlcv_day_start(day) and time < ohlcv_day_start(day + 1)
    offset 0
  ) hashed;
  checksum := ohlcv_checksum(row_count, hash_sum, rehash_sum);
end $$;
comment on function ohlcv_minute_checksum(date) is
  'Count, checksum and sums of a New York date''s stored minute rows, as days keeps those of its file.';

alter table days
  add hash_sum numeric not null default 0,
  add rehash_sum numeric not null default 0,
  add largest bigint not null default 0,
  add rejects bigint not null default 0,
  add dropped bigint not null default 0,
  add stale boolean not null default false,
  drop checksum;
alter table days add checksum text not null generated always as (ohlcv_checksum(row_count, hash_sum, rehash_sum)) stored;
comment on table days is 'The authoritative load each date stands at, with count and sums of the bars that its file gives under the symbols of now.';
comment on column days.hash_sum is 'Sum of ohlcv_bar_hash over the bars; taken from the file when it was staged, and brought along when bars move to another security.';
comment on column days.rehash_sum is 'Sum of hashint8extended(hash, 1) over the hashes of the bars.';
comment on column days.largest is 'Most bars that a version of the date had since one was accepted whatever it lacks (--accept): what shrinking is measured against.';
comment on column days.rejects is 'Rejected rows of the date that are kept.';
comment on column days.dropped is 'Bars taken away since the load because their symbol names no security any more.';
comment on column days.stale is 'Whether symbols have changed so that the file gives other bars now; the next load reads it again.';

update days d set hash_sum = now.hash_sum, rehash_sum = now.rehash_sum
from as_loaded a cross join lateral ohlcv_daily_checksum(a.date) now
where a.dataset = 'day_aggs' and d.dataset = a.dataset and d.date = a.date;
update days d set hash_sum = now.hash_sum, rehash_sum = now.rehash_sum
from as_loaded a cross join lateral ohlcv_minute_checksum(a.date) now
where a.dataset = 'minute_aggs' and d.dataset = a.dataset and d.date = a.date;
update days d set
  largest = row_count,
  rejects = (select count(*) from rejected_rows r where r.dataset = d.dataset and r.date = d.date);
update days d set stale = true
from (
  select distinct u.dataset, u.date from unknown_symbols u join ticker_symbols t on t.symbol = u.symbol and t.valid @> u.date
) known
where d.dataset = known.dataset and d.date = known.date;
