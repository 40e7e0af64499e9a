import { isWeekend, type Calendar, type Session } from '../../calendar/calendar.js'
import type { Periods, Timespan } from '../../datasets/timespan.js'
import { addDays, type IsoDate } from '../../domain/dates.js'
import type { LineMarks } from '../../stages/fetched-line.js'
import type { Schedule } from '../../stages/on-schedule.js'

/** What the calendar and the clock say about the periods of an answer. */
export interface Marks extends LineMarks, Schedule {
  /** Whether it was over when the bar was asked for, but not for long enough to be final. */
  unsettled(slot: number): boolean
  /** From when on a bar of it is final. */
  settlesAt(slot: number): Date
}

const HOUR_MS = 3_600_000

/** The dates on which an exchange opens or not: the symbols of a job ask for the same ones. */
const known = new WeakMap<Calendar, Map<IsoDate, boolean>>()

function opens(date: IsoDate, calendar: Calendar): boolean {
  let dates = known.get(calendar)
  if (dates === undefined) known.set(calendar, (dates = new Map()))
  const found = dates.get(date)
  if (found !== undefined) return found
  const isOpen = !isWeekend(date) && calendar.closure(date) === undefined
  dates.set(date, isOpen)
  return isOpen
}

/** When the dates of a period are over, in milliseconds: at the close of their last session, or without one at their end. */
function closeOf(periods: Periods, slot: number, calendar: Calendar): number {
  const { start, end } = periods.dates(slot)
  const [first, last] = [start > calendar.range.start ? start : calendar.range.start, end < calendar.range.end ? end : calendar.range.end]
  for (let date = last; date >= first; date = addDays(date, -1)) {
    const session = calendar.session(date)
    if (session) return session.close.getTime()
  }
  return periods.span(slot).end
}

/** The first of the periods from which on it holds; their number where it holds for none. What holds for one has to hold for all after it. */
function firstWhere(slots: number, holds: (slot: number) => boolean): number {
  let first = slots
  while (first > 0 && holds(first - 1)) first--
  return first
}

/**
 * Marks of the periods of an answer. One is partial if it was not over when it was asked for: an hour or a minute at its end, others at the close of their
 * last session; or if so many hours had not passed since that close. One is regular if it touches the regular session.
 * @param periods of dates that the calendar knows
 * @param settlesHours as a provider has it
 */
export function marksOf(timespan: Timespan, periods: Periods, calendar: Calendar, pulledAt: Date, settlesHours: number): Marks {
  const now = pulledAt.getTime()
  const { name, ofDates } = timespan
  const isOfSession = name !== 'week' && name !== 'month'
  const isOpen = (slot: number): boolean => opens(periods.dateOf(slot), calendar)
  const sessions = new Map<IsoDate, Session | undefined>()
  const sessionOn = (date: IsoDate): Session | undefined => {
    if (!sessions.has(date)) sessions.set(date, calendar.session(date))
    return sessions.get(date)
  }
  const overAt = (slot: number): number => (ofDates ? closeOf(periods, slot, calendar) : periods.span(slot).end)
  const settlesAt = (slot: number): number => (settlesHours === 0 ? overAt(slot) : Math.max(overAt(slot), closeOf(periods, slot, calendar) + settlesHours * HOUR_MS))
  // Periods follow each other, so that few have to be looked at, and those from the end on.
  const partialFrom = firstWhere(periods.slots, (slot) => settlesAt(slot) > now)
  const futureFrom = firstWhere(periods.slots, (slot) => periods.span(slot).start > now)
  return {
    regular(slot) {
      if (ofDates) return true
      const session = sessionOn(periods.dateOf(slot))
      const { start, end } = periods.span(slot)
      return session !== undefined && start < session.close.getTime() && end > session.open.getTime()
    },
    partial: (slot) => slot >= partialFrom,
    unsettled: (slot) => slot >= partialFrom && overAt(slot) <= now,
    settlesAt: (slot) => new Date(settlesAt(slot)),
    fault: (slot) => (slot >= futureFrom ? 'in_future' : isOfSession && !isOpen(slot) ? 'closed_day' : undefined),
  }
}
