import * as v from 'valibot'
import { TIMESPAN_NAMES } from '../datasets/timespan.js'
import type { ChecksumReport } from '../features/verify/checksums/checksums.js'
import { count, date, id } from './fields.js'

const asset = v.strictObject({
  symbol_id: id,
  /** What the security is called, or was called last. */
  symbol: v.string(),
  interval: v.picklist(TIMESPAN_NAMES),
  /** Bars that the calendar lets expect on the dates on which the security is listed, and stored ones. */
  expected: count,
  stored: count,
  /** Expected ones that are not stored, and stored ones that are not expected: outside the regular session, or the listing. */
  missing: count,
  unexpected: count,
  /** Runs of missing bars, one after the other: how many, and the first hundred. */
  gap_count: count,
  gaps: v.array(v.strictObject({ start: v.string(), end: v.string(), bars: count })),
  /** Rows that were kept out since they repeated a bar. No bar is stored twice: the key of the table has the security and the time. */
  duplicates: count,
  /** Of the stored rows in the order of time, each a line in canonical form. */
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
})

/** `ohlcv verify --report`: rows, gaps and checksums of an interval by security. */
export const checksums = v.strictObject({ start: date, end: date, assets: v.array(asset) })

/** The document of a checksum report. */
export function checksumDocument({ range, interval, assets }: ChecksumReport): v.InferInput<typeof checksums> {
  return {
    ...range,
    assets: assets.map(({ symbolId, symbol, expected, stored, missing, unexpected, gapCount, gaps, duplicates, sha256 }) => ({
      symbol_id: symbolId, symbol, interval, expected, stored, missing, unexpected, gap_count: gapCount, gaps, duplicates, sha256,
    })),
  }
}
