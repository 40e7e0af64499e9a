-- The same data in the words of other programs, whose queries run as they stand after: set search_path = tickstock, public.
-- Views of one truth, but for execution_feedback. A symbol here is what the security was called on the date of its bar.

do $$
begin
  if to_regnamespace('tickstock') is null then
    create schema tickstock;
  end if;
  if to_regclass('tickstock.symbols') is not null then
    raise exception 'the schema tickstock of this database has a relation symbols already: it is another ohlcv''s, or another program''s'
      using hint = 'a database has one schema tickstock: give each ohlcv a database of its own, or rename the schema that is in the way';
  end if;
exception when insufficient_privilege then
  raise exception 'the schema tickstock is needed and this role may not create it'
    using hint = format('ask the owner of the database to run: create schema tickstock authorization %I', current_user);
end $$;
comment on schema tickstock is
  'The data of ohlcv in the words of other programs: views to read, and execution_feedback to fill. docs/READING.md says what is where.';

create view tickstock.symbols as
select distinct on (t.symbol)
  t.symbol, t.name, t.exchange, t.sector, t.industry, t.issuer, t.underlying_index, t.type, t.active, t.last_updated, t.created_at, t.updated_at, t.symbol_id
from tickers t
left join ticker_symbols s on s.symbol_id = t.symbol_id and s.symbol = t.symbol
order by t.symbol, lower(s.valid) desc nulls last, t.symbol_id desc;
comment on view tickstock.symbols is
  'One row a symbol that is a security''s latest: where several had it, the one that had it last. All securities and former symbols are in tickers and ticker_symbols.';

create view tickstock.assets as
select symbol_id as asset_id, symbol, name, type, exchange, active, created_at, updated_at from tickstock.symbols;
comment on view tickstock.assets is 'The securities of symbols.';

create view tickstock.price_history_daily as
select s.symbol, b.time as date, b.open, b.high, b.low, b.close, b.volume, b.transactions,
  coalesce(b.filled_by, l.provider) as source_provider, coalesce(l.sha256, f.raw_hash) as raw_hash, coalesce(l.pulled_at, f.pulled_at) as pulled_at, b.symbol_id
from ohlcv_daily b
join ticker_symbols s on s.symbol_id = b.symbol_id and s.valid @> b.time
left join lineage l on l.load_id = b.load_id
left join fetches f on f.fetch_id = b.fetch_id;
comment on view tickstock.price_history_daily is
  'Daily bars, unadjusted, with where they came from: of a day file its provider, SHA-256 and when it was read; of a fill its provider and the request it came by.';

create view tickstock.price_history_intraday as
select s.symbol, b.time as timestamp, b.open, b.high, b.low, b.close, b.volume, b.transactions,
  coalesce(b.filled_by, l.provider) as source_provider, coalesce(l.sha256, f.raw_hash) as raw_hash, coalesce(l.pulled_at, f.pulled_at) as pulled_at, b.symbol_id
from ohlcv_minute b
join ticker_symbols s on s.symbol_id = b.symbol_id and s.valid @> (b.time at time zone 'America/New_York')::date
left join lineage l on l.load_id = b.load_id
left join fetches f on f.fetch_id = b.fetch_id;
comment on view tickstock.price_history_intraday is
  'Minute bars as price_history_daily has daily ones, extended hours included; timestamp is the minute''s beginning. The table underneath is partitioned by time.';

create view tickstock.ohlcv_daily as
select s.symbol, b.time as date, b.open, b.high, b.low, b.close, b.volume, coalesce(l.committed_at, f.pulled_at) as created_at, b.transactions, b.filled_by, b.symbol_id
from ohlcv_daily b
join ticker_symbols s on s.symbol_id = b.symbol_id and s.valid @> b.time
left join lineage l on l.load_id = b.load_id
left join fetches f on f.fetch_id = b.fetch_id;
comment on view tickstock.ohlcv_daily is
  'One row a symbol and session, unadjusted. created_at: when the bar got these values; filled_by: the provider of a fill, null for a bar of a day file.';

create view tickstock.ohlcv_day as
select * from tickstock.ohlcv_daily;
comment on view tickstock.ohlcv_day is 'Another name of tickstock.ohlcv_daily.';

