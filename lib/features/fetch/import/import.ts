import type { Calendar } from '../../../calendar/calendar.js'
import { timespanNamed } from '../../../datasets/timespans.js'
import type { IsoDate } from '../../../domain/dates.js'
import { messageWithHint, type OhlcvError } from '../../../domain/errors.js'
import { VERSION } from '../../../domain/version.js'
import { AUTHORITY } from '../../../providers/authority.js'
import type { BarSource } from '../../../providers/bar-provider.js'
import { ensurePartitions } from '../../../store/bars/partitions.js'
import { finishedUnits } from '../../../store/fetches/audit.js'
import { advanceJob, endJob, type JobState } from '../../../store/fetches/jobs.js'
import type { KeptAnswers } from '../../../transport/answers/answers.js'
import type { Runtime } from '../../runs/runtime.js'
import { UniverseReadings } from '../../runs/universe-readings.js'
import { withRun } from '../../runs/with-run.js'
import { faultOf, timesOf } from '../attempt.js'
import { auditFile } from '../audit-file.js'
import { Expectations } from '../../runs/expected.js'
import { beginJob, closedOnFailure, jobTaken, workOn, type ChosenJob } from '../job.js'
import type { AskedUnit } from '../merge-unit.js'
import type { JobRun } from '../run.js'
import { keyOf } from '../symbol.js'
import type { Ending } from '../unit-ending.js'
import { storeUnit } from '../unit.js'
import { readGiven, type Given } from './given.js'

/** What is imported. */
export interface ImportPlan {
  provider: BarSource
  /** As it is kept with its job, and asked for again. */
  request: object
  calendar: Calendar
  /** How many rows of a table or how many files there are. */
  size: number
  sizeOf(given: Given): number
  /** What there is, one after the other. */
  givens(): AsyncIterable<Given>
}

/** How the bars of a symbol, of one place, ended. */
export interface ImportedUnit extends Ending {
  symbol: string
  part: string
  start: IsoDate
  end: IsoDate
  expected: number
}

/** What came of an import. */
export interface ImportResult {
  jobId: string
  runId: number
  state: JobState
  units: ImportedUnit[]
  /** Symbols, or files, which an earlier run of the job has finished. */
  finishedBefore: number
  /** Why nothing else was imported; null where all was. */
  stopped: OhlcvError | null
}

/** What an import has besides its plan. */
export interface ImportPorts {
  answers: KeptAnswers
  /** Where the audit is written as a file. */
  auditFolder: string
  onBegin?: (jobId: string) => void
  /** @param size how much of the plan is done with it */
  onUnit?: (unit: ImportedUnit | null, size: number) => void
  exitCodes: { ofResult: (result: ImportResult) => number; ofError: (error: unknown) => number }
}

const DAY = timespanNamed('day')
/** Failures that are kept by name with the job. */
const ERRORS_KEPT = 100

export const isFailed = ({ status, code }: Pick<Ending, 'status' | 'code'>): boolean => status === 'failed' || status === 'rejected' || code === 'NO_DAILY_DATA'

function summaryOf({ units, finishedBefore }: Pick<ImportResult, 'units' | 'finishedBefore'>) {
  const failed = units.filter(isFailed)
  return {
    symbols_loaded: units.length - failed.length + finishedBefore, symbols_failed: failed.length,
    errors: failed.slice(0, ERRORS_KEPT).map(({ symbol, part, message }) => `${symbol}${part === '' ? '' : ` (${part})`}: ${message}`),
  }
}

function stateOf({ units, stopped }: Pick<ImportResult, 'units' | 'stopped'>, { aborted }: AbortSignal): JobState {
  if (aborted) return 'interrupted'
  if (stopped !== null) return 'failed'
  return units.some(isFailed) ? 'completed_with_errors' : 'completed'
}

/** Makes the partitions for what was read, where they are not there yet. */
class Partitions {
  #made: { first: string; last: string } | undefined

  constructor(private readonly runtime: Runtime) {}

