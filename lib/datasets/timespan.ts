import type { DateRange, IsoDate } from '../domain/dates.js'
import type { Dataset } from './dataset.js'
import type { BarTimes } from './times.js'

/** How long the windows of bars are that a provider aggregates, as its requests and the command line call them. */
export const TIMESPAN_NAMES = ['hour', 'day', 'week', 'month', 'minute'] as const
export type TimespanName = (typeof TIMESPAN_NAMES)[number]

/** The windows that the bars of a request may have, numbered from 0 as in a dataset's `Windows`. Instants are nanoseconds since the epoch. */
export interface Periods {
  slots: number
  /** Which period begins at the instant; undefined when none of the range does. */
  slot(instant: bigint): number | undefined
  /** The period's start as COPY takes it: an instant, or a date where the table's times are dates. */
  time(slot: number): string
  /** The dates that the period touches. */
  dates(slot: number): DateRange
  /** The date on which a symbol names the security of the period's bar: its first one within the range that was asked for. */
  dateOf(slot: number): IsoDate
  /** The instant at which it begins, and the first after it, in milliseconds since the epoch. */
  span(slot: number): { start: number; end: number }
}

/** A length of bars that is fetched. A new one is a file here and an entry in timespans.ts. */
export interface Timespan {
  name: TimespanName
  /** The table its bars live in. */
  table: string
  /** The dataset whose dates its bars fill where no file has spoken; null where they have a table of their own. */
  fills: Dataset | null
  /** Its own for ever: one of the keys of the lock on merges of its bars, where they fill nothing. */
  lockNumber: number
  /** Whether its times are dates; else they are instants. */
  ofDates: boolean
  /** What its times have to do with dates, as SQL. */
  times: BarTimes
  /** The periods of a range of dates, that of the first date from its beginning. */
  periods(range: DateRange): Periods
  /** The range from the beginning of the first date's period on: what is asked for. */
  asked(range: DateRange): DateRange
  /** The range in pieces, each short enough for one request. */
  pieces(range: DateRange): DateRange[]
}
