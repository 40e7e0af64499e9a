import type { RawBar } from '../domain/bar.js'
import type { Dataset } from '../domain/dataset.js'
import { addDays, type IsoDate } from '../domain/dates.js'
import { instantOf } from '../domain/zone.js'

const ZONE = 'America/New_York'
const MINUTE_MS = 60_000
/** A minute in the nanoseconds of the files: the digits a whole second leaves. */
const SECONDS_ONLY = /000000000$/

/** The windows that the bars of one file may have. */
export interface Windows {
  /** Whether the window begins on the file's New York date. Takes 19 digits: nanoseconds from 2001 to 2286 compare as text. */
  isOnDate(windowStart: string): boolean
  /** Which of the date's windows it is, from 0; undefined when it is none (not at a whole minute). */
  slot(windowStart: string): number | undefined
  /** How many windows the date has. */
  slots: number
  /** The window's start as COPY takes it; null where the date says it all. */
  time(bar: RawBar): string | null
}

function nanoseconds(ms: number): string {
  return `${ms}000000`
}

/** The windows of a dataset on a date: one of a whole New York day, or its minutes (1,380 to 1,500 with daylight saving). */
export function windowsOf(dataset: Dataset, date: IsoDate): Windows {
  const start = instantOf(date, '00:00', ZONE).getTime()
  const end = instantOf(addDays(date, 1), '00:00', ZONE).getTime()
  const [from, until] = [nanoseconds(start), nanoseconds(end)]
  const isOnDate = (windowStart: string) => windowStart >= from && windowStart < until
  if (dataset.window === 'day') return { isOnDate, slot: () => 0, slots: 1, time: () => null }

  const slots = (end - start) / MINUTE_MS
  // There are only so many minutes in a day, and their text is what COPY wants millions of times.
  const times: string[] = Array.from({ length: slots }, (_, slot) => new Date(start + slot * MINUTE_MS).toISOString())
  const slot = (windowStart: string): number | undefined => {
    if (!SECONDS_ONLY.test(windowStart)) return undefined
    const minutes = (Number(windowStart.slice(0, -6)) - start) / MINUTE_MS
    return Number.isInteger(minutes) ? minutes : undefined
  }
  return { isOnDate, slot, slots, time: ({ windowStart }) => times[slot(windowStart) ?? 0]! }
}
