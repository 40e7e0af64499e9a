import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Gaps } from '../../features/gaps/gap.js'
import type { FetchResult } from '../../features/fetch/fetch.js'
import { NO_DAILY_DATA } from '../../features/fetch/findings.js'
import { readFetchRequest, type FetchRequestInput } from '../../features/fetch/request.js'
import type { Runtime } from '../../features/runs/runtime.js'
import { namesOn } from '../../store/universe/symbols.js'
import { askProviders, KEY_NAMES, keyedProviders, type AskingPorts } from '../ask-providers.js'
import { providerPlan, sessionsIn } from './plan.js'
import type { FillRequest } from './request.js'

/** Why a symbol or a date could not be asked for. */
export interface AskFault {
  /** Null: all symbols of the dates. */
  symbol: string | null
  dates: DateRange
  code: string
  message: string
}

/** How asking providers ended. */
export interface AskedProviders {
  /** Why nobody was asked; null where somebody was, or nothing was left to ask for. */
  leftOut: string | null
  /** What was asked for; symbols null: all of the dates. */
  asked: { dates: DateRange; symbols: number | null }[]
  faults: AskFault[]
  /** Whether providers have answered for the security, or for all of them, on the date. */
  answered: (symbolId: number, date: IsoDate) => boolean
}

/** What has been answered for. */
class Answers {
  readonly #whole = new Set<IsoDate>()
  readonly #some: { dates: DateRange; symbolIds: Set<number> }[] = []

  addDates(dates: readonly IsoDate[]): void {
    for (const date of dates) this.#whole.add(date)
  }

  addSecurities(dates: DateRange, symbolIds: readonly number[]): void {
    this.#some.push({ dates, symbolIds: new Set(symbolIds) })
  }

  has(symbolId: number, date: IsoDate): boolean {
    return this.#whole.has(date) || this.#some.some(({ dates, symbolIds }) => date >= dates.start && date <= dates.end && symbolIds.has(symbolId))
  }
}

/** Symbols, or dates, of which nobody could say anything. That somebody has no bar is an answer. */
function faultsOf({ symbols, stopped, parameters: { grouped } }: FetchResult, dates: DateRange): AskFault[] {
  const failed = symbols.flatMap(({ symbol, error }): AskFault[] =>
    (error === null || error.code === NO_DAILY_DATA.code ? [] : [{ ...error, ...(grouped ? { symbol: null, dates: { start: symbol as IsoDate, end: symbol as IsoDate } } : { symbol, dates }) }]))
  return [...failed, ...(stopped === null ? [] : [{ symbol: null, dates, code: stopped.code, message: stopped.message }])]
}

/** Why providers are not asked; null where they may be. */
export function whyNot({ gaps: { dataset }, fetch }: FillRequest, ports: AskingPorts): string | null {
  if (dataset.window !== 'day') return 'providers are asked for daily bars only'
  if (!fetch) return 'providers are not to be asked'
  return keyedProviders(ports).length === 0 ? `no provider with a key is configured: none of ${KEY_NAMES.join(', ')} is set` : null
}

/** Whether one of those who may be asked gives all symbols of a date at once. */
export function canGroup(ports: AskingPorts): boolean {
  return keyedProviders(ports).some(({ grouped }) => grouped !== null)
}

/** Asks providers for what unloaded dates lack, all symbols of a date at once where it lacks many. */
export async function askForGaps(runtime: Runtime, request: FillRequest, found: Gaps, ports: AskingPorts): Promise<AskedProviders> {
  const { signal, db } = runtime
  const answers = new Answers()
  const result: AskedProviders = { leftOut: null, asked: [], faults: [], answered: (symbolId, date) => answers.has(symbolId, date) }
  const plan = providerPlan(found, canGroup(ports))
  if (plan.whole.length + plan.some.length === 0) return result
  const leftOut = whyNot(request, ports)
  if (leftOut !== null) return { ...result, leftOut }
  const ask = async (dates: DateRange, what: Partial<FetchRequestInput>): Promise<FetchResult> => {
    const { lanes, gaps: { calendar } } = request
    const fetched = await askProviders(runtime, readFetchRequest({ dates, exchange: calendar.exchange.code, lanes, ...what }), ports)
    result.faults.push(...faultsOf(fetched, dates))
    result.asked.push({ dates, symbols: fetched.parameters.grouped ? null : fetched.parameters.symbol_count })
    return fetched
  }
  for (const dates of plan.whole) {
    if (signal.aborted) return result
    const { symbols } = await ask(dates, { grouped: true })
    const failed = new Set(symbols.filter(({ error }) => error !== null && error.code !== NO_DAILY_DATA.code).map(({ symbol }) => symbol))
    const reached = new Set(symbols.map(({ symbol }) => symbol))
    answers.addDates(sessionsIn(found, dates).filter((date) => reached.has(date) && !failed.has(date)))
  }
  for (const { dates, symbolIds } of plan.some) {
    if (signal.aborted) return result
    const names = await db.run(signal, (client) => namesOn(client, symbolIds, dates.end))
    if (names.length === 0) continue
    const { symbols } = await ask(dates, { symbols: names.map(({ symbol }) => symbol), timespans: ['day'] })
    const told = new Set(symbols.filter(({ error }) => error === null || error.code === NO_DAILY_DATA.code).map(({ symbol }) => symbol))
    answers.addSecurities(dates, names.flatMap(({ symbolId, symbol }) => (told.has(symbol) ? [symbolId] : [])))
  }
  return result
}
