import { DAY_AGGS } from '../../datasets/day.js'
import type { Timespan } from '../../datasets/timespan.js'
import { timespanNamed } from '../../datasets/timespans.js'
import { messageWithHint, OhlcvError } from '../../domain/errors.js'
import { VERSION } from '../../domain/version.js'
import type { SecurityDetails } from '../../providers/bar-provider.js'
import { BAR_PROVIDERS } from '../../providers/bar-providers.js'
import { ensurePartitions } from '../../store/bars/partitions.js'
import { finishedUnits, type AuditKey } from '../../store/fetches/audit.js'
import { advanceJob, endJob, type JobState } from '../../store/fetches/jobs.js'
import { loadedDates } from '../../store/ledger/days.js'
import type { KeptAnswers } from '../../transport/answers/answers.js'
import { inLanes } from '../runs/in-lanes.js'
import type { Runtime } from '../runs/runtime.js'
import { UniverseReadings } from '../runs/universe-readings.js'
import { withRun } from '../runs/with-run.js'
import { writeAudit } from './audit-file.js'
import type { ProviderClient } from './client.js'
import { beginJob, workOn, type JobOfFetch } from './job.js'
import { describe, undescribed } from './describe.js'
import { Expectations } from './expected.js'
import { EVERY_SYMBOL, planGrouped, planUnits, type Unit } from './plan.js'
import { parametersOf, type FetchParameters, type ResolvedFetch } from './resolve.js'
import type { FetchRun } from './run.js'
import { fetchUnit, type UnitResult } from './unit.js'

/** The file of the audit is written at most every so many ms while a job goes on. */
const AUDIT_EVERY = 10_000

/** How a symbol of a job ended; of grouped bars the symbol is a date. */
export interface SymbolResult {
  symbol: string
  /** What the provider calls it, where it was asked. */
  name: string | null
  /** Why it failed; null where it did not. */
  error: { code: string; message: string } | null
  units: UnitResult[]
}

/** What came of a fetch. */
export interface FetchResult {
  jobId: string
  runId: number
  state: JobState
  parameters: FetchParameters
  /** In the order in which they were asked for. */
  symbols: SymbolResult[]
  /** Symbols (or dates) that all was had of in an earlier run of the job. */
  finishedBefore: number
  /** Symbols (or dates) that the run did not come to. */
  notReached: number
  /** Why nothing else was asked of the provider; null where it was. */
  stopped: OhlcvError | null
}

/** Who is told how a fetch goes on. */
export interface FetchObserver {
  onBegin?: (jobId: string, parameters: FetchParameters, symbols: number) => void
  onSymbol?: (symbol: string, place: number, of: number) => void
  onRegistered?: (symbol: string, details: SecurityDetails | null) => void
  onUnit?: (symbol: string, timespan: Timespan) => void
  onUnitEnd?: (symbol: string, timespan: Timespan, result: UnitResult) => void
  onSymbolEnd?: (result: SymbolResult) => void
}

/** What a fetch has besides its request. */
export interface FetchPorts extends FetchObserver {
  /** To the provider that the request names; the caller closes it. */
  client: ProviderClient
  /** Where answers are kept. */
  answers: KeptAnswers
  /** Where the audit is written as a file. */
  auditFolder: string
  /** Makes a symbol known, and what it names described. */
  register: (symbol: string, details: SecurityDetails | null) => Promise<void>
  exitCodes: { ofResult: (result: FetchResult) => number; ofError: (error: unknown) => number }
}

const keyOf = ({ symbol, timespan, part }: AuditKey): string => `${symbol} ${timespan} ${part}`

/** One symbol's work: who it is, then its units in order. */
interface SymbolWork {
  symbol: string
  describe: boolean
  plan: () => Promise<Unit[]>
}

async function fetchSymbol(runtime: Runtime, run: FetchRun, ports: FetchPorts, work: SymbolWork, done: ReadonlySet<string>): Promise<SymbolResult | undefined> {
  const { symbol } = work
  const result: SymbolResult = { symbol, name: null, error: null, units: [] }
  if (work.describe) {
    const details = await describe(runtime, run, symbol)
    if (details !== null) await ports.register(symbol, details)
    ports.onRegistered?.(symbol, details)
    result.name = details?.name ?? null
  }
  const units = await work.plan()
  if (units.length === 0) result.error = { code: 'NOT_NAMED', message: `${symbol}: named no security on these dates` }
  for (const unit of units) {
    if (done.has(keyOf({ symbol: unit.symbol, timespan: unit.timespan.name, part: unit.part }))) continue
    if (run.stopped !== undefined || runtime.signal.aborted) return result.units.length === 0 ? undefined : { ...result, error: result.error ?? NOT_FINISHED }
    ports.onUnit?.(symbol, unit.timespan)
    const ended = await fetchUnit(runtime, run, unit)
    result.units.push(ended)
    ports.onUnitEnd?.(symbol, unit.timespan, ended)
    if (ended.status === 'failed' || ended.status === 'rejected') result.error ??= { code: ended.code ?? 'FAILED', message: `${symbol}: ${ended.message}` }
    if (ended.status === 'empty' && unit.timespan.name === 'day' && unit.symbol !== EVERY_SYMBOL) {
      result.error = { code: 'NO_DAILY_DATA', message: `${symbol}: No daily data available` }
      break
    }
  }
  return result
}

const NOT_FINISHED = { code: 'NOT_FINISHED', message: 'not all of it was asked for' }

