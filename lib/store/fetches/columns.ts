import type { Timespan } from '../../datasets/timespan.js'

/** The values of a bar. */
export const VALUES = ['open', 'high', 'low', 'close', 'volume', 'transactions'] as const

/** What a fetched bar has beside its values that tells it from another. A fill is whole; whether a bar is of the regular session is asked of instants only. */
export function marksOf({ fills, ofDates }: Timespan): string[] {
  if (fills !== null) return ['filled_by']
  return ofDates ? ['partial'] : ['regular', 'partial']
}

/** Every column of a fetched bar but its key. */
export function columnsOf(timespan: Timespan): string[] {
  return [...VALUES, ...marksOf(timespan), 'fetch_id', timespan.fills === null ? 'created_at' : 'load_id']
}
