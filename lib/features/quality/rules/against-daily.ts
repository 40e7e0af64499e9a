import type { Timespan } from '../../../datasets/timespan.js'
import type { DateRange, IsoDate } from '../../../domain/dates.js'
import { apartFromDays } from '../../../store/quality/aggregates.js'
import { sessionsOf } from './calendar-of.js'
import { inPieces } from './in-pieces.js'
import type { QueryRule } from './rule.js'

/** The periods that begin in the range. */
function begunIn(timespan: Timespan, range: DateRange): DateRange[] {
  const periods = timespan.periods(range)
  return Array.from({ length: periods.slots }, (_, slot) => periods.dates(slot)).filter(({ start }) => start >= range.start)
}

/** Fetched weeks or months against those that the stored days come to; one finding a security and period. */
export function againstDaily(timespan: Timespan, name: string): QueryRule {
  return {
    kind: 'query',
    name,
    weight: 0,
    meaning: `an open, high, low or close of a fetched ${timespan.name} is more than this percentage apart from what its stored days come to`,
    advice: `fetch the ${timespan.name} again; if it stays, hold the days against another provider (ohlcv compare): one of them is wrong, or a split is not known`,
    thresholds: ['maxApart'],
    timespan: timespan.name,
    async find(db, range, thresholds) {
      const sessions = await sessionsOf(db)
      return inPieces(range, async (piece) => {
        const periods = begunIn(timespan, piece)
        const found = await apartFromDays(db, timespan, periods.map(({ start }) => start), periods.map((dates) => sessions(dates).length), thresholds['maxApart']!)
        const endOf = new Map<IsoDate, IsoDate>(periods.map(({ start, end }) => [start, end]))
        return found.map(({ symbolId, time, price, fetched, computed, percent, seen, hasSplit }) => ({
          symbolId, date: time, lastDate: endOf.get(time)!, provider: null, cause: hasSplit ? 'split' : null, details: { price, fetched, computed, percent }, seen,
        }))
      })
    },
  }
}
