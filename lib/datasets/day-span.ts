import { addDays } from '../domain/dates.js'
import { DAY_AGGS } from './day.js'
import { byDates } from './periods.js'
import type { Timespan } from './timespan.js'

/** Daily bars: fills of the files' table. Some answers stamp a day with its midnight, others with its close. */
export const DAY: Timespan = {
  name: 'day',
  table: DAY_AGGS.table,
  fills: DAY_AGGS,
  lockNumber: 1,
  ...byDates({ firstOf: (date) => date, nextAfter: (first) => addDays(first, 1), anyInstant: true }),
}
