// Written by `npm run docs` from the description of the service; a test compares the two. What stands here needs nothing else, so that a program that uses the client is checked by it alone.

// Documents, and the parts of them that have names.

export type Session = {
  schema: 'ohlcv.session/1'; access: 'everybody' | 'reader' | 'admin'; name: string | null; acting: boolean
}

export type Summary = {
  schema: 'ohlcv.summary/1'; as_of: string; verdict: { state: 'current' | 'attention' | 'stale' | 'empty'; text: string }
  attention: ({ dataset: Dataset; kind: 'failed' | 'missing' | 'not_loaded' | 'stale' | 'refused' | 'dropped' | 'thin' | 'unknown' | 'closed_day_file'; finding: boolean; start: string; end: string; dates: number; what: string; command: string })[]
  attention_left_out: number; checker: { checked_at: string | null; late: boolean }
  letters: { L?: 'loaded' | 'stale' | 'holiday' | 'not_published' | 'missing' | 'failed' | 'not_loaded' | undefined; l?: 'loaded' | 'stale' | 'holiday' | 'not_published' | 'missing' | 'failed' | 'not_loaded' | undefined; t?: 'loaded' | 'stale' | 'holiday' | 'not_published' | 'missing' | 'failed' | 'not_loaded' | undefined; s?: 'loaded' | 'stale' | 'holiday' | 'not_published' | 'missing' | 'failed' | 'not_loaded' | undefined; h?: 'loaded' | 'stale' | 'holiday' | 'not_published' | 'missing' | 'failed' | 'not_loaded' | undefined; p?: 'loaded' | 'stale' | 'holiday' | 'not_published' | 'missing' | 'failed' | 'not_loaded' | undefined; M?: 'loaded' | 'stale' | 'holiday' | 'not_published' | 'missing' | 'failed' | 'not_loaded' | undefined; F?: 'loaded' | 'stale' | 'holiday' | 'not_published' | 'missing' | 'failed' | 'not_loaded' | undefined; n?: 'loaded' | 'stale' | 'holiday' | 'not_published' | 'missing' | 'failed' | 'not_loaded' | undefined }
  datasets: ({ dataset: Dataset; interval: Interval; totals: { loaded: number; stale: number; holiday: number; not_published: number; missing: number; failed: number; not_loaded: number }; first_loaded: string | null; latest_loaded: string | null; coverage: number | null; lag_minutes: number | null; stale: boolean; next_due: { date: string; at: string } | null; open_findings: number | null; quality: number | null; calendar: { start: string; states: string } | null })[]
  assets: AssetStatus[]
  vendors: ({ provider: string; state: VendorState; code: string | null; checked_at: string | null; changed_at: string | null; valid_until: string | null })[]
  alerts: { open: number; last: AlertEvent | null }; running: ({ run_id: number; command: string; started_at: string; done: number; planned: number | null })[]
}

export type ServiceDays = {
  schema: 'ohlcv.service-days/1'; dataset: Dataset; start: string; end: string
  days: ({ date: string; state: 'loaded' | 'stale' | 'holiday' | 'not_published' | 'missing' | 'failed' | 'not_loaded' | null; session: boolean; reason: string | null; outcome: Outcome | null; code: string | null; row_count: number | null; coverage: number | null; thin: boolean; dropped: number; counts: { read: number; staged: number; inserted: number; updated: number; unchanged: number; removed: number; rejected: number; unknown: number; not_selected: number; duplicates: number } | null; checksum: string | null; attempts: number })[]
  next_cursor: string | null
}

