import { DAY_STATES, type DayState } from '../features/status/day-state.js'
import type { DayStatus } from '../features/status/survey.js'

/** How many dates are in each state. */
export function totalsOf(days: readonly DayStatus[]): Record<DayState, number> {
  const totals = Object.fromEntries(DAY_STATES.map((state) => [state, 0])) as Record<DayState, number>
  for (const { state } of days) if (state !== null) totals[state]++
  return totals
}
