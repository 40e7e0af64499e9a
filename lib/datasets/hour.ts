import { evenly } from './periods.js'
import type { Timespan } from './timespan.js'

/** Hourly bars, extended hours included. */
export const HOUR: Timespan = { name: 'hour', table: 'ohlcv_hourly', fills: null, lockNumber: 3, ...evenly(3_600_000) }
