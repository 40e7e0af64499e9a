import { createCalendar } from '../../calendar/calendar.js'
import { exchangeNamed } from '../../calendar/exchanges.js'
import { NO_CHANGES, sumOf, type ChangeCounts } from '../../domain/counts.js'
import type { DateRange } from '../../domain/dates.js'
import { OhlcvError, UsageError } from '../../domain/errors.js'
import { VERSION } from '../../domain/version.js'
import { syncAuthority, type ActionStatus } from '../../store/actions/fetches.js'
import { listOverrides } from '../../store/calendar/overrides.js'
import { activeSymbols } from '../../store/universe/active.js'
import type { KeptAnswers } from '../../transport/answers/answers.js'
import { asksOf, type SymbolAsk } from '../runs/asking/asks.js'
import { failureOf } from '../runs/asking/failure.js'
import { fetchRange } from '../runs/asking/range.js'
import { askedOf, type Source } from '../runs/asking/source.js'
import { inLanes } from '../runs/in-lanes.js'
import type { Runtime } from '../runs/runtime.js'
import { UniverseReadings } from '../runs/universe-readings.js'
import { withRefusals } from '../runs/with-refusals.js'
import { withRun } from '../runs/with-run.js'
import { askActions, faultOf, type ActionAnswer, type ActionFault } from './ask.js'
import type { ActionsRequest } from './request.js'
import { recordFault, storeTold } from './store-told.js'

/** How asking one source about one symbol ended. */
export interface ActionResult {
  symbol: string
  source: string
  status: ActionStatus
  code: string | null
  message: string | null
  /** What the source tells of these dates. */
  splits: number
  dividends: number
  /** What became of its rows. */
  counts: ChangeCounts
  requests: number
}

/** How a source did. */
export interface SourceResult {
  source: string
  /** Symbols that it has no name for, and was not asked about. */
  nameless: number
  /** Symbols that the run did not come to. */
  notReached: number
  /** Why nothing else was asked of it; null where it was. */
  stopped: OhlcvError | null
}

/** What came of a fetch of splits and dividends. */
export interface ActionsResult {
  runId: number
  parameters: ActionsParameters
  sources: SourceResult[]
  /** Symbols that name no security on these dates. */
  unnamed: string[]
  /** By symbol, then source. */
  results: ActionResult[]
  interrupted: boolean
}

/** What a fetch has besides its request. */
export interface ActionsPorts {
  /** Whom to ask; the caller closes them. */
  sources: readonly Source[]
  /** Who tells splits and dividends, those whose word counts most first. */
  authority: readonly string[]
  answers: KeptAnswers
  onPlan?: (questions: number) => void
  onAsked?: (result: ActionResult) => void
  exitCodes: { ofResult: (result: ActionsResult) => number; ofError: (error: unknown) => number }
}

/** A symbol and by what it is asked for. */
interface Wanted {
  symbol: string
  asks: SymbolAsk[]
}

function parametersOf({ symbols }: ActionsRequest, range: DateRange, wanted: readonly Wanted[], sources: readonly Source[]) {
  return { ...range, symbols: symbols === 'all' ? null : [...symbols], symbol_count: wanted.length, providers: sources.map(({ provider }) => provider.name) }
}

export type ActionsParameters = ReturnType<typeof parametersOf>

/** What to ask for. @throws UsageError when the calendar does not know the dates, or there is nothing to ask for */
async function resolve({ db, now, signal }: Runtime, request: ActionsRequest): Promise<{ range: DateRange; wanted: Wanted[] }> {
  const exchange = exchangeNamed(request.exchange)!
  const range = fetchRange(request.dates, createCalendar(exchange, await listOverrides(db.pool, exchange.code)), now())
  const universe = await db.prepare(signal, (client) => new UniverseReadings().current(client))
  const symbols = request.symbols === 'all' ? await activeSymbols(db.pool, range.end, null) : request.symbols
  if (symbols.length === 0) {
    throw new UsageError('UNIVERSE_EMPTY', 'the universe has no active security, so there is no symbol to fetch', { hint: 'import one with: ohlcv universe import FILE, or name the symbols: --symbols AAPL,MSFT' })
  }
  return { range, wanted: symbols.map((symbol) => ({ symbol, asks: universe.has(symbol) ? asksOf(symbol, universe, range) : [] })) }
}

/** Why what was told could not be stored. @throws errors that neither the database nor a provider can cause */
function faultOfStoring(error: unknown): ActionFault {
  return error instanceof OhlcvError ? faultOf(error) : { ...failureOf(error), stops: null }
}

function resultOf(symbol: string, source: string, answers: readonly ActionAnswer[], fault: ActionFault | null, counts: ChangeCounts): ActionResult {
  const told = answers.flatMap((answer) => answer.told)
  return {
    symbol, source, status: fault?.status ?? 'stored', code: fault?.code ?? null, message: fault && `${symbol}: ${fault.message}`,
    splits: told.reduce((sum, { splits }) => sum + splits.length, 0), dividends: told.reduce((sum, { dividends }) => sum + dividends.length, 0),
    counts, requests: answers.reduce((sum, { tries }) => sum + tries.length, 0),
  }
}

