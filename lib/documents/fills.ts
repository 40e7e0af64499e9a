import * as v from 'valibot'
import type { RemovedFills } from '../features/fetch/answers/remove.js'
import type { FillCount, FilledBar } from '../store/fetches/fills.js'
import { defineDocument, type DocumentOf } from './document.js'
import { replayData, replayFields } from './fetches.js'
import { barValues, count, date, id, instant, instantOrNull } from './fields.js'

/** `ohlcv fills`: bars that a provider filled in, by date, the latest first; of a symbol or job the bars themselves. */
export const FILLS = defineDocument('ohlcv.fills/1', v.strictObject({
  dataset: v.string(),
  total: count,
  counts: v.array(v.strictObject({ date, provider: v.string(), bars: count })),
  bars: v.nullable(v.array(v.strictObject({
    date,
    /** When its window begins; null where the date says it all. */
    time: v.nullable(instant),
    symbol: v.nullable(v.string()),
    symbol_id: id,
    provider: v.string(),
    fetch_id: v.nullable(id),
    job_id: v.nullable(v.string()),
    ...barValues,
  }))),
}))

/** `ohlcv fills remove`: what was taken back, and what came of the answers that are left. */
export const FILLS_REMOVE = defineDocument('ohlcv.fills.remove/1', v.strictObject({
  dry_run: v.boolean(),
  /** Requests whose bars do not count from now on, and filled bars that stood on them. */
  fetches: count,
  fills: count,
  /** Requests that reach beyond the dates asked for, and were left. */
  beyond: count,
  ...replayFields,
}))

/** The document of fills: counts, and the bars where they were asked for. */
export function fillsDocument(dataset: string, counts: readonly FillCount[], bars: readonly FilledBar[] | null): DocumentOf<typeof FILLS> {
  return {
    dataset,
    total: counts.reduce((sum, { bars: filled }) => sum + filled, 0),
    counts: [...counts],
    bars: bars && bars.map(({ date, time, symbol, symbolId, provider, fetchId, jobId, open, high, low, close, volume, transactions }) => ({
      date, time: instantOrNull(time), symbol, symbol_id: symbolId, provider, fetch_id: fetchId, job_id: jobId, open, high, low, close, volume, transactions,
    })),
  }
}

/** The document of fills that were taken back. */
export function removeDocument({ fetches, fills, beyond, replayed }: RemovedFills, dryRun: boolean): DocumentOf<typeof FILLS_REMOVE> {
  return { dry_run: dryRun, fetches, fills, beyond, ...replayData(replayed) }
}
