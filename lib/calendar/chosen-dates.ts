import type { DateRange, IsoDate } from '../domain/dates.js'
import { UsageError } from '../domain/errors.js'
import type { Calendar } from './calendar.js'
import { lastSessions } from './publication.js'

/** The dates that work is about: a range, one that ends with the latest session that has closed (`end` null), or so many sessions up to that. */
export type ChosenDates = { start: IsoDate; end: IsoDate | null } | { sessions: number }

/** The range that chosen dates are on a calendar, now. @throws UsageError when the calendar does not know it */
export function rangeOf(chosen: ChosenDates, calendar: Calendar, now: Date): DateRange {
  if ('sessions' in chosen) {
    const last = lastSessions(calendar, chosen.sessions, now)
    return { start: last[0]!.date, end: last.at(-1)!.date }
  }
  const { start, end } = calendar.range
  const range = { start: chosen.start, end: chosen.end ?? lastSessions(calendar, 1, now)[0]!.date }
  if (chosen.end === null && range.start > range.end) {
    throw new UsageError('DATES_BACKWARDS', `--start ${range.start} is after ${range.end}, the latest session that has closed`, { hint: 'give --end as well' })
  }
  if (range.start >= start && range.end <= end) return range
  throw new UsageError('DATES_BEYOND_CALENDAR', `the calendar of ${calendar.exchange.code} knows ${start} to ${end} only`)
}
