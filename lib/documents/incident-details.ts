import * as v from 'valibot'
import type { Details } from '../features/alerts/trouble.js'
import { count, id, instant } from './fields.js'

/** What else is known of an incident; what is not known is null, or an empty list. */
export const incidentDetails = v.strictObject({
  /** Minutes since the oldest of it was due, when it was last looked. */
  lag_minutes: v.nullable(count),
  dates: v.array(v.string()),
  /** As many as are named; `symbol_count` is how many there are. */
  symbols: v.array(v.string()),
  symbol_count: count,
  /** How the provider it came from, or should have, was doing. */
  vendor_state: v.nullable(v.string()),
  /** The run that it is about, or the last one there was. */
  run_id: v.nullable(id),
  run_at: v.nullable(instant),
  /** Of the error behind it, as docs/ERRORS.md lists it. */
  code: v.nullable(v.string()),
  /** Figures with their limits, in words. */
  found: v.nullable(v.string()),
  /** Whether it was cleared only because its dates are too old to be looked at. */
  unwatched: v.boolean(),
})

/** The same of what was found. */
export function incidentDetailsOf({ lagMinutes, dates, symbols, symbolCount, vendorState, runId, runAt, code, found, unwatched }: Details): v.InferInput<typeof incidentDetails> {
  return {
    lag_minutes: lagMinutes ?? null, dates: [...dates ?? []], symbols: [...symbols ?? []], symbol_count: symbolCount ?? symbols?.length ?? 0, vendor_state: vendorState ?? null,
    run_id: runId ?? null, run_at: runAt ?? null, code: code ?? null, found: found ?? null, unwatched: unwatched ?? false,
  }
}
