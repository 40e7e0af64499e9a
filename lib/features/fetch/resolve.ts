import { createCalendar, type Calendar } from '../../calendar/calendar.js'
import { exchangeNamed } from '../../calendar/exchanges.js'
import type { DateRange } from '../../domain/dates.js'
import { UsageError } from '../../domain/errors.js'
import type { BarProvider } from '../../providers/bar-provider.js'
import { BAR_PROVIDERS } from '../../providers/bar-providers.js'
import { listOverrides } from '../../store/calendar/overrides.js'
import { activeSymbols } from '../../store/universe/active.js'
import { requireType } from '../../store/universe/require-type.js'
import { fetchRange } from '../runs/asking/range.js'
import type { Runtime } from '../runs/runtime.js'
import { hoursRange } from './hours.js'
import type { FetchRequest } from './request.js'

/** What a request comes to, here and now. */
export interface ResolvedFetch {
  request: FetchRequest
  /** Those that give what is wanted. */
  providers: readonly BarProvider[]
  calendar: Calendar
  range: DateRange
  /** The sessions whose hours are asked for: never more than two. */
  hours: DateRange
  /** As they are called at the end of the range; none where whole dates are asked for. */
  symbols: string[]
}

/** A provider by its name or another it goes by. @throws UsageError PROVIDER_UNKNOWN */
export function providerNamed(name: string): BarProvider {
  const found = BAR_PROVIDERS.find((provider) => provider.name === name || provider.aliases.includes(name))
  if (found !== undefined) return found
  throw new UsageError('PROVIDER_UNKNOWN', `there is no provider "${name}"`, { hint: `there are: ${BAR_PROVIDERS.map((provider) => provider.name).join(', ')}` })
}

/** The one that a request names, which has to give all that is wanted, or all that give any of it. @throws UsageError PROVIDER_NO_GROUPED, PROVIDER_NO_TIMESPAN */
function providersOf({ provider: name, grouped, timespans }: FetchRequest): readonly BarProvider[] {
  if (name === null) return BAR_PROVIDERS.filter((provider) => (grouped ? provider.grouped !== null : timespans.some((wanted) => provider.timespans.includes(wanted))))
  const provider = providerNamed(name)
  if (grouped && provider.grouped === null) throw new UsageError('PROVIDER_NO_GROUPED', `${name} gives no bars of all symbols of a date`)
  const missing = grouped ? undefined : timespans.find((wanted) => !provider.timespans.includes(wanted))
  if (missing !== undefined) throw new UsageError('PROVIDER_NO_TIMESPAN', `${name} gives no ${missing} bars`, { hint: `it gives ${provider.timespans.join(', ')}` })
  return [provider]
}

/** Looks up what a request means. @throws UsageError when the calendar does not know its dates, or there is nothing to ask for */
export async function resolveFetch({ db, now }: Runtime, request: FetchRequest): Promise<ResolvedFetch> {
  const exchange = exchangeNamed(request.exchange)!
  const providers = providersOf(request)
  const calendar = createCalendar(exchange, await listOverrides(db.pool, exchange.code))
  const range = fetchRange(request.dates, calendar, now())
  const hours = hoursRange(range, calendar)
  if (hours === undefined) {
    throw new UsageError('FETCH_NO_SESSION', `the exchange has no session from ${range.start} to ${range.end}, so there is nothing to fetch`, { hint: 'choose other dates; see ohlcv calendar' })
  }
  const symbols = request.grouped ? [] : request.symbols === 'all' ? await activeSymbols(db.pool, range.end, request.type) : [...new Set(request.symbols)]
  if (!request.grouped && symbols.length === 0) {
    if (request.type !== null) await requireType(db.pool, request.type)
    throw new UsageError('UNIVERSE_EMPTY', `the universe has no active security${request.type === null ? '' : ` of the type ${request.type}`}, so there is no symbol to fetch`, { hint: 'import one with: ohlcv universe import FILE, or name the symbols: --symbols AAPL,MSFT' })
  }
  return { request, providers, calendar, range, hours, symbols }
}

/** A fetch as it is kept with its run and shown in its document. */
export function parametersOf({ request, range, hours, symbols }: ResolvedFetch) {
  const { provider, timespans, grouped, dry_run, lanes } = request
  return {
    ...range, provider, symbols: request.symbols === 'all' && request.type === null ? null : [...symbols], symbol_count: symbols.length, timespans: grouped ? ['day' as const] : [...timespans],
    hours: !grouped && timespans.includes('hour') ? hours : null, grouped, dry_run, lanes,
  }
}

export type FetchParameters = ReturnType<typeof parametersOf>
