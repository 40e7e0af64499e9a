import { isLosslessNumber } from 'lossless-json'
import * as v from 'valibot'
import { SourceError } from '../../../domain/errors.js'
import type { Question } from '../../bar-provider.js'
import { checked, jsonOf, said, wrongFormat } from '../../json-answer.js'

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
  const envelope = checked(ENVELOPE, wellOf(body))
  const { resultsCount, results, adjusted } = envelope
  if (resultsCount !== results.length) throw incomplete('resultsCount', resultsCount, results)
  if (adjusted === true) throw new SourceError('ANSWER_ADJUSTED', 'the answer says that its prices are adjusted, and unadjusted ones were asked for')
  return envelope
}

/** The JSON of an answer that says that all is well. @throws SourceError ANSWER_NOT_JSON, ANSWER_FORMAT or ANSWER_STATUS */
export function wellOf(body: Buffer): unknown {
  const json = jsonOf(body)
  const { status } = checked(v.object({ status: v.string() }), json)
  if (status === 'OK' || status === 'DELAYED') return json
  const { error, message } = checked(v.object({ error: v.nullish(v.unknown()), message: v.nullish(v.unknown()) }), json)
  throw new SourceError('ANSWER_STATUS', `the answer's status is ${JSON.stringify(status.slice(0, 60))}${said(error ?? message)}`)
}

/** The question for the next page: of its URL the path and query, whatever host it names, and no key, should it ever have one. */
export function nextPage(url: string | null | undefined): Question | null {
  if (!url) return null
  const base = 'https://localhost'
  if (!URL.canParse(url, base)) throw wrongFormat('next_url', 'is no URL')
  const { pathname, searchParams } = new URL(url, base)
  return { path: pathname, query: Object.fromEntries([...searchParams].filter(([name]) => name.toLowerCase() !== 'apikey')) }
}

/** @throws SourceError ANSWER_OTHER_SYMBOL where an answer is about another symbol than the one asked for */
export function requireSymbol(ticker: string, symbol: string): void {
  if (ticker !== symbol) throw new SourceError('ANSWER_OTHER_SYMBOL', `the answer is about ${JSON.stringify(ticker.slice(0, 60))}, and ${symbol} was asked for`)
}

/** The error of an answer with other rows than it says. */
export function incomplete(field: string, count: number, results: readonly unknown[]): SourceError {
  return new SourceError('ANSWER_INCOMPLETE', `the answer has ${results.length} rows, and says ${count} (${field})`)
}
