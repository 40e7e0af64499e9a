import { createCalendar, type Session } from '../../../calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../../calendar/exchanges.js'
import type { DateRange } from '../../../domain/dates.js'
import type { Queryable } from '../../../postgres/database.js'
import { listOverrides } from '../../../store/calendar/overrides.js'

/** The sessions of those dates of a range that the calendar knows. */
export async function sessionsOf(db: Queryable): Promise<(range: DateRange) => Session[]> {
  const calendar = createCalendar(DEFAULT_EXCHANGE, await listOverrides(db, DEFAULT_EXCHANGE.code))
  return ({ start, end }) => {
    const known = { start: start < calendar.range.start ? calendar.range.start : start, end: end > calendar.range.end ? calendar.range.end : end }
    return known.start > known.end ? [] : calendar.sessions(known)
  }
}
