import * as v from 'valibot'
import { TIMESPAN_NAMES } from '../../datasets/timespan.js'
import { SEVERITIES } from '../../features/alerts/trouble.js'
import type { Alert } from '../../store/alerts/latest.js'
import { count, date, id, instant, instantOrNull, instantText } from '../fields.js'

// What the documents of the status service have in common. They are told to everybody: nothing in them names a host, a path, a key or a statement.

/** Length of the bars. */
export const interval = v.picklist(TIMESPAN_NAMES)

/** What is known of a provider: how it answered when last looked at; `unknown` when that is too long ago. */
const VENDOR_STATES = ['ok', 'rate_limited', 'unavailable', 'unknown'] as const
export const vendorState = v.picklist(VENDOR_STATES)

/** An incident. */
export const alert = v.strictObject({
  alert_id: id,
  /** What is wrong, as docs/observability/ohlcv.md lists it: stale, missing, failed, provider, disk and so on. */
  kind: v.string(),
  /** News (`info`) is nothing to be mended. */
  severity: v.picklist(SEVERITIES),
  summary: v.string(),
  /** What it is about; null: everything, or several. */
  dataset: v.nullable(v.string()),
  asset: v.nullable(v.string()),
  interval: v.nullable(interval),
  provider: v.nullable(v.string()),
  /** Minutes since the oldest of it was due, when it was last looked; null: it is about no date. */
  lag_minutes: v.nullable(count),
  opened_at: instant,
  /** Since when somebody looks after it. */
  acknowledged_at: v.nullable(instant),
  /** Null: it is open. */
  cleared_at: v.nullable(instant),
})

/** When a bar began: a date for days, weeks and months, an instant for hours and minutes. */
export const barTime = v.union([date, instant])

/** The same of a bar. */
export function barTimeText(time: string | Date): string {
  return typeof time === 'string' ? time : instantText(time)
}

/** One number in percent of another, cut after two digits, so that only what is whole is 100; null where there is nothing to have a share of. */
export function share(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.floor((10_000 * part) / whole) / 100
}

/** A score, which has six digits at most, as a number. */
export function scoreOrNull(score: string | null): number | null {
  return score === null ? null : Number(score)
}

/** An incident as it is told. */
export function alertOf({ alertId, kind, severity, summary, dataset, symbol, timespan, provider, lagMinutes, openedAt, acknowledgedAt, clearedAt }: Omit<Alert, 'symbols'>): v.InferInput<typeof alert> {
  return {
    alert_id: alertId, kind, severity, summary, dataset, asset: symbol, interval: timespan, provider, lag_minutes: lagMinutes,
    opened_at: instantText(openedAt), acknowledged_at: instantOrNull(acknowledgedAt), cleared_at: instantOrNull(clearedAt),
  }
}

/** The same where there may be none. */
export function alertOrNull(found: Alert | null): v.InferInput<typeof alert> | null {
  return found && alertOf(found)
}