create view tickstock.ohlcv_minute as
select s.symbol, b.time as timestamp, b.open, b.high, b.low, b.close, b.volume, coalesce(l.committed_at, f.pulled_at) as created_at, b.transactions, b.filled_by, b.symbol_id
from ohlcv_minute b
join ticker_symbols s on s.symbol_id = b.symbol_id and s.valid @> (b.time at time zone 'America/New_York')::date
left join lineage l on l.load_id = b.load_id
left join fetches f on f.fetch_id = b.fetch_id;
comment on view tickstock.ohlcv_minute is
  'One row a symbol and minute, extended hours included, unadjusted; timestamp is the minute''s beginning.';

create view tickstock.ohlcv_1min as
select * from tickstock.ohlcv_minute;
comment on view tickstock.ohlcv_1min is 'Another name of tickstock.ohlcv_minute.';

-- The queries that count hours expect 6 or 7 a session: those of the regular session. Providers give 16.
create view tickstock.ohlcv_hourly as
select s.symbol, b.time as timestamp, b.open, b.high, b.low, b.close, b.volume, b.created_at, b.transactions, b.partial, b.symbol_id
from ohlcv_hourly b
join ticker_symbols s on s.symbol_id = b.symbol_id and s.valid @> (b.time at time zone 'America/New_York')::date
where b.regular;
comment on view tickstock.ohlcv_hourly is
  'One row a symbol and hour of the regular session; timestamp is the hour''s beginning. Those before and after it are in the table ohlcv_hourly as well.';

-- A week's Sunday or a month's first may lie before the security had its symbol: what was asked for begins when it had it.
create view tickstock.ohlcv_weekly as
select s.symbol, b.time as week_start, b.open, b.high, b.low, b.close, b.volume, b.created_at, b.transactions, b.partial, b.symbol_id
from ohlcv_weekly b
join fetches f on f.fetch_id = b.fetch_id
join ticker_symbols s on s.symbol_id = b.symbol_id and s.valid @> greatest(b.time, f.start_date);
comment on view tickstock.ohlcv_weekly is 'One row a symbol and week; week_start is its Sunday. partial: the week was not over when it was asked for.';

create view tickstock.ohlcv_monthly as
select s.symbol, b.time as month_start, b.open, b.high, b.low, b.close, b.volume, b.created_at, b.transactions, b.partial, b.symbol_id
from ohlcv_monthly b
join fetches f on f.fetch_id = b.fetch_id
join ticker_symbols s on s.symbol_id = b.symbol_id and s.valid @> greatest(b.time, f.start_date);
comment on view tickstock.ohlcv_monthly is 'One row a symbol and month; month_start is its first day. partial: the month was not over when it was asked for.';

create view tickstock.ingestion_audit as
select * from ingestion_audit;
comment on view tickstock.ingestion_audit is 'The table ingestion_audit: one row a job, symbol and timespan.';

create view tickstock.provider_metrics as
select * from provider_metrics;
comment on view tickstock.provider_metrics is 'The table provider_metrics: one row a provider and day.';

create table tickstock.execution_feedback (
  order_id text primary key,
  symbol text collate "C" not null,
  side text not null check (side in ('buy', 'sell')),
  quantity numeric not null check (quantity > 0),
  price numeric,
  status text not null,
  executed_at timestamptz,
  details jsonb not null default '{}',
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp()
);
create index execution_feedback_symbol on tickstock.execution_feedback (symbol, executed_at);
comment on table tickstock.execution_feedback is
  'How orders ended, for the program that places them: nothing of ohlcv writes here. Its owner lets that program''s role: grant usage on schema tickstock, and insert, update on this table. price: of one, as executed; symbol: as it was called then.';

insert into ohlcv_rights
select 'tickstock.' || relation, null from unnest(array[
  'symbols', 'assets', 'price_history_daily', 'price_history_intraday', 'ohlcv_daily', 'ohlcv_day', 'ohlcv_minute', 'ohlcv_1min', 'ohlcv_hourly', 'ohlcv_weekly', 'ohlcv_monthly',
  'ingestion_audit', 'provider_metrics', 'execution_feedback'
]) relation;

select ohlcv_grant_roles();
