import type { TimespanName } from '../../datasets/timespan.js'
import { messageWithHint, OhlcvError } from '../../domain/errors.js'
import type { Universe } from '../../domain/universe.js'
import { databaseFailure } from '../../postgres/failures.js'
import { sqlStateOf } from '../../postgres/sqlstates.js'
import type { AuditedTry, AuditRecord } from '../../store/fetches/audit.js'
import { insertFetches, NO_FETCH_COUNTS, type FetchCounts, type FetchStatus } from '../../store/fetches/fetches.js'
import { addMetrics } from '../../store/fetches/metrics.js'
import type { Runtime } from '../runs/runtime.js'
import type { Try } from './client.js'
import { commitOnce } from './commit-once.js'
import { completeness, NO_DAILY_DATA, rejections, together, type Finding } from './findings.js'
import { fetchOf, mergeUnit, type MergedUnit } from './merge-unit.js'
import { EVERY_SYMBOL, type Unit } from './plan.js'
import { readAllAgain, requestAnswer, requestsOf, type Answer } from './request-answer.js'
import type { FetchRun } from './run.js'
import { workOf } from './work.js'

/** How a unit ended. */
export interface UnitResult {
  timespan: TimespanName
  part: string
  status: FetchStatus
  /** Of the fault, or of a finding about what was stored. */
  code: string | null
  message: string | null
  counts: FetchCounts
  /** Bars stored or changed as fills. */
  filled: number
  /** Periods that the calendar expects, and those of them that came; null of grouped bars. */
  expected: number | null
  counted: number | null
  fetchIds: number[]
  requests: number
  bytes: number
}

/** How a unit ended, as far as it is told of what was stored. */
type Ending = Omit<UnitResult, 'timespan' | 'part' | 'expected' | 'requests' | 'bytes'>

/** A unit that has been asked for. */
interface AskedUnit {
  unit: Unit
  answers: Answer[]
  /** By which the answers were read. */
  universe: Universe
  startedAt: Date
}

const INCOMPLETE = { status: 'failed', code: 'UNIT_INCOMPLETE', message: 'not stored: another request of the same symbol and timespan failed' } as const

/** Makes the requests of a unit, up to the first without an answer that can be stored. */
async function askUnit(runtime: Runtime, run: FetchRun, unit: Unit): Promise<AskedUnit> {
  const { db, now, signal } = runtime
  const startedAt = now()
  const universe = await db.run(signal, (client) => run.universes.current(client))
  const answers: Answer[] = []
  for (const [request, ask] of requestsOf(unit).entries()) {
    const answer = await requestAnswer(runtime, run, unit, ask, request, universe)
    answers.push(answer)
    if (answer.fault !== null) break
  }
  return { unit, answers, universe, startedAt }
}

/** A symbol that nothing was known of is known from when it has bars. */
async function identified({ db, signal }: Runtime, run: FetchRun, asked: AskedUnit): Promise<AskedUnit> {
  const { unit, answers } = asked
  if (unit.symbol === EVERY_SYMBOL || asked.universe.has(unit.symbol) || answers.every(({ reader }) => reader.tally.counts.read === 0)) return asked
  await run.register(unit.symbol, null)
  const universe = await db.run(signal, (client) => run.universes.current(client))
  return { ...asked, universe, answers: await readAllAgain(run, unit, answers, universe) }
}

/** How a unit ended that was merged so. */
function endingOf({ unit: { timespan, asks, symbol }, answers }: AskedUnit, run: FetchRun, { status, counts, fetchIds }: MergedUnit): Ending {
  const isEmpty = counts.bars === 0
  const stored = { counts, fetchIds, status: isEmpty ? 'empty' as const : status, filled: timespan.fills === null ? 0 : counts.inserted + counts.updated }
  const rejected = rejections(answers.map(({ reader }) => reader.tally.reasons))
  const ended = (counted: number | null, finding: Finding | null) => ({ ...stored, counted, code: finding?.code ?? null, message: finding?.message ?? null })
  if (symbol === EVERY_SYMBOL) return ended(null, isEmpty ? NO_DAILY_DATA : rejected)
  const times = new Set(answers.flatMap(({ reader }) => [...reader.times]))
  const { counted, finding } = completeness(timespan.name, run.expectations.times(timespan, asks.map(({ range }) => range)), times)
  return ended(counted, isEmpty && timespan.name === 'day' ? NO_DAILY_DATA : together(finding, rejected))
}

