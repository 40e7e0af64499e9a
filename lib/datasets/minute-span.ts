import { MINUTE_AGGS } from './minute.js'
import { evenly } from './periods.js'
import type { Timespan } from './timespan.js'

/** Minute bars: fills of the files' table. */
export const MINUTE: Timespan = { name: 'minute', table: MINUTE_AGGS.table, fills: MINUTE_AGGS, lockNumber: 2, ...evenly(60_000) }
