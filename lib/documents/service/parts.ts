import * as v from 'valibot'
import { TIMESPAN_NAMES } from '../../datasets/timespan.js'
import { date, id, instant } from '../fields.js'

// What the documents of the status service have in common. They are told to everybody: nothing in them names a host, a path, a key or a statement.

/** Length of the bars. */
export const interval = v.picklist(TIMESPAN_NAMES)

/** What is known of a provider: how it answered when last looked at; `unknown` when that is too long ago. */
export const VENDOR_STATES = ['ok', 'rate_limited', 'unavailable', 'unknown'] as const
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
