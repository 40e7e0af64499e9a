-- Least privilege: who loads needs neither the owner's rights nor DDL, and who reads writes nothing. Roles belong to the
-- whole server: they are made where they are missing and this role may make them, and shared with other databases there.

create function ohlcv_grant_roles() returns void
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
         unknown_symbols, bar_revisions, calendar_overrides, ohlcv_daily, ohlcv_minute to %I', wanted);
  end loop;
  if to_regrole('ohlcv_loader') is null then
    return;
  end if;
  if not has_database_privilege('ohlcv_loader', current_database(), 'temporary') then
    execute format('grant temporary on database %I to ohlcv_loader', current_database());
  end if;
  -- What happened cannot be written anew: these are append-only.
  grant insert on universe_changes, attempts, lineage to ohlcv_loader;
  grant insert, update on ingestion_runs, bar_revisions to ohlcv_loader;
  grant insert, update, delete on
    tickers, ticker_symbols, days, rejected_rows, unknown_symbols, calendar_overrides, ohlcv_daily, ohlcv_minute to ohlcv_loader;
  grant execute on function ohlcv_daily_ensure_partitions(date, date), ohlcv_minute_ensure_partitions(date, date), ohlcv_minute_summarize(date) to ohlcv_loader;
end $$;
comment on function ohlcv_grant_roles() is
  'Gives ohlcv_loader and ohlcv_reader their rights, as far as they are there; for the owner, as often as he likes.';

do $$
declare
  wanted text;
  definer regprocedure;
begin
  foreach wanted in array array['ohlcv_loader', 'ohlcv_reader'] loop
    begin
      if to_regrole(wanted) is null then
        execute format('create role %I nologin', wanted);
      end if;
    exception
      when insufficient_privilege then null;
      -- Made by the migration of another database at this moment.
      when duplicate_object or unique_violation then null;
    end;
  end loop;
  -- These act as their owner: not for everybody, and never on a caller's temporary table of the same name.
  foreach definer in array array['ohlcv_daily_ensure_partitions(date, date)', 'ohlcv_minute_ensure_partitions(date, date)', 'ohlcv_minute_summarize(date)']::regprocedure[] loop
    execute format('revoke execute on function %s from public', definer);
    execute format('alter function %s set search_path = %I, pg_temp', definer, current_schema());
  end loop;
end $$;

select ohlcv_grant_roles();
