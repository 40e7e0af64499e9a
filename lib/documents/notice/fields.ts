import * as v from 'valibot'
import { ALERT_KINDS, SEVERITIES } from '../../features/alerts/trouble.js'
import { count, id, instant } from '../fields.js'
import { interval, vendorState } from '../service/parts.js'

/** An incident as a notice tells of it. */
export const incident = v.strictObject({
  alert_id: id,
  kind: v.picklist(ALERT_KINDS),
  severity: v.picklist(SEVERITIES),
  /** In one sentence. */
  summary: v.string(),
  /** What to do about it. */
  hint: v.nullable(v.string()),
  /** What it is about; null: everything, or of `asset` several: those of `assets`. */
  dataset: v.nullable(v.string()),
  asset: v.nullable(v.string()),
  interval: v.nullable(interval),
  provider: v.nullable(v.string()),
  opened_at: instant,
  /** Null: it is open. */
  cleared_at: v.nullable(instant),
  /** Whether it was given up and not seen to be well: its dates are older than what is looked at. */
  unwatched: v.boolean(),
  /** Whole minutes since the oldest of it was due; null where nothing is late. */
  lag_minutes: v.nullable(count),
  dates: v.array(v.string()),
  /** Securities it is about, as many as are told; `asset_count` is how many there are. */
  assets: v.array(v.string()),
  asset_count: count,
  /** How the provider is doing; null where that says nothing about it. */
  vendor_status: v.nullable(vendorState),
  /** The run it is about, or the last one there was. */
  run_id: v.nullable(id),
  run_at: v.nullable(instant),
  /** The code of the error behind it (docs/ERRORS.md). */
  code: v.nullable(v.string()),
  /** Figures with their limits, in words. */
  found: v.nullable(v.string()),
  /** Where people see more; null where that is not known. */
  link: v.nullable(v.string()),
})

export type NoticeIncident = v.InferInput<typeof incident>