  async make({ attempts }: AskedUnit): Promise<void> {
    const times = attempts.filter((attempt) => faultOf(attempt) === null).flatMap((attempt) => [...timesOf(attempt)]).toSorted()
    const [first, last] = [times[0], times.at(-1)]
    if (first === undefined || last === undefined || (this.#made && this.#made.first <= first && this.#made.last >= last)) return
    const { db, signal } = this.runtime
    const made = { first: this.#made && this.#made.first < first ? this.#made.first : first, last: this.#made && this.#made.last > last ? this.#made.last : last }
    await db.prepare(signal, (client) => ensurePartitions(client, DAY.fills!, made.first as IsoDate, made.last as IsoDate))
    this.#made = made
  }
}

async function importUnit(runtime: Runtime, run: JobRun, { provider }: ImportPlan, given: Given, partitions: Partitions): Promise<ImportedUnit> {
  const { db, signal } = runtime
  const read = await readGiven(runtime, run, provider, given, await db.run(signal, (client) => run.universes.current(client)))
  const { symbol, part, range } = given
  await partitions.make(read)
  return { symbol, part, ...range, expected: read.unit.expected ?? 0, ...(await storeUnit(runtime, run, read)) }
}

/** Imports all of a plan under a job that is this run's. */
async function importAll(runtime: Runtime, run: JobRun, plan: ImportPlan, ports: ImportPorts, runId: number): Promise<ImportResult> {
  const { db, now, signal, failpoint } = runtime
  const done = new Set((await db.run(signal, (client) => finishedUnits(client, run.jobId, now()))).map(keyOf))
  const result: ImportResult = { jobId: run.jobId, runId, state: 'running', units: [], finishedBefore: 0, stopped: null }
  const audit = auditFile(runtime, ports.auditFolder, run.jobId)
  const partitions = new Partitions(runtime)
  let size = 0
  ports.onBegin?.(run.jobId)
  await failpoint('fetch-opened')
  try {
    for await (const given of plan.givens()) {
      signal.throwIfAborted()
      const isDone = done.has(keyOf({ symbol: given.symbol, timespan: DAY.name, part: given.part }))
      const unit = isDone ? null : await importUnit(runtime, run, plan, given, partitions)
      if (unit === null) result.finishedBefore++
      else result.units.push(unit)
      size += plan.sizeOf(given)
      ports.onUnit?.(unit, plan.sizeOf(given))
      const percent = plan.size === 0 ? 100 : Math.min(Math.floor((1000 * size) / plan.size) / 10, 100)
      const isOurs = await db.run(signal, (client) => advanceJob(client, run.jobId, runId, percent, `Imported ${result.units.length + result.finishedBefore}`))
      if (!isOurs) run.stopped ??= jobTaken(run.jobId)
      if (run.stopped !== undefined) break
      await audit.meanwhile.ifDue()
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
  result.stopped = run.stopped ?? null
  result.state = stateOf(result, signal)
  const summary = summaryOf(result)
  const message = result.stopped === null ? `${summary.symbols_loaded} loaded, ${summary.symbols_failed} failed` : messageWithHint(result.stopped)
  // First: whoever sees that the job has ended finds all of it there.
  await audit.write()
  await db.run(signal, (client) => endJob(client, run.jobId, runId, { state: result.state, progress: result.state.startsWith('completed') ? 100 : null, message, result: summary }))
  return result
}

/** What the units of an import are read and stored by. */
function importRun(jobId: string, runId: number, answers: KeptAnswers, calendar: Calendar, now: Date): JobRun {
  return { jobId, runId, answers, expectations: new Expectations(calendar, now), universes: new UniverseReadings(), authority: AUTHORITY, stopped: undefined }
}

/**
 * Takes bars from a table or from files into the one path, one symbol or file after the other, each kept as it was read and stored in a transaction of its own, all
 * under the record of one run of one job. What an earlier run of the job has finished is not done again.
 * @throws UsageError when nothing can be imported at all
 */
export async function importBars(runtime: Runtime, plan: ImportPlan, job: ChosenJob, ports: ImportPorts): Promise<ImportResult> {
  const { now } = runtime
  if (job.isNew) await beginJob(runtime, 'import', job.id, plan.request)
  const parameters = { job: job.id, provider: plan.provider.name, ...plan.request }
  return withRun(runtime, { command: 'import', parameters, version: VERSION, exitCodeOfError: ports.exitCodes.ofError }, async (runId) => {
    await workOn(runtime, job.id, runId)
    return closedOnFailure(runtime, job.id, runId, async () => {
      const result = await importAll(runtime, importRun(job.id, runId, ports.answers, plan.calendar, now()), plan, ports, runId)
      const status = result.state === 'interrupted' ? 'interrupted' : result.state === 'completed' ? 'succeeded' : 'failed'
      return { result, end: { status, exitCode: ports.exitCodes.ofResult(result), totals: summaryOf(result), message: null } }
    })
  })
}
