-- What was told about symbols, kept as told. Which security a symbol named when (ticker_symbols) is a function of all facts
-- together, so that it does not depend on the order in which they became known.

create table identity_facts (
  fact_id bigint generated always as identity primary key,
  kind text not null check (kind in ('known', 'listed', 'renamed', 'retracted')),
  symbol text collate "C",
  valid_from date,
  valid_to date,
  new_symbol text collate "C",
  retracts bigint references identity_facts,
  cause text not null,
  told_at timestamptz not null default clock_timestamp(),
  check ((kind = 'retracted') = (retracts is not null) and (kind = 'retracted') = (symbol is null)),
  check ((kind = 'renamed') = (new_symbol is not null)),
  check (kind <> 'renamed' or (valid_from >= valid_to and (new_symbol <> symbol or valid_from > valid_to))),
  check (kind not in ('known', 'listed') or valid_from < valid_to is not false),
  check (kind <> 'listed' or valid_from is not null or valid_to is not null)
);
create unique index identity_facts_retracts on identity_facts (retracts);
create index identity_facts_symbol on identity_facts (symbol);
comment on table identity_facts is
  'Append-only. known: the symbol named a security (a guess, with or without dates); listed: it did on these dates; renamed: what it named until the day before valid_to is called new_symbol from valid_from on; retracted: that fact was wrong. valid_to is exclusive.';

-- The ranges of today become facts: one security's consecutive ranges are joined by renames, each range keeps the bounds that
-- no rename tells. A guess that a renamed security put an end to has none of its own; one that has is evidence from now on, since a
-- guess would give way to the next bearer's.
with joined as (
  -- One symbol's ranges of one security that touch are one.
  select symbol_id, symbol, unnest(range_agg(valid)) as valid from ticker_symbols group by symbol_id, symbol
), named as (
  select j.*, (select bool_and(assumed) from ticker_symbols t where t.symbol_id = j.symbol_id and t.symbol = j.symbol and t.valid <@ j.valid) as assumed,
         lag(symbol) over security as old_symbol, lag(upper(valid)) over security as ended, lead(symbol) over security is not null as is_renamed
  from joined j
  window security as (partition by symbol_id order by valid)
), ranges as (
  select symbol, lower(valid) as valid_from, upper(valid) as valid_to, assumed, old_symbol, ended, is_renamed,
         assumed and coalesce(upper(valid) = lead(lower(valid)) over bearers and lead(old_symbol) over bearers is not null, false) as is_taken_over
  from named
  window bearers as (partition by symbol order by valid)
), facts as (
  select 'renamed' as kind, old_symbol as symbol, valid_from, ended as valid_to, symbol as new_symbol
  from ranges where old_symbol is not null
  union
  select case when assumed and valid_to is null then 'known' else 'listed' end, symbol, valid_from, valid_to, null
  from (
    select symbol, assumed, old_symbol, case when old_symbol is null then valid_from end as valid_from,
           case when not is_renamed and not is_taken_over then valid_to end as valid_to
    from ranges
  ) bounds
  where (assumed and old_symbol is null) or valid_from is not null or valid_to is not null
)
insert into identity_facts (kind, symbol, valid_from, valid_to, new_symbol, cause)
select kind, symbol, valid_from, valid_to, new_symbol, 'as known before facts were kept' from facts
order by symbol, valid_from nulls first, kind;

create or replace function ohlcv_grant_roles() returns void
language plpgsql set search_path from current as $$
declare
  wanted text;
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
         unknown_symbols, bar_revisions, calendar_overrides, identity_facts, ohlcv_daily, ohlcv_minute to %I', wanted);
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
  grant insert, update, delete on
    tickers, ticker_symbols, days, rejected_rows, unknown_symbols, calendar_overrides, ohlcv_daily, ohlcv_minute to ohlcv_loader;
  grant execute on function ohlcv_daily_ensure_partitions(date, date), ohlcv_minute_ensure_partitions(date, date), ohlcv_minute_summarize(date) to ohlcv_loader;
end $$;

select ohlcv_grant_roles();
