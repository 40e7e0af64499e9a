-- The schema as it is in the database: to be read and compared, not run.
extension btree_gist

table action_fetches
  -- What sources were asked about splits and dividends with an ex-date from start_date to end_date, and how many they told. pages: SHA-256 of each kept body, in order.
  action_fetch_id bigint not null generated always as identity
  run_id bigint not null
  source text not null
  symbol text collate "C" not null
  start_date date not null
  end_date date not null
  status text not null
  code text
  message text
  tries integer not null
  splits integer not null default 0
  dividends integer not null default 0
  pages text[] not null default '{}'::text[]
  pulled_at timestamp with time zone not null
  constraint action_fetches_check CHECK (start_date <= end_date)
  constraint action_fetches_pkey PRIMARY KEY (action_fetch_id)
  constraint action_fetches_run_id_fkey FOREIGN KEY (run_id) REFERENCES ingestion_runs(run_id)
  constraint action_fetches_status_check CHECK (status = ANY (ARRAY['stored'::text, 'rejected'::text, 'failed'::text]))
  CREATE INDEX action_fetches_run ON action_fetches USING btree (run_id)
  CREATE INDEX action_fetches_symbol ON action_fetches USING btree (symbol, source)
  grant insert, select to ohlcv_loader
  grant select to ohlcv_reader

table admin_actions
  -- Everything that was asked of the status service by who holds a token: what, by whom, when, and how it ended (exit_code, and the code of the error that ended it). idempotency_key: the same question again is this action. The runs that came of it name it (ingestion_runs.action_id).
  action_id bigint not null generated always as identity
  idempotency_key text
  action text not null
  request jsonb not null
  requested_by text not null
  requested_at timestamp with time zone not null default clock_timestamp()
  finished_at timestamp with time zone
  exit_code integer
  code text
  message text
  constraint admin_actions_check CHECK ((finished_at IS NULL) = (exit_code IS NULL))
  constraint admin_actions_idempotency_key_check CHECK (idempotency_key ~ '^[\x21-\x7e]{1,255}$'::text)
  constraint admin_actions_idempotency_key_key UNIQUE (idempotency_key)
  constraint admin_actions_pkey PRIMARY KEY (action_id)
  CREATE INDEX admin_actions_requested ON admin_actions USING btree (requested_at)
  grant insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

table alert_check
  -- When it was last looked whether anybody has to be told of anything: one row. troubles: how many things were found.
  only_row boolean not null default true
  checked_at timestamp with time zone not null
  milliseconds integer not null
  troubles integer not null
  constraint alert_check_milliseconds_check CHECK (milliseconds >= 0)
  constraint alert_check_only_row_check CHECK (only_row)
  constraint alert_check_pkey PRIMARY KEY (only_row)
  constraint alert_check_troubles_check CHECK (troubles >= 0)
  grant insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

table alert_mutes
  -- Of which incidents nobody is told until when: those that agree with all that is set here. They are looked for all the same. ended_at: it was taken back.
  mute_id bigint not null generated always as identity
  alert_id bigint
  kind text
  dataset text
  symbol text collate "C"
  provider text
  reason text
  muted_by text not null
  muted_at timestamp with time zone not null default clock_timestamp()
  until timestamp with time zone not null
  ended_at timestamp with time zone
  constraint alert_mutes_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES alerts(alert_id)
  constraint alert_mutes_check CHECK (num_nonnulls(alert_id, kind, dataset, symbol, provider) > 0)
  constraint alert_mutes_check1 CHECK (until > muted_at)
  constraint alert_mutes_pkey PRIMARY KEY (mute_id)
  grant insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

table alerts
  -- One row an incident: what is wrong (cause: one open incident each), what it is about (null: everything), and from when to when. summary: in words for people; hint: what to do. topic and parts: what of the same is one incident (dates of a dataset, symbols); cause is the topic with the first part. seen_at: when it was last found; good_since: from when on it no longer was; flaps: how often it came back soon after it had been cleared. acknowledged: somebody looks after it, nobody is reminded.
  alert_id bigint not null generated always as identity
  cause text not null
  severity text not null
  dataset text
  symbol text collate "C"
  timespan text
  provider text
  summary text not null
  opened_at timestamp with time zone not null default clock_timestamp()
  cleared_at timestamp with time zone
  topic text not null
  kind text not null
  parts text[] not null default '{}'::text[]
  details jsonb not null default '{}'::jsonb
  hint text
  seen_at timestamp with time zone not null
  good_since timestamp with time zone
  flaps integer not null default 0
  acknowledged_at timestamp with time zone
  acknowledged_by text
  note text
  constraint alerts_check CHECK (opened_at <= cleared_at)
  constraint alerts_check1 CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
  constraint alerts_flaps_check CHECK (flaps >= 0)
  constraint alerts_pkey PRIMARY KEY (alert_id)
  constraint alerts_severity_check CHECK (severity = ANY (ARRAY['info'::text, 'warning'::text, 'critical'::text]))
  constraint alerts_timespan_check CHECK (timespan = ANY (ARRAY['minute'::text, 'hour'::text, 'day'::text, 'week'::text, 'month'::text]))
  CREATE INDEX alerts_cleared ON alerts USING btree (cleared_at)
  CREATE UNIQUE INDEX alerts_open ON alerts USING btree (cause) WHERE cleared_at IS NULL
  CREATE INDEX alerts_opened ON alerts USING btree (opened_at)
  grant insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

table attempts
  -- How each date of each run ended; written outside the transaction of its data, so that failures have a home.
  attempt_id bigint not null generated always as identity
  run_id bigint not null
  dataset text not null
  date date not null
  outcome text not null
  code text
  message text
  counts jsonb
  load_id bigint
  started_at timestamp with time zone not null
  finished_at timestamp with time zone not null
  constraint attempts_pkey PRIMARY KEY (attempt_id)
  constraint attempts_run_id_fkey FOREIGN KEY (run_id) REFERENCES ingestion_runs(run_id)
  CREATE INDEX attempts_date ON attempts USING btree (dataset, date, attempt_id)
  CREATE INDEX attempts_run ON attempts USING btree (run_id)
  grant insert, select to ohlcv_loader
  grant select to ohlcv_reader

