import { sumOf } from '../../../domain/counts.js'
import type { IsoDate } from '../../../domain/dates.js'
import { wallTime } from '../../../domain/zone.js'
import { messageWithHint } from '../../../domain/errors.js'
import { NO_FETCH_COUNTS, type FetchCounts } from '../../../store/fetches/fetches.js'
import { inLanes } from '../../runs/in-lanes.js'
import type { Runtime } from '../../runs/runtime.js'
import { planUnits, type Unit } from '../plan.js'
import type { FetchRun } from '../run.js'
import { fetchSymbol, type SymbolResult } from '../symbol.js'
import type { Fault } from './troubles.js'

/** Minutes are corrected for so long by trades that are reported late. */
const OVERLAP = 5 * 60_000

/** What was asked for at one moment, and what it brought. */
export interface TickResult {
  /** How each symbol is that was asked for: null is well. */
  faults: Map<string, Fault | null>
  counts: FetchCounts
  requests: number
  bytes: number
  /** Whether no symbol was answered, though somebody was asked. */
  isDown: boolean
}

/** How far each symbol has come in a session. */
export interface Marks {
  /** When the latest bar began that came. */
  latest: Map<string, number>
  /** Who is to be asked who they are. */
  undescribed: Set<string>
}

/** The hour that the audit of a tick belongs to, by the exchange's clock. */
function hourOf(now: Date, zone: string): string {
  const { date, time } = wallTime(now, zone)
  return `${date}T${time.slice(0, 2)}`
}

/** What to ask for: the minutes of the date, from a little before the latest one on where it is not all of them. */
async function unitsOf({ db, now, signal }: Runtime, run: FetchRun, symbol: string, date: IsoDate, latest: number | undefined): Promise<Unit[]> {
  const { calendar } = run.expectations
  const universe = await db.run(signal, (client) => run.universes.current(client))
  const part = hourOf(now(), calendar.exchange.zone)
  const since = latest === undefined ? undefined : new Date(latest - OVERLAP)
  return planUnits(symbol, universe, { start: date, end: date }, { timespans: ['minute'] }, run.expectations).map((unit) =>
    ({ ...unit, part, expected: null, adds: true, asks: unit.asks.map((ask) => ({ ...ask, ...(since && { since }) })) }))
}

/** What is wrong with a symbol; its message goes without the symbol, since others may share it. */
function faultOf({ symbol, error, units }: SymbolResult, stopped: Fault | null): Fault | null {
  const failed = units.find(({ status }) => status === 'failed' || status === 'rejected')
  if (failed) return { code: failed.code!, message: failed.message! }
  return error && (stopped ?? { code: error.code, message: error.message.replace(`${symbol}: `, '') })
}

/** Why nobody else was asked; null where all were. */
function stoppedBy({ stopped }: FetchRun): Fault | null {
  return stopped === undefined ? null : { code: stopped.code, message: messageWithHint(stopped) }
}

/** Asks for the minutes of some symbols, each as far as it has come or, `whole`, all of the date. What fails is in the result. @throws whatever the database throws */
export async function tick(runtime: Runtime, run: FetchRun, date: IsoDate, symbols: readonly string[], lanes: number, marks: Marks, whole: boolean): Promise<TickResult> {
  const { signal } = runtime
  const results: SymbolResult[] = []
  run.stopped = undefined
  run.out.clear()
  await inLanes(symbols, lanes, signal, async (symbol) => {
    if (run.stopped !== undefined) return
    const latest = whole ? undefined : marks.latest.get(symbol)
    const result = await fetchSymbol(runtime, run, { symbol, describe: marks.undescribed.delete(symbol), units: () => unitsOf(runtime, run, symbol, date, latest) }, new Set(), {})
    if (result === undefined) return
    results.push(result)
    for (const { latest: time } of result.units) if (time !== null) marks.latest.set(symbol, Date.parse(time))
  })
  const stopped = stoppedBy(run)
  const faults = new Map(results.map((result) => [result.symbol, faultOf(result, stopped)]))
  if (stopped !== null) for (const symbol of symbols) if (!faults.has(symbol)) faults.set(symbol, stopped)
  const units = results.flatMap((result) => result.units)
  const work = [...units, ...results.map(({ description }) => description)]
  const requests = work.reduce((sum, { requests }) => sum + requests, 0)
  return {
    faults, counts: sumOf(NO_FETCH_COUNTS, units.map(({ counts }) => counts)), requests, bytes: work.reduce((sum, { bytes }) => sum + bytes, 0),
    isDown: (requests > 0 || stopped !== null) && [...faults.values()].every((fault) => fault !== null),
  }
}

/** Two parts of a tick, the first of which was answered. */
export function together(first: TickResult, second: TickResult): TickResult {
  return {
    faults: new Map([...first.faults, ...second.faults]), counts: sumOf(NO_FETCH_COUNTS, [first.counts, second.counts]),
    requests: first.requests + second.requests, bytes: first.bytes + second.bytes, isDown: false,
  }
}
