import * as v from 'valibot'
import { FAILURE_KINDS, type Failure, type FailureCount } from '../../store/runs/failures.js'
import { SUCCESS_GOAL, type SuccessRate } from '../../store/runs/success-rate.js'
import { defineDocument } from '../document.js'
import { count, date, decimal, id, instant, instantText, percent } from '../fields.js'
import { nextCursor, paging } from './paging.js'
import { interval } from './parts.js'

/** What is asked of `/ingestion/failures`. */
export const FAILURES_QUERY = v.strictObject({
  /** Of so many days up to now. */
  days: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(366)), 30),
  kind: v.optional(v.picklist(FAILURE_KINDS)),
  ...paging,
})

/** Errors and retries of the last days, the latest first: dates and runs that failed, requests that failed or had to be sent again, and providers that turned requests away. */
export const SERVICE_FAILURES = defineDocument('ohlcv.service-failures/1', v.strictObject({
  since: instant,
  /** All of them, by kind, whatever the page: how many are not right yet, as far as that can be told, and how often something was tried again. */
  counts: v.array(v.strictObject({ kind: v.picklist(FAILURE_KINDS), failures: count, unresolved: count, retries: count })),
  /** How the runs fared that ended in that time, whatever is asked of failures: percent of those that succeeded, failed or died, cut after two digits, and what it is to be at least. Null: there was none. */
  success: v.strictObject({ runs: count, succeeded: count, failed: count, interrupted: count, rate: v.nullable(decimal), goal: percent, met: v.nullable(v.boolean()) }),
  failures: v.array(v.strictObject({
    /** When it ended; of a run, when it began. */
    at: instant,
    kind: v.picklist(FAILURE_KINDS),
    /** Which one it is among those of its kind: attempt, run, fetch, request for splits and dividends, or entry of the remediation. */
    failure_id: id,
    run_id: v.nullable(id),
    dataset: v.nullable(v.string()),
    asset: v.nullable(v.string()),
    interval: v.nullable(interval),
    provider: v.nullable(v.string()),
    start: v.nullable(date),
    end: v.nullable(date),
    /** The outcome of a date, the status of a run or request, or how a provider turned requests away. */
    state: v.string(),
    /** As docs/ERRORS.md lists it. */
    code: v.nullable(v.string()),
    retries: count,
    /** Whether it is right by now: the date was loaded since, the request answered in the end; null: that cannot be told. */
    resolved: v.nullable(v.boolean()),
  })),
  next_cursor: nextCursor,
}))

type Fields = v.InferInput<typeof SERVICE_FAILURES.fields>

function failureOf({ at, kind, failureId, runId, dataset, symbol, timespan, provider, start, end, state, code, retries, resolved }: Failure): Fields['failures'][number] {
  return { at: instantText(at), kind, failure_id: failureId, run_id: runId, dataset, asset: symbol, interval: timespan, provider, start, end, state, code, retries, resolved }
}

/** The document of failures since an instant. */
export function serviceFailuresDocument(since: Date, success: SuccessRate, counts: readonly FailureCount[], failures: readonly Failure[], next: string | null): Fields {
  return { since: instantText(since), counts: [...counts], success: { ...success, goal: SUCCESS_GOAL }, failures: failures.map(failureOf), next_cursor: next }
}
