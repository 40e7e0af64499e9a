-- Weeks and months of the whole universe, computed from daily bars.

create index splits_ex_date on splits (ex_date);

-- Period by period, so that a range of times reads the bars of these periods alone, and a security those of its key. Few periods
-- have a split: only of those is it looked up which days were before it. Quotients are rounded once, half up, to six decimals.
create view ohlcv_computed as
select p.timespan, b.symbol_id, p.time, b.open, b.high, b.low, b.close, b.volume, b.transactions, b.sessions, b.first_session, b.last_session, p.last_weekday > p.latest as partial
from (
  select 'week' as timespan, week as time, week + 7 as next, week + 5 as last_weekday, latest
  from (select min(time) as earliest, max(time) as latest from ohlcv_daily) stored
  cross join lateral generate_series(0, (latest - earliest) / 7 + 1) n
  cross join lateral (select earliest - extract(dow from earliest)::integer + 7 * n as week) weeks
  union all
  select 'month', month, next, next - greatest(extract(isodow from next - 1)::integer - 4, 1), latest
  from (select min(time) as earliest, max(time) as latest from ohlcv_daily) stored
  cross join lateral generate_series(date_trunc('month', earliest::timestamp), latest::timestamp, interval '1 month') first
  cross join lateral (select first::date as month, (first + interval '1 month')::date as next) months
) p
cross join lateral (
  select d.symbol_id,
    (array_agg(case when d.old is null then d.open else trim_scale(div(2e6 * d.open * d.old + d.new, 2 * d.new) * 1e-6) end order by d.time))[1] as open,
    max(case when d.old is null then d.high else trim_scale(div(2e6 * d.high * d.old + d.new, 2 * d.new) * 1e-6) end) as high,
    min(case when d.old is null then d.low else trim_scale(div(2e6 * d.low * d.old + d.new, 2 * d.new) * 1e-6) end) as low,
    (array_agg(d.close order by d.time desc))[1] as close,
    trim_scale(sum(case when d.old is null then d.volume else div(2e6 * d.volume * d.new + d.old, 2 * d.old) * 1e-6 end)) as volume,
    case when count(*) = count(d.transactions) then sum(d.transactions)::bigint end as transactions,
    count(*) as sessions, min(d.time) as first_session, max(d.time) as last_session
  from (
    select bar.*,
      case when s.symbol_id is not null then (
        select ohlcv_product(split_from) from unnest(s.ex_dates, s.split_froms) split (ex_date, split_from) where ex_date > bar.time and ex_date <= bar.last) end as old,
      case when s.symbol_id is not null then (
        select ohlcv_product(split_to) from unnest(s.ex_dates, s.split_tos) split (ex_date, split_to) where ex_date > bar.time and ex_date <= bar.last) end as new
    from (
      select symbol_id, time, open, high, low, close, volume, transactions, max(time) over (partition by symbol_id) as last
      from ohlcv_daily where time >= p.time and time < p.next
    ) bar
    left join (
      select symbol_id, array_agg(ex_date) as ex_dates, array_agg(split_from) as split_froms, array_agg(split_to) as split_tos
      from splits_applied where ex_date > p.time and ex_date < p.next group by symbol_id
    ) s on s.symbol_id = bar.symbol_id
  ) d
  group by d.symbol_id
) b;
comment on view ohlcv_computed is 'What ohlcv_weekly_computed and ohlcv_monthly_computed are made of.';

create view ohlcv_weekly_computed as
select symbol_id, time, open, high, low, close, volume, transactions, sessions, first_session, last_session, partial from ohlcv_computed where timespan = 'week';
comment on view ohlcv_weekly_computed is
  'One row a security and week (time: its Sunday), computed from ohlcv_daily, days before a split adjusted to the last session. sessions: days that have a bar; transactions: null where a day has none; partial: no bar of any security is stored on its Friday or later.';

create view ohlcv_monthly_computed as
select symbol_id, time, open, high, low, close, volume, transactions, sessions, first_session, last_session, partial from ohlcv_computed where timespan = 'month';
comment on view ohlcv_monthly_computed is
  'One row a security and month (time: its first day), computed as ohlcv_weekly_computed. partial: no bar of any security is stored on its last weekday or later.';

insert into ohlcv_rights values ('ohlcv_computed', null), ('ohlcv_weekly_computed', null), ('ohlcv_monthly_computed', null);

select ohlcv_grant_roles();