/** What is to be done, symbol by symbol or date by date. */
async function worksOf(runtime: Runtime, run: FetchRun, resolved: ResolvedFetch): Promise<SymbolWork[]> {
  const { db } = runtime
  const { request, range, symbols } = resolved
  if (request.grouped) {
    const loaded = new Set(await loadedDates(db.pool, DAY_AGGS.name, range))
    return planGrouped(range, run.expectations).filter(({ range: { start } }) => !loaded.has(start)).map((unit) => ({ symbol: unit.range.start, describe: false, plan: async () => [unit] }))
  }
  const asked = await undescribed(runtime, resolved)
  return symbols.map((symbol) => ({
    symbol,
    describe: asked.has(symbol),
    plan: async () => planUnits(symbol, await run.universes.current(db.pool), range, request, run.expectations),
  }))
}

function stateOf(results: readonly SymbolResult[], notReached: number, stopped: boolean, aborted: boolean): JobState {
  if (aborted) return 'interrupted'
  if (stopped || notReached > 0) return 'failed'
  return results.some(({ error }) => error !== null) ? 'completed_with_errors' : 'completed'
}

/** What is kept of a job's end. */
function summaryOf(results: readonly SymbolResult[], finishedBefore: number, notReached: number) {
  const failed = results.filter(({ error }) => error !== null)
  return {
    symbols_loaded: results.length - failed.length + finishedBefore, symbols_failed: failed.length, not_reached: notReached,
    errors: failed.slice(0, 100).map(({ error }) => error!.message),
  }
}

/**
 * Fetches what is asked for, symbol by symbol, several at once, all under the record of one run of one job. What an earlier run of the job has finished is not
 * asked for again.
 * @throws UsageError when nothing can be fetched at all: no such job, one that is being worked on, a job of that id already
 */
export async function fetchBars(runtime: Runtime, resolved: ResolvedFetch, job: JobOfFetch, ports: FetchPorts): Promise<FetchResult> {
  const { db, log, now, signal, failpoint } = runtime
  const { request, provider, calendar, range } = resolved
  const parameters = parametersOf(resolved)
  if (job.isNew) await beginJob(runtime, job.id, resolved)
  return withRun(runtime, { command: 'fetch', parameters: { job: job.id, ...parameters }, version: VERSION, exitCodeOfError: ports.exitCodes.ofError }, async (runId) => {
    await workOn(runtime, job.id, runId)
    const run: FetchRun = { jobId: job.id, provider, client: ports.client, answers: ports.answers, expectations: new Expectations(calendar, now()), universes: new UniverseReadings(), authority: BAR_PROVIDERS.map(({ name }) => name), stopped: undefined }
    for (const name of request.grouped ? ['day' as const] : request.timespans) {
      const { fills } = timespanNamed(name)
      if (fills !== null) await db.prepare(signal, (client) => ensurePartitions(client, fills, range.start, range.end))
    }
    const done = new Set((await finishedUnits(db.pool, job.id)).map(keyOf))
    const works = await worksOf(runtime, run, resolved)
    const results = new Map<string, SymbolResult>()
    let [ended, finishedBefore, written] = [0, 0, now().getTime()]
    ports.onBegin?.(job.id, parameters, works.length)
    await failpoint('fetch-opened')
    const fail = async (error: unknown): Promise<never> => {
      await endJob(db.pool, job.id, { state: 'failed', progress: percentOf(ended, works.length), message: error instanceof OhlcvError ? messageWithHint(error) : String(error), result: null }).catch(() => undefined)
      throw error
    }
    await inLanes(works, request.lanes, signal, async (work) => {
      if (run.stopped !== undefined) return
      ports.onSymbol?.(work.symbol, works.indexOf(work) + 1, works.length)
      const result = await fetchSymbol(runtime, run, ports, work, done)
      if (result === undefined) return
      ended++
      if (result.units.length === 0 && result.error === null) finishedBefore++
      else results.set(work.symbol, result)
      ports.onSymbolEnd?.(result)
      await advanceJob(db.pool, job.id, percentOf(ended, works.length), `Processed ${ended}/${works.length} symbols`)
      if (now().getTime() - written < AUDIT_EVERY) return
      written = now().getTime()
      await writeAudit(db.pool, ports.auditFolder, job.id)
    }).catch((error: unknown) => (signal.aborted ? undefined : fail(error)))
    const inOrder = works.flatMap(({ symbol }) => results.get(symbol) ?? [])
    const notReached = works.length - ended
    const state = stateOf(inOrder, notReached, run.stopped !== undefined, signal.aborted)
    const result: FetchResult = { jobId: job.id, runId, state, parameters, symbols: inOrder, finishedBefore, notReached, stopped: run.stopped ?? null }
    const summary = summaryOf(inOrder, finishedBefore, notReached)
    const message = run.stopped === undefined ? `${summary.symbols_loaded} loaded, ${summary.symbols_failed} failed` : messageWithHint(run.stopped)
    await db.run(AbortSignal.any([]), async (client) => endJob(client, job.id, { state, progress: percentOf(ended, works.length), message, result: summary }))
    await failpoint('fetch-before-audit-file')
    await writeAudit(db.pool, ports.auditFolder, job.id).catch((error: unknown) => log.warn({ reason: (error as Error).message }, 'the file of the audit could not be written; it is in ingestion_audit'))
    const status = state === 'interrupted' ? 'interrupted' : state === 'completed' ? 'succeeded' : 'failed'
    return { result, end: { status, exitCode: ports.exitCodes.ofResult(result), totals: summary, message: null } }
  })
}

function percentOf(done: number, all: number): number {
  return all === 0 ? 100 : Math.floor((1000 * done) / all) / 10
}
