import type { Calendar } from '../../../calendar/calendar.js'
import { MINUTE_AGGS } from '../../../datasets/minute.js'
import { sumOf } from '../../../domain/counts.js'
import { UsageError } from '../../../domain/errors.js'
import { VERSION } from '../../../domain/version.js'
import { AUTHORITY } from '../../../providers/authority.js'
import { ensurePartitions } from '../../../store/bars/partitions.js'
import { NO_FETCH_COUNTS, type FetchCounts } from '../../../store/fetches/fetches.js'
import { advanceJob, createJob, endDeadJobs, endJob, type JobState } from '../../../store/fetches/jobs.js'
import type { Runtime } from '../../runs/runtime.js'
import { UniverseReadings } from '../../runs/universe-readings.js'
import { askedOf } from '../../runs/asking/source.js'
import { withRefusals } from '../../runs/with-refusals.js'
import { withRun } from '../../runs/with-run.js'
import { auditFile } from '../audit-file.js'
import { undescribed } from '../describe.js'
import { Expectations } from '../../runs/expected.js'
import { closedOnFailure, newJobId, workOn } from '../job.js'
import type { FetchRun } from '../run.js'
import type { PolledSession, PollPorts } from './ports.js'
import type { ResolvedPoll } from './resolve.js'
import { pauseAfter, tickAfter, type PollWindow } from './schedule.js'
import { tick, together, type Marks, type TickResult } from './tick.js'
import type { Fault, Troubles } from './troubles.js'
import { wait } from './wait.js'

/** The kind of its jobs. */
const KIND = 'poll'
/** For so long after its end a session is asked for again where the last tick failed. */
const GRACE = 3_600_000
/** What no further tick would mend: told at the first one, where nothing has been answered yet. */
const REFUSALS: ReadonlySet<string> = new Set(['PROVIDER_KEY_REFUSED', 'PROVIDER_NOT_ENTITLED'])

/** The same in the order in which the symbols were asked for, whatever came first. */
function inOrder(symbols: readonly string[], faults: ReadonlyMap<string, Fault | null>): Map<string, Fault | null> {
  return new Map(symbols.flatMap((symbol) => (faults.has(symbol) ? [[symbol, faults.get(symbol) ?? null]] : [])))
}

/** A session that is polled, under one job whatever happens; under another run after one that the database has failed. */
export class PollSession {
  readonly #id: string
  readonly #marks: Marks = { latest: new Map(), undescribed: new Set() }
  readonly #faults = new Map<string, Fault>()
  readonly #sums = { ticks: 0, skipped: 0, failed: 0, requests: 0, bytes: 0 }
  #counts: FetchCounts = NO_FETCH_COUNTS
  #state: JobState = 'queued'
  #isBegun = false
  /** Ticks in a row at which no symbol was answered. */
  #failures = 0

  constructor(
    private readonly runtime: Runtime, private readonly resolved: ResolvedPoll, private readonly ports: PollPorts, private readonly calendar: Calendar,
    private readonly window: PollWindow, private readonly troubles: Troubles,
  ) {
    this.#id = newJobId(KIND, runtime.now())
  }

