-- How often a provider of bars may be asked: reserved here, before a request is sent, by this server's clock, so that processes on
-- several machines stay within its limits together.

create table provider_quota (
  provider text not null,
  period text not null check (period in ('day', 'month')),
  starts date not null,
  used bigint not null check (used >= 0),
  primary key (provider, period, starts)
);
comment on table provider_quota is 'How many requests to a provider were reserved for each day and calendar month (UTC), less those that were given back.';

create table provider_requests (
  request_id bigint generated always as identity primary key,
  provider text not null,
  reserved_for timestamptz not null
);
create index provider_requests_time on provider_requests (provider, reserved_for);
comment on table provider_requests is
  'For which instants requests to a provider were reserved: the last two minutes, for limits a second and a minute. What is older goes with the next reservation.';

-- Margins: two requests that are sent exactly a window apart may arrive a little closer, so a window counts as longer than it is by
-- more than that.
create function ohlcv_reserve_requests(
  asked_of text, wanted integer, per_second integer, per_minute integer, per_day bigint, per_month bigint,
  out requests bigint[], out waits double precision[], out used_up text, out used bigint, out renewed timestamptz
)
language plpgsql as $$
declare
  instant timestamptz;
  latest timestamptz;
  slot timestamptz;
  reserved bigint;
  day date;
  month date;
  of_day bigint;
  of_month bigint;
begin
  requests := '{}';
  waits := '{}';
  perform pg_advisory_xact_lock(1869114466, hashtext(asked_of));
  -- Read once nobody else reserves: a moment ago another may have.
  instant := clock_timestamp();
  -- What is reserved for a day ahead was reserved by a clock that has been set back since.
  delete from provider_requests r
  where r.provider = asked_of and (r.reserved_for < instant - interval '2 minutes' or r.reserved_for > instant + interval '1 day');
  select max(r.reserved_for) into latest from provider_requests r where r.provider = asked_of;
  for number in 1 .. wanted loop
    slot := greatest(instant, latest,
      (select r.reserved_for + interval '1.04 seconds' from provider_requests r
       where r.provider = asked_of order by r.reserved_for desc offset per_second - 1 limit case when per_second is null then 0 else 1 end),
      (select r.reserved_for + interval '60.5 seconds' from provider_requests r
       where r.provider = asked_of order by r.reserved_for desc offset per_minute - 1 limit case when per_minute is null then 0 else 1 end));
    day := (slot at time zone 'UTC')::date;
    month := date_trunc('month', day::timestamp)::date;
    select coalesce(max(q.used) filter (where q.period = 'day' and q.starts = day), 0), coalesce(max(q.used) filter (where q.period = 'month' and q.starts = month), 0)
    into of_day, of_month
    from provider_quota q
    where q.provider = asked_of and q.starts in (day, month);
    -- The month first: it is renewed later.
    if of_month >= per_month then
      used_up := 'month';
      used := of_month;
      renewed := (month + interval '1 month') at time zone 'UTC';
      return;
    end if;
    if of_day >= per_day then
      used_up := 'day';
      used := of_day;
      renewed := (day + interval '1 day') at time zone 'UTC';
      return;
    end if;
    insert into provider_quota as q values (asked_of, 'day', day, 1), (asked_of, 'month', month, 1)
    on conflict (provider, period, starts) do update set used = q.used + 1;
    insert into provider_requests (provider, reserved_for) values (asked_of, slot) returning request_id into reserved;
    latest := slot;
    requests := requests || reserved;
    waits := waits || (extract(epoch from slot - statement_timestamp()) * 1000)::double precision;
  end loop;
end $$;
comment on function ohlcv_reserve_requests(text, integer, integer, integer, bigint, bigint) is
  'Reserves requests to a provider, as many of those wanted as its limits (null: none) leave: for each an id, and how many milliseconds from the beginning of the statement it has to wait so that no window of a second or minute holds more than may be. Where a day''s or month''s are used up, says so, and when they are renewed.';

create function ohlcv_give_back_requests(asked_of text, requests bigint[]) returns void
language plpgsql as $$
begin
  perform pg_advisory_xact_lock(1869114466, hashtext(asked_of));
  with gone as (
    delete from provider_requests r where r.provider = asked_of and r.request_id = any (requests)
    returning (r.reserved_for at time zone 'UTC')::date as day
  ), counted as (
    select 'day' as period, day as starts, count(*) as given_back from gone group by day
    union all
    select 'month', date_trunc('month', day::timestamp)::date, count(*) from gone group by 2
  )
  update provider_quota q set used = q.used - c.given_back
  from counted c
  where q.provider = asked_of and q.period = c.period and q.starts = c.starts;
end $$;
comment on function ohlcv_give_back_requests(text, bigint[]) is
  'Gives back reservations of requests that were never sent.';

do $$
declare
  pinned regprocedure;
begin
  foreach pinned in array array[
    'ohlcv_reserve_requests(text, integer, integer, integer, bigint, bigint)', 'ohlcv_give_back_requests(text, bigint[])'
  ]::regprocedure[] loop
    execute format('alter function %s set search_path = %I, pg_temp', pinned, current_schema());
  end loop;
end $$;

insert into ohlcv_rights values ('provider_quota', 'insert, update'), ('provider_requests', 'insert, delete');

select ohlcv_grant_roles();
