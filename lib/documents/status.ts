import * as v from 'valibot'
import type { Attention } from '../features/status/attention.js'
import type { DayReport } from '../features/status/day-report.js'
import { DAY_STATES, type DayState } from '../features/status/day-state.js'
import type { Survey, DayStatus } from '../features/status/survey.js'
import type { SymbolGaps } from '../features/status/symbol-gaps.js'
import type { DayLineage } from '../store/ledger/lineage.js'
import { REVISION_CAUSES } from '../store/ledger/revisions.js'
import { attention, attentionFields } from './attention.js'
import { defineDocument } from './document.js'
import { count, date, id, instant, instantText, percent } from './fields.js'
import { attempt, dataset, outcome, rejectReason, rowCounts } from './ledger-fields.js'
import { totalsOf } from './totals.js'

/** What is told of a date in whichever form. */
const dayFields = {
  date,
  /** Null for a weekend without bars. */
  state: v.nullable(v.picklist(DAY_STATES)),
  /** Whether the exchange opens. */
  session: v.boolean(),
  /** Why it is closed, or opens at unusual hours. */
  reason: v.nullable(v.string()),
  row_count: v.nullable(count),
  /** Its bars in percent of the median of the sessions around it. */
  coverage: v.nullable(percent),
  /** Whether that is below the threshold. */
  thin: v.boolean(),
  read_rows: v.nullable(count),
  unknown_rows: v.nullable(count),
  /** Bars taken away since the load, because their symbol names no security any more. */
  dropped: count,
}

/** How a dataset stands over a range of dates. */
const overview = v.strictObject({
  dataset,
  start: date,
  end: date,
  totals: v.strictObject({ loaded: count, stale: count, holiday: count, not_published: count, missing: count, failed: count, not_loaded: count } satisfies Record<DayState, unknown>),
  latest_loaded: v.nullable(date),
  latest_closed: date,
  /** Closed sessions after the latest loaded one. */
  lag_sessions: v.nullable(count),
  attention: v.array(attention),
  /** What rules of quality have found on these dates and nobody has explained; null for a kind of bars that they do not judge. */
  open_findings: v.nullable(count),
  days: v.array(v.strictObject({ ...dayFields, outcome: v.nullable(outcome), code: v.nullable(v.string()), message: v.nullable(v.string()) })),
})

/** The load a date stands at. */
const lineage = v.strictObject({
  load_id: id,
  run_id: id,
  provider: v.string(),
  object_key: v.string(),
  source_identity: v.string(),
  size_bytes: count,
  sha256: v.string(),
  pulled_at: instant,
  committed_at: instant,
  rules_version: count,
  row_count: count,
  checksum: v.string(),
  counts: v.strictObject(rowCounts),
})

/** Everything known about one date. */
const oneDate = v.strictObject({
  ...dayFields,
  lineage: v.nullable(lineage),
  /** Bars that providers gave where no file has spoken. */
  fills: v.array(v.strictObject({ provider: v.string(), bars: count })),
  /** The loaded session before, which symbols are compared with. */
  previous_session: v.nullable(date),
  missing_symbols: v.nullable(v.array(v.string())),
  new_symbols: v.nullable(v.array(v.string())),
  unknown_symbols: v.array(v.strictObject({ symbol: v.string(), known_now: v.boolean() })),
  rejects: v.array(v.strictObject({ reason: rejectReason, rows: count })),
  revisions: v.array(v.strictObject({ cause: v.picklist(REVISION_CAUSES), added: count, changed: count, removed: count, load_id: v.nullable(id), revised_at: instant })),
  /** The newest first. */
  attempts: v.array(v.strictObject({ run_id: id, ...attempt })),
  attention: v.array(attention),
  /** What rules of quality have found and nobody has explained; null for a kind of bars that they do not judge. */
  open_findings: v.nullable(count),
})

const gaps = v.array(v.strictObject({ start: date, end: date, sessions: count }))

/** A security's bars against the calendar, between its first and its last. */
const symbol = v.strictObject({
  symbol: v.string(),
  symbol_id: id,
  first: v.nullable(date),
  last: v.nullable(date),
  bars: count,
  /** Those of them that a provider gave where no file has spoken. */
  fills: count,
  sessions: count,
  /** Loaded sessions on which it has no bar. */
  gaps,
  /** Sessions that are not loaded and have no fill, so that nothing can be said. */
  not_loaded: gaps,
})

