import { timespanNamed } from '../../datasets/timespans.js'
import { messageWithHint, type OhlcvError } from '../../domain/errors.js'
import { VERSION } from '../../domain/version.js'
import { AUTHORITY } from '../../providers/authority.js'
import { ensurePartitions } from '../../store/bars/partitions.js'
import { finishedUnits } from '../../store/fetches/audit.js'
import { advanceJob, endJob, type JobState } from '../../store/fetches/jobs.js'
import { workByDay } from '../../store/fetches/metrics.js'
import { readRests } from '../../store/fetches/rests.js'
import type { KeptAnswers } from '../../transport/answers/answers.js'
import { inLanes } from '../runs/in-lanes.js'
import type { Runtime } from '../runs/runtime.js'
import { UniverseReadings } from '../runs/universe-readings.js'
import { withRefusals } from '../runs/with-refusals.js'
import { withRun } from '../runs/with-run.js'
import { auditFile } from './audit-file.js'
import { DAYS_COUNTED } from './choice/bandit.js'
import type { LeftOut } from './choice/candidates.js'
import { Choice } from './choice/choice.js'
import { Expectations } from '../runs/expected.js'
import { beginJob, closedOnFailure, jobTaken, workOn, type ChosenJob } from './job.js'
import { parametersOf, type FetchParameters, type ResolvedFetch } from './resolve.js'
import type { FetchRun } from './run.js'
import { askedOf, type Source } from '../runs/asking/source.js'
import { fetchSymbol, keyOf, worksOf, type SymbolObserver, type SymbolResult, type SymbolWork } from './symbol.js'

/** Failed symbols that are kept by name with the job. */
const ERRORS_KEPT = 100

/** What came of a fetch. */
export interface FetchResult {
  jobId: string
  runId: number
  state: JobState
  parameters: FetchParameters
  /** In the order in which they were asked for. */
  symbols: SymbolResult[]
  /** Symbols (or dates) of which an earlier run of the job has had everything. */
  finishedBefore: number
  /** Symbols (or dates) that the run did not come to. */
  notReached: number
  /** Why nothing else was asked of the provider; null where it was. */
  stopped: OhlcvError | null
}

/** Who is told how a fetch goes on. */
export interface FetchObserver extends SymbolObserver {
  onBegin?: (jobId: string, parameters: FetchParameters, symbols: number) => void
  onSymbol?: (symbol: string, place: number, of: number) => void
  onSymbolEnd?: (result: SymbolResult) => void
}

/** What a fetch has besides its request. */
export interface FetchPorts extends FetchObserver {
  /** Who may be asked, and who is not; the caller closes the former. */
  sources: readonly [Source, ...Source[]]
  leftOut: readonly LeftOut[]
  /** Where answers are kept. */
  answers: KeptAnswers
  /** Where the audit is written as a file. */
  auditFolder: string
  register: FetchRun['register']
  exitCodes: { ofResult: (result: FetchResult) => number; ofError: (error: unknown) => number }
}

/** How far a run of a job has come. */
class Progress {
  readonly #results = new Map<string, SymbolResult>()
  #ended = 0
  #finishedBefore = 0

  constructor(private readonly works: readonly SymbolWork[]) {}

  add(result: SymbolResult): void {
    this.#ended++
    if (result.units.length === 0 && result.error === null) this.#finishedBefore++
    else this.#results.set(result.symbol, result)
  }