const triesOf = (answers: readonly Answer[]): Try[] => answers.flatMap(({ tries }) => tries)

const audited = ({ at, status, code, waitedMs, durationMs, bytes }: Try): AuditedTry => ({ at, status, code, waited_ms: waitedMs, duration_ms: durationMs, bytes })

function auditOf({ unit, answers, startedAt }: AskedUnit, run: FetchRun, { counts, ...ending }: Ending, finishedAt: Date): AuditRecord {
  const { bars, inserted, updated, unchanged, heldBack } = counts
  const [only, ...others] = answers
  return {
    jobId: run.jobId, symbol: unit.symbol, timespan: unit.timespan.name, part: unit.part, provider: run.provider.name, reason: null, expected: unit.expected, ...ending,
    bars, inserted, updated, unchanged, heldBack, tries: triesOf(answers).map(audited),
    rawHash: only !== undefined && others.length === 0 && only.pages.length > 0 ? only.reader.rawHash : null, startedAt, finishedAt,
  }
}

/** Writes down a unit of which nothing is stored, so that failures have a home. */
async function recordFailure(runtime: Runtime, run: FetchRun, asked: AskedUnit, fault: Pick<Ending, 'status' | 'code' | 'message'>): Promise<Ending> {
  const { unit, answers, universe } = asked
  const ending: Ending = { ...fault, counts: NO_FETCH_COUNTS, filled: 0, counted: null, fetchIds: [] }
  const recorded = await commitOnce(runtime, async (client) => {
    const fetches = answers.map((answer) => fetchOf(run, unit, answer, universe, { ...(answer.fault ?? INCOMPLETE), counts: NO_FETCH_COUNTS }))
    const result = { ...ending, fetchIds: fetches.length === 0 ? [] : await insertFetches(client, fetches) }
    await addMetrics(client, run.provider.name, workOf(triesOf(answers), 0))
    return { result, audit: auditOf(asked, run, result, runtime.now()) }
  })
  return recorded!
}

/** How a failure of the database, or of what was kept, ends a unit. @throws errors that neither can cause */
function faultOf(error: unknown): Pick<Ending, 'status' | 'code' | 'message'> {
  if (error instanceof OhlcvError) return { status: 'failed', code: error.code, message: messageWithHint(error) }
  if (databaseFailure(error) === undefined) throw error
  return { status: 'failed', code: sqlStateOf(error) ?? 'CONNECTION_LOST', message: (error as Error).message }
}

async function mergeAsked(runtime: Runtime, run: FetchRun, asked: AskedUnit): Promise<Ending> {
  const fault = asked.answers.find((answer) => answer.fault !== null)?.fault
  if (fault) return recordFailure(runtime, run, asked, fault)
  try {
    const read = await identified(runtime, run, asked)
    const merged = await mergeUnit(runtime, run, read.unit, read.answers, read.universe, (done) => ({
      audit: auditOf(read, run, endingOf(read, run, done), runtime.now()), work: workOf(triesOf(read.answers), done.counts.bars),
    }))
    return endingOf(read, run, merged)
  } catch (error) {
    runtime.signal.throwIfAborted()
    return recordFailure(runtime, run, asked, faultOf(error))
  }
}

/**
 * One symbol and timespan of a job: makes its requests, keeps and reads the answers, and stores their bars in one transaction.
 * @throws the signal's reason; errors that no provider and no server can cause
 */
export async function fetchUnit(runtime: Runtime, run: FetchRun, unit: Unit): Promise<UnitResult> {
  const asked = await askUnit(runtime, run, unit)
  const ending = await mergeAsked(runtime, run, asked)
  const { timespan, part, expected } = unit
  const { requests, bytes } = workOf(triesOf(asked.answers), 0)
  return { timespan: timespan.name, part, expected, ...ending, requests, bytes }
}
