import type { RawBar } from '../domain/bar.js'
import type { Dataset } from './dataset.js'
import { addDays, type IsoDate } from '../domain/dates.js'
import { instantOf } from '../domain/zone.js'

const ZONE = 'America/New_York'
const MINUTE_MS = 60_000
/** Nanoseconds since the epoch, from 2001 to 2286. */
export const NANOSECONDS = /^\d{19}$/
/** A minute in the nanoseconds of the files: the digits a whole second leaves. */
const SECONDS_ONLY = /000000000$/
/** Different windows that are remembered: more than the longest day has minutes. */
const MOST_REMEMBERED = 2000

/** The windows that the bars of one file may have. */
export interface Windows {
  /** Whether the window begins on the file's New York date. Takes 19 digits: nanoseconds from 2001 to 2286 compare as text. */
  isOnDate(windowStart: string): boolean
  /** Which of the date's windows it is, from 0; undefined when it is none of this date, or not at a whole minute. */
  slot(windowStart: string): number | undefined
  /** How many windows the date has. */
  slots: number
  /** The window's start as COPY takes it; null where the date says it all. */
  time(bar: RawBar): string | null
}

function nanoseconds(ms: number): string {
  return `${ms}000000`
}

/** The slot of a window, worked out once: a file has few windows and asks for each of them thousands of times. */
function remembered(isOnDate: Windows['isOnDate'], slotOf: Windows['slot']): Windows['slot'] {
  const slots = new Map<string, number>()
  return (windowStart) => {
    const known = slots.get(windowStart)
    if (known !== undefined) return known
    const slot = NANOSECONDS.test(windowStart) && isOnDate(windowStart) ? slotOf(windowStart) : undefined
    if (slot !== undefined && slots.size < MOST_REMEMBERED) slots.set(windowStart, slot)
    return slot
  }
}

/** The windows of a dataset on a date: one of a whole New York day, or its minutes (1,380 to 1,500 with daylight saving). */
export function windowsOf(dataset: Dataset, date: IsoDate): Windows {
  const start = instantOf(date, '00:00', ZONE).getTime()
  const end = instantOf(addDays(date, 1), '00:00', ZONE).getTime()
  const [from, until] = [nanoseconds(start), nanoseconds(end)]
  const isOnDate = (windowStart: string) => windowStart >= from && windowStart < until
  if (dataset.window === 'day') return { isOnDate, slot: remembered(isOnDate, () => 0), slots: 1, time: () => null }

  const slots = (end - start) / MINUTE_MS
  // There are only so many minutes in a day, and their text is what COPY wants millions of times.
  const times: string[] = Array.from({ length: slots }, (_, slot) => new Date(start + slot * MINUTE_MS).toISOString())
  const slot = remembered(isOnDate, (windowStart) => {
    if (!SECONDS_ONLY.test(windowStart)) return undefined
    const minutes = (Number(windowStart.slice(0, -6)) - start) / MINUTE_MS
    return Number.isInteger(minutes) ? minutes : undefined
  })
  return { isOnDate, slot, slots, time: ({ windowStart }) => times[slot(windowStart) ?? 0]! }
}