table bar_revisions
  -- Old and new values of each bar that changed or was removed (new values null). cause: vendor (another version of the file), repair (a change made behind the loader's back), identity (the symbol names another security now). time: minute bars only.
  revision_id bigint not null generated always as identity
  dataset text not null
  date date not null
  symbol_id integer not null
  time timestamp with time zone
  cause text not null
  old_open numeric
  old_high numeric
  old_low numeric
  old_close numeric
  old_volume numeric
  old_transactions bigint
  new_open numeric
  new_high numeric
  new_low numeric
  new_close numeric
  new_volume numeric
  new_transactions bigint
  old_load_id bigint
  new_load_id bigint
  revised_at timestamp with time zone not null default clock_timestamp()
  old_filled_by text
    -- The provider of the fill that a file's bar took the place of; null where the old bar was a file's.
  constraint bar_revisions_cause_check CHECK (cause = ANY (ARRAY['vendor'::text, 'repair'::text, 'identity'::text]))
  constraint bar_revisions_pkey PRIMARY KEY (revision_id)
  CREATE INDEX bar_revisions_date ON bar_revisions USING btree (dataset, date)
  CREATE INDEX bar_revisions_symbol ON bar_revisions USING btree (symbol_id, date)
  grant insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

table calendar_overrides
  -- Closures, early closes and openings announced since the release, kept by the user; closes is exchange time.
  exchange text not null
  date date not null
  kind text not null
  closes time without time zone
  reason text not null
  created_at timestamp with time zone not null default now()
  constraint calendar_overrides_check CHECK ((kind = 'early'::text) = (closes IS NOT NULL))
  constraint calendar_overrides_kind_check CHECK (kind = ANY (ARRAY['closed'::text, 'early'::text, 'open'::text]))
  constraint calendar_overrides_pkey PRIMARY KEY (exchange, date)
  grant delete, insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

table coverage
  -- Which securities have bars of files on a date, whole files or selected symbols: get_bit(securities, symbol_id) is 1; one beyond the last byte has none. Without the fills of providers. Each load writes its date with its bars, and a change of symbols the dates whose bars move.
  dataset text not null
  date date not null
  securities bytea not null
  constraint coverage_pkey PRIMARY KEY (dataset, date)
  grant insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

view data_quality as
 SELECT s.symbol,
    b."time" AS date,
    b.symbol_id,
    COALESCE(l.score, 1.0) AS score,
    COALESCE(l.failed, '{}'::text[]) AS failed,
    m.checked_at
   FROM quality_marks m
     JOIN ohlcv_daily b ON b."time" = m.date
     JOIN ticker_symbols s ON s.symbol_id = b.symbol_id AND s.valid @> b."time"
     LEFT JOIN data_quality_log l ON l.symbol = s.symbol AND l.date = b."time"
  WHERE m.judged
UNION ALL
 SELECT l.symbol,
    l.date,
    l.symbol_id,
    l.score,
    l.failed,
    m.checked_at
   FROM data_quality_log l
     JOIN quality_marks m ON m.date = l.date AND m.judged
  WHERE 'absent'::text = ANY (l.failed);
  -- The score of every security and date that was checked, of bars that were expected and are not there too.
  symbol text collate "C"
  date date
  symbol_id integer
  score numeric
  failed text[]
  checked_at timestamp with time zone
  grant select to ohlcv_loader
  grant select to ohlcv_reader

table data_quality_log
  -- Scores below 1.0 of a security (symbol: what it was called) and date. failed: the rules that it fails, absent for a bar that was expected and is not there. A date of quality_marks that is judged has the score 1.0 for all its other bars.
  symbol text collate "C" not null
  date date not null
  symbol_id integer not null
  score numeric not null
  failed text[] not null
  constraint data_quality_log_pkey PRIMARY KEY (symbol, date)
  constraint data_quality_log_score_check CHECK (score >= 0::numeric AND score < 1::numeric)
  CREATE INDEX data_quality_log_date ON data_quality_log USING btree (date)
  CREATE INDEX data_quality_log_security ON data_quality_log USING btree (symbol_id, date)
  grant delete, insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

table datasets
  -- The kinds of bars: what the other tables call one, and the table that holds its bars.
  dataset text not null
  bars name not null
  constraint datasets_bars_key UNIQUE (bars)
  constraint datasets_pkey PRIMARY KEY (dataset)
  grant select to ohlcv_loader
  grant select to ohlcv_reader

table days
  -- The authoritative load each date stands at, with count and sums of the bars that its file gives under the symbols of now.
  dataset text not null
  date date not null
  load_id bigint not null
  row_count bigint not null
  hash_sum numeric not null default 0
    -- Sum of ohlcv_bar_hash over the bars; taken from the file when it was staged, and brought along when bars move to another security.
  rehash_sum numeric not null default 0
    -- Sum of hashint8extended(hash, 1) over the hashes of the bars.
  largest bigint not null default 0
    -- Most bars that a version of the date had since one was accepted whatever it lacks (--accept): what shrinking is measured against.
  rejects bigint not null default 0
    -- Rejected rows of the date that are kept.
  dropped bigint not null default 0
    -- Bars taken away since the load because their symbol names no security any more.
  stale boolean not null default false
    -- Whether symbols have changed so that the file gives other bars now; the next load reads it again.
  checksum text not null generated always as (ohlcv_checksum(row_count, hash_sum, rehash_sum)) stored
  constraint days_load_id_fkey FOREIGN KEY (load_id) REFERENCES lineage(load_id)
  constraint days_pkey PRIMARY KEY (dataset, date)
  grant delete, insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

table deliveries
  -- A notice by a channel: sent, given up, or to be tried (again) at next_try_at. code and message: how the last try failed. Who sends one holds its row, so that two never send the same.
  notice_id bigint not null
  channel text not null
  tries integer not null default 0
  next_try_at timestamp with time zone not null default clock_timestamp()
  sent_at timestamp with time zone
  given_up_at timestamp with time zone
  code text
  message text
  constraint deliveries_check CHECK (sent_at IS NULL OR given_up_at IS NULL)
  constraint deliveries_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES notices(notice_id) ON DELETE CASCADE
  constraint deliveries_pkey PRIMARY KEY (notice_id, channel)
  constraint deliveries_tries_check CHECK (tries >= 0)
  CREATE INDEX deliveries_due ON deliveries USING btree (channel, notice_id) WHERE sent_at IS NULL AND given_up_at IS NULL
  CREATE INDEX deliveries_given_up ON deliveries USING btree (given_up_at) WHERE given_up_at IS NOT NULL
  CREATE INDEX deliveries_sent ON deliveries USING btree (channel, sent_at)
  grant insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

table dividends
  -- Cash dividends as each source tells them. amount: for one share as there were on ex_date, unadjusted; known_since: the declaration, or else ex_date; symbol: by which it was asked for; answer: SHA-256 of the kept body.
  symbol_id integer not null
  ex_date date not null
  source text not null
  kind text not null
  amount numeric not null
  currency text
  declared_on date
  recorded_on date
  paid_on date
  known_since date not null
  symbol text collate "C" not null
  answer text not null
  pulled_at timestamp with time zone not null
  constraint dividends_amount_check CHECK (amount >= 0::numeric)
  constraint dividends_kind_check CHECK (kind = ANY (ARRAY['regular'::text, 'special'::text, 'long_term_gain'::text, 'short_term_gain'::text]))
  constraint dividends_pkey PRIMARY KEY (symbol_id, ex_date, source, kind)
  grant delete, insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

view dividends_applied as
 SELECT symbol_id,
    ex_date,
    source,
    amount,
    known_since
   FROM ( SELECT d_1.symbol_id,
            d_1.ex_date,
            d_1.source,
            sum(d_1.amount) AS amount,
            max(d_1.known_since) AS known_since,
            row_number() OVER (PARTITION BY d_1.symbol_id, d_1.ex_date ORDER BY (min(a.authority)), d_1.source) AS place
           FROM dividends d_1
             LEFT JOIN provider_authority a ON a.provider = d_1.source
          WHERE d_1.currency IS NULL OR d_1.currency = 'USD'::text
          GROUP BY d_1.symbol_id, d_1.ex_date, d_1.source) d
  WHERE place = 1;
  -- The dividends that prices are adjusted by: of each date all of the source whose word counts most, of those in the currency of the prices.
  symbol_id integer
  ex_date date
  source text
  amount numeric
  known_since date
  grant select to ohlcv_loader
  grant select to ohlcv_reader

table fetches
  -- One row a request with its pages: for a symbol (null: all symbols of a date) on dates on which it named one security. pages: SHA-256 of each kept body, in order; raw_hash: of all their bytes; bars_hash: of the bars as stored. withdrawn: its bars were taken back; pruned: its bodies are no longer kept.
  fetch_id bigint not null generated always as identity
  job_id text not null
  provider text not null
  symbol text collate "C"
  symbol_id integer
  timespan text not null
  start_date date not null
  end_date date not null
  status text not null
  code text
  message text
  tries integer not null
  bars integer not null default 0
  inserted integer not null default 0
  updated integer not null default 0
  unchanged integer not null default 0
  held_back integer not null default 0
  rejected integer not null default 0
  unknown integer not null default 0
  duplicates integer not null default 0
  pages text[] not null default '{}'::text[]
  raw_hash text
  bars_hash text
  bytes bigint not null default 0
  rules_version integer not null
  identity_seq bigint not null
  pulled_at timestamp with time zone not null
  duration_ms integer not null
  withdrawn_at timestamp with time zone
  pruned_at timestamp with time zone
  form text not null default 'answer'::text
    -- answer: of a request; file: of an export that was imported, which is read by another reader.
  constraint fetches_check CHECK (start_date <= end_date)
  constraint fetches_check1 CHECK (bars = (inserted + updated + unchanged + held_back + rejected + unknown + duplicates) OR (status = ANY (ARRAY['unchanged'::text, 'rejected'::text, 'failed'::text])))
  constraint fetches_form_check CHECK (form = ANY (ARRAY['answer'::text, 'file'::text]))
  constraint fetches_job_id_fkey FOREIGN KEY (job_id) REFERENCES jobs(job_id)
  constraint fetches_pkey PRIMARY KEY (fetch_id)
  constraint fetches_status_check CHECK (status = ANY (ARRAY['stored'::text, 'unchanged'::text, 'empty'::text, 'rejected'::text, 'failed'::text]))
  constraint fetches_timespan_check CHECK (timespan = ANY (ARRAY['minute'::text, 'hour'::text, 'day'::text, 'week'::text, 'month'::text]))
  CREATE INDEX fetches_job ON fetches USING btree (job_id)
  CREATE INDEX fetches_pulled_at ON fetches USING btree (pulled_at)
  CREATE INDEX fetches_symbol ON fetches USING btree (symbol, timespan, fetch_id)
  CREATE INDEX fetches_withdrawn ON fetches USING btree (fetch_id) WHERE withdrawn_at IS NOT NULL
  grant insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

table findings
  -- What a rule found of a security (null: of the date as a whole) on its dates. open: a person should look; explained: cause says by what, with reason and explained_by where a person said so; resolved: the data is not so any more. details: the figures; seen: the values it was found in, for an explanation holds as long as they stand.
  finding_id bigint not null generated always as identity
  rule text not null
  symbol_id integer
  symbol text collate "C"
  date date not null
  last_date date not null
  provider text
  state text not null
  cause text
  details jsonb not null
  seen text not null
  reason text
  explained_by text
  run_id bigint
  found_at timestamp with time zone not null default clock_timestamp()
  changed_at timestamp with time zone not null default clock_timestamp()
  constraint findings_check CHECK (date <= last_date)
  constraint findings_check1 CHECK ((symbol_id IS NULL) = (symbol IS NULL))
  constraint findings_check2 CHECK ((reason IS NULL) = (explained_by IS NULL))
  constraint findings_check3 CHECK (state <> 'explained'::text OR cause IS NOT NULL)
  constraint findings_pkey PRIMARY KEY (finding_id)
  constraint findings_run_id_fkey FOREIGN KEY (run_id) REFERENCES ingestion_runs(run_id)
  constraint findings_state_check CHECK (state = ANY (ARRAY['open'::text, 'explained'::text, 'resolved'::text]))
  CREATE INDEX findings_date ON findings USING btree (date)
  CREATE UNIQUE INDEX findings_once ON findings USING btree (rule, COALESCE(symbol_id, 0), date, COALESCE(provider, ''::text))
  CREATE INDEX findings_open ON findings USING btree (rule, date) WHERE state = 'open'::text
  CREATE INDEX findings_security ON findings USING btree (symbol_id, date)
  grant delete, insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

table gap_tries
  -- Sessions on which a security (symbol_id 0: a whole date that is not loaded) lacks a bar and sources were asked for it in vain. closed_at: since when no source is believed to have it; asked again a month later.
  symbol_id integer not null
  date date not null
  tries integer not null
  code text
  tried_at timestamp with time zone not null default clock_timestamp()
  closed_at timestamp with time zone
  constraint gap_tries_pkey PRIMARY KEY (symbol_id, date)
  constraint gap_tries_tries_check CHECK (tries > 0)
  grant delete, insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

table identity_facts
  -- Append-only. known: the symbol named a security (a guess, with or without dates); listed: it did on these dates; renamed: what it named until the day before valid_to is called new_symbol from valid_from on; retracted: that fact was wrong. valid_to is exclusive.
  fact_id bigint not null generated always as identity
  kind text not null
  symbol text collate "C"
  valid_from date
  valid_to date
  new_symbol text collate "C"
  retracts bigint
  cause text not null
  told_at timestamp with time zone not null default clock_timestamp()
  constraint identity_facts_check CHECK ((kind = 'retracted'::text) = (retracts IS NOT NULL) AND (kind = 'retracted'::text) = (symbol IS NULL))
  constraint identity_facts_check1 CHECK ((kind = 'renamed'::text) = (new_symbol IS NOT NULL))
  constraint identity_facts_check2 CHECK (kind <> 'renamed'::text OR valid_from >= valid_to AND (new_symbol <> symbol OR valid_from > valid_to))
  constraint identity_facts_check3 CHECK ((kind <> ALL (ARRAY['known'::text, 'listed'::text])) OR (valid_from < valid_to) IS NOT FALSE)
  constraint identity_facts_check4 CHECK (kind <> 'listed'::text OR valid_from IS NOT NULL OR valid_to IS NOT NULL)
  constraint identity_facts_kind_check CHECK (kind = ANY (ARRAY['known'::text, 'listed'::text, 'renamed'::text, 'retracted'::text]))
  constraint identity_facts_pkey PRIMARY KEY (fact_id)
  constraint identity_facts_retracts_fkey FOREIGN KEY (retracts) REFERENCES identity_facts(fact_id)
  CREATE UNIQUE INDEX identity_facts_retracts ON identity_facts USING btree (retracts)
  CREATE INDEX identity_facts_symbol ON identity_facts USING btree (symbol)
  grant insert, select to ohlcv_loader
  grant select to ohlcv_reader

table ingestion_audit
  -- How each symbol and timespan of a job ended, with every try. part: the date of grouped bars (symbol *) or the month of minutes; else empty.
  audit_id bigint not null generated always as identity
  job_id text not null
  symbol text collate "C" not null
  timespan text not null
  part text not null default ''::text
  provider text not null
  status text not null
  code text
  message text
  reason text
  tries jsonb not null
  expected integer
  counted integer
  bars integer not null default 0
  inserted integer not null default 0
  updated integer not null default 0
  unchanged integer not null default 0
  filled integer not null default 0
  held_back integer not null default 0
  raw_hash text
  fetch_ids bigint[] not null default '{}'::bigint[]
  started_at timestamp with time zone not null
  finished_at timestamp with time zone not null
  settles_at timestamp with time zone
    -- From when on its provisional bars are final, and a resumed job asks again; null where none is provisional.
  constraint ingestion_audit_job_id_fkey FOREIGN KEY (job_id) REFERENCES jobs(job_id)
  constraint ingestion_audit_job_id_symbol_timespan_part_key UNIQUE (job_id, symbol, timespan, part)
  constraint ingestion_audit_pkey PRIMARY KEY (audit_id)
  grant insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

table ingestion_runs
  run_id bigint not null generated always as identity
  command text not null
  parameters jsonb not null
  version text not null
  status text not null default 'running'::text
    -- A running run holds a session advisory lock on its id; one found running without that lock has died.
  exit_code integer
  totals jsonb
  message text
  started_at timestamp with time zone not null default clock_timestamp()
  finished_at timestamp with time zone
  action_id bigint
    -- What was asked of the status service and led to this run; null: nothing was.
  constraint ingestion_runs_action_id_fkey FOREIGN KEY (action_id) REFERENCES admin_actions(action_id)
  constraint ingestion_runs_pkey PRIMARY KEY (run_id)
  constraint ingestion_runs_status_check CHECK (status = ANY (ARRAY['running'::text, 'succeeded'::text, 'failed'::text, 'interrupted'::text, 'died'::text]))
  CREATE INDEX ingestion_runs_action ON ingestion_runs USING btree (action_id) WHERE action_id IS NOT NULL
  grant insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

table jobs
  -- What was asked for and how far it has come, in percent; run_id is the latest run that works or worked on it. A running job whose run has died can be resumed.
  job_id text not null
  kind text not null
  request jsonb not null
  state text not null default 'queued'::text
  progress numeric not null default 0
  message text
  result jsonb
  run_id bigint
  created_at timestamp with time zone not null default clock_timestamp()
  started_at timestamp with time zone
  finished_at timestamp with time zone
  constraint jobs_job_id_check CHECK (job_id ~ '^[A-Za-z0-9._-]{1,128}$'::text)
  constraint jobs_pkey PRIMARY KEY (job_id)
  constraint jobs_progress_check CHECK (progress >= 0::numeric AND progress <= 100::numeric)
  constraint jobs_run_id_fkey FOREIGN KEY (run_id) REFERENCES ingestion_runs(run_id)
  constraint jobs_state_check CHECK (state = ANY (ARRAY['queued'::text, 'running'::text, 'completed'::text, 'completed_with_errors'::text, 'failed'::text, 'interrupted'::text]))
  grant insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

table lineage
  -- Append-only: one row a committed day load.
  load_id bigint not null generated always as identity
  dataset text not null
  date date not null
  run_id bigint not null
  provider text not null
  object_key text not null
  source_identity text not null
  size_bytes bigint not null
  sha256 text not null
  pulled_at timestamp with time zone not null
  read bigint not null
  staged bigint not null
  inserted bigint not null
  updated bigint not null
  unchanged bigint not null
  removed bigint not null
  rejected bigint not null
  unknown bigint not null
  not_selected bigint not null
  duplicates bigint not null
  rules_version integer not null
  identity_seq bigint not null
  authoritative boolean not null
  symbols text[] collate "C"
  committed_at timestamp with time zone not null default clock_timestamp()
  constraint lineage_check CHECK (read = (staged + rejected + unknown + not_selected + duplicates))
  constraint lineage_check1 CHECK (staged = (inserted + updated + unchanged))
  constraint lineage_check2 CHECK (authoritative = (symbols IS NULL))
  constraint lineage_pkey PRIMARY KEY (load_id)
  constraint lineage_run_id_fkey FOREIGN KEY (run_id) REFERENCES ingestion_runs(run_id)
  CREATE INDEX lineage_date ON lineage USING btree (dataset, date, load_id)
  grant insert, select to ohlcv_loader
  grant select to ohlcv_reader

table notices
  -- What people are told, written in the transaction of the incident it tells of. message_id: by which a mail is known however often it is sent; reply_to: the one that it goes on from. dedup_key: the same is told once (a report of a date, the reminder of a day).
  notice_id bigint not null generated always as identity
  message_id uuid not null default gen_random_uuid()
  alert_id bigint
  event text not null
  dedup_key text
  reply_to uuid
  document jsonb not null
  created_at timestamp with time zone not null default clock_timestamp()
  constraint notices_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES alerts(alert_id)
  constraint notices_dedup_key_key UNIQUE (dedup_key)
  constraint notices_event_check CHECK (event = ANY (ARRAY['opened'::text, 'escalated'::text, 'reopened'::text, 'cleared'::text, 'reminder'::text, 'report'::text, 'test'::text]))
  constraint notices_message_id_key UNIQUE (message_id)
  constraint notices_pkey PRIMARY KEY (notice_id)
  constraint notices_reply_to_fkey FOREIGN KEY (reply_to) REFERENCES notices(message_id) ON DELETE SET NULL
  CREATE INDEX notices_alert ON notices USING btree (alert_id, notice_id)
  CREATE INDEX notices_created ON notices USING btree (created_at)
  CREATE INDEX notices_reminders ON notices USING btree (notice_id) WHERE event = 'reminder'::text
  CREATE INDEX notices_reply ON notices USING btree (reply_to) WHERE reply_to IS NOT NULL
  grant insert, select to ohlcv_loader
  grant select to ohlcv_reader

view ohlcv_computed as
 SELECT p.timespan,
    b.symbol_id,
    p."time",
    b.open,
    b.high,
    b.low,
    b.close,
    b.volume,
    b.transactions,
    b.sessions,
    b.first_session,
    b.last_session,
    p.last_weekday > p.latest AS partial
   FROM ( SELECT 'week'::text AS timespan,
            weeks.week AS "time",
            weeks.week + 7 AS next,
            weeks.week + 5 AS last_weekday,
            stored.latest
           FROM ( SELECT min(ohlcv_daily."time") AS earliest,
                    max(ohlcv_daily."time") AS latest
                   FROM ohlcv_daily) stored
             CROSS JOIN LATERAL generate_series(0, (stored.latest - stored.earliest) / 7 + 1) n(n)
             CROSS JOIN LATERAL ( SELECT stored.earliest - EXTRACT(dow FROM stored.earliest)::integer + 7 * n.n AS week) weeks
        UNION ALL
         SELECT 'month'::text,
            months.month,
            months.next,
            months.next - GREATEST(EXTRACT(isodow FROM months.next - 1)::integer - 4, 1),
            stored.latest
           FROM ( SELECT min(ohlcv_daily."time") AS earliest,
                    max(ohlcv_daily."time") AS latest
                   FROM ohlcv_daily) stored
             CROSS JOIN LATERAL generate_series(date_trunc('month'::text, stored.earliest::timestamp without time zone), stored.latest::timestamp without time zone, '1 mon'::interval) first(first)
             CROSS JOIN LATERAL ( SELECT first.first::date AS month,
                    (first.first + '1 mon'::interval)::date AS next) months) p
     CROSS JOIN LATERAL ( SELECT d.symbol_id,
            (array_agg(
                CASE
                    WHEN d.old IS NULL THEN d.open
                    ELSE trim_scale(div('2000000'::numeric * d.open * d.old + d.new, 2::numeric * d.new) * 0.000001)
                END ORDER BY d."time"))[1] AS open,
            max(
                CASE
                    WHEN d.old IS NULL THEN d.high
                    ELSE trim_scale(div('2000000'::numeric * d.high * d.old + d.new, 2::numeric * d.new) * 0.000001)
                END) AS high,
            min(
                CASE
                    WHEN d.old IS NULL THEN d.low
                    ELSE trim_scale(div('2000000'::numeric * d.low * d.old + d.new, 2::numeric * d.new) * 0.000001)
                END) AS low,
            (array_agg(d.close ORDER BY d."time" DESC))[1] AS close,
            trim_scale(sum(
                CASE
                    WHEN d.old IS NULL THEN d.volume
                    ELSE div('2000000'::numeric * d.volume * d.new + d.old, 2::numeric * d.old) * 0.000001
                END)) AS volume,
                CASE
                    WHEN count(*) = count(d.transactions) THEN sum(d.transactions)::bigint
                    ELSE NULL::bigint
                END AS transactions,
            count(*) AS sessions,
            min(d."time") AS first_session,
            max(d."time") AS last_session
           FROM ( SELECT bar.symbol_id,
                    bar."time",
                    bar.open,
                    bar.high,
                    bar.low,
                    bar.close,
                    bar.volume,
                    bar.transactions,
                    bar.last,
                        CASE
                            WHEN s.symbol_id IS NOT NULL THEN ( SELECT ohlcv_product(split.split_from) AS ohlcv_product
                               FROM UNNEST(s.ex_dates, s.split_froms) split(ex_date, split_from)
                              WHERE split.ex_date > bar."time" AND split.ex_date <= bar.last)
                            ELSE NULL::numeric
                        END AS old,
                        CASE
                            WHEN s.symbol_id IS NOT NULL THEN ( SELECT ohlcv_product(split.split_to) AS ohlcv_product
                               FROM UNNEST(s.ex_dates, s.split_tos) split(ex_date, split_to)
                              WHERE split.ex_date > bar."time" AND split.ex_date <= bar.last)
                            ELSE NULL::numeric
                        END AS new
                   FROM ( SELECT ohlcv_daily.symbol_id,
                            ohlcv_daily."time",
                            ohlcv_daily.open,
                            ohlcv_daily.high,
                            ohlcv_daily.low,
                            ohlcv_daily.close,
                            ohlcv_daily.volume,
                            ohlcv_daily.transactions,
                            max(ohlcv_daily."time") OVER (PARTITION BY ohlcv_daily.symbol_id) AS last
                           FROM ohlcv_daily
                          WHERE ohlcv_daily."time" >= p."time" AND ohlcv_daily."time" < p.next) bar
                     LEFT JOIN ( SELECT splits_applied.symbol_id,
                            array_agg(splits_applied.ex_date) AS ex_dates,
                            array_agg(splits_applied.split_from) AS split_froms,
                            array_agg(splits_applied.split_to) AS split_tos
                           FROM splits_applied
                          WHERE splits_applied.ex_date > p."time" AND splits_applied.ex_date < p.next
                          GROUP BY splits_applied.symbol_id) s ON s.symbol_id = bar.symbol_id) d
          GROUP BY d.symbol_id) b;
  -- What ohlcv_weekly_computed and ohlcv_monthly_computed are made of.
  timespan text
  symbol_id integer
  time date
  open numeric
  high numeric
  low numeric
  close numeric
  volume numeric
  transactions bigint
  sessions bigint
  first_session date
  last_session date
  partial boolean
  grant select to ohlcv_loader
  grant select to ohlcv_reader

table ohlcv_daily partition by RANGE ("time")
  -- One row a security and session. Prices and volumes as the vendor gave them, without trailing zeros; load_id is the lineage row that wrote the bar last.
  symbol_id integer not null
  time date not null
  open numeric not null
  high numeric not null
  low numeric not null
  close numeric not null
  volume numeric not null
  transactions bigint
  load_id bigint not null
  filled_by text
    -- The provider of a fill; null for a bar of a day file. A fill's load_id is 0, its fetch_id the request it came by.
  fetch_id bigint
  constraint ohlcv_daily_pkey PRIMARY KEY (symbol_id, "time")
  CREATE INDEX ohlcv_daily_fills ON ONLY ohlcv_daily USING btree ("time", symbol_id) WHERE filled_by IS NOT NULL
  CREATE INDEX ohlcv_daily_time ON ONLY ohlcv_daily USING btree ("time")
  grant delete, insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

table ohlcv_hourly
  -- One row a security and hour, as the provider aggregates them, unadjusted. regular: the hour touches the regular session; partial: it was not over when asked for.
  symbol_id integer not null
  time timestamp with time zone not null
  open numeric not null
  high numeric not null
  low numeric not null
  close numeric not null
  volume numeric not null
  transactions bigint
  regular boolean not null
  partial boolean not null
  fetch_id bigint not null
  created_at timestamp with time zone not null default clock_timestamp()
  constraint ohlcv_hourly_pkey PRIMARY KEY (symbol_id, "time")
  grant delete, insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

table ohlcv_minute partition by RANGE ("time")
  -- One row a security and minute, time being the start of the minute; extended hours included. A date's bars are those of its New York day.
  symbol_id integer not null
  time timestamp with time zone not null
  open numeric not null
  high numeric not null
  low numeric not null
  close numeric not null
  volume numeric not null
  transactions bigint
  load_id bigint not null
  filled_by text
    -- The provider of a fill; null for a bar of a minute file. A fill's load_id is 0, its fetch_id the request it came by.
  fetch_id bigint
  constraint ohlcv_minute_pkey PRIMARY KEY (symbol_id, "time")
  CREATE INDEX ohlcv_minute_fills ON ONLY ohlcv_minute USING btree ("time", symbol_id) WHERE filled_by IS NOT NULL
  CREATE INDEX ohlcv_minute_time ON ONLY ohlcv_minute USING brin ("time") WITH (pages_per_range='128', autosummarize='on')
  grant delete, insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

table ohlcv_monthly
  -- One row a security and month, time being its first day, as the provider aggregates them, unadjusted. partial: the month was not over when asked for.
  symbol_id integer not null
  time date not null
  open numeric not null
  high numeric not null
  low numeric not null
  close numeric not null
  volume numeric not null
  transactions bigint
  partial boolean not null
  fetch_id bigint not null
  created_at timestamp with time zone not null default clock_timestamp()
  constraint ohlcv_monthly_pkey PRIMARY KEY (symbol_id, "time")
  grant delete, insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

view ohlcv_monthly_computed as
 SELECT symbol_id,
    "time",
    open,
    high,
    low,
    close,
    volume,
    transactions,
    sessions,
    first_session,
    last_session,
    partial
   FROM ohlcv_computed
  WHERE timespan = 'month'::text;
  -- One row a security and month (time: its first day), computed as ohlcv_weekly_computed. partial: no bar of any security is stored on its last weekday or later.
  symbol_id integer
  time date
  open numeric
  high numeric
  low numeric
  close numeric
  volume numeric
  transactions bigint
  sessions bigint
  first_session date
  last_session date
  partial boolean
  grant select to ohlcv_loader
  grant select to ohlcv_reader

table ohlcv_rights
  -- Tables and views that ohlcv_loader and ohlcv_reader may read, and what else ohlcv_loader may do with them; null: nothing. Tables of bars are listed in datasets.
  relation text not null
  loader text
  constraint ohlcv_rights_loader_check CHECK (loader ~ '^(insert|update|delete)(, (insert|update|delete))*$'::text)
  constraint ohlcv_rights_pkey PRIMARY KEY (relation)
  grant select to ohlcv_loader
  grant select to ohlcv_reader

table ohlcv_weekly
  -- One row a security and week, time being its Sunday, as the provider aggregates them, unadjusted. partial: the week was not over when asked for.
  symbol_id integer not null
  time date not null
  open numeric not null
  high numeric not null
  low numeric not null
  close numeric not null
  volume numeric not null
  transactions bigint
  partial boolean not null
  fetch_id bigint not null
  created_at timestamp with time zone not null default clock_timestamp()
  constraint ohlcv_weekly_pkey PRIMARY KEY (symbol_id, "time")
  grant delete, insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

view ohlcv_weekly_computed as
 SELECT symbol_id,
    "time",
    open,
    high,
    low,
    close,
    volume,
    transactions,
    sessions,
    first_session,
    last_session,
    partial
   FROM ohlcv_computed
  WHERE timespan = 'week'::text;
  -- One row a security and week (time: its Sunday), computed from ohlcv_daily, days before a split adjusted to the last session. sessions: days that have a bar; transactions: null where a day has none; partial: no bar of any security is stored on its Friday or later.
  symbol_id integer
  time date
  open numeric
  high numeric
  low numeric
  close numeric
  volume numeric
  transactions bigint
  sessions bigint
  first_session date
  last_session date
  partial boolean
  grant select to ohlcv_loader
  grant select to ohlcv_reader

table provider_authority
  -- Whose word counts where providers disagree: the lowest number. Written by the program from its list of providers.
  provider text not null
  authority integer not null
  constraint provider_authority_pkey PRIMARY KEY (provider)
  grant delete, insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

table provider_bars
  -- What each provider gave for a security and day, week (its Sunday) or month (its first), side by side. basis: what the prices are adjusted for (none: as traded; split; total: splits and dividends); partial: provisional or not over when asked for.
  symbol_id integer not null
  timespan text not null
  time date not null
  provider text not null
  basis text not null
  open numeric not null
  high numeric not null
  low numeric not null
  close numeric not null
  volume numeric not null
  transactions bigint
  partial boolean not null
  fetch_id bigint not null
  created_at timestamp with time zone not null default clock_timestamp()
  constraint provider_bars_basis_check CHECK (basis = ANY (ARRAY['none'::text, 'split'::text, 'total'::text]))
  constraint provider_bars_pkey PRIMARY KEY (symbol_id, timespan, "time", provider, basis)
  constraint provider_bars_timespan_check CHECK (timespan = ANY (ARRAY['day'::text, 'week'::text, 'month'::text]))
  CREATE INDEX provider_bars_time ON provider_bars USING brin ("time")
  grant delete, insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

table provider_metrics
  -- What each provider did on each day (UTC): tries sent and how they ended; latency_ms is their sum; of the bars that the calendar lets expect (expected) those that came (counted).
  provider_name text not null
  date date not null
  requests bigint not null default 0
  succeeded bigint not null default 0
  failed bigint not null default 0
  rate_limited bigint not null default 0
  bars bigint not null default 0
  bytes bigint not null default 0
  latency_ms bigint not null default 0
  expected bigint not null default 0
  counted bigint not null default 0
  constraint provider_metrics_pkey PRIMARY KEY (provider_name, date)
  grant insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

table provider_quota
  -- How many requests to a provider were reserved for each day and calendar month (UTC), less those that were given back.
  provider text not null
  period text not null
  starts date not null
  used bigint not null
  constraint provider_quota_period_check CHECK (period = ANY (ARRAY['day'::text, 'month'::text]))
  constraint provider_quota_pkey PRIMARY KEY (provider, period, starts)
  constraint provider_quota_used_check CHECK (used >= 0)
  grant insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

table provider_requests
  -- For which instants requests to a provider were reserved: the last two minutes, for limits a second and a minute. What is older goes with the next reservation.
  request_id bigint not null generated always as identity
  provider text not null
  reserved_for timestamp with time zone not null
  constraint provider_requests_pkey PRIMARY KEY (request_id)
  CREATE INDEX provider_requests_time ON provider_requests USING btree (provider, reserved_for)
  grant delete, insert, select to ohlcv_loader
  grant select to ohlcv_reader

table provider_rests
  -- Providers that failed of late: how often one after the other, why the last time, and until when they are left alone.
  provider text not null
  failures integer not null
  rests_until timestamp with time zone
  code text
  message text
  changed_at timestamp with time zone not null default clock_timestamp()
  constraint provider_rests_failures_check CHECK (failures >= 0)
  constraint provider_rests_pkey PRIMARY KEY (provider)
  grant delete, insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

table quality_marks
  -- Dates that have daily bars, as the check of quality last saw them. seen: what its bars and the rules were then; judged: whether that and the sessions around it have been judged since; identity_seq: the last identity change that was looked at; beside: what had been fetched of the date, and its minutes, when rules that hold it against these judged it; bars: those judged; expected: them and the securities that were expected and absent; lost: the sum of what their scores lack to 1.
  date date not null
  seen text not null
  judged boolean not null
  identity_seq bigint not null
  beside text
  bars integer
  expected integer
  lost numeric
  checked_at timestamp with time zone not null default clock_timestamp()
  constraint quality_marks_check CHECK (expected >= bars)
  constraint quality_marks_check1 CHECK (lost >= 0::numeric AND lost <= expected::numeric)
  constraint quality_marks_check2 CHECK (NOT judged OR bars IS NOT NULL AND expected IS NOT NULL AND lost IS NOT NULL)
  constraint quality_marks_pkey PRIMARY KEY (date)
  CREATE INDEX quality_marks_to_judge ON quality_marks USING btree (date) WHERE NOT judged
  grant delete, insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

table rejected_rows
  -- The current rejects of a date, the row as it came (cut at 4 KB); replaced by each authoritative load.
  dataset text not null
  date date not null
  line bigint not null
  reason text not null
  field text
  symbol text collate "C"
  raw bytea not null
  load_id bigint not null
  constraint rejected_rows_pkey PRIMARY KEY (dataset, date, line)
  grant delete, insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

table remediation_log
  -- Every mending: what was wrong (kind; timespan null: bars of no length in particular; symbol null: of whole dates), what was done (action), by which run, what was before and after, and how it ended: resolved, failed (it is as it was), closed (no source has it). occurrences: how often within the run, for answers of providers.
  remediation_id bigint not null generated always as identity
  kind text not null
  timespan text
  symbol_id integer
  symbol text collate "C"
  start_date date
  end_date date
  provider text
  action text not null
  state text not null
  occurrences bigint not null default 1
  before jsonb
  after jsonb
  message text
  run_id bigint
  began_at timestamp with time zone not null default clock_timestamp()
  ended_at timestamp with time zone not null default clock_timestamp()
  constraint remediation_log_check CHECK ((start_date IS NULL) = (end_date IS NULL) AND start_date <= end_date)
  constraint remediation_log_kind_check CHECK (kind = ANY (ARRAY['gap'::text, 'duplicate'::text, 'checksum_mismatch'::text, 'anomaly'::text, 'rate_limited'::text, 'unavailable'::text]))
  constraint remediation_log_occurrences_check CHECK (occurrences > 0)
  constraint remediation_log_pkey PRIMARY KEY (remediation_id)
  constraint remediation_log_run_id_fkey FOREIGN KEY (run_id) REFERENCES ingestion_runs(run_id)
  constraint remediation_log_state_check CHECK (state = ANY (ARRAY['resolved'::text, 'failed'::text, 'closed'::text]))
  constraint remediation_log_timespan_check CHECK (timespan = ANY (ARRAY['minute'::text, 'hour'::text, 'day'::text, 'week'::text, 'month'::text]))
  CREATE INDEX remediation_log_dates ON remediation_log USING btree (kind, start_date, end_date)
  CREATE INDEX remediation_log_ended ON remediation_log USING btree (ended_at, remediation_id)
  CREATE INDEX remediation_log_run ON remediation_log USING btree (run_id)
  CREATE INDEX remediation_log_symbol ON remediation_log USING btree (symbol, ended_at)
  grant insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

table schema_migrations
  -- One row a migration applied, with the SHA-256 of its file.
  version integer not null
  name text not null
  sha256 text not null
  applied_at timestamp with time zone not null default now()
  constraint schema_migrations_pkey PRIMARY KEY (version)
  grant select to ohlcv_loader
  grant select to ohlcv_reader

table split_rulings
  -- What a person has decided of a split: that it applies though its ratio is unusual, or that it does not.
  symbol_id integer not null
  ex_date date not null
  applies boolean not null
  symbol text collate "C" not null
  ruled_at timestamp with time zone not null default clock_timestamp()
  constraint split_rulings_pkey PRIMARY KEY (symbol_id, ex_date)
  grant delete, insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

table splits
  -- Splits as each source tells them: of split_from old shares split_to new ones, traded so from ex_date on. usual: a ratio that splits have, and not one that a spin-off leaves; known_since: the announcement, or else ex_date; symbol: by which it was asked for; answer: SHA-256 of the kept body.
  symbol_id integer not null
  ex_date date not null
  source text not null
  split_from numeric not null
  split_to numeric not null
  usual boolean not null
  known_since date not null
  symbol text collate "C" not null
  answer text not null
  pulled_at timestamp with time zone not null
  constraint splits_pkey PRIMARY KEY (symbol_id, ex_date, source)
  constraint splits_split_from_check CHECK (split_from > 0::numeric)
  constraint splits_split_to_check CHECK (split_to > 0::numeric)
  CREATE INDEX splits_ex_date ON splits USING btree (ex_date)
  grant delete, insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

view splits_applied as
 SELECT DISTINCT ON (s.symbol_id, s.ex_date) s.symbol_id,
    s.ex_date,
    s.source,
    s.split_from,
    s.split_to,
    s.known_since
   FROM splits s
     LEFT JOIN provider_authority a ON a.provider = s.source
     LEFT JOIN split_rulings r ON r.symbol_id = s.symbol_id AND r.ex_date = s.ex_date
  WHERE COALESCE(r.applies, s.usual)
  ORDER BY s.symbol_id, s.ex_date, a.authority, s.source;
  -- The splits that prices are adjusted by: of each date that of the source whose word counts most.
  symbol_id integer
  ex_date date
  source text
  split_from numeric
  split_to numeric
  known_since date
  grant select to ohlcv_loader
  grant select to ohlcv_reader

table ticker_symbols
  symbol_id integer not null
  symbol text collate "C" not null
  valid daterange not null
  assumed boolean not null
    -- True where the dates are a guess (an import or discovery without dates); dated evidence may split such a range.
  constraint ticker_symbols_one_security_per_symbol_and_date EXCLUDE USING gist (symbol WITH =, valid WITH &&)
  constraint ticker_symbols_one_symbol_per_security_and_date EXCLUDE USING gist (symbol_id WITH =, valid WITH &&)
  constraint ticker_symbols_symbol_id_fkey FOREIGN KEY (symbol_id) REFERENCES tickers(symbol_id)
  constraint ticker_symbols_valid_check CHECK (NOT isempty(valid))
  grant delete, insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

table tickers
  -- One row a security. symbol is its latest symbol; ticker_symbols has them all, by date.
  symbol_id integer not null generated by default as identity
  symbol text collate "C" not null
  name text
  type text
  exchange text
  active boolean not null default true
  sector text
  industry text
  created_at timestamp with time zone not null default now()
  updated_at timestamp with time zone not null default now()
  issuer text
  underlying_index text
  last_updated timestamp with time zone
    -- When a provider was last asked about the security and knew it.
  constraint tickers_pkey PRIMARY KEY (symbol_id)
  CREATE INDEX tickers_symbol ON tickers USING btree (symbol)
  grant delete, insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

view tickstock.assets as
 SELECT symbol_id AS asset_id,
    symbol,
    name,
    type,
    exchange,
    active,
    created_at,
    updated_at
   FROM tickstock.symbols;
  -- The securities of symbols.
  asset_id integer
  symbol text collate "C"
  name text
  type text
  exchange text
  active boolean
  created_at timestamp with time zone
  updated_at timestamp with time zone
  grant select to ohlcv_loader
  grant select to ohlcv_reader

table tickstock.execution_feedback
  -- How orders ended, for the program that places them: nothing of ohlcv writes here. Its owner lets that program's role: grant usage on schema tickstock, and insert, update on this table. price: of one, as executed; symbol: as it was called then.
  order_id text not null
  symbol text collate "C" not null
  side text not null
  quantity numeric not null
  price numeric
  status text not null
  executed_at timestamp with time zone
  details jsonb not null default '{}'::jsonb
  created_at timestamp with time zone not null default clock_timestamp()
  updated_at timestamp with time zone not null default clock_timestamp()
  constraint execution_feedback_pkey PRIMARY KEY (order_id)
  constraint execution_feedback_quantity_check CHECK (quantity > 0::numeric)
  constraint execution_feedback_side_check CHECK (side = ANY (ARRAY['buy'::text, 'sell'::text]))
  CREATE INDEX execution_feedback_symbol ON tickstock.execution_feedback USING btree (symbol, executed_at)
  grant select to ohlcv_loader
  grant select to ohlcv_reader

view tickstock.ingestion_audit as
 SELECT audit_id,
    job_id,
    symbol,
    timespan,
    part,
    provider,
    status,
    code,
    message,
    reason,
    tries,
    expected,
    counted,
    bars,
    inserted,
    updated,
    unchanged,
    filled,
    held_back,
    raw_hash,
    fetch_ids,
    started_at,
    finished_at
   FROM ingestion_audit;
  -- The table ingestion_audit: one row a job, symbol and timespan.
  audit_id bigint
  job_id text
  symbol text collate "C"
  timespan text
  part text
  provider text
  status text
  code text
  message text
  reason text
  tries jsonb
  expected integer
  counted integer
  bars integer
  inserted integer
  updated integer
  unchanged integer
  filled integer
  held_back integer
  raw_hash text
  fetch_ids bigint[]
  started_at timestamp with time zone
  finished_at timestamp with time zone
  grant select to ohlcv_loader
  grant select to ohlcv_reader

view tickstock.ohlcv_1min as
 SELECT symbol,
    "timestamp",
    open,
    high,
    low,
    close,
    volume,
    created_at,
    transactions,
    filled_by,
    symbol_id
   FROM tickstock.ohlcv_minute;
  -- Another name of tickstock.ohlcv_minute.
  symbol text collate "C"
  timestamp timestamp with time zone
  open numeric
  high numeric
  low numeric
  close numeric
  volume numeric
  created_at timestamp with time zone
  transactions bigint
  filled_by text
  symbol_id integer
  grant select to ohlcv_loader
  grant select to ohlcv_reader

view tickstock.ohlcv_daily as
 SELECT s.symbol,
    b."time" AS date,
    b.open,
    b.high,
    b.low,
    b.close,
    b.volume,
    COALESCE(l.committed_at, f.pulled_at) AS created_at,
    b.transactions,
    b.filled_by,
    b.symbol_id
   FROM ohlcv_daily b
     JOIN ticker_symbols s ON s.symbol_id = b.symbol_id AND s.valid @> b."time"
     LEFT JOIN lineage l ON l.load_id = b.load_id
     LEFT JOIN fetches f ON f.fetch_id = b.fetch_id;
  -- One row a symbol and session, unadjusted. created_at: when the bar got these values; filled_by: the provider of a fill, null for a bar of a day file.
  symbol text collate "C"
  date date
  open numeric
  high numeric
  low numeric
  close numeric
  volume numeric
  created_at timestamp with time zone
  transactions bigint
  filled_by text
  symbol_id integer
  grant select to ohlcv_loader
  grant select to ohlcv_reader

view tickstock.ohlcv_day as
 SELECT symbol,
    date,
    open,
    high,
    low,
    close,
    volume,
    created_at,
    transactions,
    filled_by,
    symbol_id
   FROM tickstock.ohlcv_daily;
  -- Another name of tickstock.ohlcv_daily.
  symbol text collate "C"
  date date
  open numeric
  high numeric
  low numeric
  close numeric
  volume numeric
  created_at timestamp with time zone
  transactions bigint
  filled_by text
  symbol_id integer
  grant select to ohlcv_loader
  grant select to ohlcv_reader

view tickstock.ohlcv_hourly as
 SELECT s.symbol,
    b."time" AS "timestamp",
    b.open,
    b.high,
    b.low,
    b.close,
    b.volume,
    b.created_at,
    b.transactions,
    b.partial,
    b.symbol_id
   FROM ohlcv_hourly b
     JOIN ticker_symbols s ON s.symbol_id = b.symbol_id AND s.valid @> (b."time" AT TIME ZONE 'America/New_York'::text)::date
  WHERE b.regular;
  -- One row a symbol and hour of the regular session; timestamp is the hour's beginning. Those before and after it are in the table ohlcv_hourly as well.
  symbol text collate "C"
  timestamp timestamp with time zone
  open numeric
  high numeric
  low numeric
  close numeric
  volume numeric
  created_at timestamp with time zone
  transactions bigint
  partial boolean
  symbol_id integer
  grant select to ohlcv_loader
  grant select to ohlcv_reader

view tickstock.ohlcv_minute as
 SELECT s.symbol,
    b."time" AS "timestamp",
    b.open,
    b.high,
    b.low,
    b.close,
    b.volume,
    COALESCE(l.committed_at, f.pulled_at) AS created_at,
    b.transactions,
    b.filled_by,
    b.symbol_id
   FROM ohlcv_minute b
     JOIN ticker_symbols s ON s.symbol_id = b.symbol_id AND s.valid @> (b."time" AT TIME ZONE 'America/New_York'::text)::date
     LEFT JOIN lineage l ON l.load_id = b.load_id
     LEFT JOIN fetches f ON f.fetch_id = b.fetch_id;
  -- One row a symbol and minute, extended hours included, unadjusted; timestamp is the minute's beginning.
  symbol text collate "C"
  timestamp timestamp with time zone
  open numeric
  high numeric
  low numeric
  close numeric
  volume numeric
  created_at timestamp with time zone
  transactions bigint
  filled_by text
  symbol_id integer
  grant select to ohlcv_loader
  grant select to ohlcv_reader

view tickstock.ohlcv_monthly as
 SELECT s.symbol,
    b."time" AS month_start,
    b.open,
    b.high,
    b.low,
    b.close,
    b.volume,
    b.created_at,
    b.transactions,
    b.partial,
    b.symbol_id
   FROM ohlcv_monthly b
     JOIN fetches f ON f.fetch_id = b.fetch_id
     JOIN ticker_symbols s ON s.symbol_id = b.symbol_id AND s.valid @> GREATEST(b."time", f.start_date);
  -- One row a symbol and month; month_start is its first day. partial: the month was not over when it was asked for.
  symbol text collate "C"
  month_start date
  open numeric
  high numeric
  low numeric
  close numeric
  volume numeric
  created_at timestamp with time zone
  transactions bigint
  partial boolean
  symbol_id integer
  grant select to ohlcv_loader
  grant select to ohlcv_reader

view tickstock.ohlcv_weekly as
 SELECT s.symbol,
    b."time" AS week_start,
    b.open,
    b.high,
    b.low,
    b.close,
    b.volume,
    b.created_at,
    b.transactions,
    b.partial,
    b.symbol_id
   FROM ohlcv_weekly b
     JOIN fetches f ON f.fetch_id = b.fetch_id
     JOIN ticker_symbols s ON s.symbol_id = b.symbol_id AND s.valid @> GREATEST(b."time", f.start_date);
  -- One row a symbol and week; week_start is its Sunday. partial: the week was not over when it was asked for.
  symbol text collate "C"
  week_start date
  open numeric
  high numeric
  low numeric
  close numeric
  volume numeric
  created_at timestamp with time zone
  transactions bigint
  partial boolean
  symbol_id integer
  grant select to ohlcv_loader
  grant select to ohlcv_reader

view tickstock.price_history_daily as
 SELECT s.symbol,
    b."time" AS date,
    b.open,
    b.high,
    b.low,
    b.close,
    b.volume,
    b.transactions,
    COALESCE(b.filled_by, l.provider) AS source_provider,
    COALESCE(l.sha256, f.raw_hash) AS raw_hash,
    COALESCE(l.pulled_at, f.pulled_at) AS pulled_at,
    b.symbol_id
   FROM ohlcv_daily b
     JOIN ticker_symbols s ON s.symbol_id = b.symbol_id AND s.valid @> b."time"
     LEFT JOIN lineage l ON l.load_id = b.load_id
     LEFT JOIN fetches f ON f.fetch_id = b.fetch_id;
  -- Daily bars, unadjusted, with where they came from: of a day file its provider, SHA-256 and when it was read; of a fill its provider and the request it came by.
  symbol text collate "C"
  date date
  open numeric
  high numeric
  low numeric
  close numeric
  volume numeric
  transactions bigint
  source_provider text
  raw_hash text
  pulled_at timestamp with time zone
  symbol_id integer
  grant select to ohlcv_loader
  grant select to ohlcv_reader

view tickstock.price_history_intraday as
 SELECT s.symbol,
    b."time" AS "timestamp",
    b.open,
    b.high,
    b.low,
    b.close,
    b.volume,
    b.transactions,
    COALESCE(b.filled_by, l.provider) AS source_provider,
    COALESCE(l.sha256, f.raw_hash) AS raw_hash,
    COALESCE(l.pulled_at, f.pulled_at) AS pulled_at,
    b.symbol_id
   FROM ohlcv_minute b
     JOIN ticker_symbols s ON s.symbol_id = b.symbol_id AND s.valid @> (b."time" AT TIME ZONE 'America/New_York'::text)::date
     LEFT JOIN lineage l ON l.load_id = b.load_id
     LEFT JOIN fetches f ON f.fetch_id = b.fetch_id;
  -- Minute bars as price_history_daily has daily ones, extended hours included; timestamp is the minute's beginning. The table underneath is partitioned by time.
  symbol text collate "C"
  timestamp timestamp with time zone
  open numeric
  high numeric
  low numeric
  close numeric
  volume numeric
  transactions bigint
  source_provider text
  raw_hash text
  pulled_at timestamp with time zone
  symbol_id integer
  grant select to ohlcv_loader
  grant select to ohlcv_reader

view tickstock.provider_metrics as
 SELECT provider_name,
    date,
    requests,
    succeeded,
    failed,
    rate_limited,
    bars,
    bytes,
    latency_ms
   FROM provider_metrics;
  -- The table provider_metrics: one row a provider and day.
  provider_name text
  date date
  requests bigint
  succeeded bigint
  failed bigint
  rate_limited bigint
  bars bigint
  bytes bigint
  latency_ms bigint
  grant select to ohlcv_loader
  grant select to ohlcv_reader

view tickstock.symbols as
 SELECT DISTINCT ON (t.symbol) t.symbol,
    t.name,
    t.exchange,
    t.sector,
    t.industry,
    t.issuer,
    t.underlying_index,
    t.type,
    t.active,
    t.last_updated,
    t.created_at,
    t.updated_at,
    t.symbol_id
   FROM tickers t
     LEFT JOIN ticker_symbols s ON s.symbol_id = t.symbol_id AND s.symbol = t.symbol
  ORDER BY t.symbol, (lower(s.valid)) DESC NULLS LAST, t.symbol_id DESC;
  -- One row a symbol that is a security's latest: where several had it, the one that had it last. All securities and former symbols are in tickers and ticker_symbols.
  symbol text collate "C"
  name text
  exchange text
  sector text
  industry text
  issuer text
  underlying_index text
  type text
  active boolean
  last_updated timestamp with time zone
  created_at timestamp with time zone
  updated_at timestamp with time zone
  symbol_id integer
  grant select to ohlcv_loader
  grant select to ohlcv_reader

table universe_changes
  -- Append-only: from this change on, symbol names new_symbol_id on these dates where it named old_symbol_id before (null: no security).
  seq bigint not null generated always as identity
  symbol text collate "C" not null
  dates daterange not null
  old_symbol_id integer
  new_symbol_id integer
  cause text not null
  changed_at timestamp with time zone not null default now()
  constraint universe_changes_pkey PRIMARY KEY (seq)
  grant insert, select to ohlcv_loader
  grant select to ohlcv_reader

table unknown_symbols
  -- Symbols of a date's file that named no security when it was loaded; once one does, the date is stale.
  dataset text not null
  date date not null
  symbol text collate "C" not null
  constraint unknown_symbols_pkey PRIMARY KEY (dataset, date, symbol)
  CREATE INDEX unknown_symbols_symbol ON unknown_symbols USING btree (symbol)
  grant delete, insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

table validation_reports
  -- Validation reports as they were made. last_revision: the latest of bar_revisions then, from which on the next report counts.
  report_id bigint not null generated always as identity
  start_date date not null
  end_date date not null
  last_revision bigint not null
  document jsonb not null
  made_at timestamp with time zone not null default clock_timestamp()
  constraint validation_reports_check CHECK (start_date <= end_date)
  constraint validation_reports_pkey PRIMARY KEY (report_id)
  grant insert, select to ohlcv_loader
  grant select to ohlcv_reader

table vendor_status
  -- How each provider answered when it was last looked at. shown_by: it was asked (probe), or what the last requests to it came to. changed_at: since when it is in this state. After valid_until nothing is known of it any more.
  provider text not null
  state text not null
  shown_by text not null
  code text
  latency_ms integer
  changed_at timestamp with time zone not null default clock_timestamp()
  checked_at timestamp with time zone not null default clock_timestamp()
  valid_until timestamp with time zone not null
  constraint vendor_status_check CHECK (changed_at <= checked_at AND checked_at < valid_until)
  constraint vendor_status_latency_ms_check CHECK (latency_ms >= 0)
  constraint vendor_status_pkey PRIMARY KEY (provider)
  constraint vendor_status_shown_by_check CHECK (shown_by = ANY (ARRAY['probe'::text, 'requests'::text]))
  constraint vendor_status_state_check CHECK (state = ANY (ARRAY['ok'::text, 'rate_limited'::text, 'unavailable'::text]))
  grant delete, insert, select, update to ohlcv_loader
  grant select to ohlcv_reader

CREATE OR REPLACE FUNCTION public.ohlcv_action_is_alive(action_id bigint)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select exists (
    select from pg_locks
    where locktype = 'advisory' and granted and objsubid = 1
      and database = (select oid from pg_database where datname = current_database())
      and classid::bigint = 1869114465 and objid::bigint = action_id)
$function$
-- Whether a session holds the lock that who does an action holds until it is finished.

CREATE OR REPLACE FUNCTION public.ohlcv_add_dataset(dataset text, bars name)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  definer regprocedure;
begin
  insert into datasets values (dataset, bars);
  -- Not for everybody, and never on a caller's temporary table of the same name.
  for definer in select ohlcv_definer_functions(bars) loop
    execute format('revoke execute on function %s from public', definer);
    execute format('alter function %s set search_path = %I, pg_temp', definer, current_schema());
  end loop;
  -- A checksum of those bars only that a policy lets the caller see would be a wrong one: rather an error.
  execute format('alter function %I(date) set search_path = %I, pg_temp', bars || '_checksum', current_schema());
  execute format('alter function %I(date) set row_security = off', bars || '_checksum');
  perform ohlcv_grant_roles();
end $function$
-- Enters a kind of bars whose table and functions (TABLE_ensure_partitions, TABLE_checksum, perhaps TABLE_summarize) are there: pins the functions to this schema and gives the roles their rights.

CREATE OR REPLACE FUNCTION public.ohlcv_adjusted(symbol text, first date, last date, basis text, as_of date DEFAULT NULL::date)
 RETURNS TABLE("time" date, open numeric, high numeric, low numeric, close numeric, volume numeric, transactions bigint)
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  security integer := (
    select s.symbol_id from ticker_symbols s where s.symbol = ohlcv_adjusted.symbol order by coalesce(upper(s.valid), 'infinity') desc, s.symbol_id limit 1);
begin
  if security is null then
    raise exception 'no security was ever called %', coalesce(quote_literal(ohlcv_adjusted.symbol), 'null') using errcode = 'invalid_parameter_value';
  end if;
  return query select * from ohlcv_adjusted_bars(security, ohlcv_adjusted.first, ohlcv_adjusted.last, ohlcv_adjusted.basis, ohlcv_adjusted.as_of);
end $function$
-- Daily bars from first to last of the security that the symbol names, or named last, under all symbols it has had, adjusted for splits (split), for splits and dividends (total) or for nothing (none), as they were known on as_of; without it by all that is known up to the last bar. docs/ACTIONS.md has the arithmetic.

CREATE OR REPLACE FUNCTION public.ohlcv_adjusted_bars(security integer, first date, last date, basis text, as_of date DEFAULT NULL::date)
 RETURNS TABLE("time" date, open numeric, high numeric, low numeric, close numeric, volume numeric, transactions bigint)
 LANGUAGE plpgsql
 STABLE
 SET plan_cache_mode TO 'force_custom_plan'
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
end $function$
-- As ohlcv_adjusted, of a security (symbol_id).

CREATE OR REPLACE FUNCTION public.ohlcv_bar_hash(seed bigint, symbol_id integer, open numeric, high numeric, low numeric, close numeric, volume numeric, transactions bigint)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case when open < 0 or high < 0 or low < 0 or close < 0 or volume < 0
    then hashtextextended(symbol_id::text || '|' || open::text || '|' || high::text || '|' || low::text || '|' || close::text || '|' || volume::text
         || '|' || coalesce(transactions::text, ''), seed)
    else hash_numeric_extended(open, hash_numeric_extended(high, hash_numeric_extended(low, hash_numeric_extended(close,
         hash_numeric_extended(volume, hashint8extended(coalesce(transactions, -1), hashint4extended(symbol_id, seed))))))) end
$function$
-- A 64-bit hash of one bar's values, another for each seed.

CREATE OR REPLACE FUNCTION public.ohlcv_checksum(row_count bigint, hash_sum numeric, rehash_sum numeric)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select encode(sha256(convert_to(concat_ws('|', row_count, hash_sum, rehash_sum), 'UTF8')), 'hex')
$function$
-- The checksum of so many bars: SHA-256 of their count, the sum of their hashes and the sum of the hashes of these, as text joined by |.

CREATE OR REPLACE FUNCTION public.ohlcv_compress_after(bars regclass, age interval)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  if ohlcv_is_partitioned(bars) then
    raise exception 'only TimescaleDB compresses, and % is no hypertable of it', bars
      using hint = 'TimescaleDB must be installed before `ohlcv db up` makes the tables; without it, minute bars are kept small by: select ohlcv_minute_drop_before(DATE)';
  end if;
  if bars = 'ohlcv_minute'::regclass then
    execute format('alter table %s set (timescaledb.compress, timescaledb.compress_segmentby = ''symbol_id'', timescaledb.compress_orderby = ''time'')', bars);
  else
    execute format('alter table %s set (timescaledb.compress, timescaledb.compress_segmentby = '''', timescaledb.compress_orderby = ''time, symbol_id'')', bars);
  end if;
  perform remove_compression_policy(bars, if_exists => true);
  perform add_compression_policy(bars, age);
end $function$
-- TimescaleDB only: compresses the chunks of ohlcv_daily or ohlcv_minute that are older than this, from now on.

CREATE OR REPLACE FUNCTION public.ohlcv_create_bars(bars name, time_type regtype, chunk interval)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  execute format(
    'create table %I (
       symbol_id integer not null, time %s not null,
       open numeric not null, high numeric not null, low numeric not null, close numeric not null, volume numeric not null,
       transactions bigint, load_id bigint not null, filled_by text, fetch_id bigint,
       primary key (symbol_id, time)
     ) %s', bars, time_type, case when ohlcv_has_timescaledb() then '' else 'partition by range (time)' end);
  if ohlcv_has_timescaledb() then
    perform create_hypertable(bars::regclass, by_range('time', chunk), create_default_indexes => false);
  end if;
  execute format('create index %I on %I (time, symbol_id) where filled_by is not null', bars || '_fills', bars);
end $function$

CREATE OR REPLACE FUNCTION public.ohlcv_daily_checksum(day date, OUT row_count bigint, OUT checksum text, OUT hash_sum numeric, OUT rehash_sum numeric)
 RETURNS record
 LANGUAGE plpgsql
 STABLE
 SET plan_cache_mode TO 'force_custom_plan'
 SET row_security TO 'off'
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  select count(*), coalesce(sum(bar), 0), coalesce(sum(hashint8extended(bar, 1)), 0)
  into row_count, hash_sum, rehash_sum
  from (
    select ohlcv_bar_hash(0, symbol_id, open, high, low, close, volume, transactions) as bar
    from ohlcv_daily
    where time = day and filled_by is null
    offset 0
  ) hashed;
  checksum := ohlcv_checksum(row_count, hash_sum, rehash_sum);
end $function$
-- Count, checksum and sums of a date's stored rows without fills, as days keeps those of its file.

CREATE OR REPLACE FUNCTION public.ohlcv_daily_ensure_partitions(first date, last date)
 RETURNS integer
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ select ohlcv_make_partitions('ohlcv_daily', 'quarter', first, last) $function$
-- Makes the quarterly partitions that hold these dates, where they are not there yet; returns how many it made.
grant execute to ohlcv_loader

CREATE OR REPLACE FUNCTION public.ohlcv_day_start(day date)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE
AS $function$ select day::timestamp at time zone 'America/New_York' $function$

CREATE OR REPLACE FUNCTION public.ohlcv_definer_functions(bars name)
 RETURNS SETOF regprocedure
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select definer
  from (values ('_ensure_partitions', '(date, date)'), ('_summarize', '(date)')) named (suffix, arguments)
  cross join lateral to_regprocedure(quote_ident(bars || suffix) || arguments) definer
  where definer is not null
$function$

CREATE OR REPLACE FUNCTION public.ohlcv_give_back_requests(asked_of text, requests bigint[])
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
end $function$
-- Gives back reservations of requests that were never sent.

CREATE OR REPLACE FUNCTION public.ohlcv_grant_roles()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  wanted text;
  bars name;
  definer regprocedure;
  listed record;
  used text;
begin
  foreach wanted in array array['ohlcv_loader', 'ohlcv_reader'] loop
    if to_regrole(wanted) is null then
      raise notice 'the role % is not there: have it made (create role % nologin), then run: select ohlcv_grant_roles()', wanted, wanted;
      continue;
    end if;
    for used in select distinct relnamespace::regnamespace::text from ohlcv_rights join pg_class on oid = relation::regclass loop
      if not has_schema_privilege(wanted, used::regnamespace, 'usage') then
        execute format('grant usage on schema %s to %I', used, wanted);
      end if;
    end loop;
    for listed in select relation from ohlcv_rights loop
      execute format('grant select on %s to %I', listed.relation, wanted);
    end loop;
    for bars in select d.bars from datasets d loop
      execute format('grant select on %I to %I', bars, wanted);
    end loop;
  end loop;
  if to_regrole('ohlcv_loader') is null then
    return;
  end if;
  if not has_database_privilege('ohlcv_loader', current_database(), 'temporary') then
    execute format('grant temporary on database %I to ohlcv_loader', current_database());
  end if;
  for listed in select relation, loader from ohlcv_rights where loader is not null loop
    execute format('grant %s on %s to ohlcv_loader', listed.loader, listed.relation);
  end loop;
  for bars in select d.bars from datasets d loop
    execute format('grant insert, update, delete on %I to ohlcv_loader', bars);
    for definer in select ohlcv_definer_functions(bars) loop
      execute format('grant execute on function %s to ohlcv_loader', definer);
    end loop;
  end loop;
end $function$
-- Gives ohlcv_loader and ohlcv_reader their rights, as far as they are there; for the owner, as often as he likes.

CREATE OR REPLACE FUNCTION public.ohlcv_has_timescaledb()
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$ select exists (select from pg_extension where extname = 'timescaledb') $function$

CREATE OR REPLACE FUNCTION public.ohlcv_is_partitioned(bars regclass)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$ select relkind = 'p' from pg_class where oid = bars $function$
-- Whether the table is partitioned by PostgreSQL itself, also where Citus distributes it; if not, it is a hypertable of TimescaleDB.

CREATE OR REPLACE FUNCTION public.ohlcv_make_partitions(bars name, unit text, first date, last date)
 RETURNS integer
 LANGUAGE plpgsql
 SET "DateStyle" TO 'ISO, YMD'
 SET "TimeZone" TO 'UTC'
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  made integer := 0;
  step interval not null := case unit when 'quarter' then interval '3 months' when 'month' then interval '1 month' end;
  suffix text := case unit when 'quarter' then '_YYYY"q"Q' when 'month' then '_YYYY"m"MM' end;
  of_instants boolean := (select atttypid = 'timestamptz'::regtype from pg_attribute where attrelid = bars::regclass and attname = 'time');
  start date;
  next date;
  partition text;
begin
  if not ohlcv_is_partitioned(bars::regclass) then
    return 0;
  end if;
  perform pg_advisory_xact_lock(1869114467, 1);
  for start in
    select p::date from generate_series(date_trunc(unit, first::timestamp), last::timestamp, step) p
  loop
    partition := bars || to_char(start, suffix);
    continue when to_regclass(quote_ident(partition)) is not null;
    next := start + step;
    execute format('create table %I (like %I including all)', partition, bars);
    execute format('alter table %I attach partition %I for values from (%L) to (%L)', bars, partition,
                   case when of_instants then ohlcv_day_start(start)::text else start::text end,
                   case when of_instants then ohlcv_day_start(next)::text else next::text end);
    made := made + 1;
  end loop;
  return made;
end $function$
-- Makes the partitions (of a quarter or a month) of a table of bars that hold these dates, where they are not there yet; returns how many it made.

CREATE OR REPLACE FUNCTION public.ohlcv_mark_securities(securities bytea, symbol_ids integer[], has_bars boolean)
 RETURNS bytea
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
AS $function$
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
end $function$
-- Says of securities whether they have bars of files on a date: coverage.securities as it is then.

CREATE OR REPLACE FUNCTION public.ohlcv_minute_checksum(day date, OUT row_count bigint, OUT checksum text, OUT hash_sum numeric, OUT rehash_sum numeric)
 RETURNS record
 LANGUAGE plpgsql
 STABLE
 SET plan_cache_mode TO 'force_custom_plan'
 SET row_security TO 'off'
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  select count(*), coalesce(sum(bar), 0), coalesce(sum(hashint8extended(bar, 1)), 0)
  into row_count, hash_sum, rehash_sum
  from (
    select ohlcv_bar_hash(hash_numeric_extended(extract(epoch from time), 0), symbol_id, open, high, low, close, volume, transactions) as bar
    from ohlcv_minute
    where time >= ohlcv_day_start(day) and time < ohlcv_day_start(day + 1) and filled_by is null
    offset 0
  ) hashed;
  checksum := ohlcv_checksum(row_count, hash_sum, rehash_sum);
end $function$
-- Count, checksum and sums of a New York date's stored minute rows without fills, as days keeps those of its file.

CREATE OR REPLACE FUNCTION public.ohlcv_minute_drop_before(day date)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
end $function$
-- Retention: drops the months (TimescaleDB: the chunks) of minute bars that end before the date, and what days says of them; lineage keeps the history. Returns how many.

CREATE OR REPLACE FUNCTION public.ohlcv_minute_ensure_partitions(first date, last date)
 RETURNS integer
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ select ohlcv_make_partitions('ohlcv_minute', 'month', first, last) $function$
-- Makes the monthly partitions that hold these dates, where they are not there yet; returns how many it made.
grant execute to ohlcv_loader

CREATE OR REPLACE FUNCTION public.ohlcv_minute_summarize(day date)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET lock_timeout TO '2s'
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  if ohlcv_is_partitioned('ohlcv_minute') then
    perform brin_summarize_new_values(format('ohlcv_minute_%s_time_idx', to_char(day, 'YYYY"m"MM'))::regclass);
  end if;
end $function$
-- Has the index on time take in what is new in the date's month. Nothing but speed depends on it.
grant execute to ohlcv_loader

CREATE OR REPLACE FUNCTION public.ohlcv_reserve_requests(asked_of text, wanted integer, per_second integer, per_minute integer, per_day bigint, per_month bigint, OUT requests bigint[], OUT waits double precision[], OUT used_up text, OUT used bigint, OUT renewed timestamp with time zone)
 RETURNS record
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
end $function$
-- Reserves requests to a provider, as many of those wanted as its limits (null: none) leave: for each an id, and how many milliseconds from the beginning of the statement it has to wait so that no window of a second or minute holds more than may be. Where a day's or month's are used up, says so, and when they are renewed.

CREATE OR REPLACE FUNCTION public.ohlcv_rounded_quotient(numerator numeric, denominator numeric, unit numeric)
 RETURNS numeric
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select div(2 * numerator + denominator * unit, 2 * denominator * unit) * unit
$function$
-- The quotient of two numbers that are not negative, rounded to a multiple of the unit (0.01: two decimals), half of it up.

CREATE OR REPLACE FUNCTION public.ohlcv_run_is_alive(run_id bigint)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select exists (
    select from pg_locks
    where locktype = 'advisory' and granted and objsubid = 1
      and database = (select oid from pg_database where datname = current_database())
      and classid::bigint = 1869114467 + (run_id >> 32) and objid::bigint = run_id & 4294967295)
$function$
-- Whether a session holds the lock that a run holds for as long as it lives.
