import type { TimespanName } from '../../../datasets/timespan.js'
import type { DateRange, IsoDate } from '../../../domain/dates.js'
import type { Queryable } from '../../../postgres/database.js'

/** Sessions before the judged one that are looked at, and after it. What a bar is judged as depends on nothing else. */
export const SESSIONS_BEFORE = 60
export const SESSIONS_AFTER = 5

/**
 * The bars of a security in the sessions around a judged one, the oldest first. Numbers are floating-point: they are judged by and
 * never stored. The arrays are used again for the next bar and may be longer than `length`.
 */
export interface Window {
  /** The place of the judged bar. */
  at: number
  /** How many bars there are. */
  length: number
  /** The number of each bar's session: neighbours differ by 1. */
  session: Int32Array
  open: Float64Array
  high: Float64Array
  low: Float64Array
  close: Float64Array
  volume: Float64Array
  /** The median of the absolute log returns of closes before the judged bar; null with less than ten. Computed when asked. */
  volatility(): number | null
  /** The median volume of the bars before the judged one; null with less than ten. Computed when asked. */
  usualVolume(): number | null
  /** The median log return of all securities from the session before to the judged one; null with less than 100. Computed when asked. */
  market(): number | null
}

/** Why what a rule found is no fault; null in its place: a person should look. */
export const CAUSES = ['split', 'dividend', 'listing', 'halt', 'market_move', 'news_move', 'volatility', 'quiet', 'person'] as const
export type Cause = (typeof CAUSES)[number]

/** What a rule says of a bar, or of a date. */
export interface Verdict {
  cause: Cause | null
  /** The figures that say why, by name; prices, volumes and ratios as text. */
  details: Readonly<Record<string, string | number | null>>
}

/** The thresholds that rules are asked with, by setting. */
export type Thresholds = Readonly<Record<string, number>>

interface RuleBase {
  /** As it stands in tables, for instance `spike`. */
  name: string
  /** What a bar that fails it loses, in hundredths; the weights of all rules add up to 100. 0: it lowers no score. */
  weight: number
  /** What it means, in one sentence. */
  meaning: string
  /** What to do about an open finding, in one sentence. */
  advice: string
  /** The settings that it is asked with. */
  thresholds: readonly string[]
}

/** A rule of one bar by those around it: a plain function. Undefined: nothing found. A finding with a cause costs no score. */
export interface BarRule extends RuleBase {
  kind: 'bar'
  judge(window: Window, thresholds: Thresholds): Verdict | undefined
}

/** A date as the bars that were read for it show it. */
export interface Day {
  date: IsoDate
  /** Whether the exchange opened. */
  session: boolean
  /** Bars of the date, and the median of the loaded sessions around it (at most 20); null where there is none or the date is not loaded. */
  bars: number
  usualBars: number | null
  /** Bars that equal that of the session before in open, high, low, close and volume, this not being 0. */
  repeated: number
  /** The median over its bars of volume by the volume in the session before, and in the session after; null with less than 100 such bars. */
  volumeToBefore: number | null
  volumeToAfter: number | null
}

/** A rule of a date as a whole, asked of every date that is judged. */
export interface DateRule extends RuleBase {
  kind: 'date'
  judge(day: Day, thresholds: Thresholds): Verdict | undefined
}

/** What a statement has found. */
export interface Found extends Verdict {
  /** Null: of the date as a whole. */
  symbolId: number | null
  date: IsoDate
  lastDate: IsoDate
  provider: string | null
  /** The values it was found in: while they stand, a person's explanation does. */
  seen: string
}

/** A rule that is one SQL statement over a range of dates. */
export interface QueryRule extends RuleBase {
  kind: 'query'
  timespan: TimespanName
  /** What it finds that begins on a date of the range. */
  find(db: Queryable, range: DateRange, thresholds: Thresholds): Promise<Found[]>
}

export type Rule = BarRule | DateRule | QueryRule
