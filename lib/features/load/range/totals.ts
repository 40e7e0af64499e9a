import type { Outcome } from '../../../domain/outcome.js'
import type { DayResult } from '../day/result.js'
import type { RangeResult } from './load-range.js'

/** The figures of a whole run. */
export interface Totals {
  dates: number
  outcomes: Partial<Record<Outcome, number>>
  weekends: number
  notReached: number
  read: number
  staged: number
  inserted: number
  updated: number
  unchanged: number
  removed: number
  rejected: number
  unknown: number
  notSelected: number
  duplicates: number
  bytes: number
}

/** Adds up a run. */
export function totalsOf({ days, weekends, notReached }: RangeResult): Totals {
  const totals: Totals = {
    dates: days.length, outcomes: {}, weekends, notReached: notReached.length,
    read: 0, staged: 0, inserted: 0, updated: 0, unchanged: 0, removed: 0, rejected: 0, unknown: 0, notSelected: 0, duplicates: 0, bytes: 0,
  }
  for (const { outcome, counts } of days) {
    totals.outcomes[outcome] = (totals.outcomes[outcome] ?? 0) + 1
    if (!counts) continue
    for (const key of ['read', 'staged', 'inserted', 'updated', 'unchanged', 'removed', 'rejected', 'unknown', 'notSelected', 'duplicates', 'bytes'] as const) {
      totals[key] += counts[key]
    }
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
