-- What the status service tells beside the ledger, and what people had it do.

create table vendor_status (
  provider text primary key,
  state text not null check (state in ('ok', 'rate_limited', 'unavailable')),
  shown_by text not null check (shown_by in ('probe', 'requests')),
  code text,
  latency_ms integer check (latency_ms >= 0),
  changed_at timestamptz not null default clock_timestamp(),
  checked_at timestamptz not null default clock_timestamp(),
  valid_until timestamptz not null,
  check (changed_at <= checked_at and checked_at < valid_until)
);
comment on table vendor_status is
  'How each provider answered when it was last looked at. shown_by: it was asked (probe), or what the last requests to it came to. changed_at: since when it is in this state. After valid_until nothing is known of it any more.';

create table admin_actions (
  action_id bigint generated always as identity primary key,
  idempotency_key text unique check (idempotency_key ~ '^[\x21-\x7e]{1,255}$'),
  action text not null,
  request jsonb not null,
  requested_by text not null,
  requested_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  exit_code integer,
  code text,
  message text,
  check ((finished_at is null) = (exit_code is null))
);
create index admin_actions_requested on admin_actions (requested_at);
comment on table admin_actions is
  'Everything that was asked of the status service by who holds a token: what, by whom, when, and how it ended (exit_code, and the code of the error that ended it). idempotency_key: the same question again is this action. The runs that came of it name it (ingestion_runs.action_id).';

-- As a run's lock: one key of 64 bits, the upper half two below that of runs.
create function ohlcv_action_is_alive(action_id bigint) returns boolean
language sql stable as $$
  select exists (
    select from pg_locks
    where locktype = 'advisory' and granted and objsubid = 1
      and database = (select oid from pg_database where datname = current_database())
      and classid::bigint = 1869114465 and objid::bigint = action_id)
$$;
comment on function ohlcv_action_is_alive(bigint) is
  'Whether a session holds the lock that who does an action holds until it is finished.';
do $$ begin
  execute format('alter function ohlcv_action_is_alive(bigint) set search_path = %I, pg_temp', current_schema());
end $$;

alter table ingestion_runs add action_id bigint references admin_actions;
comment on column ingestion_runs.action_id is 'What was asked of the status service and led to this run; null: nothing was.';
create index ingestion_runs_action on ingestion_runs (action_id) where action_id is not null;

create table alerts (
  alert_id bigint generated always as identity primary key,
  cause text not null,
  severity text not null check (severity in ('warning', 'critical')),
  dataset text,
  symbol text collate "C",
  timespan text check (timespan in ('minute', 'hour', 'day', 'week', 'month')),
  provider text,
  summary text not null,
  opened_at timestamptz not null default clock_timestamp(),
  cleared_at timestamptz,
  check (opened_at <= cleared_at)
);
create unique index alerts_open on alerts (cause) where cleared_at is null;
create index alerts_opened on alerts (opened_at);
comment on table alerts is
  'One row an incident: what is wrong (cause: one open incident each), what it is about (null: everything), and from when to when. summary: in words for people.';

insert into ohlcv_rights values
  ('vendor_status', 'insert, update, delete'), ('admin_actions', 'insert, update'), ('alerts', 'insert, update');

select ohlcv_grant_roles();
