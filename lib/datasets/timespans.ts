import { DAY } from './day-span.js'
import { HOUR } from './hour.js'
import { MINUTE } from './minute-span.js'
import { MONTH } from './month.js'
import type { Timespan, TimespanName } from './timespan.js'
import { WEEK } from './week.js'

/** Every length of bars that is fetched, in the order in which those of a symbol are. */
export const TIMESPANS: readonly Timespan[] = [HOUR, DAY, WEEK, MONTH, MINUTE]

export function timespanNamed(name: TimespanName): Timespan {
  return TIMESPANS.find((timespan) => timespan.name === name)!
}