export type ServiceDate = {
  schema: 'ohlcv.service-date/1'; dataset: Dataset; date: string; state: 'loaded' | 'stale' | 'holiday' | 'not_published' | 'missing' | 'failed' | 'not_loaded' | null
  session: boolean; reason: string | null; outcome: Outcome | null; code: string | null; row_count: number | null; coverage: number | null; thin: boolean; dropped: number
  counts: { read: number; staged: number; inserted: number; updated: number; unchanged: number; removed: number; rejected: number; unknown: number; not_selected: number; duplicates: number } | null
  checksum: string | null; attempts: number; unknown_rows: number | null
  lineage: { load_id: number; run_id: number; provider: string; size_bytes: number; sha256: string; pulled_at: string; committed_at: string; rules_version: number } | null
  fills: { provider: string; bars: number }[]; previous_session: string | null; missing_symbols: { total: number; symbols: string[] } | null
  new_symbols: { total: number; symbols: string[] } | null; unknown_symbols: { total: number; symbols: string[]; known_now: number }
  rejects: { reason: RejectReason; rows: number }[]
  revisions: ({ cause: 'vendor' | 'repair' | 'identity'; added: number; changed: number; removed: number; load_id: number | null; revised_at: string })[]
  tried: ({ run_id: number; outcome: Outcome; code: string | null; load_id: number | null; started_at: string; finished_at: string })[]
  attention: ({ kind: 'failed' | 'missing' | 'not_loaded' | 'stale' | 'refused' | 'dropped' | 'thin' | 'unknown' | 'closed_day_file'; finding: boolean; start: string; end: string; dates: number; what: string; command: string })[]
  open_findings: number | null
}

export type ServiceAssets = {
  schema: 'ohlcv.service-assets/1'; assets: Asset[]; next_cursor: string | null
}

export type ServiceAsset = {
  schema: 'ohlcv.service-asset/1'; asset: string; symbol_id: number; name: string | null; type: string | null; exchange: string | null; active: boolean
  symbols: ({ symbol: string; from: string | null; to: string | null })[]; other_securities: ({ symbol_id: number; name: string | null })[]; intervals: AssetStatus[]
  gaps: { interval: Interval; start: string; end: string; sessions: number }[]; gaps_left_out: number
  fills: { interval: Interval; provider: string; bars: number; first: string; last: string }[]
  providers: { interval: Interval; provider: string; bars: number; first: string; last: string; state: VendorState }[]; open_findings: number
}

export type ServiceRemediation = {
  schema: 'ohlcv.service-remediation/1'
  summary: ({ kind: 'gap' | 'duplicate' | 'checksum_mismatch' | 'anomaly' | 'rate_limited' | 'unavailable'; state: 'resolved' | 'failed' | 'closed'; entries: number })[]
  remediations: RemediationEntry[]; next_cursor: string | null
}

export type Lineage = {
  schema: 'ohlcv.lineage/1'; asset: string; symbol_id: number; interval: Interval; start: string; end: string; bars: number; ranges: LineageEntry[]; next_cursor: string | null
}

export type ServiceBars = {
  schema: 'ohlcv.service-bars/1'; asset: string; symbol_id: number; name: string | null; interval: Interval; basis: 'none' | 'split' | 'total'; as_of: string | null; bars: Candle[]
  next_cursor: string | null
}

export type ServiceQuality = {
  schema: 'ohlcv.service-quality/1'; asset: string | null; symbol_id: number | null; score: string | null; bars: number; expected: number; lost: string
  scores: { date: string; score: string; bars: number; expected: number; lost: string; failed: Record<string, number>; checked_at: string }[]; next_cursor: string | null
}

export type ServiceFindings = {
  schema: 'ohlcv.service-findings/1'; counts: ({ rule: string; state: 'open' | 'explained' | 'resolved'; findings: number })[]
  findings: ({ finding_id: number; rule: string; asset: string | null; symbol_id: number | null; start: string; end: string; provider: string | null; state: 'open' | 'explained' | 'resolved'; cause: string | null; details: Record<string, string | number | null>; reason: string | null; found_at: string; changed_at: string })[]
  next_cursor: string | null
}

export type ServiceRevisions = {
  schema: 'ohlcv.service-revisions/1'
  revisions: ({ revision_id: number; date: string; time: string | null; asset: string | null; symbol_id: number; cause: 'vendor' | 'repair' | 'identity'; kind: 'added' | 'changed' | 'removed'; changed: ('open' | 'high' | 'low' | 'close' | 'volume' | 'transactions')[]; old: { open: string | null; high: string | null; low: string | null; close: string | null; volume: string | null; transactions: string | null; filled_by: string | null }; new: { open: string | null; high: string | null; low: string | null; close: string | null; volume: string | null; transactions: string | null }; load_id: number | null; revised_at: string })[]
  next_cursor: string | null
}

