import type { Calendar } from '../../../calendar/calendar.js'
import { rangeOf } from '../../../calendar/chosen-dates.js'
import { lastSessions } from '../../../calendar/publication.js'
import { addDays, type DateRange, type IsoDate } from '../../../domain/dates.js'
import { UsageError } from '../../../domain/errors.js'
import { wallTime } from '../../../domain/zone.js'
import type { AskedDates } from '../request-fields.js'

/** So few dates are that many sessions, whatever the weekday; longer ranges have about five a week. */
const MOST_SESSIONS = 5

/** The last so many dates up to the latest session that has closed, and at least as many sessions as a week has. */
function lastDates(count: number, calendar: Calendar, now: Date): DateRange {
  const sessions = lastSessions(calendar, Math.min(count, MOST_SESSIONS), now)
  const end = sessions.at(-1)!.date
  const [first, start] = [sessions[0]!.date, addDays(end, 1 - count)]
  return { start: first < start ? first : start, end }
}

function chosen(dates: AskedDates, calendar: Calendar, now: Date): { start: IsoDate; end: IsoDate | null } {
  if ('days' in dates) return lastDates(dates.days, calendar, now)
  if ('years' in dates) return lastDates(Math.floor(dates.years * 365) + 1, calendar, now)
  const { date: today } = wallTime(now, calendar.exchange.zone)
  if (dates.start > today) throw new UsageError('DATES_IN_FUTURE', `${dates.start} is yet to come: today is ${today}`)
  return { start: dates.start, end: dates.end !== null && dates.end > today ? today : dates.end }
}

/**
 * The range that a request's dates are on a calendar, now; no date that is yet to come.
 * @throws UsageError DATES_IN_FUTURE; as {@link rangeOf}
 */
export function fetchRange(dates: AskedDates, calendar: Calendar, now: Date): DateRange {
  return rangeOf(chosen(dates, calendar, now), calendar, now)
}
