import { addMonths, firstOfMonth } from '../domain/dates.js'
import { byDates } from './periods.js'
import type { Timespan } from './timespan.js'

/** Monthly bars. */
export const MONTH: Timespan = {
  name: 'month',
  table: 'ohlcv_monthly',
  fills: null,
  lockNumber: 5,
  ...byDates({ firstOf: firstOfMonth, nextAfter: (first) => addMonths(first, 1), anyInstant: false }),
}