export type ServiceRejects = {
  schema: 'ohlcv.service-rejects/1'; rejects: ({ date: string; line: number; reason: RejectReason; field: string | null; asset: string | null; load_id: number })[]
  next_cursor: string | null
}

export type ServiceRuns = {
  schema: 'ohlcv.service-runs/1'; runs: IngestionRun[]; next_cursor: string | null
}

export type ServiceRun = {
  schema: 'ohlcv.service-run/1'; run: IngestionRun
  dates: ({ dataset: Dataset; date: string; outcome: Outcome; code: string | null; rows: { read: number; staged: number; inserted: number; updated: number; unchanged: number; removed: number; rejected: number; unknown: number; not_selected: number; duplicates: number } | null; load_id: number | null; provider: string | null; sha256: string | null; row_count: number | null; checksum: string | null; started_at: string; finished_at: string })[]
  units: ({ asset: string; interval: Interval; part: string; provider: string; status: 'stored' | 'unchanged' | 'empty' | 'rejected' | 'failed'; code: string | null; tries: number; expected: number | null; counted: number | null; bars: number; inserted: number; updated: number; unchanged: number; filled: number; held_back: number; sha256: string | null; started_at: string; finished_at: string })[]
  next_cursor: string | null
}

export type ServiceFailures = {
  schema: 'ohlcv.service-failures/1'; since: string
  counts: ({ kind: 'date' | 'run' | 'request' | 'actions_request' | 'provider'; failures: number; unresolved: number; retries: number })[]
  failures: ({ at: string; kind: 'date' | 'run' | 'request' | 'actions_request' | 'provider'; failure_id: number; run_id: number | null; dataset: string | null; asset: string | null; interval: Interval | null; provider: string | null; start: string | null; end: string | null; state: string; code: string | null; retries: number; resolved: boolean | null })[]
  next_cursor: string | null
}

export type Act = {
  schema: 'ohlcv.act/1'; action_id: number; existing: boolean
}

export type ServiceActions = {
  schema: 'ohlcv.service-actions/1'
  actions: ({ action_id: number; action: string; request: Record<string, unknown>; requested_by: string; requested_at: string; finished_at: string | null; state: 'queued' | 'running' | 'done' | 'failed' | 'died'; exit_code: number | null; code: string | null; runs: ({ run_id: number; command: string; status: 'running' | 'succeeded' | 'failed' | 'interrupted' | 'died'; done: number; planned: number | null })[] })[]
  next_cursor: string | null
}

export type ServicePreview = {
  schema: 'ohlcv.service-preview/1'; dataset: Dataset; start: string; end: string; only: string | null
  dates: ({ date: string; state: 'loaded' | 'stale' | 'holiday' | 'not_published' | 'missing' | 'failed' | 'not_loaded'; code: string | null })[]; total: number; checked: number
}

export type ServiceAction = {
  schema: 'ohlcv.service-action/1'
  action: { action_id: number; action: string; request: Record<string, unknown>; requested_by: string; requested_at: string; finished_at: string | null; state: 'queued' | 'running' | 'done' | 'failed' | 'died'; exit_code: number | null; code: string | null; runs: ({ run_id: number; command: string; status: 'running' | 'succeeded' | 'failed' | 'interrupted' | 'died'; done: number; planned: number | null })[] }
  securities: ({ type: string | null; planned: number; done: number; failed: number })[]
}

export type Asset = {
  asset: string; symbol_id: number; name: string | null; type: string | null; exchange: string | null; active: boolean; watched: boolean
}

export type AssetStatus = {
  asset: string; symbol_id: number | null; name: string | null; type: string | null; interval: Interval; first: string | null; latest: string | null; sessions: number
  expected: number; coverage: number | null; gap_sessions: number; gaps: number; lag_minutes: number | null; stale: boolean; quality: number | null
  vendor: { provider: string; state: VendorState } | null; checksum: { date: string; value: string } | null; last_alert: AlertEvent | null
}

export type Candle = {
  time: string; asset: string | null; open: string; high: string; low: string; close: string; volume: string; transactions: number | null; load_id: number | null
  fetch_id: number | null; filled_by: string | null; partial: boolean
}

