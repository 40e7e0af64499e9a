import * as v from 'valibot'
import { TIMESPAN_NAMES } from '../../datasets/timespan.js'
import type { Alert } from '../../store/alerts/latest.js'
import { date, id, instant, instantOrNull, instantText } from '../fields.js'

// What the documents of the status service have in common. They are told to everybody: nothing in them names a host, a path, a key or a statement.

/** Length of the bars. */
export const interval = v.picklist(TIMESPAN_NAMES)

/** What is known of a provider: how it answered when last looked at; `unknown` when that is too long ago. */
const VENDOR_STATES = ['ok', 'rate_limited', 'unavailable', 'unknown'] as const
export const vendorState = v.picklist(VENDOR_STATES)

/** An incident. */
export const alert = v.strictObject({
  alert_id: id,
  severity: v.picklist(['warning', 'critical']),
  summary: v.string(),
  /** What it is about; null: everything. */
  dataset: v.nullable(v.string()),
  asset: v.nullable(v.string()),
  interval: v.nullable(interval),
  provider: v.nullable(v.string()),
  opened_at: instant,
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
export function alertOrNull(found: Alert | null): v.InferInput<typeof alert> | null {
  if (found === null) return null
  const { alertId, severity, summary, dataset, symbol, timespan, provider, openedAt, clearedAt } = found
  return { alert_id: alertId, severity, summary, dataset, asset: symbol, interval: timespan, provider, opened_at: instantText(openedAt), cleared_at: instantOrNull(clearedAt) }
}
