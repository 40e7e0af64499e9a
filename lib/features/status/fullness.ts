import type { DayStatus } from './survey.js'

/** From this share of the usual bars on a date counts as whole. */
export const FULL = 95
/** From this share of unknown rows on a date does not count as whole, however usual that is. */
const MOST_UNKNOWN = 50

/** How many bars a loaded date has: the usual number, less, or far less. */
export function fullnessOf({ thin, coverage, unknown }: DayStatus): 'full' | 'less' | 'thin' {
  if (thin) return 'thin'
  return (coverage === null || coverage >= FULL) && (unknown?.share ?? 0) <= MOST_UNKNOWN ? 'full' : 'less'
}