export type IngestionRun = {
  run_id: number; command: string; status: 'running' | 'succeeded' | 'failed' | 'interrupted' | 'died'; exit_code: number | null; action_id: number | null
  outcomes: { loaded?: number | undefined; unchanged?: number | undefined; holiday?: number | undefined; not_published?: number | undefined; missing?: number | undefined; forbidden?: number | undefined; source_failed?: number | undefined; db_failed?: number | undefined; locked?: number | undefined; interrupted?: number | undefined }
  progress: { done: number; planned: number | null } | null; started_at: string; finished_at: string | null
}

export type LineageEntry = {
  start: string; end: string; kind: 'file' | 'selection' | 'fill' | 'answer' | 'unknown'; provider: string | null; dataset: string | null; dates: number; bars: number
  sources_total: number
  sources: ({ start: string; end: string; bars: number; load_id: number | null; fetch_id: number | null; sha256: string | null; pulled_at: string | null; object_key: string | null })[]
}

export type RemediationEntry = {
  remediation_id: number; kind: 'gap' | 'duplicate' | 'checksum_mismatch' | 'anomaly' | 'rate_limited' | 'unavailable'; symbol_id: number | null; start: string | null
  end: string | null; provider: string | null; action: 'reload' | 'fetch' | 'kept_first' | 'waited' | 'left_alone' | 'explained' | 'reopened' | 'restated'
  state: 'resolved' | 'failed' | 'closed'; occurrences: number; run_id: number | null; command: string | null; began_at: string; ended_at: string; what: string; done: string
  change: string; ending: string; interval: Interval | null; asset: string | null
}

export type AlertEvent = {
  alert_id: number; severity: 'warning' | 'critical'; summary: string; dataset: string | null; asset: string | null; interval: Interval | null; provider: string | null
  opened_at: string; cleared_at: string | null
}

export type Dataset = 'day_aggs' | 'minute_aggs'

export type Interval = 'hour' | 'day' | 'week' | 'month' | 'minute'

export type Outcome = 'loaded' | 'unchanged' | 'holiday' | 'not_published' | 'missing' | 'forbidden' | 'source_failed' | 'db_failed' | 'locked' | 'interrupted'

export type RejectReason = 'malformed' | 'field_count' | 'bad_symbol' | 'null_value' | 'bad_number' | 'number_too_long' | 'bad_window_start' | 'wrong_date' | 'closed_day' | 'in_future' | 'price_not_positive' | 'negative_volume' | 'negative_transactions' | 'low_above_open' | 'low_above_close' | 'open_above_high' | 'close_above_high' | 'duplicate'

export type VendorState = 'ok' | 'rate_limited' | 'unavailable' | 'unknown'

export type Problem = {
  type: string; title: string; status: number; code: string; detail: string; request_id: string
}

// What is asked: behind the question mark, and in a body.

export type StatusDaysQuery = {
  dataset?: 'day_aggs' | 'minute_aggs' | undefined; start?: string | undefined; end?: string | undefined
  state?: 'loaded' | 'stale' | 'holiday' | 'not_published' | 'missing' | 'failed' | 'not_loaded' | undefined; limit?: number | undefined; cursor?: string | undefined
}

export type StatusDaysByDateQuery = {
  dataset?: 'day_aggs' | 'minute_aggs' | undefined
}

export type AssetsQuery = {
  q?: string | undefined; type?: string | undefined; limit?: number | undefined; cursor?: string | undefined
}

export type StatusRemediationQuery = {
  asset?: string | undefined; interval?: 'hour' | 'day' | 'week' | 'month' | 'minute' | undefined
  kind?: 'gap' | 'duplicate' | 'checksum_mismatch' | 'anomaly' | 'rate_limited' | 'unavailable' | undefined; state?: 'resolved' | 'failed' | 'closed' | undefined
  start?: string | undefined; end?: string | undefined; limit?: number | undefined; cursor?: string | undefined
}

export type LineageQuery = {
  asset: string; start: string; end: string; interval?: 'hour' | 'day' | 'week' | 'month' | 'minute' | undefined; limit?: number | undefined; cursor?: string | undefined
}

export type BarsQuery = {
  asset: string; interval?: 'hour' | 'day' | 'week' | 'month' | 'minute' | undefined; start?: string | undefined; end?: string | undefined
  adjusted?: 'none' | 'split' | 'total' | undefined; as_of?: string | undefined; order?: 'asc' | 'desc' | undefined; limit?: number | undefined; cursor?: string | undefined
}

