import { addDays, type DateRange, type IsoDate } from '../domain/dates.js'
import { instantOf, wallTime } from '../domain/zone.js'
import { DAY_AGGS } from './day.js'
import { partitionsOf } from './partitions.js'
import { DATES, instantsIn } from './times.js'
import type { Periods, Timespan } from './timespan.js'

/** The zone by whose clock every period begins: that of the files' bars. */
const ZONE = DAY_AGGS.zone
const NANOSECONDS_A_MS = 1_000_000n

/** What a timespan says about the time, its name and its table aside. */
type Timing = Pick<Timespan, 'ofDates' | 'times' | 'periods' | 'asked' | 'pieces'>

const midnight = (date: IsoDate): number => instantOf(date, '00:00', ZONE).getTime()
const later = (a: IsoDate, b: IsoDate): IsoDate => (a > b ? a : b)

/** Periods of so many milliseconds, one after the other from midnight on. A day of 23 or 25 hours has so many, since clocks change by whole hours. */
export function evenly(ms: number): Timing {
  return {
    ofDates: false,
    times: instantsIn(ZONE),
    periods(range): Periods {
      const [start, end] = [midnight(range.start), midnight(addDays(range.end, 1))]
      const [from, until, length] = [BigInt(start) * NANOSECONDS_A_MS, BigInt(end) * NANOSECONDS_A_MS, BigInt(ms) * NANOSECONDS_A_MS]
      const at = (slot: number): Date => new Date(start + slot * ms)
      const dateOf = (slot: number): IsoDate => wallTime(at(slot), ZONE).date
      return {
        slots: (end - start) / ms,
        slot: (instant) => (instant >= from && instant < until && (instant - from) % length === 0n ? Number((instant - from) / length) : undefined),
        time: (slot) => at(slot).toISOString(),
        dates(slot) {
          const date = dateOf(slot)
          return { start: date, end: date }
        },
        dateOf,
        span: (slot) => ({ start: at(slot).getTime(), end: at(slot + 1).getTime() }),
      }
    },
    asked: (range) => range,
    pieces: (range) => partitionsOf({ partition: 'month' }, range),
  }
}

/** How dates are divided into periods. */
interface Division {
  /** The first date of the period that holds the date. */
  firstOf: (date: IsoDate) => IsoDate
  /** The first date of the period after the one that begins on the date. */
  nextAfter: (first: IsoDate) => IsoDate
  /** Whether a provider may stamp a bar with another instant of the period's first date than its midnight. */
  anyInstant: boolean
}

/** Periods of whole dates. */
export function byDates({ firstOf, nextAfter, anyInstant }: Division): Timing {
  return {
    ofDates: true,
    times: DATES,
    periods: remembered((range): Periods => {
      const firsts: IsoDate[] = []
      let next = firstOf(range.start)
      for (; next <= range.end; next = nextAfter(next)) firsts.push(next)
      const midnights = [...firsts, next].map(midnight)
      const [from, until] = [BigInt(midnights[0]!) * NANOSECONDS_A_MS, BigInt(midnights.at(-1)!) * NANOSECONDS_A_MS]
      const slots = new Map(firsts.map((first, slot) => [first, slot]))
      const atMidnight = new Map(midnights.slice(0, -1).map((ms, slot) => [ms, slot]))
      return {
        slots: firsts.length,
        slot(instant) {
          if (instant < from || instant >= until) return undefined
          const ms = Number(instant / NANOSECONDS_A_MS)
          const slot = instant % NANOSECONDS_A_MS === 0n ? atMidnight.get(ms) : undefined
          return slot === undefined && anyInstant ? slots.get(wallTime(new Date(ms), ZONE).date) : slot
        },
        time: (slot) => firsts[slot]!,
        dates: (slot) => ({ start: firsts[slot]!, end: addDays(nextAfter(firsts[slot]!), -1) }),
        dateOf: (slot) => later(firsts[slot]!, range.start),
        span: (slot) => ({ start: midnights[slot]!, end: midnights[slot + 1]! }),
      }
    }),
    asked: ({ start, end }) => ({ start: firstOf(start), end }),
    pieces: (range) => [range],
  }
}

/** The same for the range it was last made for: most symbols of a job have that one. */
function remembered(make: (range: DateRange) => Periods): (range: DateRange) => Periods {
  let last: { range: DateRange; periods: Periods } | undefined
  return (range) => {
    if (last?.range.start !== range.start || last.range.end !== range.end) last = { range, periods: make(range) }
    return last.periods
  }
}
