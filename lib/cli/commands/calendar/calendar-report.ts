import type { Calendar, Session } from '../../../calendar/calendar.js'
import type { CalendarDay, SessionData } from '../../../documents/calendar.js'
import { weekday, type IsoDate } from '../../../domain/dates.js'
import { wallTime } from '../../../domain/zone.js'
import { printable } from '../../terminal/printable.js'

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** The date with its day of the week, for people. */
export function named(date: IsoDate): string {
  return `${DAYS[weekday(date)]} ${date}`
}

/** A session in a sentence: `Wed 2016-11-23, 09:30-16:00 America/New_York`, and why where its hours are not the regular ones. */
export function describeSession({ date, open, close, reason }: Session, { exchange: { zone } }: Calendar): string {
  const [opens, closes] = [open, close].map((instant) => wallTime(instant, zone).time.slice(0, 5))
  return `${named(date)}, ${opens}-${closes} ${zone}${reason === undefined ? '' : ` (${printable(reason)})`}`
}

/** A session as it stands in every document of a calendar. */
export function sessionData({ date, open, close, early, reason }: Session): SessionData {
  return { date, open: open.toISOString(), close: close.toISOString(), early, reason: reason ?? null }
}

/** A date as it stands in the documents about one. */
export function dayData(calendar: Calendar, date: IsoDate): CalendarDay {
  const session = calendar.session(date)
  return {
    exchange: calendar.exchange.code,
    date,
    is_open: session !== undefined,
    session: session ? sessionData(session) : null,
    reason: session ? session.reason ?? null : (calendar.closure(date)?.reason ?? 'weekend'),
  }
}
