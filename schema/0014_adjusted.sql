-- Adjusted prices, computed from the unadjusted ones that are stored, and what providers were asked about splits and dividends.

create table action_fetches (
  action_fetch_id bigint generated always as identity primary key,
  run_id bigint not null references ingestion_runs,
  source text not null,
  symbol text collate "C" not null,
  start_date date not null,
  end_date date not null,
  status text not null check (status in ('stored', 'rejected', 'failed')),
  code text,
  message text,
  tries integer not null,
  splits integer not null default 0,
  dividends integer not null default 0,
  pages text[] not null default '{}',
  pulled_at timestamptz not null,
  check (start_date <= end_date)
);
create index action_fetches_symbol on action_fetches (symbol, source);
create index action_fetches_run on action_fetches (run_id);
comment on table action_fetches is
  'What sources were asked about splits and dividends with an ex-date from start_date to end_date, and how many they told. pages: SHA-256 of each kept body, in order.';

-- Exact, whatever the number of digits: PostgreSQL's own quotient is rounded already, and rounding it once more may go wrong.
create function ohlcv_rounded_quotient(numerator numeric, denominator numeric, unit numeric) returns numeric
language sql immutable parallel safe as $$
  select div(2 * numerator + denominator * unit, 2 * denominator * unit) * unit
$$;
comment on function ohlcv_rounded_quotient(numeric, numeric, numeric) is
  'The quotient of two numbers that are not negative, rounded to a multiple of the unit (0.01: two decimals), half of it up.';

create aggregate ohlcv_product(numeric) (sfunc = numeric_mul, stype = numeric, parallel = safe);
comment on aggregate ohlcv_product(numeric) is 'The exact product of all values; null where there are none.';

-- Bars are joined with nothing but common table expressions, which all engines take. The plan is made for the dates, or else it would hold every partition.
create function ohlcv_adjusted_bars(security integer, first date, last date, basis text, as_of date default null)
returns table ("time" date, open numeric, high numeric, low numeric, close numeric, volume numeric, transactions bigint)
language plpgsql stable set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  until date := coalesce(as_of, (select max(b.time) from ohlcv_daily b where b.symbol_id = security));
begin
  if basis is null or basis not in ('none', 'split', 'total') then
    raise exception 'prices are adjusted for none, split or total, and not for %', coalesce(quote_literal(ohlcv_adjusted_bars.basis), 'null') using errcode = 'invalid_parameter_value';
  end if;
  return query
    with bars as materialized (
      select b.time, b.open, b.high, b.low, b.close, b.volume, b.transactions, row_number() over (order by b.time) as place
      from ohlcv_daily b
      where b.symbol_id = security and b.time between ohlcv_adjusted_bars.first and until
    ), traded as materialized (
      select coalesce(array_agg(b.time order by b.time), '{}') as dates from bars b
    ), split as materialized (
      select s.ex_date, s.split_from, s.split_to
      from splits_applied s
      where ohlcv_adjusted_bars.basis <> 'none' and s.symbol_id = security and s.ex_date > ohlcv_adjusted_bars.first and s.ex_date <= until
        and (as_of is null or s.known_since <= as_of)
    ), paid as materialized (
      -- The last close before, of such shares as the dividend is paid for.
      select d.ex_date, d.amount * coalesce(ohlcv_product(s.split_to), 1) as amount, b.close * coalesce(ohlcv_product(s.split_from), 1) as close
      from dividends_applied d
      cross join traded t
      join bars b on b.place = width_bucket(d.ex_date - 1, t.dates)
      left join split s on s.ex_date > b.time and s.ex_date <= d.ex_date
      where ohlcv_adjusted_bars.basis = 'total' and d.symbol_id = security and d.ex_date > ohlcv_adjusted_bars.first and d.ex_date <= until
        and (as_of is null or d.known_since <= as_of)
      group by d.ex_date, d.amount, b.close
    ), event as (
      select s.ex_date, s.split_from, s.split_to, 1 as kept, 1 as whole from split s
      union all
      select p.ex_date, 1, 1, p.close - p.amount, p.close from paid p where p.amount < p.close
    ), ex_date as (
      select e.ex_date, ohlcv_product(e.split_from) as split_from, ohlcv_product(e.split_to) as split_to, ohlcv_product(e.kept) as kept, ohlcv_product(e.whole) as whole
      from event e
      group by e.ex_date
    ), later as (
      select row_number() over (order by x.ex_date) - 1 as place, x.ex_date, ohlcv_product(x.split_from) over later as split_from, ohlcv_product(x.split_to) over later as split_to,
             ohlcv_rounded_quotient(ohlcv_product(x.kept) over later, ohlcv_product(x.whole) over later, 1e-30) as kept
      from ex_date x
      window later as (order by x.ex_date desc)
    ), factor as materialized (
      -- Of bars before each ex-date: by those of all ex-dates from it on. Twice as large as they are, so that half the divisor rounds.
      select l.place, l.ex_date, 2e6 * l.split_from * l.kept as price, 2 * l.split_to as price_by, l.split_to as price_half,
             2e6 * l.split_to as volume, 2 * l.split_from as volume_by, l.split_from as volume_half
      from later l
    ), ex_dates as materialized (
      select coalesce(array_agg(f.ex_date order by f.ex_date), '{}') as dates from factor f
    )
    select b.time,
           case when f.place is null then b.open else trim_scale(div(b.open * f.price + f.price_half, f.price_by) * 1e-6) end,
           case when f.place is null then b.high else trim_scale(div(b.high * f.price + f.price_half, f.price_by) * 1e-6) end,
           case when f.place is null then b.low else trim_scale(div(b.low * f.price + f.price_half, f.price_by) * 1e-6) end,
           case when f.place is null then b.close else trim_scale(div(b.close * f.price + f.price_half, f.price_by) * 1e-6) end,
           case when f.place is null then b.volume else trim_scale(div(b.volume * f.volume + f.volume_half, f.volume_by) * 1e-6) end,
           b.transactions
    from bars b
    cross join ex_dates x
    left join factor f on f.place = width_bucket(b.time, x.dates)
    where b.time <= ohlcv_adjusted_bars.last
    order by b.time;
