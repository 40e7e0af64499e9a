import { isLosslessNumber, parse } from 'lossless-json'
import * as v from 'valibot'
import { SourceError } from '../../../domain/errors.js'

/** The answer's JSON, its numbers as they are written. @throws SourceError ANSWER_NOT_JSON */
export function jsonOf(body: Buffer): unknown {
  const text = body.toString('utf8')
  try {
    return parse(text)
  } catch (cause) {
    const begins = text.trim() === '' ? 'is empty' : `begins with ${JSON.stringify(text.trimStart().slice(0, 60))}`
    throw new SourceError('ANSWER_NOT_JSON', `the answer is no JSON: it ${begins}`, { cause, hint: 'it may be an error page, or have been cut' })
  }
}

/** @throws SourceError ANSWER_FORMAT, naming the field */
export function checked<Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value, { abortEarly: true })
  if (result.success) return result.output
  const [issue] = result.issues
  throw wrongFormat(v.getDotPath(issue) ?? 'the answer', issue.input === undefined ? 'is missing' : `is no ${issue.expected}`)
}

/** The error of a field that is not as it has to be. */
export function wrongFormat(field: string, what: string): SourceError {
  return new SourceError('ANSWER_FORMAT', `${field} ${what}`, { hint: 'the provider may have changed its format: a newer release may know it' })
}

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

/** What an answer says is wrong, to stand behind a colon: one line, without what would steer a terminal. */
export function said(text: unknown): string {
  return typeof text === 'string' && text !== '' ? `: ${text.slice(0, 200).replaceAll(/\p{C}+/gu, ' ')}` : ''
}
