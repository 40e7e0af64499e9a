import * as v from 'valibot'
import { DEFAULT_EXCHANGE, EXCHANGE_CODES } from '../../calendar/exchanges.js'
import { BAR_PROVIDERS } from '../../providers/bar-providers.js'
import { askedDates, object, oneOf, readRequest, symbols, text, whole } from '../runs/request-fields.js'

const SOURCES = BAR_PROVIDERS.filter(({ actions }) => actions !== null)

const ACTIONS_REQUEST = object({
  dates: askedDates,
  symbols: v.lazy((input) => (typeof input === 'string' ? v.literal('all', 'must be all, or a list of symbols') : v.pipe(symbols, v.transform((all) => [...new Set(all)])))),
  /** Whom to ask, by any of its names; null: all who tell and may be asked. */
  provider: v.pipe(
    v.nullable(text('the name of a provider')),
    v.transform((called) => (called === null ? null : SOURCES.find(({ name, aliases }) => name === called || aliases.includes(called))?.name)),
    v.nullable(v.string(() => `must be one that tells splits and dividends: ${SOURCES.flatMap(({ name, aliases }) => [name, ...aliases]).join(', ')}`)),
  ),
  /** Whose sessions the dates are. */
  exchange: v.optional(oneOf(EXCHANGE_CODES), DEFAULT_EXCHANGE.code),
  /** Requests at once, to each provider. */
  lanes: whole(1, 64),
})

/** Of which securities and dates splits and dividends are asked for, and of whom. */
export type ActionsRequest = v.InferOutput<typeof ACTIONS_REQUEST>

/** Judges a request, wherever it comes from. @throws UsageError REQUEST_INVALID that names the field and what it must be */
export function readActionsRequest(input: unknown): ActionsRequest {
  return readRequest(ACTIONS_REQUEST, input)
}
