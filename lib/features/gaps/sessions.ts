import type { Calendar } from '../../calendar/calendar.js'
import { publication, type PublicationRule } from '../../calendar/publication.js'
import { addDays, dayNumber, type DateRange, type IsoDate } from '../../domain/dates.js'

/** A security is usual by this many sessions before, and by at least so many of them. */
export const USUAL_SESSIONS = 60
export const LEAST_SESSIONS = 10
/** Calendar dates that surely hold one session more than twice that many, and one more than once. */
const DATES_BEFORE = 190
const DATES_AFTER = 100

/** The sessions of a range, and those around it by which they are judged. */
export interface SessionsAround {
  /** In order. */
  dates: IsoDate[]
  /** The same as `dayNumber` has them. */
  days: Int32Array
  /** Places of the sessions that are asked about. */
  asked: number[]
  /** Places of those by whose bars securities are judged: loaded ones; where no session is loaded, those with any bar. */
  known: number[]
  /** Places of those asked about that are not loaded although their files are due. */
  unloaded: number[]
}

/** The dates that are looked at for a range. */
function datesAround({ start, end }: DateRange, calendar: Calendar): DateRange {
  const [first, last] = [addDays(start, -DATES_BEFORE), addDays(end, DATES_AFTER)]
  return { start: first > calendar.range.start ? first : calendar.range.start, end: last < calendar.range.end ? last : calendar.range.end }
}

/** What says of dates whether they are there. */
export interface DatesThere {
  /** Dates with an authoritative load. */
  loaded: ReadonlySet<IsoDate>
  /** Dates with any bar; asked only where no date is loaded. */
  withBars: (dates: readonly IsoDate[]) => Promise<ReadonlySet<IsoDate>>
}

/** The sessions of a range as they stand: those whose day file is not due yet are neither asked about nor missed. */
export async function sessionsAround(range: DateRange, calendar: Calendar, rule: PublicationRule, now: Date, there: DatesThere): Promise<SessionsAround> {
  const dates = calendar.sessions(datesAround(range, calendar)).filter(({ close }) => close <= now).map(({ date }) => date)
  const isLoaded = (date: IsoDate): boolean => there.loaded.has(date)
  const isKnown = dates.some(isLoaded) ? isLoaded : await there.withBars(dates).then((found) => (date: IsoDate) => found.has(date))
  const sessions: SessionsAround = { dates, days: Int32Array.from(dates, dayNumber), asked: [], known: [], unloaded: [] }
  for (const [place, date] of dates.entries()) {
    if (isKnown(date)) sessions.known.push(place)
    if (date < range.start || date > range.end) continue
    if (!isLoaded(date) && publication(calendar, date, rule).due > now) continue
    sessions.asked.push(place)
    if (!isLoaded(date)) sessions.unloaded.push(place)
  }
  return sessions
}
