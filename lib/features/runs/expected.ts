import type { Calendar, Session } from '../../calendar/calendar.js'
import type { Timespan } from '../../datasets/timespan.js'
import type { DateRange } from '../../domain/dates.js'

/** Percent of the expected bars below which something is missing. */
const LEAST_PERCENT = 90
/** Ranges whose times are remembered: most symbols of a job have the same one. */
const MOST_REMEMBERED = 100

/** The periods, of a day or shorter, that touch regular sessions: of a full one its day, 7 hours or 390 minutes. */
function touching(timespan: Timespan, sessions: readonly Session[]): string[] {
  if (timespan.ofDates) return sessions.map(({ date }) => date)
  return sessions.flatMap(({ date, open, close }) => {
    const periods = timespan.periods({ start: date, end: date })
    const { start, end } = periods.span(0)
    const slotAt = (instant: Date) => (instant.getTime() - start) / (end - start)
    const first = Math.floor(slotAt(open))
    return Array.from({ length: Math.ceil(slotAt(close)) - first }, (_, index) => periods.time(first + index))
  })
}

/** The periods, longer than a day, that begin in the range and have one of its sessions. */
function begunIn(timespan: Timespan, range: DateRange, sessions: readonly Session[]): string[] {
  const periods = timespan.periods(range)
  const times: string[] = []
  let next = 0
  for (let slot = 0; slot < periods.slots; slot++) {
    const { start, end } = periods.dates(slot)
    while (next < sessions.length && sessions[next]!.date < start) next++
    if (start >= range.start && next < sessions.length && sessions[next]!.date <= end) times.push(periods.time(slot))
  }
  return times
}

/** The times, as `Periods.time` gives them, of the bars to expect of these sessions of a range, in order: of weeks and months those that begin in it. */
export function expectedTimes(timespan: Timespan, range: DateRange, sessions: readonly Session[]): string[] {
  return timespan.name === 'week' || timespan.name === 'month' ? begunIn(timespan, range, sessions) : touching(timespan, sessions)
}

/** Which bars the calendar lets expect, at one moment. */
export class Expectations {
  readonly #known = new Map<string, ReadonlySet<string>>()

  constructor(readonly calendar: Calendar, private readonly now: Date) {}

  /**
   * The times, as `Periods.time` gives them, of the bars to expect on these dates of sessions that have closed: of the regular session, and of weeks and months
   * those that begin within the dates, or the one that they are all of.
   */
  times(timespan: Timespan, ranges: readonly DateRange[]): ReadonlySet<string> {
    const key = [timespan.name, ...ranges.flatMap(({ start, end }) => [start, end])].join(' ')
    const known = this.#known.get(key)
    if (known) return known
    const times = new Set(this.#timesOf(timespan, ranges))
    if (this.#known.size >= MOST_REMEMBERED) this.#known.clear()
    this.#known.set(key, times)
    return times
  }

  #timesOf(timespan: Timespan, ranges: readonly DateRange[]): string[] {
    const closed = ranges.map((range) => ({ range, sessions: this.calendar.sessions(range).filter(({ close }) => close <= this.now) }))
    const last = closed.flatMap(({ sessions }) => sessions).at(-1)
    if (last === undefined) return []
    const times = closed.flatMap(({ range, sessions }) => expectedTimes(timespan, range, sessions))
    return times.length > 0 ? times : [timespan.periods({ start: last.date, end: last.date }).time(0)]
  }
}

/** How many of the expected bars there are. */
export function countedOf(expected: ReadonlySet<string>, times: ReadonlySet<string>): number {
  let count = 0
  for (const time of expected) if (times.has(time)) count++
  return count
}

/** Whether so many fewer bars came than the calendar lets expect that it is to be looked into. */
export function isShort(counted: number, expected: number): boolean {
  return counted * 100 < expected * LEAST_PERCENT
}
