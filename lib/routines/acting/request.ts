import * as v from 'valibot'
import { TIMESPAN_NAMES } from '../../datasets/timespan.js'
import { BY_SYMBOL, refuseBoth } from '../../features/fetch/request.js'
import { LOAD_REQUEST } from '../../features/load/request.js'
import { EXPLANATION } from '../../features/quality/request.js'
import { date, object, oneOf, readRequest, symbols as listed, text, whole } from '../../features/runs/request-fields.js'

// What people may have the status service do: the requests of features, but for what is a matter of the installation (sources, limits, how much at once), which the settings say.

const { dates, dataset, exchange, symbols, only, force, accept, include_closed } = LOAD_REQUEST.entries
const LOAD = object({ dates, dataset, exchange, symbols, only, force, accept, include_closed })
const FETCH = v.omit(BY_SYMBOL, ['grouped', 'dry_run', 'lanes'])
const EXPLAIN = v.omit(EXPLANATION, ['by'])

/** The fields of a backfill. */
export const BACKFILL = object({
  /** Length of the bars. */
  interval: oneOf(TIMESPAN_NAMES),
  /** Null: as far back as is usual, 90 days of minutes and hours and 3 years of longer bars. */
  start: v.optional(v.nullable(date), null),
  /** Null: the latest session whose day file is due. */
  end: v.optional(v.nullable(date), null),
  /** Null: all there are. */
  assets: v.optional(v.nullable(listed), null),
})
const WHOLE_BACKFILL = v.pipe(BACKFILL, v.check(({ start, end }) => start === null || end === null || start <= end, 'runs backwards: start is after end'))

const ALERT = whole(1, Number.MAX_SAFE_INTEGER)

/** An incident that somebody looks after, and what they say of it. */
export const ACKNOWLEDGE = object({ alert: ALERT, note: v.optional(v.nullable(v.pipe(text('some words', /\S/), v.maxLength(1000, 'must have at most 1000 characters'))), null) })
/** An incident that nobody is to be told of, and until when. */
export const MUTE = object({ alert: ALERT, until: v.pipe(text('an instant', /Z$|[+-]\d\d:\d\d$/), v.isoTimestamp('must be an instant')), reason: ACKNOWLEDGE.entries.note })
const TEST_ALERTS = object({})

const REQUESTS = { load: LOAD, fetch: FETCH, backfill: WHOLE_BACKFILL, explain: EXPLAIN, acknowledge: ACKNOWLEDGE, mute: MUTE, test_alerts: TEST_ALERTS } as const
const NAMES = ['load', 'fetch', 'backfill', 'explain', 'acknowledge', 'mute', 'test_alerts'] as const satisfies (keyof typeof REQUESTS)[]

/** A kind of action, and what it is asked with. */
export const ACTION = object({
  action: oneOf(NAMES),
  /** That of the kind: judged by {@link readAction}. */
  request: Object.assign(v.lazy(() => v.record(v.string(), v.unknown(), 'must be an object')), { options: NAMES.map((name) => REQUESTS[name]) }),
})

/** Something that may be done. */
export type Wanted = { [K in keyof typeof REQUESTS]: { action: K; request: v.InferOutput<(typeof REQUESTS)[K]> } }[keyof typeof REQUESTS]

/** What an idempotency key looks like. */
export const IDEMPOTENCY_KEY = text('1 to 255 visible ASCII characters', /^[\x21-\x7e]{1,255}$/)

/** An action with who asks for it, as who does it is handed it. */
const ACT_REQUEST = object({ ...ACTION.entries, requested_by: text('a name', /\S/), idempotency_key: v.optional(v.nullable(IDEMPOTENCY_KEY), null) })

/** Judges what is to be done, wherever it comes from. @throws UsageError REQUEST_INVALID that names the field and what it must be; SYMBOLS_AND_TYPE */
export function readAction(input: unknown): Wanted {
  const { action, request } = readRequest(ACTION, input)
  const wanted = { action, request: readRequest(REQUESTS[action], request) } as Wanted
  if (wanted.action === 'fetch') refuseBoth(wanted.request)
  return wanted
}

/** The same with who asks for it. @throws UsageError REQUEST_INVALID */
export function readActRequest(input: unknown): { wanted: Wanted; requestedBy: string; idempotencyKey: string | null } {
  const { requested_by: requestedBy, idempotency_key: idempotencyKey, ...asked } = readRequest(ACT_REQUEST, input)
  return { wanted: readAction(asked), requestedBy, idempotencyKey }
}
