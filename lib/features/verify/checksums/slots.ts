import type { Session } from '../../../calendar/calendar.js'
import { partitionsOf } from '../../../datasets/partitions.js'
import type { Timespan } from '../../../datasets/timespan.js'
import { datesOf, type DateRange, type IsoDate } from '../../../domain/dates.js'
import { canonicalTime } from '../../../store/bars/canonical.js'
import { expectedTimes } from '../../runs/expected.js'

/** The bars that the calendar lets expect of some dates: their times, in order, and the first and the last date of each. */
export interface Slots {
  times: string[]
  from: IsoDate[]
  to: IsoDate[]
  at: Map<string, number>
}

/** The pieces in which a range is read: what one statement sorts. A table of fetched bars has the order by itself. */
export function piecesOf({ fills }: Timespan, range: DateRange): DateRange[] {
  if (fills === null) return [range]
  if (fills.window === 'day') return partitionsOf(fills, range)
  return [...datesOf(range)].map((date) => ({ start: date, end: date }))
}

/** @param sessions those of the dates that have closed */
export function slotsOf(timespan: Timespan, dates: DateRange, sessions: readonly Session[]): Slots {
  const given = timespan.ofDates ? expectedTimes(timespan, dates, sessions).map((time) => ({ time, dates: timespan.periods({ start: time as IsoDate, end: time as IsoDate }).dates(0) }))
    : sessions.flatMap((session) => expectedTimes(timespan, dates, [session]).map((time) => ({ time: canonicalTime(timespan, time), dates: { start: session.date, end: session.date } })))
  return {
    times: given.map(({ time }) => time), from: given.map((slot) => slot.dates.start), to: given.map((slot) => slot.dates.end),
    at: new Map(given.map(({ time }, index) => [time, index])),
  }
}

/** The slots of which a date is within the range, as the first of them and the one after the last. */
export function slotsWithin({ from, to }: Slots, { start, end }: DateRange): [first: number, next: number] {
  return [firstWhere(to, (date) => date >= start), firstWhere(from, (date) => date > end)]
}

/** The place of the first date that is so, where all after it are. */
function firstWhere(dates: readonly IsoDate[], is: (date: IsoDate) => boolean): number {
  let [low, high] = [0, dates.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (is(dates[middle]!)) high = middle
    else low = middle + 1
  }
  return low
}
