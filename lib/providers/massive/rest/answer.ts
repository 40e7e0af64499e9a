import { isLosslessNumber } from 'lossless-json'
import * as v from 'valibot'
import { SourceError } from '../../../domain/errors.js'
import { checked, jsonOf, said } from '../../json-answer.js'

const count = v.pipe(v.custom<{ value: string }>(isLosslessNumber, 'no number'), v.transform(({ value }) => Number(value)))

/** What stands around the rows of every answer with bars. */
const ENVELOPE = v.object({
  status: v.string(),
  ticker: v.optional(v.string()),
  resultsCount: count,
  adjusted: v.optional(v.boolean()),
  queryCount: v.optional(count),
  results: v.optional(v.array(v.unknown()), []),
  next_url: v.nullish(v.string()),
  error: v.nullish(v.string()),
  message: v.nullish(v.string()),
})

export type Envelope = v.InferOutput<typeof ENVELOPE>

/**
 * An answer with bars, which says itself how many rows it has: one that was cut in the middle may still be JSON.
 * @throws SourceError ANSWER_NOT_JSON, ANSWER_FORMAT, ANSWER_STATUS, ANSWER_INCOMPLETE or ANSWER_ADJUSTED
 */
export function envelopeOf(body: Buffer): Envelope {
  const json = jsonOf(body)
  const { status } = checked(v.object({ status: v.string() }), json)
  if (status !== 'OK' && status !== 'DELAYED') {
    const { error, message } = checked(v.object({ error: v.nullish(v.unknown()), message: v.nullish(v.unknown()) }), json)
    throw new SourceError('ANSWER_STATUS', `the answer's status is ${JSON.stringify(status.slice(0, 60))}${said(error ?? message)}`)
  }
  const envelope = checked(ENVELOPE, json)
  const { resultsCount, results, adjusted } = envelope
  if (resultsCount !== results.length) throw incomplete('resultsCount', resultsCount, results)
  if (adjusted === true) throw new SourceError('ANSWER_ADJUSTED', 'the answer says that its prices are adjusted, and unadjusted ones were asked for')
  return envelope
}

/** The error of an answer with other rows than it says. */
export function incomplete(field: string, count: number, results: readonly unknown[]): SourceError {
  return new SourceError('ANSWER_INCOMPLETE', `the answer has ${results.length} rows, and says ${count} (${field})`)
}
