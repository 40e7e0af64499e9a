import type { TimespanName } from '../../datasets/timespan.js'
import type { Instant } from './instant.js'

/** What can be wrong, by the rule that finds it; those of `info` are news: told once, and nothing to be mended. */
export const ALERT_KINDS = [
  'stale', 'missing', 'failed', 'run_failed', 'no_run', 'gap', 'quality', 'checksum', 'provider', 'quota', 'disk', 'undeliverable', 'symbols', 'schedule',
] as const
export type AlertKind = (typeof ALERT_KINDS)[number]

/** News is told and over; a warning is to be looked at, what is critical now. In this order. */
export const SEVERITIES = ['info', 'warning', 'critical'] as const
export type Severity = (typeof SEVERITIES)[number]

/** Whether nothing is to be mended. */
export const isNews = ({ severity }: { severity: Severity }): boolean => severity === 'info'

/** What something is about; null: everything. */
export interface About {
  dataset: string | null
  /** The one security it is about. Of several, null: their symbols are among the details. */
  symbol: string | null
  timespan: TimespanName | null
  provider: string | null
}

/** What else there is to know of it, as far as it is known. Plain data, which is stored. */
export interface Details {
  /** Whole minutes since the oldest of it was due. */
  lagMinutes?: number
  dates?: readonly string[]
  /** As many as fit; `symbolCount` is how many there are. */
  symbols?: readonly string[]
  symbolCount?: number
  /** How the provider it came from, or should have, is doing: `ok`, `rate_limited`, `unavailable` or `unknown`. */
  vendorState?: string
  /** The run that it is about, or the last one there was. */
  runId?: number
  runAt?: Instant
  /** The code of the error that is behind it (docs/ERRORS.md). */
  code?: string
  /** Figures with their limits, in words. */
  found?: string
  /** Its dates are older than what is looked at: nobody has seen whether their data has come. */
  unwatched?: true
}

/** Something that is wrong now, as a rule finds it. */
export interface Trouble extends About {
  kind: AlertKind
  severity: Severity
  /** What is one incident as long as it lasts: `dates day_aggs`, `disk database`. Troubles of one look have different topics, or different parts. */
  topic: string
  /** What of the topic it is, in order: dates, symbols, runs. One that comes to an open incident is another incident; `['']` where it has none. */
  parts: readonly string[]
  /** In one sentence, for people. */
  summary: string
  /** What to do about it, with the command to type. */
  hint: string
  details: Details
  /** The same of some of its parts only; where it is not set, the words are true of each. */
  only?: (parts: readonly string[]) => Trouble
}
