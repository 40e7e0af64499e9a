import * as v from 'valibot'
import { TIMESPAN_NAMES } from '../../../datasets/timespan.js'
import { object, oneOf, range, readRequest, symbols } from '../../runs/request-fields.js'

const CHECKSUMS = object({
  dates: range,
  interval: v.optional(oneOf(TIMESPAN_NAMES), 'day'),
  /** `all`: every security that has a bar of the interval on one of the dates. */
  symbols: v.optional(v.union([v.literal('all'), symbols], 'must be "all" or a list of symbols'), 'all'),
})

/** Of which bars checksums are asked. */
export type ChecksumRequest = v.InferOutput<typeof CHECKSUMS>

/** @throws UsageError REQUEST_INVALID */
export const readChecksumRequest = (input: v.InferInput<typeof CHECKSUMS>): ChecksumRequest => readRequest(CHECKSUMS, input)
