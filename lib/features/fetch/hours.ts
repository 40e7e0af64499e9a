import type { Calendar } from '../../calendar/calendar.js'
import { addDays, type DateRange, type IsoDate } from '../../domain/dates.js'

/** Of hours no more than these are ever asked for. */
const SESSIONS_OF_HOURS = 2

/** The dates of the range whose hours are asked for: its last two sessions; one where it is of one date. Undefined without a session. */
export function hoursRange({ start, end }: DateRange, calendar: Calendar): DateRange | undefined {
  const sessions: IsoDate[] = []
  for (let date = end; date >= start && sessions.length < SESSIONS_OF_HOURS; date = addDays(date, -1)) {
    if (calendar.session(date)) sessions.push(date)
  }
  return sessions.length === 0 ? undefined : { start: sessions.at(-1)!, end: sessions[0]! }
}
