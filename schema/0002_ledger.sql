-- The ledger: what ran, how each date of it ended, and exactly where every bar came from.

create table ingestion_runs (
  run_id bigint generated always as identity primary key,
  command text not null,
  parameters jsonb not null,
  version text not null,
  status text not null default 'running'
    check (status in ('running', 'succeeded', 'failed', 'interrupted', 'died')),
  exit_code integer,
  totals jsonb,
  message text,
  started_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz
);
comment on column ingestion_runs.status is
  'A running run holds a session advisory lock on its id; one found running without that lock has died.';

create table attempts (
  attempt_id bigint generated always as identity primary key,
  run_id bigint not null references ingestion_runs,
  dataset text not null,
  date date not null,
  outcome text not null,
  code text,
  message text,
  counts jsonb,
  load_id bigint,
  started_at timestamptz not null,
  finished_at timestamptz not null
);
create index attempts_date on attempts (dataset, date, attempt_id);
create index attempts_run on attempts (run_id);
comment on table attempts is 'How each date of each run ended; written outside the transaction of its data, so that failures have a home.';

create table lineage (
  load_id bigint generated always as identity primary key,
  dataset text not null,
  date date not null,
  run_id bigint not null references ingestion_runs,
  provider text not null,
  object_key text not null,
  source_identity text not null,
  size_bytes bigint not null,
  sha256 text not null,
  pulled_at timestamptz not null,
  read bigint not null,
  staged bigint not null,
  inserted bigint not null,
  updated bigint not null,
  unchanged bigint not null,
  removed bigint not null,
  rejected bigint not null,
  unknown bigint not null,
  not_selected bigint not null,
  duplicates bigint not null,
  rules_version integer not null,
  identity_seq bigint not null,
  authoritative boolean not null,
  symbols text[] collate "C",
  committed_at timestamptz not null default clock_timestamp(),
  check (read = staged + rejected + unknown + not_selected + duplicates),
  check (staged = inserted + updated + unchanged),
  check (authoritative = (symbols is null))
);
create index lineage_date on lineage (dataset, date, load_id);
comment on table lineage is 'Append-only: one row a committed day load.';

create table days (
  dataset text not null,
  date date not null,
  load_id bigint not null references lineage,
  row_count bigint not null,
  checksum text not null,
  primary key (dataset, date)
);
comment on table days is 'The authoritative load each date stands at, with the count and checksum of its bars.';

create table rejected_rows (
  dataset text not null,
  date date not null,
  line bigint not null,
  reason text not null,
  field text,
  symbol text collate "C",
  raw bytea not null,
  load_id bigint not null,
  primary key (dataset, date, line)
);
comment on table rejected_rows is 'The current rejects of a date, the row as it came (cut at 4 KB); replaced by each authoritative load.';

create table unknown_symbols (
  dataset text not null,
  date date not null,
  symbol text collate "C" not null,
  primary key (dataset, date, symbol)
);
create index unknown_symbols_symbol on unknown_symbols (symbol);
comment on table unknown_symbols is
  'Symbols of a date''s file that named no security when it was loaded; once one does, the date is stale.';

create table bar_revisions (
  revision_id bigint generated always as identity primary key,
  dataset text not null,
  date date not null,
  symbol_id integer not null,
  time timestamptz,
  cause text not null check (cause in ('vendor', 'repair', 'identity')),
  old_open numeric, old_high numeric, old_low numeric, old_close numeric, old_volume numeric, old_transactions bigint,
  new_open numeric, new_high numeric, new_low numeric, new_close numeric, new_volume numeric, new_transactions bigint,
  old_load_id bigint,
  new_load_id bigint,
  revised_at timestamptz not null default clock_timestamp()
);
create index bar_revisions_date on bar_revisions (dataset, date);
create index bar_revisions_symbol on bar_revisions (symbol_id, date);
comment on table bar_revisions is
  'Old and new values of each bar that changed or was removed (new values null). cause: vendor (another version of the file), repair (a change made behind the loader''s back), identity (the symbol names another security now). time: minute bars only.';

create table calendar_overrides (
  exchange text not null,
  date date not null,
  kind text not null check (kind in ('closed', 'early', 'open')),
  closes time,
  reason text not null,
  created_at timestamptz not null default now(),
  primary key (exchange, date),
  check ((kind = 'early') = (closes is not null))
);
comment on table calendar_overrides is 'Closures, early closes and openings announced since the release, kept by the user; closes is exchange time.';
