-- How good each security and date is and why, what was found, what was done about it, and what no source has.

create table quality_marks (
  date date primary key,
  seen text not null,
  judged boolean not null,
  identity_seq bigint not null,
  beside text,
  bars integer,
  expected integer check (expected >= bars),
  lost numeric check (lost >= 0 and lost <= expected),
  checked_at timestamptz not null default clock_timestamp(),
  check (not judged or (bars is not null and expected is not null and lost is not null))
);
create index quality_marks_to_judge on quality_marks (date) where not judged;
comment on table quality_marks is
  'Dates that have daily bars, as the check of quality last saw them. seen: what its bars and the rules were then; judged: whether that and the sessions around it have been judged since; identity_seq: the last identity change that was looked at; beside: what had been fetched of the date, and its minutes, when rules that hold it against these judged it; bars: those judged; expected: them and the securities that were expected and absent; lost: the sum of what their scores lack to 1.';

create table data_quality_log (
  symbol text collate "C" not null,
  date date not null,
  symbol_id integer not null,
  score numeric not null check (score >= 0 and score < 1),
  failed text[] not null,
  primary key (symbol, date)
);
create index data_quality_log_date on data_quality_log (date);
create index data_quality_log_security on data_quality_log (symbol_id, date);
comment on table data_quality_log is
  'Scores below 1.0 of a security (symbol: what it was called) and date. failed: the rules that it fails, absent for a bar that was expected and is not there. A date of quality_marks that is judged has the score 1.0 for all its other bars.';

create view data_quality as
select s.symbol, b.time as date, b.symbol_id, coalesce(l.score, 1.0) as score, coalesce(l.failed, '{}') as failed, m.checked_at
from quality_marks m
join ohlcv_daily b on b.time = m.date
join ticker_symbols s on s.symbol_id = b.symbol_id and s.valid @> b.time
left join data_quality_log l on l.symbol = s.symbol and l.date = b.time
where m.judged
union all
select l.symbol, l.date, l.symbol_id, l.score, l.failed, m.checked_at
from data_quality_log l
join quality_marks m on m.date = l.date and m.judged
where 'absent' = any (l.failed);
comment on view data_quality is 'The score of every security and date that was checked, of bars that were expected and are not there too.';

create table findings (
  finding_id bigint generated always as identity primary key,
  rule text not null,
  symbol_id integer,
  symbol text collate "C",
  date date not null,
  last_date date not null,
  provider text,
  state text not null check (state in ('open', 'explained', 'resolved')),
  cause text,
  details jsonb not null,
  seen text not null,
  reason text,
  explained_by text,
  run_id bigint references ingestion_runs,
  found_at timestamptz not null default clock_timestamp(),
  changed_at timestamptz not null default clock_timestamp(),
  check (date <= last_date),
  check ((symbol_id is null) = (symbol is null)),
  check ((reason is null) = (explained_by is null)),
  check (state <> 'explained' or cause is not null)
);
create unique index findings_once on findings (rule, coalesce(symbol_id, 0), date, coalesce(provider, ''));
create index findings_date on findings (date);
create index findings_security on findings (symbol_id, date);
create index findings_open on findings (rule, date) where state = 'open';
comment on table findings is
  'What a rule found of a security (null: of the date as a whole) on its dates. open: a person should look; explained: cause says by what, with reason and explained_by where a person said so; resolved: the data is not so any more. details: the figures; seen: the values it was found in, for an explanation holds as long as they stand.';

create table remediation_log (
  remediation_id bigint generated always as identity primary key,
  kind text not null check (kind in ('gap', 'duplicate', 'checksum_mismatch', 'anomaly', 'rate_limited', 'unavailable')),
  timespan text check (timespan in ('minute', 'hour', 'day', 'week', 'month')),
  symbol_id integer,
  symbol text collate "C",
  start_date date,
  end_date date,
  provider text,
  action text not null,
  state text not null check (state in ('resolved', 'failed', 'closed')),
  occurrences bigint not null default 1 check (occurrences > 0),
  before jsonb,
  after jsonb,
  message text,
  run_id bigint references ingestion_runs,
  began_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz not null default clock_timestamp(),
  check ((start_date is null) = (end_date is null) and start_date <= end_date)
);
create index remediation_log_ended on remediation_log (ended_at, remediation_id);
create index remediation_log_symbol on remediation_log (symbol, ended_at);
create index remediation_log_run on remediation_log (run_id);
create index remediation_log_dates on remediation_log (kind, start_date, end_date);
comment on table remediation_log is
  'Every mending: what was wrong (kind; timespan null: bars of no length in particular; symbol null: of whole dates), what was done (action), by which run, what was before and after, and how it ended: resolved, failed (it is as it was), closed (no source has it). occurrences: how often within the run, for answers of providers.';

create table gap_tries (
  symbol_id integer not null,
  date date not null,
  tries integer not null check (tries > 0),
  code text,
  tried_at timestamptz not null default clock_timestamp(),
  closed_at timestamptz,
  primary key (symbol_id, date)
);
comment on table gap_tries is
  'Sessions on which a security (symbol_id 0: a whole date that is not loaded) lacks a bar and sources were asked for it in vain. closed_at: since when no source is believed to have it; asked again a month later.';

create table validation_reports (
  report_id bigint generated always as identity primary key,
  start_date date not null,
  end_date date not null,
  last_revision bigint not null,
  document jsonb not null,
  made_at timestamptz not null default clock_timestamp(),
  check (start_date <= end_date)
);
comment on table validation_reports is 'Validation reports as they were made. last_revision: the latest of bar_revisions then, from which on the next report counts.';

insert into ohlcv_rights values
  ('quality_marks', 'insert, update, delete'), ('data_quality_log', 'insert, update, delete'), ('data_quality', null), ('findings', 'insert, update, delete'),
  ('remediation_log', 'insert, update'), ('gap_tries', 'insert, update, delete'), ('validation_reports', 'insert');

select ohlcv_grant_roles();