  get result(): PolledSession {
    return { date: this.window.date, jobId: this.#id, state: this.#state, ...this.#sums, counts: this.#counts, faults: new Map(this.#faults) }
  }

  /**
   * Polls until the session is over or the signal is aborted. To be called again when the database has failed it.
   * @param onDatabase told each time the database has stored what it was asked to
   * @throws UsageError where the provider refuses the key or the request; whatever the database throws
   */
  async poll(onDatabase: () => void): Promise<void> {
    const { runtime, resolved: { request, provider }, ports } = this
    const parameters = { job: this.#id, date: this.window.date, ...request, provider: provider.name }
    await withRun(runtime, { command: KIND, parameters, version: VERSION, exitCodeOfError: ports.exitCodeOfError }, (runId) =>
      withRefusals(runtime, { runId, timespan: 'minute', asked: askedOf([ports.source]) }, () => closedOnFailure(runtime, this.#id, runId, async () => {
        await this.#begin(runId, parameters)
        await this.#untilOver(runId, onDatabase)
        return { result: undefined, end: { status: this.#status, exitCode: ports.exitCodeOf(this.result), totals: this.#summary, message: null } }
      })))
  }

  async #begin(runId: number, request: object): Promise<void> {
    const { runtime, window: { date }, resolved: { provider, request: { symbols } } } = this
    const { db, signal } = runtime
    await db.run(signal, (client) => endDeadJobs(client, KIND))
    if (!this.#isBegun) await db.run(signal, (client) => createJob(client, this.#id, KIND, request))
    await workOn(runtime, this.#id, runId)
    await db.prepare(signal, (client) => ensurePartitions(client, MINUTE_AGGS, date, date))
    if (!this.#isBegun) for (const symbol of await undescribed(runtime, { providers: [provider], symbols, range: { start: date, end: date } })) this.#marks.undescribed.add(symbol)
    this.#isBegun = true
    this.#state = 'running'
    this.ports.onSession?.(this.window, this.#id)
  }

  async #untilOver(runId: number, onDatabase: () => void): Promise<void> {
    const { runtime: { db, now, signal }, ports, window } = this
    const run = this.#fetchRun(runId)
    const audit = auditFile(this.runtime, ports.auditFolder, this.#id)
    for (let isOver = false; !isOver && !signal.aborted;) {
      const begun = now().getTime()
      const isLast = begun >= window.end
      const result = await this.#tick(run, isLast)
      if (signal.aborted) break
      onDatabase()
      isOver = isLast && (this.#failures === 0 || now().getTime() >= window.end + GRACE)
      await db.run(signal, (client) => advanceJob(client, this.#id, runId, isOver ? 100 : this.#percent, this.#message))
      await audit.meanwhile.ifDue()
      if (!isOver) await this.#untilNext(begun, result)
    }
    this.#state = signal.aborted ? 'interrupted' : this.#faults.size > 0 ? 'completed_with_errors' : 'completed'
    await audit.write()
    await db.run(signal, (client) => endJob(client, this.#id, runId, { state: this.#state, progress: null, message: this.#message, result: this.#summary }))
  }

  #fetchRun(runId: number): FetchRun {
    const { runtime: { db, now, signal }, ports, calendar } = this
    return {
      jobId: this.#id, runId, sources: [ports.source], choice: null, out: new Map(), answers: ports.answers, expectations: new Expectations(calendar, now()), universes: new UniverseReadings(),
      register: (symbol, details) => db.again(signal, () => ports.register(symbol, details)), authority: AUTHORITY, stopped: undefined,
    }
  }

  /** Asks for every symbol; where nobody was answered the last time, for one of them first. */
  async #tick(run: FetchRun, isLast: boolean): Promise<TickResult> {
    const { runtime, resolved: { request: { symbols, lanes } }, window: { date }, ports } = this
    const ask = (some: readonly string[]): Promise<TickResult> => tick(runtime, run, date, some, lanes, this.#marks, isLast)
    const first = this.#failures === 0 ? symbols : [symbols[this.#failures % symbols.length]!]
    let result = await ask(first)
    if (!result.isDown && first.length < symbols.length) result = together(result, await ask(symbols.filter((symbol) => !first.includes(symbol))))
    if (runtime.signal.aborted) return result
    const isFirst = this.#sums.ticks === 0
    if (isFirst && result.isDown && run.stopped !== undefined && REFUSALS.has(run.stopped.code)) {
      throw new UsageError(run.stopped.code, run.stopped.message, run.stopped.hint === undefined ? {} : { hint: run.stopped.hint })
    }
    this.#add(result)
    ports.onTick?.(date, result, isLast)
    const { begun, ended } = this.troubles.changes(inOrder(symbols, result.faults))
    if (begun.size > 0) ports.onTrouble?.(begun)
    if (ended.length > 0) ports.onRecovered?.(ended)
    return result
  }

  #add({ faults, counts, requests, bytes, isDown }: TickResult): void {
    this.#failures = isDown ? this.#failures + 1 : 0
    this.#sums.ticks++
    this.#sums.failed += isDown ? 1 : 0
    this.#sums.requests += requests
    this.#sums.bytes += bytes
    this.#counts = sumOf(NO_FETCH_COUNTS, [this.#counts, counts])
    for (const [symbol, fault] of faults) {
      if (fault === null) this.#faults.delete(symbol)
      else this.#faults.set(symbol, fault)
    }
  }

  async #untilNext(begun: number, { isDown }: TickResult): Promise<void> {
    const { runtime: { now, signal }, resolved: { request }, window, ports } = this
    const every = request.every * 1000
    const ended = now().getTime()
    const pause = pauseAfter(this.#failures, every)
    const { at, skipped } = tickAfter(window, every, begun, ended + Math.max(0, pause - every))
    if (skipped > 0 && !isDown) {
      this.#sums.skipped += skipped
      ports.onSkipped?.(skipped, ended - begun)
    }
    await wait(ended >= window.end ? pause : at - ended, now, ports.sleep, signal)
  }

  get #percent(): number {
    const { start, end } = this.window
    return Math.min(100, Math.max(0, Math.floor((1000 * (this.runtime.now().getTime() - start)) / (end - start)) / 10))
  }

  get #status(): 'interrupted' | 'succeeded' | 'failed' {
    return this.#state === 'interrupted' ? 'interrupted' : this.#state === 'completed' ? 'succeeded' : 'failed'
  }

  get #message(): string {
    const { ticks, failed } = this.#sums
    return `${ticks} ticks, ${failed} of them without an answer; ${this.#counts.inserted} minutes inserted, ${this.#counts.updated} updated`
  }

  /** What is kept of the job's end. */
  get #summary() {
    const { inserted, updated } = this.#counts
    return { ...this.#sums, inserted, updated, errors: [...this.#faults].map(([symbol, { message }]) => `${symbol}: ${message}`) }
  }
}