export type QualityQuery = {
  asset?: string | undefined; start?: string | undefined; end?: string | undefined; limit?: number | undefined; cursor?: string | undefined
}

export type QualityFindingsQuery = {
  asset?: string | undefined
  rule?: 'absent' | 'cells' | 'negative' | 'ohlc_order' | 'power_of_ten' | 'spike' | 'wick' | 'continuity' | 'repeated' | 'stale' | 'zero_volume' | 'split_ratio' | 'volume' | 'date_repeated' | 'date_count' | 'date_volume' | 'closed_day' | 'outside_listing' | 'weekly_against_daily' | 'monthly_against_daily' | 'day_against_minutes' | 'provider_against_canonical' | 'bar_elsewhere' | undefined
  state?: 'open' | 'explained' | 'resolved' | 'all' | undefined; start?: string | undefined; end?: string | undefined; limit?: number | undefined; cursor?: string | undefined
}

export type RevisionsQuery = {
  asset?: string | undefined; interval?: 'day' | 'minute' | undefined; start?: string | undefined; end?: string | undefined; cause?: 'vendor' | 'repair' | 'identity' | undefined
  limit?: number | undefined; cursor?: string | undefined
}

export type RejectsQuery = {
  asset?: string | undefined; interval?: 'day' | 'minute' | undefined; start?: string | undefined; end?: string | undefined
  reason?: 'malformed' | 'field_count' | 'bad_symbol' | 'null_value' | 'bad_number' | 'number_too_long' | 'bad_window_start' | 'wrong_date' | 'closed_day' | 'in_future' | 'price_not_positive' | 'negative_volume' | 'negative_transactions' | 'low_above_open' | 'low_above_close' | 'open_above_high' | 'close_above_high' | 'duplicate' | undefined
  limit?: number | undefined; cursor?: string | undefined
}

export type IngestionRunsQuery = {
  command?: string | undefined; status?: 'running' | 'succeeded' | 'failed' | 'interrupted' | 'died' | undefined; action?: number | undefined; limit?: number | undefined
  cursor?: string | undefined
}

export type IngestionRunsByIdQuery = {
  limit?: number | undefined; cursor?: string | undefined
}

export type IngestionFailuresQuery = {
  days?: number | undefined; kind?: 'date' | 'run' | 'request' | 'actions_request' | 'provider' | undefined; limit?: number | undefined; cursor?: string | undefined
}

export type IngestionBackfillBody = {
  interval: 'hour' | 'day' | 'week' | 'month' | 'minute'; start?: string | null | undefined; end?: string | null | undefined; assets?: string[] | null | undefined
}

export type ActionsBody = {
  action: 'load' | 'fetch' | 'backfill' | 'explain'
  request: { dates: { sessions: number } | { start: string; end: string | null }; dataset?: 'day_aggs' | 'minute_aggs' | undefined; exchange?: 'XNYS' | 'XNAS' | 'XTSE' | undefined; symbols?: string[] | null | undefined; only?: 'unloaded' | 'loaded' | 'failed' | 'incomplete' | 'changed' | null | undefined; force?: boolean | undefined; accept?: boolean | undefined; include_closed?: boolean | undefined } | { dates: { days: number } | { years: number } | { start: string; end: string | null }; provider?: string | null | undefined; exchange?: 'XNYS' | 'XNAS' | 'XTSE' | undefined; symbols: 'all' | string[]; type?: string | null | undefined; timespans?: ('hour' | 'day' | 'week' | 'month' | 'minute')[] | undefined } | { interval: 'hour' | 'day' | 'week' | 'month' | 'minute'; start?: string | null | undefined; end?: string | null | undefined; assets?: string[] | null | undefined } | { ids: number[]; reason: string | null }
}

export type ActionsQuery = {
  limit?: number | undefined; cursor?: string | undefined
}

export type ActionsPreviewQuery = {
  interval?: 'day' | 'minute' | undefined; start?: string | undefined; end?: string | undefined; only?: 'unloaded' | 'failed' | 'incomplete' | undefined
}