/** Asks a source about one symbol under all names that it had, and stores what it tells: all of it or nothing. */
async function fetchSymbol(runtime: Runtime, source: Source, kept: KeptAnswers, runId: number, { symbol, asks }: Wanted): Promise<{ result: ActionResult; stops: OhlcvError | null }> {
  const { name } = source.provider
  const answers: ActionAnswer[] = []
  // One for all of them, as rows have it: it says where the answers are kept.
  const pulledAt = runtime.now()
  for (const ask of asks) {
    answers.push(await askActions(runtime, source, kept, ask, pulledAt))
    if (answers.at(-1)!.fault !== null) break
  }
  const by = { runId, source: name, answers }
  let fault = answers.at(-1)!.fault
  let counts: ChangeCounts = NO_CHANGES
  try {
    if (fault === null) counts = await storeTold(runtime, by)
  } catch (error) {
    runtime.signal.throwIfAborted()
    fault = faultOfStoring(error)
  }
  if (fault !== null) await recordFault(runtime, by, fault)
  return { result: resultOf(symbol, name, answers, fault, counts), stops: fault?.stops ?? null }
}

/** Asks a source about all symbols that it has a name for, several at once. */
async function askSource(runtime: Runtime, source: Source, wanted: readonly Wanted[], runId: number, lanes: number, ports: ActionsPorts): Promise<{ ended: SourceResult; results: ActionResult[] }> {
  const { provider } = source
  const named = wanted.filter(({ asks }) => asks.length > 0 && asks.every(({ symbol }) => provider.symbol(symbol) !== null))
  const nameless = wanted.filter(({ asks }) => asks.length > 0).length - named.length
  const results: ActionResult[] = []
  let stopped: OhlcvError | null = null
  await inLanes(named, lanes, runtime.signal, async (one) => {
    if (stopped !== null) return
    const { result, stops } = await fetchSymbol(runtime, source, ports.answers, runId, one)
    stopped ??= stops
    results.push(result)
    ports.onAsked?.(result)
  }).catch((error: unknown) => {
    if (!runtime.signal.aborted) throw error
  })
  return { ended: { source: provider.name, nameless, notReached: named.length - results.length, stopped }, results }
}

/** What is kept of a run's end. */
export function totalsOf({ results }: Pick<ActionsResult, 'results'>) {
  return {
    ...sumOf(NO_CHANGES, results.map(({ counts }) => counts)), splits: results.reduce((sum, { splits }) => sum + splits, 0),
    dividends: results.reduce((sum, { dividends }) => sum + dividends, 0), requests: results.reduce((sum, { requests }) => sum + requests, 0),
    failed: results.filter(({ status }) => status !== 'stored').length,
  }
}

function byPlace<T>(items: readonly T[], keyOf: (item: T) => string): (key: string) => number {
  const places = new Map(items.map((item, place) => [keyOf(item), place]))
  return (key) => places.get(key) ?? -1
}

/**
 * Asks every source for the splits and dividends of the symbols, all under the record of one run. A symbol and source is one transaction: what the source told
 * of these dates is replaced by what it tells now. What fails of one is no matter to the others.
 * @throws UsageError when nothing can be asked at all
 */
export async function fetchActions(runtime: Runtime, request: ActionsRequest, ports: ActionsPorts): Promise<ActionsResult> {
  const { db, signal } = runtime
  const { sources } = ports
  const { range, wanted } = await resolve(runtime, request)
  const parameters = parametersOf(request, range, wanted, sources)
  return withRun(runtime, { command: 'actions fetch', parameters, version: VERSION, exitCodeOfError: ports.exitCodes.ofError }, async (runId) => {
    await db.run(signal, (client) => syncAuthority(client, ports.authority))
    ports.onPlan?.(wanted.length * sources.length)
    const asking = { runId, timespan: null, asked: askedOf(sources) }
    const asked = await withRefusals(runtime, asking, () => Promise.all(sources.map((source) => askSource(runtime, source, wanted, runId, request.lanes, ports))))
    const [ofSymbol, ofSource] = [byPlace(wanted, ({ symbol }) => symbol), byPlace(sources, ({ provider }) => provider.name)]
    const result: ActionsResult = {
      runId, parameters, sources: asked.map(({ ended }) => ended), unnamed: wanted.filter(({ asks }) => asks.length === 0).map(({ symbol }) => symbol),
      results: asked.flatMap(({ results }) => results).sort((a, b) => ofSymbol(a.symbol) - ofSymbol(b.symbol) || ofSource(a.source) - ofSource(b.source)), interrupted: signal.aborted,
    }
    const exitCode = ports.exitCodes.ofResult(result)
    return { result, end: { status: result.interrupted ? 'interrupted' : exitCode === 0 ? 'succeeded' : 'failed', exitCode, totals: totalsOf(result), message: null } }
  })
}
