import { addDays, weekday } from '../domain/dates.js'
import { byDates } from './periods.js'
import type { Timespan } from './timespan.js'

/** Weekly bars; a week begins on Sunday. */
export const WEEK: Timespan = {
  name: 'week',
  table: 'ohlcv_weekly',
  fills: null,
  lockNumber: 4,
  ...byDates({ firstOf: (date) => addDays(date, -weekday(date)), nextAfter: (first) => addDays(first, 7), anyInstant: false }),
}
