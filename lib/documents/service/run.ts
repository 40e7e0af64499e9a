import * as v from 'valibot'
import { COUNT_NAMES, type Counts } from '../../domain/counts.js'
import { FETCH_STATUSES } from '../../store/fetches/fetches.js'
import type { RunProgress } from '../../store/runs/progress.js'
import type { DateResult, UnitResult } from '../../store/runs/results.js'
import type { Run } from '../../store/runs/runs.js'
import { defineDocument } from '../document.js'
import { count, date, id, instant, instantText } from '../fields.js'
import { dataset, outcome, rowCounts } from '../ledger-fields.js'
import { nextCursor, paging } from './paging.js'
import { interval } from './parts.js'
import { serviceRun, serviceRunOf } from './runs.js'

/** What is asked of `/ingestion/runs/{id}`. */
export const RUN_QUERY = v.strictObject(paging)

const dateResult = v.strictObject({
  dataset,
  date,
  outcome,
  code: v.nullable(v.string()),
  /** What became of the rows of its file; null where none was read. */
  rows: v.nullable(v.strictObject(rowCounts)),
  load_id: v.nullable(id),
  provider: v.nullable(v.string()),
  /** Of the file, and count and checksum of the date's stored bars; null where the date did not end well, or stands at another load by now. */
  sha256: v.nullable(v.string()),
  row_count: v.nullable(count),
  checksum: v.nullable(v.string()),
  started_at: instant,
  finished_at: instant,
})

const unitResult = v.strictObject({
  /** As it was asked for; `*`: all symbols of a date. */
  asset: v.string(),
  interval,
  /** The date of bars of all symbols, or the month of minutes; else empty. */
  part: v.string(),
  provider: v.string(),
  status: v.picklist(FETCH_STATUSES),
  code: v.nullable(v.string()),
  /** How often it was asked for. */
  tries: count,
  /** Bars that the calendar lets expect, and those of them that came; null where nothing could be expected. */
  expected: v.nullable(count),
  counted: v.nullable(count),
  bars: count,
  inserted: count,
  updated: count,
  unchanged: count,
  /** Of the bars inserted or updated, those that stand where no file has spoken. */
  filled: count,
  held_back: count,
  /** Of all bytes of the answers. */
  sha256: v.nullable(v.string()),
  started_at: instant,
  finished_at: instant,
})

/** One run with what came of it: its dates, with counts of rows and checksums, and the symbols that providers were asked about, both in the order in which they ended and a page at a time. */
export const SERVICE_RUN = defineDocument('ohlcv.service-run/1', v.strictObject({ run: serviceRun, dates: v.array(dateResult), units: v.array(unitResult), next_cursor: nextCursor }))

/** What the ledger kept of a file's rows, as far as it kept all of it. */
function rowsOf(kept: Record<string, unknown> | null): v.InferInput<typeof dateResult>['rows'] {
  const counts = kept as Counts | null
  if (counts === null || COUNT_NAMES.some((name) => typeof counts[name] !== 'number')) return null
  const { read, staged, inserted, updated, unchanged, removed, rejected, unknown, notSelected, duplicates } = counts
  return { read, staged, inserted, updated, unchanged, removed, rejected, unknown, not_selected: notSelected, duplicates }
}

function dateOf({ dataset: of, date: on, outcome: ended, code, counts, loadId, provider, sha256, rowCount, checksum, startedAt, finishedAt }: DateResult): v.InferInput<typeof dateResult> {
  return {
    dataset: of, date: on, outcome: ended, code, rows: rowsOf(counts), load_id: loadId, provider, sha256, row_count: rowCount, checksum,
    started_at: instantText(startedAt), finished_at: instantText(finishedAt),
  }
}

function unitOf({ symbol, timespan, part, provider, status, code, tries, expected, counted, bars, inserted, updated, unchanged, filled, heldBack, rawHash, startedAt, finishedAt }: UnitResult): v.InferInput<typeof unitResult> {
  return {
    asset: symbol, interval: timespan, part, provider, status, code, tries, expected, counted, bars, inserted, updated, unchanged, filled, held_back: heldBack, sha256: rawHash,
    started_at: instantText(startedAt), finished_at: instantText(finishedAt),
  }
}

/** The document of a run. */
export function serviceRunDocument(run: Run, progress: ReadonlyMap<number, RunProgress>, dates: readonly DateResult[], units: readonly UnitResult[], next: string | null): v.InferInput<typeof SERVICE_RUN.fields> {
  return { run: serviceRunOf(run, progress), dates: dates.map(dateOf), units: units.map(unitOf), next_cursor: next }
}
