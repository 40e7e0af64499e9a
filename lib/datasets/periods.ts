import { addDays, type DateRange, type IsoDate } from '../domain/dates.js'
import { instantOf, wallTime } from '../domain/zone.js'
import { DAY_AGGS } from './day.js'
import { partitionsOf } from './partitions.js'
import { DATES, instantsIn } from './times.js'
import type { Periods, Timespan } from './timespan.js'

/** The zone by whose clock every period begins: that of the files' bars. */
const ZONE = DAY_AGGS.zone
const NANOSECONDS_A_MS = 1_000_000n
/** Ranges whose periods are remembered: the symbols of a job have few different ones. */
const MOST_REMEMBERED = 32

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

/** Makes the periods of a range once. */
function remembering(make: (range: DateRange) => Periods): (range: DateRange) => Periods {
  const known = new Map<string, Periods>()
  return (range) => {
    const key = `${range.start} ${range.end}`
    const found = known.get(key)
    if (found) return found
    if (known.size >= MOST_REMEMBERED) known.clear()
    const made = make(range)
    known.set(key, made)
    return made
  }
}

/** Periods of whole dates. */
export function byDates({ firstOf, nextAfter, anyInstant }: Division): Timing {
  return {
    ofDates: true,
    times: DATES,
    periods: remembering((range) => {
      const firsts: IsoDate[] = []
      let next = firstOf(range.start)
      for (; next <= range.end; next = nextAfter(next)) firsts.push(next)
      const slots = new Map(firsts.map((first, slot) => [first, slot]))
      const [start, end] = [midnight(firsts[0]!), midnight(next)]
      const [from, until] = [BigInt(start) * NANOSECONDS_A_MS, BigInt(end) * NANOSECONDS_A_MS]
      const datesOf = (slot: number): DateRange => ({ start: firsts[slot]!, end: addDays(nextAfter(firsts[slot]!), -1) })
      const slotAt = (instant: bigint): number | undefined => {
        if (instant < from || instant >= until) return undefined
        const since = instant - from
        const { date } = wallTime(new Date(start + Number(since / NANOSECONDS_A_MS)), ZONE)
        return anyInstant || BigInt(midnight(date)) * NANOSECONDS_A_MS === instant ? slots.get(date) : undefined
      }
      // Every symbol has its bars at the same instants.
      const found = new Map<bigint, number>()
      return {
        slots: firsts.length,
        slot(instant) {
          const known = found.get(instant)
          if (known !== undefined) return known
          const slot = slotAt(instant)
          if (slot !== undefined && found.size < firsts.length) found.set(instant, slot)
          return slot
        },
        time: (slot) => firsts[slot]!,
        dates: datesOf,
        dateOf: (slot) => later(firsts[slot]!, range.start),
        span: (slot) => ({ start: midnight(firsts[slot]!), end: midnight(nextAfter(firsts[slot]!)) }),
      }
    }),
    asked: ({ start, end }) => ({ start: firstOf(start), end }),
    pieces: (range) => [range],
  }
}
