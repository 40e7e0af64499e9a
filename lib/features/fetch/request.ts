import * as v from 'valibot'
import { DEFAULT_EXCHANGE, EXCHANGE_CODES } from '../../calendar/exchanges.js'
import { TIMESPAN_NAMES, type TimespanName } from '../../datasets/timespan.js'
import { UsageError } from '../../domain/errors.js'
import { BAR_PROVIDERS } from '../../providers/bar-providers.js'
import { askedDates, choice, chosen, object, oneOf, readRequest, symbols, text, whole } from '../runs/request-fields.js'

/** What a symbol gets where it is not said: minutes are many. */
const USUAL_TIMESPANS: TimespanName[] = ['hour', 'day', 'week', 'month']

/** What every fetch says. */
const COMMON = {
  dates: askedDates,
  /** Whom to ask, by any of its names; null: whoever is chosen for each symbol and timespan. */
  provider: v.nullish(v.pipe(
    text('the name of a provider'),
    v.transform((called) => BAR_PROVIDERS.find(({ name, aliases }) => name === called || aliases.includes(called))?.name),
    v.string(() => `must be one of ${BAR_PROVIDERS.flatMap(({ name, aliases }) => [name, ...aliases]).join(', ')}`),
  ), null),
  /** Whose sessions the dates are. */
  exchange: v.optional(oneOf(EXCHANGE_CODES), DEFAULT_EXCHANGE.code),
  /** Plan, and ask for nothing. */
  dry_run: choice,
  /** Requests at once. */
  lanes: whole(1, 64),
}

const ALL = v.literal('all', 'must be all, or a list of symbols')
const LISTED = v.pipe(symbols, v.transform((all) => [...new Set(all)]))

/** Bars of some symbols, or of all that are active. */
export const BY_SYMBOL = object({
  ...COMMON,
  grouped: v.optional(v.literal(false, 'must be true or false'), false),
  symbols: chosen([ALL, LISTED], (input) => (typeof input === 'string' ? ALL : LISTED)),
  /** Of all that are active those of this type only; null: whatever they are. */
  type: v.nullish(text('a type of securities'), null),
  timespans: v.optional(
    v.pipe(
      v.array(oneOf(TIMESPAN_NAMES), 'must be a list of timespans'),
      v.minLength(1, 'must name a timespan'),
      v.transform((names) => TIMESPAN_NAMES.filter((name) => names.includes(name))),
    ),
    USUAL_TIMESPANS,
  ),
})

const NO_CHOICE = 'must be left out: a grouped answer has the days of every symbol'

/** Daily bars of whatever symbols there are, a date a request. */
const GROUPED = object({
  ...COMMON,
  grouped: v.literal(true),
  symbols: v.optional(v.literal('all', NO_CHOICE), 'all'),
  type: v.nullish(v.null(NO_CHOICE), null),
  timespans: v.optional(v.pipe(v.array(v.literal('day', NO_CHOICE), NO_CHOICE), v.length(1, NO_CHOICE)), ['day']),
})

/** Everything that decides what is fetched and what it may cost, whoever asks for it. */
export const FETCH_REQUEST = v.lazy<typeof BY_SYMBOL | typeof GROUPED>((input) => ((input as { grouped?: unknown } | null)?.grouped === true ? GROUPED : BY_SYMBOL))

/** A fetch as it is asked for: by flags, a body or a job, all of them the same plain data. */
export type FetchRequest = v.InferOutput<typeof FETCH_REQUEST>

/** The same with what may be left out. */
export type FetchRequestInput = v.InferInput<typeof FETCH_REQUEST>

/** Refuses securities that are chosen by their symbols and by their type at once. @throws UsageError SYMBOLS_AND_TYPE */
export function refuseBoth({ symbols, type }: Pick<FetchRequest, 'symbols' | 'type'>): void {
  if (type === null || symbols === 'all') return
  throw new UsageError('SYMBOLS_AND_TYPE', 'both symbols and a type of securities were given', { hint: 'give one of them: all symbols of a type, or the symbols alone' })
}

/** Judges a request, wherever it comes from. @throws UsageError REQUEST_INVALID that names the field and what it must be; SYMBOLS_AND_TYPE */
export function readFetchRequest(input: unknown): FetchRequest {
  const request = readRequest(FETCH_REQUEST, input)
  refuseBoth(request)
  return request
}
