import { addCounts, NO_COUNTS, type Counts } from '../../../domain/counts.js'
import type { Outcome } from '../../../domain/outcome.js'
import type { DayResult } from '../day/result.js'
import type { RangeResult } from './load-range.js'

/** The figures of a whole run. */
export interface Totals extends Counts {
  dates: number
  outcomes: Partial<Record<Outcome, number>>
  weekends: number
  notReached: number
  bytes: number
}

/** Adds up a run. */
export function totalsOf({ days, weekends, notReached }: RangeResult): Totals {
  const totals: Totals = { dates: days.length, outcomes: {}, weekends, notReached: notReached.length, ...NO_COUNTS, bytes: 0 }
  for (const { outcome, counts } of days) {
    totals.outcomes[outcome] = (totals.outcomes[outcome] ?? 0) + 1
    if (!counts) continue
    addCounts(totals, counts)
    totals.bytes += counts.bytes
  }
  return totals
}

/** The symbols that the universe lacks, over all dates of a run, and in how many rows they stand. */
export function unknownOf(days: readonly DayResult[]): { symbols: string[]; rows: number } {
  const symbols = new Set<string>()
  let rows = 0
  for (const day of days) {
    for (const symbol of day.unknownSymbols) symbols.add(symbol)
    rows += day.counts?.unknown ?? 0
  }
  return { symbols: [...symbols].sort(), rows }
}
