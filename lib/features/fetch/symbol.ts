import type { Timespan } from '../../datasets/timespan.js'
import { DAY_AGGS } from '../../datasets/day.js'
import { isSymbol } from '../../domain/symbol.js'
import type { BarProvider, SecurityDetails } from '../../providers/bar-provider.js'
import type { AuditKey } from '../../store/fetches/audit.js'
import { loadedDates } from '../../store/ledger/days.js'
import type { Runtime } from '../runs/runtime.js'
import { describe, undescribed } from './describe.js'
import { planGrouped, planUnits, type Unit } from './plan.js'
import type { ResolvedFetch } from './resolve.js'
import type { FetchRun } from './run.js'
import type { UnitResult } from './unit-ending.js'
import { fetchUnit } from './unit.js'
import { workOf } from '../runs/asking/work.js'

/** How a symbol of a job ended; of grouped bars the symbol is a date. */
export interface SymbolResult {
  symbol: string
  /** What the provider calls it, where it was asked. */
  name: string | null
  /** Why it failed; null where it did not. */
  error: { code: string; message: string } | null
  units: UnitResult[]
  /** What asking who it is took. */
  description: { requests: number; bytes: number }
}

/** Who is told how the symbols of a fetch go on. */
export interface SymbolObserver {
  /** Told who a symbol is; null where the provider does not say. */
  onDescribed?: (symbol: string, details: SecurityDetails | null) => void
  /** Told as a provider is asked for a unit. */
  onUnit?: (symbol: string, timespan: Timespan, provider: BarProvider) => void
  onUnitEnd?: (symbol: string, timespan: Timespan, result: UnitResult) => void
}

/** What is to be done for one symbol, or one date of grouped bars. */
export interface SymbolWork {
  symbol: string
  /** Whether the provider is asked who it is. */
  describe: boolean
  units: () => Promise<Unit[]>
}

/** What a fetch has to do, symbol by symbol or date by date. */
export async function worksOf(runtime: Runtime, run: FetchRun, resolved: ResolvedFetch): Promise<SymbolWork[]> {
  const { db } = runtime
  const { request, range, symbols } = resolved
  if (request.grouped) {
    const loaded = new Set<string>(await db.run(runtime.signal, (client) => loadedDates(client, DAY_AGGS.name, range)))
    return planGrouped(range, run.expectations).filter(({ part }) => !loaded.has(part)).map((unit) => ({ symbol: unit.part, describe: false, units: async () => [unit] }))
  }
  const asked = await undescribed(runtime, resolved)
  return symbols.map((symbol) => ({
    symbol,
    describe: asked.has(symbol),
    units: async () => planUnits(symbol, await db.run(runtime.signal, (client) => run.universes.current(client)), range, request, run.expectations),
  }))
}

/** What the units of a job are told apart by. */
export function keyOf({ symbol, timespan, part }: AuditKey): string {
  return `${symbol} ${timespan} ${part}`
}

function errorOf(symbol: string, { status, code, message }: UnitResult): SymbolResult['error'] {
  return status === 'failed' || status === 'rejected' || code === 'NO_DAILY_DATA' ? { code: code!, message: `${symbol}: ${message}` } : null
}

/** What the work comes to; undefined where it was broken off since the signal was aborted. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (!signal.aborted) throw error
    return undefined
  }
}

/**
 * All units of a symbol, one after the other; without daily bars those after them are not asked for.
 * @param done those that an earlier run of the job has finished
 * @returns undefined where nothing of it was reached
 */
export async function fetchSymbol(runtime: Runtime, run: FetchRun, { symbol, describe: asks, units }: SymbolWork, done: ReadonlySet<string>, observer: SymbolObserver): Promise<SymbolResult | undefined> {
  const result: SymbolResult = { symbol, name: null, error: null, units: [], description: { requests: 0, bytes: 0 } }
  // A step of a path that leads elsewhere is no symbol either.
  if (!isSymbol(symbol) || /^\.+$/.test(symbol)) return { ...result, error: { code: 'SYMBOL_INVALID', message: `${JSON.stringify(symbol.slice(0, 40))}: a symbol is 1 to 32 visible ASCII characters, not all of them dots` } }
  const isDone = ({ symbol, timespan, part }: Unit) => done.has(keyOf({ symbol, timespan: timespan.name, part }))
  const isStopped = () => run.stopped !== undefined || runtime.signal.aborted
  if (done.size > 0) {
    const all = await units()
    if (all.length > 0 && all.every(isDone)) return result
  }
  if (asks) {
    const { details, tries } = await describe(runtime, run, symbol)
    observer.onDescribed?.(symbol, details)
    result.name = details?.name ?? null
    result.description = workOf(tries, 0)
  }
  const planned = await units()
  if (planned.length === 0) return { ...result, error: { code: 'SYMBOL_NOT_NAMED', message: `${symbol}: names no security on these dates` } }
  for (const unit of planned.filter((unit) => !isDone(unit))) {
    const ended = isStopped() ? undefined : await unlessAborted(fetchUnit(runtime, run, unit, (provider) => observer.onUnit?.(symbol, unit.timespan, provider)), runtime.signal)
    if (ended === undefined) {
      return result.units.length === 0 && result.description.requests === 0 ? undefined : { ...result, error: result.error ?? { code: 'SYMBOL_NOT_FINISHED', message: `${symbol}: not all of it was asked for` } }
    }
    result.units.push(ended)
    observer.onUnitEnd?.(symbol, unit.timespan, ended)
    result.error ??= errorOf(symbol, ended)
    if (ended.code === 'NO_DAILY_DATA') break
  }
  return result
}
