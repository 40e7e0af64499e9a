import type { Dataset } from './dataset.js'
import { addDays, type IsoDate } from '../domain/dates.js'
import { instantOf } from '../domain/zone.js'

const MINUTE_MS = 60_000
const NANOSECONDS_A_MS = 1_000_000n

/** The windows that the bars of one date may have, numbered from 0: slots. Instants are nanoseconds since the epoch. */
export interface Windows {
  /** How many there are. */
  slots: number
  /** Which window a bar is of that begins at the instant; undefined when it is none of this date, or does not begin at a whole minute. */
  slot(instant: bigint): number | undefined
  /** Whether the instant is on the date. */
  isOnDate(instant: bigint): boolean
  /** The window's start as COPY takes it; null where the date says it all. */
  time(slot: number): string | null
}

/** The windows of a dataset on a date of a time zone: one of the whole day, or its minutes (1,380 to 1,500 with daylight saving). */
export function windowsOf({ window }: Pick<Dataset, 'window'>, date: IsoDate, zone: string): Windows {
  const start = instantOf(date, '00:00', zone).getTime()
  const end = instantOf(addDays(date, 1), '00:00', zone).getTime()
  const [from, until] = [BigInt(start) * NANOSECONDS_A_MS, BigInt(end) * NANOSECONDS_A_MS]
  const isOnDate = (instant: bigint) => instant >= from && instant < until
  if (window === 'day') return { slots: 1, slot: (instant) => (isOnDate(instant) ? 0 : undefined), isOnDate, time: () => null }

  const slots = (end - start) / MINUTE_MS
  // There are only so many minutes in a day, and their text is what COPY wants millions of times.
  const times: string[] = Array.from({ length: slots }, (_, slot) => new Date(start + slot * MINUTE_MS).toISOString())
  const minute = BigInt(MINUTE_MS) * NANOSECONDS_A_MS
  const slot = (instant: bigint) => (isOnDate(instant) && (instant - from) % minute === 0n ? Number((instant - from) / minute) : undefined)
  return { slots, slot, isOnDate, time: (slot) => times[slot]! }
}