end $$;
comment on function ohlcv_adjusted_bars(integer, date, date, text, date) is
  'As ohlcv_adjusted, of a security (symbol_id).';

create function ohlcv_adjusted(symbol text, first date, last date, basis text, as_of date default null)
returns table ("time" date, open numeric, high numeric, low numeric, close numeric, volume numeric, transactions bigint)
language plpgsql stable as $$
declare
  security integer := (
    select s.symbol_id from ticker_symbols s where s.symbol = ohlcv_adjusted.symbol order by coalesce(upper(s.valid), 'infinity') desc, s.symbol_id limit 1);
begin
  if security is null then
    raise exception 'no security was ever called %', coalesce(quote_literal(ohlcv_adjusted.symbol), 'null') using errcode = 'invalid_parameter_value';
  end if;
  return query select * from ohlcv_adjusted_bars(security, ohlcv_adjusted.first, ohlcv_adjusted.last, ohlcv_adjusted.basis, ohlcv_adjusted.as_of);
end $$;
comment on function ohlcv_adjusted(text, date, date, text, date) is
  'Daily bars from first to last of the security that the symbol names, or named last, under all symbols it has had, adjusted for splits (split), for splits and dividends (total) or for nothing (none), as they were known on as_of; without it by all that is known up to the last bar. docs/ACTIONS.md has the arithmetic.';

do $$
declare
  pinned regprocedure;
begin
  foreach pinned in array array[
    'ohlcv_adjusted_bars(integer, date, date, text, date)', 'ohlcv_adjusted(text, date, date, text, date)'
  ]::regprocedure[] loop
    execute format('alter function %s set search_path = %I, pg_temp', pinned, current_schema());
  end loop;
end $$;

insert into ohlcv_rights values ('action_fetches', 'insert');

select ohlcv_grant_roles();