  get percent(): number {
    return this.works.length === 0 ? 100 : Math.floor((1000 * this.#ended) / this.works.length) / 10
  }

  get message(): string {
    return `Processed ${this.#ended}/${this.works.length} symbols`
  }

  get result(): Pick<FetchResult, 'symbols' | 'finishedBefore' | 'notReached'> {
    const symbols = this.works.flatMap(({ symbol }) => this.#results.get(symbol) ?? [])
    return { symbols, finishedBefore: this.#finishedBefore, notReached: this.works.length - this.#ended }
  }
}

/** What is kept of a job's end. */
function summaryOf({ symbols, finishedBefore, notReached }: Pick<FetchResult, 'symbols' | 'finishedBefore' | 'notReached'>) {
  const errors = symbols.flatMap(({ error }) => (error === null ? [] : [error.message]))
  return { symbols_loaded: symbols.length - errors.length + finishedBefore, symbols_failed: errors.length, not_reached: notReached, errors: errors.slice(0, ERRORS_KEPT) }
}

function stateOf({ symbols, notReached, stopped }: Pick<FetchResult, 'symbols' | 'notReached' | 'stopped'>, { aborted }: AbortSignal): JobState {
  if (aborted) return 'interrupted'
  if (stopped !== null || notReached > 0) return 'failed'
  return symbols.some(({ error }) => error !== null) ? 'completed_with_errors' : 'completed'
}

/** Fetches all symbols of a job that is this run's. */
async function fetchAll(runtime: Runtime, run: FetchRun, resolved: ResolvedFetch, ports: FetchPorts, runId: number): Promise<FetchResult> {
  const { db, now, signal, failpoint } = runtime
  const parameters = parametersOf(resolved)
  const done = new Set((await db.run(signal, (client) => finishedUnits(client, run.jobId, now()))).map(keyOf))
  const works = await worksOf(runtime, run, resolved)
  const progress = new Progress(works)
  ports.onBegin?.(run.jobId, parameters, works.length)
  await failpoint('fetch-opened')
  const audit = auditFile(runtime, ports.auditFolder, run.jobId)
  await inLanes([...works.entries()], resolved.request.lanes, signal, async ([place, work]) => {
    if (run.stopped !== undefined) return
    ports.onSymbol?.(work.symbol, place + 1, works.length)
    const result = await fetchSymbol(runtime, run, work, done, ports)
    if (result === undefined) return
    progress.add(result)
    ports.onSymbolEnd?.(result)
    if (!(await db.run(signal, (client) => advanceJob(client, run.jobId, runId, progress.percent, progress.message)))) run.stopped ??= jobTaken(run.jobId)
    await audit.meanwhile.ifDue()
  }).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
  const ended = { ...progress.result, stopped: run.stopped ?? null }
  const result: FetchResult = { jobId: run.jobId, runId, parameters, ...ended, state: stateOf(ended, signal) }
  const summary = summaryOf(result)
  const message = result.stopped === null ? `${summary.symbols_loaded} loaded, ${summary.symbols_failed} failed` : messageWithHint(result.stopped)
  await failpoint('fetch-before-audit-file')
  // First: whoever sees that the job has ended finds all of it there.
  await audit.write()
  await db.run(signal, (client) => endJob(client, run.jobId, runId, { state: result.state, progress: progress.percent, message, result: summary }))
  return result
}

/**
 * Fetches what is asked for, symbol by symbol, several at once, all under the record of one run of one job. What an earlier run of the job has finished is not
 * asked for again.
 * @throws UsageError when nothing can be fetched at all: a job that is being worked on, a job of that id already, a database of no use
 */
export async function fetchBars(runtime: Runtime, resolved: ResolvedFetch, job: ChosenJob, ports: FetchPorts): Promise<FetchResult> {
  const { db, now, signal } = runtime
  const { request, calendar, range } = resolved
  const parameters = { job: job.id, ...parametersOf(resolved) }
  if (job.isNew) await beginJob(runtime, 'fetch', job.id, { ...request, dates: range })
  return withRun(runtime, { command: 'fetch', parameters, version: VERSION, exitCodeOfError: ports.exitCodes.ofError }, async (runId) => {
    await workOn(runtime, job.id, runId)
    const { sources, leftOut, answers } = ports
    const choice = request.provider === null ? new Choice(leftOut, await workByDay(db.pool, DAYS_COUNTED), await readRests(db.pool)) : null
    const register: FetchRun['register'] = (symbol, details) => db.again(signal, () => ports.register(symbol, details))
    const run: FetchRun = {
      jobId: job.id, runId, sources, choice, out: new Map(), answers, register, expectations: new Expectations(calendar, now()), universes: new UniverseReadings(),
      authority: AUTHORITY, stopped: undefined,
    }
    const [timespan = null, ...others] = request.timespans
    const asking = { runId, timespan: others.length === 0 ? timespan : null, asked: askedOf(sources) }
    return withRefusals(runtime, asking, () => closedOnFailure(runtime, job.id, runId, async () => {
      for (const name of request.timespans) {
        const { fills } = timespanNamed(name)
        if (fills !== null) await db.prepare(signal, (first) => ensurePartitions(first, fills, range.start, range.end))
      }
      const result = await fetchAll(runtime, run, resolved, ports, runId)
      const status = result.state === 'interrupted' ? 'interrupted' : result.state === 'completed' ? 'succeeded' : 'failed'
      return { result, end: { status, exitCode: ports.exitCodes.ofResult(result), totals: summaryOf(result), message: null } }
    }))
  })
}
