-- Which securities have bars of files on which date, kept by loads: a bit each, some kilobytes a date, so that nobody has to look for them among all bars.

create table coverage (
  dataset text not null,
  date date not null,
  securities bytea not null,
  primary key (dataset, date)
) with (toast_tuple_target = 8160);
-- In the row itself and as it is: all rows are read for one bit of each.
alter table coverage alter securities set storage main;
comment on table coverage is
  'Which securities have bars of files on a date, whole files or selected symbols: get_bit(securities, symbol_id) is 1; one beyond the last byte has none. Without the fills of providers. '
  'Each load writes its date with its bars, and a change of symbols the dates whose bars move.';

create function ohlcv_mark_securities(securities bytea, symbol_ids integer[], has_bars boolean) returns bytea
language plpgsql immutable parallel safe as $$
declare
  bytes integer := (select max(id) / 8 + 1 from unnest(symbol_ids) id);
  id integer;
begin
  if bytes > length(securities) then
    securities := securities || decode(repeat('00', bytes - length(securities)), 'hex');
  end if;
  foreach id in array coalesce(symbol_ids, '{}') loop
    securities := set_bit(securities, id, has_bars::integer);
  end loop;
  return securities;
end $$;
comment on function ohlcv_mark_securities(bytea, integer[], boolean) is
  'Says of securities whether they have bars of files on a date: coverage.securities as it is then.';

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
    delete from coverage where dataset = 'minute_aggs' and date < day;
    return dropped;
  end if;
  for month in
    select to_date(right(relname, 7), 'YYYY"m"MM') from pg_inherits join pg_class on oid = inhrelid where inhparent = 'ohlcv_minute'::regclass order by 1
  loop
    exit when (month + interval '1 month')::date > day;
    execute format('drop table %I', 'ohlcv_minute_' || to_char(month, 'YYYY"m"MM'));
    delete from days where dataset = 'minute_aggs' and date >= month and date < (month + interval '1 month')::date;
    delete from coverage where dataset = 'minute_aggs' and date >= month and date < (month + interval '1 month')::date;
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;

-- Loads and changes of symbols under way are waited for, and others wait until it is kept what there is: no bar of theirs is missed.
select pg_advisory_xact_lock(1869114467, 3);

do $$
declare
  -- Where TimescaleDB's functions are, or will be.
  timescaledb name := coalesce((select nspname from pg_extension join pg_namespace n on n.oid = extnamespace where extname = 'timescaledb'), 'public');
  kept record;
  ids integer[];
begin
  execute format('alter function ohlcv_minute_drop_before(date) set search_path = %s',
                 concat_ws(', ', quote_ident(current_schema()), case when timescaledb <> current_schema() then quote_ident(timescaledb) end, 'pg_temp'));
  for kept in
    select distinct l.dataset, l.date, d.bars, (select format_type(atttypid, null) from pg_attribute where attrelid = d.bars::regclass and attname = 'time') as time
    from lineage l join datasets d using (dataset)
  loop
    execute format(
      'select array_agg(symbol_id) from (select distinct symbol_id from %I where %s and filled_by is null) bars', kept.bars,
      case when kept.time = 'date' then format('time = %L', kept.date) else format('time >= ohlcv_day_start(%L) and time < ohlcv_day_start(%L)', kept.date, kept.date + 1) end
    ) into ids;
    continue when ids is null;
    insert into coverage values (kept.dataset, kept.date, ohlcv_mark_securities('', ids, true));
  end loop;
end $$;

insert into ohlcv_rights values ('coverage', 'insert, update');

select ohlcv_grant_roles();
