import * as v from 'valibot'
import { defineDocument } from './document.js'

/** How everything that a load needs was found. */
export const DOCTOR = defineDocument('ohlcv.doctor/1', v.strictObject({
  healthy: v.boolean(),
  checks: v.array(v.strictObject({
    name: v.string(),
    state: v.picklist(['ok', 'warning', 'failed', 'skipped']),
    message: v.string(),
    /** What to do. */
    hint: v.exactOptional(v.string()),
  })),
}))
