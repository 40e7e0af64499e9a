import * as v from 'valibot'
import type { DayCounts, DayResult } from '../features/load/day/result.js'
import type { RangeResult } from '../features/load/range/load-range.js'
import { totalsOf } from '../features/load/range/totals.js'
import { defineDocument } from './document.js'
import { count, date, id, instantText } from './fields.js'
import { attempt, dataset, outcomes, rejectReason, rowCounts } from './ledger-fields.js'

/** What a load was told to do. */
const parameters = v.strictObject({
  start: date,
  end: date,
  source: v.string(),
  dataset,
  /** Those of an override; null for the whole universe. */
  symbols: v.nullable(v.array(v.string())),
  only: v.nullable(v.picklist(['unloaded', 'loaded', 'failed', 'incomplete', 'changed'])),
  force: v.boolean(),
  accept: v.boolean(),
  trust_ledger: v.boolean(),
  include_closed: v.boolean(),
  dry_run: v.boolean(),
  lanes: count,
})

export type LoadParameters = v.InferInput<typeof parameters>

/** What a file held and what its merge changed (or, in a dry run, would change). */
const counts = v.strictObject({
  ...rowCounts,
  /** Bars stored before. */
  stored: count,
  bytes: count,
  /** Rejected rows by reason. */
  reasons: v.record(rejectReason, count),
})

/** `ohlcv load`: how each date ended. */
export const LOAD = defineDocument('ohlcv.load/1', v.strictObject({
  /** Null in a dry run, which leaves no trace. */
  run: v.nullable(id),
  version: v.string(),
  parameters,
  seconds: v.number(),
  dates: v.array(v.strictObject({
    date,
    ...attempt,
    /** Null where no file was read to its end. */
    counts: v.nullable(counts),
    /** Bars stored for the date now; null where the run has not looked. */
    rows: v.nullable(count),
    unknown_symbols: v.array(v.string()),
  })),
  /** Dates with a file that the run did not come to. */
  not_reached: v.array(date),
  totals: v.strictObject({ dates: count, outcomes, weekends: count, not_reached: count, ...rowCounts, bytes: count }),
  warnings: v.array(v.string()),
}))

/** The counts of a date or of a run, the one that has another name last. */
function countsOf({ read, staged, rejected, unknown, notSelected, duplicates, stored, inserted, updated, unchanged, removed, bytes, reasons }: DayCounts): v.InferInput<typeof counts> {
  return { read, staged, rejected, unknown, duplicates, stored, inserted, updated, unchanged, removed, bytes, reasons, not_selected: notSelected }
}

function dateOf(day: DayResult): v.InferInput<typeof LOAD.fields>['dates'][number] {
  const { date, outcome, code, message, counts, rows, unknownSymbols, loadId, startedAt, finishedAt } = day
  return {
    date, outcome, code, message, counts: counts && countsOf(counts), rows, unknown_symbols: [...unknownSymbols],
    load_id: loadId, started_at: instantText(startedAt), finished_at: instantText(finishedAt),
  }
}

/** A load as its document tells it. */
export interface DocumentedLoad {
  runId: number | null
  version: string
  parameters: LoadParameters
  seconds: number
  result: RangeResult
  warnings: readonly string[]
}

/** The document of a load. */
export function loadDocument({ runId, version, parameters, seconds, result, warnings }: DocumentedLoad): v.InferInput<typeof LOAD.fields> {
  const { notReached, notSelected, ...totals } = totalsOf(result)
  return {
    run: runId, version, parameters, seconds, dates: result.days.map(dateOf), not_reached: result.notReached,
    totals: { ...totals, not_reached: notReached, not_selected: notSelected }, warnings: [...warnings],
  }
}
