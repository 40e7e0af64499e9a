import * as v from 'valibot'
import { DEFAULT_EXCHANGE, EXCHANGE_CODES } from '../../../calendar/exchanges.js'
import { choice, date, object, oneOf, readRequest, thresholds } from '../../runs/request-fields.js'

/** Everything that decides what a check of quality does, whoever asks for it. */
export const CHECK_REQUEST = v.pipe(
  object({
    /** The first and the last date to judge; null: without bound. */
    start: v.optional(v.nullable(date), null),
    end: v.optional(v.nullable(date), null),
    /** Whose sessions the dates are. */
    exchange: v.optional(oneOf(EXCHANGE_CODES), DEFAULT_EXCHANGE.code),
    /** Judge dates of which nothing has changed as well. */
    again: choice,
    thresholds,
  }),
  v.check(({ start, end }) => start === null || end === null || start <= end, 'runs backwards: start is after end'),
)

/** A check as it is asked for: by flags, a body or a job, all of them the same plain data. */
export type CheckRequest = v.InferOutput<typeof CHECK_REQUEST>

/** Judges a request, wherever it comes from. @throws UsageError REQUEST_INVALID that names the field and what it must be */
export function readCheckRequest(input: unknown): CheckRequest {
  return readRequest(CHECK_REQUEST, input)
}
