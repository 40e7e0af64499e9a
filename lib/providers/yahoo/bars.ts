import type { TimespanName } from '../../datasets/timespan.js'
import { addDays, type IsoDate } from '../../domain/dates.js'
import { instantOf, wallTime } from '../../domain/zone.js'
import type { BarProvider, Question } from '../bar-provider.js'
import { EXCHANGE_ZONE } from '../wall-clock.js'
import { chartOf, INTERVALS } from './chart.js'
import { barsOf } from './rows.js'
import { yahooSymbol } from './symbol.js'

const secondsAt = (date: IsoDate): string => String(instantOf(date, '00:00', EXCHANGE_ZONE).getTime() / 1000)

/**
 * Everything from a date on: whatever dates are wanted, an answer that did not reach to today would not tell of splits that its prices are adjusted for.
 * Without `range`, which would have longer bars than were asked for.
 */
export function chartSince(symbol: string, timespan: TimespanName, start: IsoDate, now: Date): Question {
  const tomorrow = addDays(wallTime(now, EXCHANGE_ZONE).date, 1)
  return {
    path: `/v8/finance/chart/${encodeURIComponent(yahooSymbol(symbol) ?? symbol)}`,
    query: { period1: secondsAt(start), period2: secondsAt(tomorrow), interval: INTERVALS[timespan]!, events: 'div,split', includeAdjustedClose: 'true' },
  }
}

/** Bars of one symbol, adjusted for splits. There is no documentation of it. */
export const CHART: BarProvider['bars'] = {
  title: 'chart API',
  question: (symbol, timespan, { start }, now) => chartSince(symbol, timespan, start, now),
  read: (body, symbol, reading) => barsOf(chartOf(body, symbol, reading.timespan), symbol, reading),
}
