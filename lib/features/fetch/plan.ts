import type { Timespan } from '../../datasets/timespan.js'
import { TIMESPANS, timespanNamed } from '../../datasets/timespans.js'
import { addDays, type DateRange } from '../../domain/dates.js'
import type { Universe } from '../../domain/universe.js'
import { asksOf, within } from '../runs/asking/asks.js'
import type { Expectations } from '../runs/expected.js'
import { hoursRange } from './hours.js'
import type { FetchRequest } from './request.js'

/** The symbol of a unit that is about all of them. */
export const EVERY_SYMBOL = '*'

/** What is asked for under one symbol; in one request, or in as many as the timespan has pieces. */
export interface Ask {
  /** Null: every symbol of a date. */
  symbol: string | null
  /** Dates on which the symbol names the security. */
  range: DateRange
  /** Bars that begin before it are not wanted. */
  since?: Date
}

/** What is fetched and stored at once. */
export interface Unit {
  /** As it was asked for, or {@link EVERY_SYMBOL}. */
  symbol: string
  timespan: Timespan
  /** The month of minutes, `YYYY-MM`, the hour in which they are polled, `YYYY-MM-DDTHH`, or the date of a grouped answer; else empty. */
  part: string
  asks: Ask[]
  range: DateRange
  /** How many bars the calendar lets expect; null of grouped answers: who knows how many symbols traded. */
  expected: number | null
  /** Whether it is asked for again and again, so that its audit record is the sum of all. */
  adds?: true
}

/** The ranges that have a unit each. */
function partsOf(timespan: Timespan, range: DateRange, { calendar }: Expectations): { part: string; range: DateRange }[] {
  const whole = timespan.name === 'hour' ? hoursRange(range, calendar) : range
  if (whole === undefined) return []
  if (timespan.name !== 'minute') return [{ part: '', range: whole }]
  return timespan.pieces(whole).map((piece) => ({ part: piece.start.slice(0, 7), range: piece }))
}

/** What to fetch of a symbol on the dates of the range, in the order of the timespans. */
export function planUnits(symbol: string, universe: Universe, range: DateRange, { timespans }: Pick<FetchRequest, 'timespans'>, expectations: Expectations): Unit[] {
  const asks = asksOf(symbol, universe, range)
  return TIMESPANS.filter(({ name }) => timespans.some((wanted) => wanted === name)).flatMap((timespan) =>
    partsOf(timespan, range, expectations).flatMap(({ part, range }): Unit[] => {
      const own = asks.flatMap(({ symbol, range: { start, end } }) => {
        const both = within(start, addDays(end, 1), range)
        return both ? [{ symbol, range: both }] : []
      })
      return own.length === 0 ? [] : [{ symbol, timespan, part, asks: own, range, expected: expectations.times(timespan, own.map(({ range }) => range)).size }]
    }))
}

/** A unit for each session of the range. */
export function planGrouped(range: DateRange, { calendar }: Expectations): Unit[] {
  return calendar.sessions(range).map(({ date }) => {
    const day = { start: date, end: date }
    return { symbol: EVERY_SYMBOL, timespan: timespanNamed('day'), part: date, asks: [{ symbol: null, range: day }], range: day, expected: null }
  })
}
