import * as v from 'valibot'
import { object, range, readRequest, symbols, text, whole } from '../runs/request-fields.js'

const common = {
  dates: range,
  /** `all`: every security that the judged side has bars of. */
  symbols: v.optional(v.union([v.literal('all'), symbols], 'must be "all" or a list of symbols'), 'all'),
  /** How many differences are told. */
  limit: v.optional(whole(1, 1_000_000), 20),
}

/** A provider's daily bars against the stored ones, or (`against`) those of another provider. */
const PROVIDER = object({ ...common, provider: text('the name of a provider'), against: v.optional(v.nullable(text('the name of a provider')), null) })
/** Fetched weeks, months and hours against the stored days; of a provider: those weeks and months that it has given. */
const AGGREGATES = object({ ...common, provider: v.optional(v.nullable(text('the name of a provider')), null) })

export type ProviderComparison = v.InferOutput<typeof PROVIDER>
export type AggregatesComparison = v.InferOutput<typeof AGGREGATES>

/** @throws UsageError REQUEST_INVALID */
export const readProviderComparison = (input: v.InferInput<typeof PROVIDER>): ProviderComparison => readRequest(PROVIDER, input)
/** @throws UsageError REQUEST_INVALID */
export const readAggregatesComparison = (input: v.InferInput<typeof AGGREGATES>): AggregatesComparison => readRequest(AGGREGATES, input)
