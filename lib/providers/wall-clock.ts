import type { Periods, TimespanName } from '../datasets/timespan.js'
import { timespanNamed } from '../datasets/timespans.js'
import { isIsoDate, type DateRange, type IsoDate } from '../domain/dates.js'
import { instantOf } from '../domain/zone.js'

/** The clock by which providers of American bars write dates and times. */
export const EXCHANGE_ZONE = 'America/New_York'

const NANOSECONDS_A_MS = 1_000_000n

/** The dates that all of the periods touch together: rows of others were not asked for. */
export function askedDates(periods: Periods): DateRange {
  return { start: periods.dates(0).start, end: periods.dates(periods.slots - 1).end }
}

/** The period that holds a date, however its provider stamps it; for those of dates. */
export function slotOfDate(date: IsoDate, timespan: TimespanName, periods: Periods): number | undefined {
  const { start } = timespanNamed(timespan).asked({ start: date, end: date })
  return slotAt(start, '00:00', periods)
}

/** A wall-clock stamp, `YYYY-MM-DD HH:MM:SS`. */
const STAMP = /^(\d{4}-\d\d-\d\d) ((?:[01]\d|2[0-3]):[0-5]\d):([0-5]\d)$/

/** The date of a wall-clock stamp; undefined where it is none. */
export function dateOfStamp(text: string): IsoDate | undefined {
  const date = STAMP.exec(text)?.[1] ?? ''
  return isIsoDate(date) ? date : undefined
}

/** The minute that begins at a wall-clock stamp. */
export function slotOfStamp(text: string, periods: Periods): number | undefined {
  const [, date = '', time = '', seconds] = STAMP.exec(text) ?? []
  return isIsoDate(date) && seconds === '00' ? slotAt(date, time, periods) : undefined
}

function slotAt(date: IsoDate, time: string, periods: Periods): number | undefined {
  return periods.slot(BigInt(instantOf(date, time, EXCHANGE_ZONE).getTime()) * NANOSECONDS_A_MS)
}
