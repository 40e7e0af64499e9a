import * as v from 'valibot'
import type { DayReport } from '../../features/status/day-report.js'
import type { DateDetail } from '../../routines/summary/date.js'
import { REVISION_CAUSES } from '../../store/ledger/revisions.js'
import { attention, attentionFields } from '../attention.js'
import { defineDocument, type DocumentOf } from '../document.js'
import { count, date, id, instant, instantText } from '../fields.js'
import { dataset, outcome, rejectReason } from '../ledger-fields.js'
import { dayFields, dayOf } from './days.js'

/** Of long lists of symbols so many are told. */
const MOST_SYMBOLS = 100

/** A list of symbols: how many it has, and the first of them. */
const symbols = v.strictObject({ total: count, symbols: v.array(v.string()) })

/** The load a date stands at, but for its key and its version at the source. */
const load = v.strictObject({
  load_id: id,
  run_id: id,
  provider: v.string(),
  size_bytes: count,
  /** Of the file's bytes as they came. */
  sha256: v.string(),
  pulled_at: instant,
  committed_at: instant,
  rules_version: count,
})

/** Everything about one date that is told to everybody. */
export const SERVICE_DATE = defineDocument('ohlcv.service-date/1', v.strictObject({
  dataset,
  ...dayFields,
  unknown_rows: v.nullable(count),
  lineage: v.nullable(load),
  /** Bars that providers gave where no file has spoken. */
  fills: v.array(v.strictObject({ provider: v.string(), bars: count })),
  /** The loaded session before, which symbols are compared with. */
  previous_session: v.nullable(date),
  /** Symbols that have a bar on one of the two only, the most traded first; null where there is nothing to compare. */
  missing_symbols: v.nullable(symbols),
  new_symbols: v.nullable(symbols),
  /** Symbols of its file that named no security when it was loaded, and how many of them do now. */
  unknown_symbols: v.strictObject({ ...symbols.entries, known_now: count }),
  rejects: v.array(v.strictObject({ reason: rejectReason, rows: count })),
  revisions: v.array(v.strictObject({ cause: v.picklist(REVISION_CAUSES), added: count, changed: count, removed: count, load_id: v.nullable(id), revised_at: instant })),
  /** The latest attempts, the newest first. */
  tried: v.array(v.strictObject({ run_id: id, outcome, code: v.nullable(v.string()), load_id: v.nullable(id), started_at: instant, finished_at: instant })),
  attention: v.array(attention),
  /** What rules of quality have found and nobody has explained; null for a kind of bars that they do not judge. */
  open_findings: v.nullable(count),
}))

function listed(all: readonly string[]): v.InferInput<typeof symbols> {
  return { total: all.length, symbols: all.slice(0, MOST_SYMBOLS) }
}

/** What is told of a date that nothing is known of: a weekend that nobody tried. */
function blank(date: DayReport['date']): NonNullable<DayReport['status']> {
  return { date, state: null, session: false, reason: null, attempt: null, rowCount: null, coverage: null, thin: false, unknown: null, dropped: 0 }
}

/** The document of one date. */
export function serviceDateDocument(dataset: string, { report, attempts, attention, openFindings }: DateDetail): DocumentOf<typeof SERVICE_DATE> {
  const { date, status, lineage, fills, previous, unknown, rejects, revisions } = report
  const missing = report.symbols?.missing ?? null
  const added = report.symbols?.added ?? null
  return {
    dataset,
    ...dayOf(status ?? blank(date), { counts: lineage?.counts ?? null, checksum: lineage?.checksum ?? null, attempts }),
    unknown_rows: status?.unknown?.rows ?? null,
    lineage: lineage ? {
      load_id: lineage.loadId, run_id: lineage.runId, provider: lineage.provider, size_bytes: lineage.sizeBytes, sha256: lineage.sha256,
      pulled_at: instantText(lineage.pulledAt), committed_at: instantText(lineage.committedAt), rules_version: lineage.rulesVersion,
    } : null,
    fills: fills.map(({ provider, bars }) => ({ provider, bars })),
    previous_session: previous,
    missing_symbols: missing && listed(missing),
    new_symbols: added && listed(added),
    unknown_symbols: { ...listed(unknown.map(({ symbol }) => symbol)), known_now: unknown.filter(({ knownNow }) => knownNow).length },
    rejects: rejects.map(({ reason, rows }) => ({ reason, rows })),
    revisions: revisions.map(({ cause, added, changed, removed, loadId, revisedAt }) => ({ cause, added, changed, removed, load_id: loadId, revised_at: instantText(revisedAt) })),
    tried: report.attempts.map(({ runId, outcome, code, loadId, startedAt, finishedAt }) =>
      ({ run_id: runId, outcome, code, load_id: loadId, started_at: instantText(startedAt), finished_at: instantText(finishedAt) })),
    attention: attention.map(attentionFields),
    open_findings: openFindings,
  }
}