/** `ohlcv status`: how complete the data is, over a range, on one date, or of one security. */
export const STATUS = defineDocument('ohlcv.status/1', v.union([overview, oneDate, symbol]))

function coverageOf({ coverage }: Pick<DayStatus, 'coverage'>): number | null {
  return coverage === null ? null : Number(coverage.toFixed(1))
}

function dayOf(day: DayStatus): v.InferInput<typeof overview>['days'][number] {
  const { date, state, session, reason, attempt, rowCount, thin, unknown, dropped } = day
  return {
    date, state, session, reason, outcome: attempt?.outcome ?? null, code: attempt?.code ?? null, message: attempt?.message ?? null,
    row_count: rowCount, coverage: coverageOf(day), thin, read_rows: unknown?.read ?? null, unknown_rows: unknown?.rows ?? null, dropped,
  }
}

/** The document of a survey. */
export function overviewDocument(datasetName: string, { range, days, latestLoaded, latestClosed, lag }: Survey, attention: readonly Attention[], openFindings: number | null): v.InferInput<typeof overview> {
  return {
    dataset: datasetName, start: range.start, end: range.end, totals: totalsOf(days), latest_loaded: latestLoaded, latest_closed: latestClosed, lag_sessions: lag,
    attention: attention.map(attentionFields), open_findings: openFindings, days: days.map(dayOf),
  }
}

function lineageOf(lineage: DayLineage): v.InferInput<typeof oneDate>['lineage'] {
  return {
    load_id: lineage.loadId, run_id: lineage.runId, provider: lineage.provider, object_key: lineage.objectKey, source_identity: lineage.version,
    size_bytes: lineage.sizeBytes, sha256: lineage.sha256, pulled_at: instantText(lineage.pulledAt), committed_at: instantText(lineage.committedAt),
    rules_version: lineage.rulesVersion, row_count: lineage.rowCount, checksum: lineage.checksum, counts: lineage.counts,
  }
}

/** The document of one date. */
export function dateDocument({ date, status, lineage, fills, attempts, previous, symbols, unknown, rejects, revisions }: DayReport, attention: readonly Attention[], openFindings: number | null): v.InferInput<typeof oneDate> {
  return {
    date, state: status?.state ?? null, session: status?.session ?? false, reason: status?.reason ?? null,
    row_count: status?.rowCount ?? null, coverage: status ? coverageOf(status) : null, thin: status?.thin ?? false,
    read_rows: status?.unknown?.read ?? null, unknown_rows: status?.unknown?.rows ?? null, dropped: status?.dropped ?? 0,
    lineage: lineage ? lineageOf(lineage) : null,
    fills: fills.map(({ provider, bars }) => ({ provider, bars })),
    previous_session: previous,
    missing_symbols: symbols?.missing ?? null,
    new_symbols: symbols?.added ?? null,
    unknown_symbols: unknown.map(({ symbol, knownNow }) => ({ symbol, known_now: knownNow })),
    rejects: rejects.map(({ reason, rows }) => ({ reason, rows })),
    revisions: revisions.map(({ cause, added, changed, removed, loadId, revisedAt }) => ({ cause, added, changed, removed, load_id: loadId, revised_at: instantText(revisedAt) })),
    attempts: attempts.map(({ runId, outcome, code, message, loadId, startedAt, finishedAt }) =>
      ({ run_id: runId, outcome, code, message, load_id: loadId, started_at: instantText(startedAt), finished_at: instantText(finishedAt) })),
    attention: attention.map(attentionFields),
    open_findings: openFindings,
  }
}

/** The document of one security; `found` is undefined where it has no bar at all. */
export function symbolDocument(security: { symbol: string; symbolId: number }, found: SymbolGaps | undefined): v.InferInput<typeof symbol> {
  return {
    symbol: security.symbol, symbol_id: security.symbolId,
    first: found?.span.start ?? null, last: found?.span.end ?? null, bars: found?.bars ?? 0, fills: found?.fills ?? 0, sessions: found?.sessions ?? 0,
    gaps: found?.gaps ?? [], not_loaded: found?.notLoaded ?? [],
  }
}
