import * as v from 'valibot'
import { FINDING_STATES } from '../../store/quality/findings.js'
import { date, eitherOf, number, object, oneOf, publication, range, readRequest, symbols, text, thresholds, whole } from '../runs/request-fields.js'

const wanted = v.optional(v.union([v.literal('all'), symbols], 'must be "all" or a list of symbols'), 'all')
const limit = v.optional(v.nullable(whole(1, 10_000_000)), null)
const ids = v.pipe(v.array(whole(1, Number.MAX_SAFE_INTEGER), 'must be a list of numbers of findings'), v.minLength(1, 'must name a finding'))

/** Scores of securities and dates. */
const SCORES = object({
  /** From one date to another, or with `end` null to the latest session that has closed; or the last sessions up to that one. */
  dates: eitherOf('sessions', object({ sessions: whole(1, 99_999) }), range),
  symbols: wanted,
  /** Only securities of this type. */
  type: v.optional(v.nullable(text('a type of securities')), null),
  /** Below it a security or date is named. */
  minimum: number(0, 1),
  /** How many securities, dates and bars are told at most; null: all. */
  limit,
  thresholds,
  publication,
})

/** What rules have found. */
const FINDINGS = object({
  /** Null: in whatever state. */
  states: v.optional(v.nullable(v.array(oneOf(FINDING_STATES))), ['open']),
  rule: v.optional(v.nullable(text('the name of a rule')), null),
  symbols: wanted,
  start: v.optional(v.nullable(date), null),
  end: v.optional(v.nullable(date), null),
  limit,
})

/** What a person says of findings; null takes it back. */
export const EXPLANATION = object({ ids, reason: v.nullable(text('text that is not empty', /\S/)), by: text('a name', /\S/) })

export type ScoresRequest = v.InferOutput<typeof SCORES>
export type FindingsRequest = v.InferOutput<typeof FINDINGS>
export type ExplanationRequest = v.InferOutput<typeof EXPLANATION>

/** @throws UsageError REQUEST_INVALID */
export const readScoresRequest = (input: v.InferInput<typeof SCORES>): ScoresRequest => readRequest(SCORES, input)
/** @throws UsageError REQUEST_INVALID */
export const readFindingsRequest = (input: v.InferInput<typeof FINDINGS>): FindingsRequest => readRequest(FINDINGS, input)
/** @throws UsageError REQUEST_INVALID */
export const readExplanationRequest = (input: v.InferInput<typeof EXPLANATION>): ExplanationRequest => readRequest(EXPLANATION, input)
